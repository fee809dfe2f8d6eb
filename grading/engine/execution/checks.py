"""Judging an answer from outside: the calls go to the kernel of a submission, the verdict is found here.

Nothing that happens in the kernel can become points. It is given inputs and gives back data; which inputs, what is right and
what it is worth is known in this process alone.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode, from_dict

from grading.cells import (
    CheckStatement,
    check_statement,
    failed_check,
    is_graded_code,
    name_of,
    owner_and_function,
    told_to_nbgrader,
    verdict_bundle,
)
from grading.engine.execution.ban_check import forbidden_words
from grading.engine.execution.outputs import error_output
from grading.engine.execution.remote_answer import AnswerLost, RemoteAnswer
from grading.engine.problems import Problem
from grading.sandbox.kernel.messages import statement_to_answer
from grading.seeds import seed_of_check

if TYPE_CHECKING:
    from grading.judging import Verdict
    from grading.judging.exercise import Exercise
    from grading.probe.call import Call, Observation


@dataclass(frozen=True)
class Check:
    """A check cell of this course: what it asks for, and the exercise that it is about, with the points of the cell."""

    statement: CheckStatement
    exercise: Exercise


def check_of(cell: NotebookNode) -> Check | None:
    """Return the check that a cell is; None if it is not graded, not the instructor's, or anything other than a check."""
    if not is_graded_code(cell) or not told_to_nbgrader(cell).get("locked"):
        return None
    statement = check_statement(cell.source)
    exercise = _exercise_of(statement) if statement is not None else None
    if statement is None or exercise is None:
        return None
    return Check(statement, _worth(exercise, told_to_nbgrader(cell).get("points", exercise.points)))


def failed_checks(notebook: NotebookNode) -> list[Problem]:
    """Return a problem for each check of an executed notebook that failed through a fault of its own."""
    sentence = "failed through a fault of its own; a person should look at it"
    cells = enumerate(notebook.cells)
    return [Problem("check-error", f"{name_of(cell, index)} {sentence}") for index, cell in cells if failed_check(cell)]


def _exercise_of(statement: CheckStatement) -> Exercise | None:
    from grading.catalogue import exercises

    found = {one.name: one for one in exercises() if not one.manual}
    name = statement.exercise(found)
    return found[name] if name is not None else None


@lru_cache(maxsize=256)  # the judge remembers what it has prepared for an exercise by the exercise itself
def _worth(exercise: Exercise, points: float) -> Exercise:
    """Return an exercise that is worth what its cell is: a course may give it other points, or none."""
    return exercise if points == exercise.points else replace(exercise, points=float(points))


class Examination:
    """One check: a socket in the folder that is shared with the kernel, and the verdict on what comes over it.

    lost: why the kernel's answers came to an end before there was a verdict; "" if they did not.
    missing: whether the kernel has nothing of that name.
    begun: whether the kernel has said anything at all.
    """

    def __init__(
        self, check: Check, secret: int, address: Path, listener: socket.socket, wrong: Sequence[Exercise] = ()
    ) -> None:
        self.address = address
        self.lost, self.missing, self.begun = "", False, False
        self._statement, self._exercise = check.statement, check.exercise
        self._seed = seed_of_check(secret, check.exercise.name)
        self._listener = listener
        self._wrong = wrong
        self._connection: socket.socket | None = None
        self._ended = False

    @property
    def answer(self) -> str:
        """The name of the answer."""
        return self._statement.answer

    def code(self, address: str) -> str:
        """Return the statement that makes the kernel answer."""
        owner, function = owner_and_function(self._exercise.name)
        return statement_to_answer(self._statement.answer, function if owner else "", address)

    def verdict(self) -> Verdict:
        """Wait for the kernel, judge its answer and return the verdict; to be called in a thread of its own."""
        from grading.probe.serve import MISSING, READY

        try:
            answer = self._accept()
            said = answer.begin()
            self.begun = True
            if said == MISSING:
                self.missing = True
                return self.nothing_there("")
            if said != READY:
                raise AnswerLost("the kernel sent something that is not an answer")
            return self._with_right_helpers(self.judged(answer), answer)
        except AnswerLost as lost:
            self.lost = str(lost)
            return self.without_points("answer lost", f"{lost}.")
        finally:
            self.end()

    def _with_right_helpers(self, verdict: Verdict, answer: RemoteAnswer) -> Verdict:
        """Return the verdict, found again with right values of the earlier functions that are wrong, if the answer calls them."""
        from grading.judging.earlier import RightValues, better_of, can_earn_more, helpers

        known = helpers(self._wrong)
        if not known or not can_earn_more(verdict):
            return verdict
        try:
            used = answer.exchange(tuple(known), RightValues(known))
            return better_of(verdict, self.judged(answer), used) if used else verdict
        except AnswerLost:
            return verdict  # what it was worth before it was lost

    def _accept(self) -> RemoteAnswer:
        try:
            # No time-out: the notebook's budget ends a kernel that hangs, and with its cell `end` is called.
            connection, _ = self._listener.accept()
        except OSError:
            raise AnswerLost("the kernel did not answer") from None
        self._connection = connection
        if self._ended:
            self.end()
        return RemoteAnswer(connection)

    def judged(self, answer: RemoteAnswer) -> Verdict:
        """Return the verdict on what the kernel answers."""
        from grading.judging import Outcome, judge

        verdict = judge(self._exercise, answer, device="cpu", seed=self._seed, hidden=self._statement.hidden)
        if verdict.outcome is not Outcome.CHECK_ERROR:
            return verdict
        if self._works_without_an_answer():
            return self.without_points("unreadable", "what it gave back has a form that no answer has.")
        # Whatever comes back, the check fails: that is for a person to look at.
        finding = replace(verdict.findings[0], title="the check itself failed; a person will look at it.", advice="")
        return replace(verdict, score=0.0, findings=(finding,))

    def _works_without_an_answer(self) -> bool:
        """Tell whether the same check, of the same inputs, comes to a verdict on an answer that only raises an error."""
        from grading.judging import Outcome, judge

        tried = judge(self._exercise, _Raising(), device="cpu", seed=self._seed, hidden=self._statement.hidden)
        return tried.outcome is not Outcome.CHECK_ERROR

    def doubts(self, sources: Iterable[str]) -> str:
        """Return what a person should look at in the cells of a notebook that earned points here; "" if nothing."""
        words = forbidden_words(sources, self._statement.answer, self._exercise.ban.operations)
        return f"contains {', '.join(words)}, which the exercise forbids; no call was reported" if words else ""

    def nothing_there(self, reason: str) -> Verdict:
        """Return the verdict on an answer that is not there; reason: what `missing.why_missing` found out."""
        title = f"there is nothing called `{self._statement.answer}` here"
        if reason:
            return self.without_points("missing", f"{title}: {reason}.", "Its cell has to run to its end.")
        return self.without_points(
            "missing", f"{title}.", "Its cell was deleted or emptied, or did not run to its end."
        )

    def without_points(self, kind: str, title: str, advice: str = "") -> Verdict:
        """Return a verdict that says why the answer could not be judged."""
        from grading.judging import Finding, Outcome, Verdict

        one, findings = self._exercise, (Finding("", kind, title, advice=advice),)
        return Verdict(one.name, one.lesson, Outcome.ANSWER_ERROR, 0.0, one.points, findings, self._seed)

    def end(self) -> None:
        """Close the connection, so that nobody waits for it at either end."""
        self._ended = True
        for one in (self._connection, self._listener):
            if one is not None:
                # Closing alone does not wake a thread that waits in accept or recv.
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()


class _Raising:
    """An answer that raises an error in every call."""

    def observe(self, call: Call) -> Observation:
        """Return what is observed of it."""
        from grading.probe.call import Failure, Observation

        return Observation(failure=Failure("ValueError", ""))

    def observe_all(self, calls: Sequence[Call]) -> list[Observation]:
        """Return what is observed of it in several calls."""
        return [self.observe(call) for call in calls]


@contextmanager
def examination(check: Check, secret: int, address: Path, wrong: Sequence[Exercise] = ()) -> Iterator[Examination]:
    """Open a check at a socket of this path; it is closed and removed afterwards.

    wrong: exercises of the lesson that were decided earlier, and not all right.
    """
    # A kernel that may write to the folder could put a link in its place before the rights are given, so that is done elsewhere.
    beside = address.parent.with_name(f"{address.parent.name}-{address.name}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(beside))
        # The kernel may run as another user; its sandbox is the only other one that sees the folder.
        beside.chmod(0o777)
        beside.rename(address)
        listener.listen(1)
        found = Examination(check, secret, address, listener, wrong)
        try:
            yield found
        finally:
            found.end()
            address.unlink(missing_ok=True)


def outputs_of(verdict: Verdict, execution_count: int) -> list[NotebookNode]:
    """Return the outputs that show a verdict: what `grading.check` would show, and what nbgrader reads the points from."""
    data = verdict_bundle(verdict)
    if not verdict.raises:
        return [
            _node({"output_type": "execute_result", "execution_count": execution_count, "data": data, "metadata": {}})
        ]
    shown = _node({"output_type": "display_data", "data": data, "metadata": {}})
    return [shown, error_output("CheckFailed", str(verdict).splitlines()[0])]


def _node(data: dict[str, Any]) -> NotebookNode:
    node: NotebookNode = from_dict(data)  # type: ignore[no-untyped-call]  # nbformat has no annotation here
    return node
