"""The seconds of a notebook, and how they are shared out among its cells. A mixin for `nbclient.NotebookClient`."""

from __future__ import annotations

import os
from typing import Any

from nbformat import NotebookNode

from grading.cells import is_graded_code
from grading.engine.execution.clock import KernelClock
from grading.engine.execution.endings import End
from grading.engine.execution.kernels import IsolatedKernel

# How far from its end a cell is stopped, and how often a kernel is looked at, at most.
_LEAST_SECONDS = 0.1


class TimeBudget(IsolatedKernel):
    """A notebook client that interrupts a cell which has used up its share of the seconds that are left.

    All of them are seconds as `clock` counts them, a time that was set for each cell too.
    """

    _left_seconds: float
    _clock: KernelClock
    # How long a cell took that is run once more in a fresh kernel; None while cells run for the first time.
    _replaying: float | None = None
    # Why the running cell was interrupted, TIME or WAITED.
    _late: End | None = None

    def seconds_to_wait(self, cell: NotebookNode | None) -> float | None:
        """Return after how many seconds to look whether a cell has used up its time: sooner it cannot have."""
        if cell is None:
            return super().seconds_to_wait(cell)
        left = self._share(cell) - self._clock.used()
        return max(left / (os.cpu_count() or 1), _LEAST_SECONDS)

    def _share(self, cell: NotebookNode) -> float:
        """Return a cell's share of the seconds that are left, or the time set for each cell if that is shorter."""
        if self._replaying is not None:
            return 2 * self._replaying + 5
        share = self._left_seconds / (2 if is_graded_code(cell) else 4)
        for_each_cell = super().seconds_to_wait(cell)
        return share if for_each_cell is None else min(share, for_each_cell)

    async def on_timeout(self, seconds: float, cell: NotebookNode | None) -> dict[str, Any] | None:
        """Interrupt a cell that has used up its time; go on waiting for one that has not."""
        if cell is not None and self._clock.used() < self._share(cell):
            return None
        self._late = End.TIME if cell is None or self._clock.computed >= self._share(cell) else End.WAITED
        return await super().on_timeout(seconds, cell)

    def seconds_spent(self) -> str:
        """Return how much time the running cell has used, in words."""
        computed = f"{self._clock.computed:.0f} s of computing"
        return computed if self._late is End.TIME else f"{self._clock.elapsed:.0f} s by the clock, {computed}"
