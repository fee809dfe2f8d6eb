"""Running a notebook within bounds: one time budget, bounded output, and a fresh kernel when one dies or hangs.

A mixin for `nbclient.NotebookClient`, used by our worker and by the preprocessor that stock nbgrader runs. Points that
a notebook earned before a cell went wrong stay earned; a cell that could not run says so with an error, because
nbgrader gives full marks to a check cell without any output.
"""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Mapping
from time import monotonic
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode

from grading.engine.checks import Examination, check_of, examination, outputs_of
from grading.engine.clock import WAITING_COUNTS, KernelClock
from grading.engine.kernels import Interrupted, IsolatedKernel
from grading.engine.limits import LEAST_OUTPUT_BYTES
from grading.engine.outputs import (
    drop_verdicts,
    error_output,
    is_graded_code,
    keep_points_in_spite_of_warnings,
    message_size,
    name_of,
)
from grading.engine.problems import Problem

_KINDS = {"TimeLimit": "time-limit", "KernelDied": "kernel-died"}
_SENTENCES = {
    "TimeLimit": "did not end in time: an endless loop, or too slow",
    "KernelDied": "the kernel died in this cell",
}
_OUTPUT_MESSAGES = frozenset({"stream", "display_data", "execute_result", "error", "update_display_data"})


# How long the judge may take to read the rest of what a kernel has said that answers no more; one that was made to keep its
# connection open gains nothing by it.
_SECONDS_TO_READ = 5.0


class BoundedExecution(IsolatedKernel):
    """A notebook client with `limits` for the whole notebook instead of a time for each cell."""

    # What the inputs of the checks are drawn from; nobody in a kernel may know it before.
    secret: int = 0

    def execute_within_limits(self, folder: str | os.PathLike[str]) -> tuple[Problem, ...]:
        """Run all cells of `self.nb` in place, with `folder` as working directory; return what went wrong on the way.

        Raises RuntimeError or OSError if no kernel can be started at all: a fault of the machine, not of the notebook.
        """
        self._kernel_starts = 0
        try:
            problems: tuple[Problem, ...] = run_sync(self._execute_all)(str(folder))
        except Interrupted:
            raise KeyboardInterrupt from None
        except BaseException:
            # An interrupt leaves the event loop without its own cleaning up.
            run_sync(self._stop_kernel)()
            raise
        return problems

    async def _execute_all(self, folder: str) -> tuple[Problem, ...]:
        self.reset_execution_trackers()
        self._problems: list[Problem] = []
        self._left_seconds = self.limits.seconds
        self._left_bytes = self.limits.output_bytes
        self._ran_well: dict[int, float] = {}
        self._replaying: float | None = None
        self._in_check = False
        self._clock = KernelClock(None)
        self._end = monotonic() + 2 * self.limits.seconds / WAITING_COUNTS
        try:
            await self._start_kernel(folder)
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type == "code" and cell.source.strip():
                    await self._execute_one(cell, index, folder)
        finally:
            await self._stop_kernel()
        return tuple(self._problems)

    async def _execute_one(self, cell: NotebookNode, index: int, folder: str) -> None:
        """Run one cell; leave an error in it if it could not run or did not end."""
        cell.metadata.get("tags", []).clear()
        cell.outputs = []
        self._timed_out, self._dropped_bytes = False, 0
        self._cell_bytes = max(self._left_bytes // 2, LEAST_OUTPUT_BYTES)
        reason = await self._ready(folder)
        if reason:
            cell.outputs = [error_output("NotRun", reason)]
            return
        self._clock = KernelClock(self._kernel_process(), self._clock)
        try:
            check = check_of(cell)
            if check is not None:
                address, inside = self._address(f"check-{index}")
                with examination(check, self.secret, address) as examined:
                    await self._examine(cell, index, examined, inside)
            else:
                await self._execute_in_kernel(cell, index)
        finally:
            self._left_seconds -= self._clock.used()

    async def _execute_in_kernel(self, cell: NotebookNode, index: int) -> None:
        """Run one cell as it is; what it shows is what the submission's own process says."""
        try:
            await self.async_execute_cell(cell, index, execution_count=self.code_cells_executed + 1)
        except DeadKernelError:
            self._blame(cell, index, "KernelDied")
            await self._stop_kernel()
        except CellTimeoutError:
            self._blame(cell, index, "TimeLimit", self._clock.elapsed)
            await self._stop_kernel()
        else:
            self._conclude(cell, index, self._clock.elapsed)
        drop_verdicts(cell)
        if is_graded_code(cell):
            keep_points_in_spite_of_warnings(cell)

    async def _examine(self, cell: NotebookNode, index: int, examined: Examination, inside: str) -> None:
        """Let the kernel answer the judge's calls; the verdict takes the place of whatever else comes from there."""
        probe = copy.deepcopy(cell)
        probe.source = examined.code(inside)
        judging = asyncio.get_running_loop().run_in_executor(None, examined.verdict)
        reason, self._in_check = "", True
        try:
            await self.async_execute_cell(probe, index, store_history=False)
            # What the kernel said before it hung up may not have been read yet.
            await asyncio.wait({judging}, timeout=_SECONDS_TO_READ)
        except DeadKernelError:
            reason = "KernelDied"
        except CellTimeoutError:
            reason = "TimeLimit"
        finally:
            self._in_check = False
            self.nb.cells[index] = cell
            examined.end()
        verdict = await judging
        if examined.missing:
            verdict = examined.nothing_there(examined.why_missing(self.nb.cells[:index]))
        if examined.lost and (reason or self._timed_out):
            error = reason or "TimeLimit"
            verdict = examined.without_points(_KINDS[error], f"{self._why(error)}.")
            self._tell(cell, index, error, self._clock.elapsed if error == "TimeLimit" else 0.0)
        if reason:
            await self._stop_kernel()
        doubts = verdict.score > 0 and examined.doubts(one.source for one in self.nb.cells if one.cell_type == "code")
        if doubts:
            self._problems.append(Problem("forbidden-word", f"{name_of(cell, index)}: the answer {doubts}"))
        cell.execution_count = self.code_cells_executed
        cell.outputs = outputs_of(verdict, self.code_cells_executed)

    def _conclude(self, cell: NotebookNode, index: int, seconds: float) -> None:
        """Account for a cell whose kernel is still alive."""
        if self._timed_out:
            cell.outputs = [output for output in cell.outputs if output.get("ename") != "KeyboardInterrupt"]
            self._blame(cell, index, "TimeLimit", seconds)
        elif self._dropped_bytes:
            kilobytes = (self._dropped_bytes + 999) // 1000
            self._problems.append(
                Problem("output-limit", f"{name_of(cell, index)} produced {kilobytes} kB of output too much; dropped")
            )
            if is_graded_code(cell):
                cell.outputs.append(error_output("OutputLimit", "this cell produced too much output"))
        failed = any(output.output_type == "error" for output in cell.outputs)
        if not failed and not is_graded_code(cell):
            self._ran_well[index] = seconds

    def _blame(self, cell: NotebookNode, index: int, error: str, seconds: float = 0.0) -> None:
        cell.outputs.append(error_output(error, self._why(error)))
        self._tell(cell, index, error, seconds)

    def _tell(self, cell: NotebookNode, index: int, error: str, seconds: float = 0.0) -> None:
        stopped = f" (stopped after {seconds:.0f} s)" if seconds else ""
        self._problems.append(Problem(_KINDS[error], f"{name_of(cell, index)}: {self._why(error)}{stopped}"))

    def _why(self, error: str) -> str:
        reason = self._reason() if error == "KernelDied" else ""
        return f"the kernel was ended: {reason}" if reason else _SENTENCES[error]

    async def _ready(self, folder: str) -> str:
        """See that there are time and a kernel for the next cell; return why not, or ""."""
        if self._left_seconds <= 0 or monotonic() > self._end:
            return f"the {self.limits.seconds:g} s for this notebook were used up by earlier cells"
        if self.kc is not None:
            return ""
        if self._kernel_starts >= self.limits.kernel_starts:
            return f"this notebook lost {self._kernel_starts} kernels; it gets no more"
        await self._start_kernel(folder)
        await self._replay()
        self._clock = KernelClock(None)  # what was run again is not charged to the cell that comes next
        return "" if self.kc is not None else "the kernel died again while the earlier cells were run once more"

    async def _replay(self) -> None:
        """Run again, in a fresh kernel, what earlier cells had defined, so that later cells find it.

        It is not charged to the budget, or an innocent cell would pay for a slow machine; `_end` bounds everything.
        """
        for index, seconds in list(self._ran_well.items()):
            original = self.nb.cells[index]
            self._replaying, self._timed_out = seconds, False
            self._clock = KernelClock(self._kernel_process())
            try:
                await self.async_execute_cell(copy.deepcopy(original), index)
            except (DeadKernelError, CellTimeoutError):
                await self._stop_kernel()
                break
            finally:
                self.nb.cells[index] = original
                self._replaying = None
            if self._timed_out:
                del self._ran_well[index]
        else:
            self._timed_out = False
            return
        del self._ran_well[index]

    def on_cell_executed(self, cell: NotebookNode, execute_reply: dict[str, Any], **_: Any) -> None:
        """Show an error that the kernel reports but does not print: silence would be full marks."""
        content = execute_reply["content"]
        shown = any(output.output_type == "error" for output in cell.outputs)
        if content["status"] == "error" and not shown and not self._timed_out:
            name = str(content.get("ename", "Error"))
            cell.outputs.append(error_output(name, str(content.get("evalue", ""))))

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        """Return after how many seconds to look whether a cell has used up its time."""
        if cell is None:
            return super()._get_timeout(cell)
        seconds = max(self._share(cell) / 3, 0.1)
        return seconds  # type: ignore[return-value]  # nbclient says int; fractions of a second work as well

    def _share(self, cell: NotebookNode) -> float:
        """Return a cell's share of the seconds that are left, or the time set for each cell if that is shorter."""
        if self._replaying is not None:
            return 2 * self._replaying + 5
        share = self._left_seconds / (2 if is_graded_code(cell) else 4)
        for_each_cell = super()._get_timeout(cell)
        return share if for_each_cell is None else min(share, for_each_cell)

    def _has_time(self, cell: NotebookNode) -> bool:
        """Return whether a cell may go on: a time set for each cell is meant by the clock on the wall, as in nbgrader."""
        for_each_cell = None if self._replaying is not None else super()._get_timeout(cell)
        if for_each_cell is not None and self._clock.elapsed >= for_each_cell:
            return False
        # The last tenth is forgiven: a loop that computes all the time still leaves a little to the machine.
        return self._clock.used() < 0.9 * self._share(cell)

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        """Interrupt a cell that has used up its time; go on waiting for one that has not."""
        if cell is not None and self._has_time(cell):
            return None
        self._timed_out = True
        return await super()._async_handle_timeout(timeout, cell)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Add an output to its cell while there is room for it."""
        if msg["msg_type"] in _OUTPUT_MESSAGES:
            if self._in_check:
                return None
            content = msg["content"]
            size = message_size(content)
            room = self._cell_bytes
            if size > room:
                self._dropped_bytes += size
                if msg["msg_type"] != "stream" or room < LEAST_OUTPUT_BYTES:
                    return None
                msg = {**msg, "content": _shortened(content, room // 2)}
                size = message_size(msg["content"])
                self._dropped_bytes -= size
            self._cell_bytes -= size
            self._left_bytes = max(self._left_bytes - size, 0)
        return super().process_message(msg, cell, cell_index)


def _shortened(content: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {**content, "text": content["text"][:most] + "\n… more output was dropped\n"}
