"""From graded cells to what an instructor wants to know: who got how many points, and what went wrong in each exercise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from grading.cells import exercise_of
from grading.engine.gradebook.results import NOT_SHOWN, CellResult, StudentResult
from grading.engine.gradebook.standings import Status
from grading.engine.problems import Problem, told
from grading.outcome import Outcome
from grading.report.examples import FEWEST, example_of
from grading.report.statistics import Numbers, Row, numbers


class Standing(StrEnum):
    """How one student stands in one exercise."""

    RIGHT = "right"
    PARTLY = "partly right"
    WRONG = "wrong"
    UNTOUCHED = "not attempted"
    WAITING = "to be graded by a person"
    ABSENT = "no usable notebook"
    COURSE = "the check failed, not the student"


@dataclass(frozen=True)
class ExerciseMark:
    """One student's mark in one exercise.

    earned is None while a person has to grade it. title and advice say what was wrong, lines the verdict's whole text.
    """

    exercise: str
    points: float
    earned: float | None
    standing: Standing
    title: str = ""
    advice: str = ""
    lines: tuple[str, ...] = ()
    mistake: str | None = None
    source: str = ""


@dataclass(frozen=True)
class Person:
    """What the gradebook knows of a student beside the points. late, extension: in seconds."""

    name: str = ""
    status: Status = Status.NOT_HANDED_IN
    late: float = 0.0
    extension: float = 0.0


@dataclass(frozen=True)
class StudentSummary:
    """One row of the class; `marks` is empty for a student who has not been graded, or has not handed in.

    late: what lateness cost, in points. person: None where the gradebook was not asked.
    """

    student: str
    marks: tuple[ExerciseMark, ...]
    problems: tuple[Problem, ...]
    late: float
    person: Person | None = None

    @property
    def earned(self) -> float:
        """The points so far, after the penalty for lateness."""
        return max(sum(mark.earned or 0.0 for mark in self.marks) - self.late, 0.0)

    @property
    def waits(self) -> bool:
        """True if a person still has to grade something."""
        return any(mark.earned is None for mark in self.marks)

    @property
    def status(self) -> Status:
        """What has happened to the lesson."""
        if any(problem.kind == NOT_SHOWN for problem in self.problems):
            return Status.NOT_GRADED  # whatever the gradebook holds, nobody can read it
        if self.person is not None:
            return self.person.status
        if not self.marks:
            return Status.NOT_GRADED
        if all(mark.standing is Standing.ABSENT for mark in self.marks):
            return Status.UNREADABLE
        return Status.WAITING if self.waits else Status.GRADED


@dataclass(frozen=True)
class Fault:
    """One way in which an exercise went wrong, and who took it. name is the slug of a known mistake, or None.

    example: what such an answer looks like, where so many took it that it is nobody's in particular.
    """

    title: str
    advice: str
    students: tuple[str, ...]
    name: str | None = None
    example: str = ""


@dataclass(frozen=True)
class ExerciseSummary:
    """One exercise over the whole class: how many stand how, and the faults, the most frequent first."""

    name: str
    points: float
    standings: Mapping[Standing, int]
    faults: tuple[Fault, ...]
    mean: float


@dataclass(frozen=True)
class ClassSummary:
    """A lesson of a class."""

    lesson: str
    students: tuple[StudentSummary, ...]
    exercises: tuple[ExerciseSummary, ...]

    @property
    def points(self) -> float:
        """What the lesson is worth."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def graded(self) -> tuple[StudentSummary, ...]:
        """The students who have marks."""
        return tuple(student for student in self.students if student.marks)

    @cached_property
    def numbers(self) -> Numbers:
        """Mean, median and the like, over those of whom a notebook was graded."""
        whole = [student for student in self.students if student.status in (Status.GRADED, Status.WAITING)]
        rows = [Row({mark.exercise: mark.earned for mark in student.marks}, student.late) for student in whole]
        return numbers({exercise.name: exercise.points for exercise in self.exercises}, rows)

    @property
    def mistakes(self) -> list[tuple[ExerciseSummary, Fault]]:
        """What went wrong in all exercises, the most frequent first."""
        found = [(exercise, fault) for exercise in self.exercises for fault in exercise.faults]
        return sorted(found, key=lambda one: -len(one[1].students))

    def count(self, *statuses: Status) -> int:
        """Return how many students have one of these statuses."""
        return sum(student.status in statuses for student in self.students)

    @property
    def troubled(self) -> tuple[StudentSummary, ...]:
        """The students with something worth telling about their files."""
        return tuple(student for student in self.students if told(student.problems))


# Of so many answers that went wrong in one way, the shortest is the example.
_MOST_EXAMINED = 40

# (student, what was raised) -> the problem to report for the student
Unshown = Callable[[str, Exception], Problem]


def summarize(
    lesson: str,
    results: Sequence[StudentResult],
    unshown: Unshown | None = None,
    people: Mapping[str, Person] | None = None,
) -> ClassSummary:
    """Return the summary of a lesson's results.

    people: everybody whom the gradebook knows, by id, also those who have not handed in. unshown: called for a student whose
    results make no sense, who then has no marks; None: the error is raised.
    """
    judged = _exercises_judged(results)
    people = people or {}
    found = {result.student: _student(result, judged, unshown, people.get(result.student)) for result in results}
    absent = {student: StudentSummary(student, (), (), 0.0, person) for student, person in people.items()}
    students = tuple(one for _, one in sorted({**absent, **found}.items()))
    by_exercise: dict[str, list[tuple[str, ExerciseMark]]] = {}
    for student in students:
        for mark in student.marks:
            by_exercise.setdefault(mark.exercise, []).append((student.student, mark))
    exercises = tuple(exercise_summary(name, marks) for name, marks in by_exercise.items())
    return ClassSummary(lesson, students, exercises)


def _exercises_judged(results: Sequence[StudentResult]) -> tuple[str, ...]:
    """Return the names of the exercises that the class has verdicts on: the cells of those without one go by the same names."""
    verdicts = (cell.verdict for result in results for cell in result.cells if isinstance(cell.verdict, Mapping))
    return tuple(dict.fromkeys(str(verdict["exercise"]) for verdict in verdicts if "exercise" in verdict))


def _student(
    result: StudentResult, judged: Sequence[str], unshown: Unshown | None, person: Person | None
) -> StudentSummary:
    try:
        marks = tuple(_mark(cell, judged) for cell in result.cells)
    except Exception as error:
        if unshown is None:
            raise
        problems = (*result.problems, unshown(result.student, error))
        return StudentSummary(result.student, (), problems, result.late, person)
    return StudentSummary(result.student, marks, result.problems, result.late, person)


def _mark(cell: CellResult, judged: Sequence[str]) -> ExerciseMark:
    name = exercise_of(cell.grade_id, judged)
    if not cell.present:
        return ExerciseMark(name, cell.points, cell.earned, Standing.ABSENT)
    if cell.verdict is not None:
        return _mark_of_verdict(cell, name, cell.verdict)
    if cell.earned is None:
        return ExerciseMark(name, cell.points, None, Standing.WAITING)
    if cell.earned >= cell.points:
        return ExerciseMark(name, cell.points, cell.earned, Standing.RIGHT)
    # The stub's own error is no more than its name; PyTorch's and IPython's say what they are about.
    if (cell.untouched and not cell.earned) or cell.error.rstrip(": ") == "NotImplementedError":
        return ExerciseMark(name, cell.points, cell.earned, Standing.UNTOUCHED)
    standing = Standing.PARTLY if cell.earned > 0 else Standing.WRONG
    lines = (cell.error,) if cell.error else ()
    return ExerciseMark(
        name, cell.points, cell.earned, standing, cell.error or "no answer", lines=lines, source=cell.source
    )


def _mark_of_verdict(cell: CellResult, name: str, verdict: Mapping[str, Any]) -> ExerciseMark:
    """Trust the gradebook for the points, which a person may have changed, and the verdict for the words."""
    finding: Mapping[str, Any] = next(iter(verdict.get("findings") or ()), {})
    outcome = verdict.get("outcome")
    if outcome == Outcome.CHECK_ERROR:
        standing = Standing.COURSE
    elif outcome == Outcome.NOT_ATTEMPTED:
        standing = Standing.UNTOUCHED
    elif cell.earned is not None and cell.earned >= cell.points:
        standing = Standing.RIGHT
    else:
        standing = Standing.PARTLY if cell.earned else Standing.WRONG
    return ExerciseMark(
        exercise=str(verdict.get("exercise", name)),
        points=cell.points,
        earned=cell.earned,
        standing=standing,
        title=str(finding.get("title", "")),
        advice=str(finding.get("advice", "")),
        lines=_lines(verdict),
        mistake=str(finding["mistake"]) if finding.get("mistake") else None,
        source=cell.source,
    )


def _lines(verdict: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a verdict's own text; nothing if it was written by another version."""
    from grading.judging.verdict import Verdict

    try:
        return tuple(Verdict.from_dict(verdict).text_lines())
    except (KeyError, TypeError, ValueError):
        return ()


def exercise_summary(name: str, marks: Sequence[tuple[str, ExerciseMark]]) -> ExerciseSummary:
    """Return an exercise over a class: the marks of at least one student, each with the student's id."""
    faults: dict[tuple[str | None, str], list[tuple[str, ExerciseMark]]] = {}
    for student, mark in marks:
        if mark.standing in (Standing.PARTLY, Standing.WRONG, Standing.COURSE):
            key = (mark.mistake, "") if mark.mistake else (None, mark.title)
            faults.setdefault(key, []).append((student, mark))
    ordered = sorted(faults.values(), key=lambda found: (-len(found), found[0][1].title))
    # Who handed in nothing that can be read has not tried the exercise.
    known = [mark.earned for _, mark in marks if mark.standing is not Standing.ABSENT]
    earned = [points for points in known if points is not None]
    return ExerciseSummary(
        name=name,
        points=marks[0][1].points,
        standings=Counter(mark.standing for _, mark in marks),
        faults=tuple(_fault(found) for found in ordered),
        mean=sum(earned) / max(len(earned), 1),
    )


def _fault(found: Sequence[tuple[str, ExerciseMark]]) -> Fault:
    mark = found[0][1]
    example = example_of(one.source for _, one in found[:_MOST_EXAMINED]) if len(found) >= FEWEST else ""
    return Fault(mark.title, mark.advice, tuple(student for student, _ in found), mark.mistake, example)
