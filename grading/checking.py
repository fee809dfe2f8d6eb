"""`check(relu)`: the judge's verdict where the learner is, in a notebook or in a plain Python session.

In a notebook the result of the cell is one output in three forms: the points as plain text, which is what stock nbgrader
reads as the score; the verdict as HTML, which is what a person sees; and the verdict as JSON, which is what reports read.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from grading.cells import method_exercise, verdict_bundle
from grading.errors import CheckFailed, CheckInterrupted, UnknownExercise
from grading.graded import is_being_graded
from grading.seeds import seed_from_environment

if TYPE_CHECKING:
    from grading.judging import Verdict
    from grading.judging.exercise import Exercise
    from grading.study.panel import Panel

# "outside" in a kernel whose checks are made by the grader: there are no exercises to check against in there.
CHECKS_VARIABLE = "MLP_COURSE_CHECKS"
# How long the calls of an answer may take together: right ones take a fraction of a second.
_SECONDS = 10.0
_RESTART = "Restart the kernel (in the menu: Kernel, Restart Kernel)"


class Points(float):
    """The points earned by a check: a number to nbgrader, a card to a person, and what stands below the card."""

    verdict: Verdict
    below: Panel | None

    def __new__(cls, verdict: Verdict, below: Panel | None = None) -> Points:
        """Wrap a verdict."""
        self = super().__new__(cls, verdict.earned)
        self.verdict, self.below = verdict, below
        return self

    def __repr__(self) -> str:
        return f"{float(self):g}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return _bundle(self.verdict, self.below)


class _Shown:
    """A verdict shown beside an error: no number in its plain text, so that the error decides the score."""

    def __init__(self, verdict: Verdict, below: Panel | None) -> None:
        self.verdict, self.below = verdict, below

    def __repr__(self) -> str:
        return _text(self.verdict, self.below)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return _bundle(self.verdict, self.below)


def _bundle(verdict: Verdict, below: Panel | None) -> dict[str, Any]:
    bundle = verdict_bundle(verdict)
    if below is None:
        return bundle
    text = _text(verdict, below) if verdict.raises else bundle["text/plain"]  # else a number, which nbgrader reads
    return {**bundle, "text/plain": text, "text/html": bundle["text/html"] + below.html()}


def _text(verdict: Verdict, below: Panel | None) -> str:
    return str(verdict) if below is None else f"{verdict}\n{below}"


def check(
    answer: Callable[..., Any],
    name: str | None = None,
    *,
    hidden: bool = False,
    seed: int | None = None,
    device: str | None = None,
    seconds: float | None = None,
) -> Points | None:
    """Judge an answer and show the verdict.

    answer: the function (or, for a method, its class). name: the exercise, where the answer's own name does not tell.
    hidden: try the hidden cases too, with the seed of `$MLP_COURSE_SEED` if that is set. seed, device: as in `judge`.
    seconds: how long all calls of the answer together may take; 10 by default, and any time where the exercise trains a network.

    Where nothing names what is wrong, it looks for the line to look at, for two seconds at most; not with `hidden`, and not in a
    notebook that is being graded, where a class would wait for it.

    Returns the points, which a notebook shows as a card. Raises CheckFailed if the answer is wrong and earned nothing, so
    that a run of the whole notebook stops where the next cells could not work; an untouched TODO raises nothing. Raises
    UnknownExercise if no exercise fits, TypeError if the two arguments are swapped, ValueError if `seconds` is not a positive number,
    and CheckInterrupted, with the line that was running, after ■ or Ctrl-C. Where a grader runs the checks from outside, it
    says so and returns None.
    """
    if os.environ.get(CHECKS_VARIABLE) == "outside":
        print("check: the grader runs the checks itself.")
        return None
    if isinstance(answer, str) or not isinstance(name, str | None):
        raise TypeError('check takes the function first, then the name of the exercise as text: check(relu, "relu")')
    if not (seconds is None or (type(seconds) in (int, float) and seconds > 0)):
        raise ValueError(f"seconds is how long the answer may run, a positive number such as 60, not {seconds!r}")
    from grading.catalogue import exercise
    from grading.judging.lines import with_line
    from grading.study.front_end import displays_as_text, leave_the_card_alone
    from grading.study.panel import in_notebook

    found = exercise(name) if name is not None else _exercise_of(answer)
    if seed is None and hidden:
        seed = seed_from_environment()
    with displays_as_text():
        verdict = judged(found, answer, device=device, seed=seed, hidden=hidden, seconds=seconds)
        if not hidden and not is_being_graded():
            verdict = with_line(verdict, found, answer)
    if not hidden and not is_being_graded():
        _remember(verdict)
    below = None if hidden else _hint_to_offer(found, verdict)
    if in_notebook() and verdict.raises:
        from IPython.display import display

        display(_Shown(verdict, below))  # type: ignore[no-untyped-call]  # IPython's display is not annotated
        leave_the_card_alone()
    elif not in_notebook() and not verdict.raises:
        print(_text(verdict, below))
    if verdict.raises:
        raise CheckFailed(_text(verdict, below), shown=in_notebook())
    return Points(verdict, below)


def judged(
    found: Exercise,
    answer: Any,
    *,
    device: str | None = None,
    seed: int | None = None,
    hidden: bool = False,
    seconds: float | None = None,
) -> Verdict:
    """Judge an answer that is stopped when its time is up; nothing is shown or written down. Raises CheckInterrupted."""
    from grading.catalogue import before
    from grading.judging import judge
    from grading.judging.earlier import with_right_helpers
    from grading.judging.judge import function_of
    from grading.judging.stopping import Interrupted, Stop, StoppableAnswer, TookTooLong, too_long

    out = sys.stdout  # while the answer runs, what it prints goes elsewhere

    def stuck(line: str) -> None:
        print(f"{found.name} does not stop{f' ({line})' if line else ''}. {_RESTART} to end it.", file=out, flush=True)

    stop = Stop(seconds or (math.inf if found.trains else _SECONDS), stuck)
    stoppable = StoppableAnswer(function_of(found, answer), stop)

    def tried() -> Verdict:
        return judge(found, stoppable, device=device, seed=seed, hidden=hidden)

    try:
        with stop.heard():
            return with_right_helpers(
                tried(), stoppable.function, before(found), tried, lambda helper: StoppableAnswer(helper, stop)
            )
    except TookTooLong as late:
        return too_long(found, late.line, stop.seconds)
    except Interrupted as pressed:
        where = f"It was running {pressed.line}" if pressed.line else "No line of the answer was running."
    raise CheckInterrupted(f"The check of {found.name} was interrupted.\n{where}")


def _remember(verdict: Verdict) -> None:
    """Write down for the learner alone how a check went."""
    from grading.study import store
    from grading.study.records import Check

    named = dict.fromkeys(one.mistake for one in verdict.findings if one.mistake is not None)
    store.add(
        Check(verdict.lesson, verdict.exercise, str(verdict.outcome), verdict.score, verdict.points, tuple(named))
    )


def _hint_to_offer(found: Exercise, verdict: Verdict) -> Panel | None:
    """Return the offer of the next hint to somebody who has failed a few times in a row."""
    from grading.outcome import Outcome

    if verdict.outcome not in (Outcome.FAILED, Outcome.ANSWER_ERROR) or is_being_graded():
        return None
    from grading.study.helping import offer

    return offer(found)


def _exercise_of(answer: Any) -> Exercise:
    """Find the exercise of an answer: by its name, by its class, or by the name that the caller has given to it."""
    from grading.catalogue import exercises

    names = {one.name: one for one in exercises()}
    own = getattr(answer, "__name__", "")
    if own in names and not isinstance(answer, type):
        return names[own]
    if isinstance(answer, type):
        method = method_exercise(own, names)
        if method is not None:
            return names[method]
    frame = sys._getframe(2)
    bound = [name for name, value in (frame.f_globals | frame.f_locals).items() if value is answer and name in names]
    if len(bound) == 1:
        return names[bound[0]]
    raise UnknownExercise(
        f'no exercise is called {own or type(answer).__name__!r}; name it: check({own or "..."}, "relu")'
    )
