"""The map of the course: what is open, tried and passed, made from what was written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import escape
from typing import Any

from grading.catalogue import exercises
from grading.catalogue.explanations import explanations
from grading.catalogue.questions import questions
from grading.outcome import Outcome
from grading.study import place, store
from grading.study.panel import BLUE, GREEN, GREY, Panel
from grading.study.records import Check, Prediction, Record, Solution, Words

OPEN, TRIED, PASSED, WRITTEN = "open", "tried", "passed", "for a person to read"
_SIGNS = {OPEN: "\u25cb", TRIED: "\u25d0", PASSED: "\u2713", WRITTEN: "\u270e"}
_COLOURS = {OPEN: GREY, TRIED: BLUE, PASSED: GREEN, WRITTEN: GREY}
# A learner's own check of a stub says that there is nothing to judge.
_NO_ATTEMPT = frozenset({Outcome.NOT_ATTEMPTED, Outcome.CHECK_ERROR})


@dataclass(frozen=True)
class ExerciseState:
    """One exercise: its state, the most points that a check gave, and how many attempts it took.

    made, fixed: how many known mistakes were named in it, and how many of them a later check no longer named.
    seen: whether its solution was shown.
    """

    name: str
    state: str
    earned: float
    points: float
    attempts: int = 0
    made: int = 0
    fixed: int = 0
    seen: bool = False

    def score(self) -> str:
        """Return the points; of what a person reads only what it is worth."""
        return f"– / {self.points:g}" if self.state == WRITTEN else f"{self.earned:g} / {self.points:g}"

    def remark(self) -> str:
        """Return attempts and mistakes in words; nothing if there were none."""
        said = [_count(self.attempts, "attempt")] if self.attempts else []
        if self.made:
            each = "" if self.fixed == 0 else " fixed" if self.fixed == self.made else f", {self.fixed} fixed"
            said.append(f"{_count(self.made, 'known mistake')}{each}")
        if self.seen:
            said.append("solution seen")
        return self.state if self.state == WRITTEN else ", ".join(said)


@dataclass(frozen=True)
class LessonState:
    """One lesson: its exercises, how many of its predictions were entered and were right when first entered, and how many of its
    questions in words were answered.
    """

    name: str
    exercises: tuple[ExerciseState, ...]
    asked: int = 0
    entered: int = 0
    right: int = 0
    to_explain: int = 0
    explained: int = 0

    @property
    def earned(self) -> float:
        """The points earned so far, by the best check of each exercise."""
        return sum(one.earned for one in self.exercises)

    @property
    def points(self) -> float:
        """The points that checks can give."""
        return sum(one.points for one in self.exercises if one.state != WRITTEN)

    def title(self) -> str:
        """Return the lesson with its points."""
        return f"{self.name}: {self.earned:g} of {self.points:g} points"

    def asides(self) -> Iterator[str]:
        """Yield a line on the predictions and one on the answers in words, where the lesson asks for any."""
        if self.asked:
            first = f", {self.right} right at once" if self.entered else ""
            yield f"{self.entered} of {_count(self.asked, 'prediction')} entered{first}"
        if self.to_explain:
            yield f"{self.explained} of {_count(self.to_explain, 'question')} answered in words"


@dataclass(frozen=True, repr=False)
class CourseMap:
    """What was tried and passed, lesson by lesson, with notes on the file that it comes from. A notebook draws it as a table."""

    lessons: tuple[LessonState, ...]
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join([line for lesson in self.lessons for line in _text(lesson)] + list(self._below()))

    def _repr_html_(self) -> str:
        panels = [Panel(one.title(), (), _colour(one), _sign(one), _table(one)).html() for one in self.lessons]
        notes = "".join(f'<div style="opacity:.8">{escape(note)}</div>' for note in self._below())
        return "".join(panels) + notes

    def _below(self) -> Iterator[str]:
        if len(self.lessons) > 1:
            earned, points = (sum(getattr(one, what) for one in self.lessons) for what in ("earned", "points"))
            yield f"All lessons: {earned:g} of {points:g} points"
        yield from self.notes


def course_map(lesson: Any = None) -> CourseMap:
    """Return the map of the whole course, or of one lesson; a sentence if there is no such lesson."""
    of_lesson: dict[str, list[Any]] = {}
    for exercise in exercises():
        of_lesson.setdefault(exercise.lesson, []).append(exercise)
    wanted = list(of_lesson) if lesson is None else _lesson_called(lesson, list(of_lesson))
    if not wanted:
        near = get_close_matches(str(lesson), of_lesson, n=1, cutoff=0.3) or list(of_lesson)[:1]
        return CourseMap((), (f"There is no lesson {str(lesson)[:60]!r}; try progress({near[0]!r}).",))
    kept = store.read()
    states = tuple(_lesson_state(name, of_lesson[name], kept.records) for name in wanted)
    return CourseMap(states, (*kept.notes, *(() if lesson is not None and place.files() else (place.described(),))))


def _lesson_called(lesson: Any, names: Sequence[str]) -> list[str]:
    """Return the lesson that is meant by "03-backpropagation", "03", 3 or "backpropagation"."""
    text = f"{lesson:02d}" if type(lesson) is int else str(lesson).strip().lower()
    return [name for name in names if text in (name, *name.split("-", 1))][:1]


def _lesson_state(name: str, declared: Iterable[Any], records: Iterable[Record]) -> LessonState:
    mine = [one for one in records if one.lesson == name]
    states = tuple(
        _exercise_state(
            exercise,
            [one for one in mine if isinstance(one, Check) and one.exercise == exercise.name],
            any(isinstance(one, Solution) and one.shown and one.exercise == exercise.name for one in mine),
        )
        for exercise in declared
    )
    first: dict[str, bool] = {}
    for one in mine:
        if isinstance(one, Prediction):
            first.setdefault(one.name, one.right)
    asked = sum(one.lesson == name for one in questions())
    to_explain = {one.name for one in explanations() if one.lesson == name}
    explained = to_explain & {one.name for one in mine if isinstance(one, Words)}
    return LessonState(
        name, states, asked, min(len(first), asked), sum(first.values()), len(to_explain), len(explained)
    )


def _exercise_state(exercise: Any, checks: Sequence[Check], seen: bool = False) -> ExerciseState:
    """Return the state of an exercise from its checks, the earliest first."""
    if exercise.manual:
        return ExerciseState(exercise.name, WRITTEN, 0.0, exercise.points)
    tries = [one for one in checks if one.outcome not in _NO_ATTEMPT]
    passed = next((number for number, one in enumerate(tries, start=1) if one.outcome == Outcome.PASSED), 0)
    best = max((min(max(one.score, 0.0), 1.0) for one in tries), default=0.0)
    last_named = {mistake: number for number, one in enumerate(tries) for mistake in one.mistakes}
    fixed = sum(number < len(tries) - 1 for number in last_named.values())
    return ExerciseState(
        exercise.name,
        PASSED if passed else TRIED if tries else OPEN,
        round(best * exercise.points, 2),
        exercise.points,
        passed or len(tries),
        len(last_named),
        fixed,
        seen,
    )


def _text(lesson: LessonState) -> list[str]:
    width = max((len(one.name) for one in lesson.exercises), default=0)
    rows = [
        f"  {_SIGNS[one.state]} {one.name:<{width}}  {one.score()}  {one.remark()}".rstrip() for one in lesson.exercises
    ]
    return [lesson.title(), *rows, *(f"  {line}" for line in lesson.asides())]


def _table(lesson: LessonState) -> str:
    cell = "text-align:left;padding:.1em 1em .1em 0"
    rows = "".join(
        f'<tr style="background:none"><td style="{cell}"><span style="color:{_COLOURS[one.state]}">{_SIGNS[one.state]}</span> '
        f'{escape(one.name)}</td><td style="{cell}">{one.score()}</td>'
        f'<td style="{cell}">{escape(one.remark() or one.state)}</td></tr>'
        for one in lesson.exercises
    )
    below = "".join(f'<div style="opacity:.8">{escape(line)}</div>' for line in lesson.asides())
    return f'<table style="margin:.4em 0;border:none">{rows}</table>{below}'


def _colour(lesson: LessonState) -> str:
    return _COLOURS[_state(lesson)]


def _sign(lesson: LessonState) -> str:
    return _SIGNS[_state(lesson)]


def _state(lesson: LessonState) -> str:
    states = {one.state for one in lesson.exercises} - {WRITTEN}
    return states.pop() if len(states) == 1 else TRIED if states else OPEN


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
