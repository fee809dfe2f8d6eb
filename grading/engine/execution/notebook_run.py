"""Running a notebook within bounds: one time budget, bounded output, and a fresh kernel when one dies or hangs.

A mixin for `nbclient.NotebookClient`, used by our worker and by the preprocessor that stock nbgrader runs. Points that
a notebook earned before a cell went wrong stay earned; a cell that could not run says so with an error, because
nbgrader gives full marks to a check cell without any output. The file is long because all of it is about one state: what has
run, what was heard of the cell that runs, and what is left to it.
"""

from __future__ import annotations

import asyncio
import copy
import os
from time import monotonic
from typing import TYPE_CHECKING, Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.validator import NotebookValidationError

from grading.adapters.nbclient import run_sync
from grading.cells import drop_verdicts, grade_id, is_graded_code, name_of, owner_and_function
from grading.engine.execution.checks import Check, Examination, check_of, examination, outputs_of
from grading.engine.execution.clock import WAITING_COUNTS, KernelClock
from grading.engine.execution.endings import End, Leftovers, who_told
from grading.engine.execution.kernels import Interrupted
from grading.engine.execution.missing import why_missing
from grading.engine.execution.output_budget import OutputBudget
from grading.engine.execution.outputs import (
    error_output,
    keep_points_in_spite_of_warnings,
    reported_error,
)
from grading.engine.execution.time_budget import TimeBudget
from grading.engine.problems import Problem
from grading.engine.python_versions import written_with
from grading.sandbox.kernel.ending import BESIDE, EARLIER, HERE

if TYPE_CHECKING:
    from grading.judging.exercise import Exercise

_SHOWN = frozenset({"stream", "display_data", "execute_result", "error", "update_display_data"})

# How long the judge may take to read the rest of what a kernel sent that no longer answers; one that was made to keep its
# connection open gains nothing by it.
_SECONDS_TO_READ = 5.0


class BoundedExecution(TimeBudget):
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
        self._folder = folder
        self._written_with = written_with(self.nb.metadata)
        self._problems: list[Problem] = []
        self._left_seconds = self.limits.seconds
        self._output_budget = OutputBudget(self.limits.output_bytes)
        # What has run, by index, with the seconds that it took.
        self._ran: dict[int, float] = {}
        # The exercises that were decided and not all right, by name.
        self._wrong: dict[str, Exercise] = {}
        self._replaying, self._in_check = None, False
        self._clock = KernelClock(None)
        self._end = monotonic() + self.limits.seconds / WAITING_COUNTS
        try:
            await self._start_afresh()
            for index, cell in enumerate(self.nb.cells):
                if cell.cell_type == "code" and cell.source.strip():
                    await self._execute_one(cell, index)
        finally:
            await self._stop_kernel()
        return tuple(self._problems)

    async def _start_afresh(self) -> None:
        await self._start_kernel(self._folder)
        self._leftovers = Leftovers()

    async def _execute_one(self, cell: NotebookNode, index: int) -> None:
        """Run one cell; leave an error in it if it could not run or did not end, and tell who ended the kernel."""
        cell.metadata.get("tags", []).clear()
        end = await self._attempt(cell, index)
        suspects = self._suspects(end)
        if suspects:
            end = await self._attempt_without(suspects, cell, index)
        if end in (End.DIED, End.TOLD, End.TIME, End.WAITED):
            self._tell(index, end)
            await self._stop_kernel()
        elif end is None and self._told == EARLIER:
            for one in self._before or [max((past for past in self._ran if past < index), default=index)]:
                self._blame(one, End.LATER)
            await self._stop_kernel()

    async def _attempt(self, cell: NotebookNode, index: int) -> End | None:
        """Run one cell as far as it gets; return how it ended the kernel, None if it did not."""
        cell.outputs = []
        self._output_budget.next_cell()
        reason = await self._ready()
        if reason:
            cell.outputs = [error_output(End.NOT_RUN.error, reason)]
            return End.NOT_RUN
        self._hear_nothing_yet()
        self._clock = KernelClock(self._kernel_process(), self._clock)
        check = check_of(cell)
        try:
            return await (self._examine(cell, index, check) if check else self._execute_in_kernel(cell, index))
        finally:
            self._left_seconds -= self._clock.used()

    def _suspects(self, end: End | None) -> list[int]:
        """Return which earlier cells may have brought about this end of a cell."""
        if end is End.DIED and self._leftovers.cells:
            return self._leftovers.cells
        if end in (End.DIED, End.WAITED) and self._unheard and self._ran:
            # A kernel that did what it was asked before, and does not even begin with this: it was broken in between.
            return [max(self._ran)]
        return []

    async def _attempt_without(self, suspects: list[int], cell: NotebookNode, index: int) -> End | None:
        """Run a cell again that did not end well, in a kernel in which nothing else can be at fault; return as `_attempt` does."""
        outputs = cell.outputs
        set_aside = {one: self._ran.pop(one) for one in suspects if one in self._ran}
        await self._stop_kernel()
        end = await self._attempt(cell, index)
        # One that needs what the others define has not come as far as before, and cleared nobody.
        if end in (End.DIED, End.WAITED, End.NOT_RUN) or any(
            output.get("ename") == "NameError" for output in cell.outputs
        ):
            cell.outputs = outputs
            self._ran = {**self._ran, **set_aside}
            self._ran.pop(index, None)
            return End.DIED
        for one in suspects:
            self._blame(one, End.LATER)
        return end

    async def _execute_in_kernel(self, cell: NotebookNode, index: int) -> End | None:
        """Run one cell as it is; what it shows is what the submission's own process says."""
        end = None
        try:
            await self.async_execute_cell(cell, index, execution_count=self.code_cells_executed + 1)
        except DeadKernelError:
            end = End.DIED
        except CellTimeoutError:
            end = self._late
        else:
            end = self._conclude(cell, index)
        if end is not None:
            cell.outputs.append(error_output(end.error, self._why(end)))
        drop_verdicts(cell)
        if is_graded_code(cell):
            keep_points_in_spite_of_warnings(cell)
        return end

    async def _examine(self, cell: NotebookNode, index: int, check: Check) -> End | None:
        """Let the kernel answer the judge's calls; the verdict takes the place of whatever else comes from there."""
        address, inside = self._address(f"check-{index}")
        with examination(check, self.secret, address, tuple(self._wrong.values())) as examined:
            probe = copy.deepcopy(cell)
            probe.source = examined.code(inside)
            judging = asyncio.get_running_loop().run_in_executor(None, examined.verdict)
            end, self._in_check = None, True
            try:
                await self.async_execute_cell(probe, index, store_history=False)
                # What the kernel said before it hung up may not have been read yet.
                await asyncio.wait({judging}, timeout=_SECONDS_TO_READ)
            except DeadKernelError:
                end = End.DIED
            except CellTimeoutError:
                end = self._late
            finally:
                self._in_check = False
                self.nb.cells[index] = cell
                examined.end()
            verdict = await judging
        self._unheard = not examined.begun
        if examined.missing:
            graded_with = str(self.nb.metadata.get("language_info", {}).get("version", ""))
            place, earlier = grade_id(check.exercise.name), self.nb.cells[:index]
            reason = why_missing(examined.answer, earlier, self._written_with, graded_with, place)
            verdict = examined.nothing_there(reason)
        end = end or (End.TOLD if self._told in (HERE, BESIDE) else None)
        if self._told == HERE and not self._told_by_another(check):
            verdict = self._without_points(examined, End.TOLD)
        elif examined.lost and (end or self._late):
            why = end or self._late
            assert why is not None
            verdict = self._without_points(examined, why)
            if end is None:
                self._tell(index, why)
        doubts = verdict.score > 0 and examined.doubts(one.source for one in self.nb.cells if one.cell_type == "code")
        if doubts:
            self._problems.append(Problem("forbidden-word", f"{name_of(cell, index)}: the answer {doubts}"))
        cell.execution_count = self.code_cells_executed
        cell.outputs = outputs_of(verdict, self.code_cells_executed)
        self._wrong.pop(check.exercise.name, None)
        if verdict.score < 1:
            self._wrong[check.exercise.name] = check.exercise
        return end

    def _conclude(self, cell: NotebookNode, index: int) -> End | None:
        """Account for a cell that was replied to."""
        if self._late:
            cell.outputs = [output for output in cell.outputs if output.get("ename") != "KeyboardInterrupt"]
            if self._told:
                return self._late
            cell.outputs.append(error_output(self._late.error, self._why(self._late)))
            self._tell(index, self._late)
            return None
        self._problems.extend(self._output_budget.account(cell, index))
        if self._told in (HERE, BESIDE):
            return End.TOLD
        self._ran[index] = self._clock.used()
        return None

    def _hear_nothing_yet(self) -> None:
        """Forget what was heard of the cell before: whether it was interrupted, and who told the kernel to end."""
        self._late, self._told, self._unheard = None, "", False

    def _told_by_another(self, check: Check) -> bool:
        """Tell whether it was the answer to another exercise, called on the way, that told the kernel to end."""
        others = {one.exercise.name for cell in self.nb.cells if (one := check_of(cell))} - {check.exercise.name}
        return bool(self._within & {owner_and_function(name)[1] for name in others})

    def _blame(self, index: int, end: End) -> None:
        """Tell that a cell which had run was what ended the kernel after all; it is not run again, and keeps its points."""
        cell = self.nb.cells[index]
        self._ran.pop(index, None)
        self._tell(index, end)
        if not is_graded_code(cell):
            cell.outputs.append(error_output(end.error, self._why(end)))

    def _tell(self, index: int, end: End) -> None:
        stopped = f" (stopped after {self.seconds_spent()})" if end in (End.TIME, End.WAITED) else ""
        where = name_of(self.nb.cells[index], index)
        self._problems.append(Problem(end.kind, f"{where}: {self._why(end)}{stopped}"))

    def _without_points(self, examined: Examination, end: End) -> Any:
        return examined.without_points(end.kind, f"{self._why(end)}.")

    def _why(self, end: End) -> str:
        reason = self._reason() if end is End.DIED else ""
        return f"the kernel was ended: {reason}" if reason else end.sentence

    async def _ready(self) -> str:
        """See that there are time and a kernel for the next cell; return why not, or ""."""
        while True:
            if self._left_seconds <= 0 or monotonic() > self._end:
                return f"the {self.limits.seconds:g} s for this notebook were used up by earlier cells"
            if self.kc is not None:
                return ""
            if self._kernel_starts >= self.limits.kernel_starts:
                return f"this notebook lost {self._kernel_starts} kernels; it gets no more"
            await self._start_afresh()
            await self._replay()
            self._clock = KernelClock(None)  # what was run again is not charged to the cell that comes next

    async def _replay(self) -> None:
        """Run again, in a fresh kernel, what earlier cells had defined, so that later cells find it.

        A cell that ends the kernel now is left out from then on, and the kernel is gone. It is not charged to the budget, or
        an innocent cell would pay for a slow machine; `_end` bounds everything.
        """
        for index in sorted(self._ran):
            original = self.nb.cells[index]
            self._replaying = self._ran[index]
            self._hear_nothing_yet()
            self._clock = KernelClock(self._kernel_process())
            died = False
            try:
                await self.async_execute_cell(copy.deepcopy(original), index)
            except (DeadKernelError, CellTimeoutError):
                died = True
            finally:
                self.nb.cells[index] = original
                self._replaying = None
            if died or self._told:
                await self._stop_kernel()
                suspects = self._leftovers.cells if died else self._before if self._told == EARLIER else []
                for one in suspects or [index]:
                    self._blame(one, End.LATER if suspects else End.AGAIN)
                return
            if self._late:
                del self._ran[index]
        self._late = None

    def on_cell_executed(
        self, cell: NotebookNode, execute_reply: dict[str, Any], cell_index: int = 0, **_: Any
    ) -> None:
        """Note what a reply says of the kernel's end; show an error that is not printed: silence would be full marks."""
        self._told, self._within = who_told(execute_reply)
        self._before = list(self._leftovers.cells)
        self._leftovers.note(cell_index, execute_reply)
        content = execute_reply["content"]
        shown = any(output.output_type == "error" for output in cell.outputs)
        if content["status"] == "error" and not shown and not self._late:
            cell.outputs.append(reported_error(content))

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Add an output to its cell while there is room for it."""
        kind = msg["msg_type"]
        if kind in _SHOWN or kind.startswith("comm"):
            if self._in_check or self._replaying is not None:
                return None
            admitted = self._output_budget.admit(msg, self.updatable_outputs)
            if admitted is None:
                return None
            msg = admitted
        try:
            return super().process_message(msg, cell, cell_index)
        except NotebookValidationError:
            self._output_budget.refuse("showed something that no notebook can hold")
            return None
