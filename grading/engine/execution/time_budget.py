"""The seconds of a notebook, and how they are shared out among its cells. A mixin for `nbclient.NotebookClient`."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from grading.cells import is_graded_code
from grading.engine.execution.clock import KernelClock
from grading.engine.execution.kernels import IsolatedKernel


class TimeBudget(IsolatedKernel):
    """A notebook client that interrupts a cell which has used up its share of the seconds that are left."""

    _left_seconds: float
    _clock: KernelClock
    # How long a cell took that is run once more in a fresh kernel; None while cells run for the first time.
    _replaying: float | None = None
    _timed_out: bool = False

    def seconds_to_wait(self, cell: NotebookNode | None) -> float | None:
        """Return after how many seconds to look whether a cell has used up its time."""
        return super().seconds_to_wait(cell) if cell is None else max(self._share(cell) / 3, 0.1)

    def _share(self, cell: NotebookNode) -> float:
        """Return a cell's share of the seconds that are left, or the time set for each cell if that is shorter."""
        if self._replaying is not None:
            return 2 * self._replaying + 5
        share = self._left_seconds / (2 if is_graded_code(cell) else 4)
        for_each_cell = super().seconds_to_wait(cell)
        return share if for_each_cell is None else min(share, for_each_cell)

    def _has_time(self, cell: NotebookNode) -> bool:
        """Return whether a cell may go on: a time set for each cell is meant by the clock on the wall, as in nbgrader."""
        for_each_cell = None if self._replaying is not None else super().seconds_to_wait(cell)
        if for_each_cell is not None and self._clock.elapsed >= for_each_cell:
            return False
        # The last tenth is forgiven: a loop that computes all the time still leaves a little to the machine.
        return self._clock.used() < 0.9 * self._share(cell)

    async def on_timeout(self, seconds: float, cell: NotebookNode | None) -> dict[str, Any] | None:
        """Interrupt a cell that has used up its time; go on waiting for one that has not."""
        if cell is not None and self._has_time(cell):
            return None
        self._timed_out = True
        return await super().on_timeout(seconds, cell)
