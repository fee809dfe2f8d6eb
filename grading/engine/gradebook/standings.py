"""How everybody stands in a lesson: the points where they are known, and why not where they are not.

The points are nbgrader's own sum, after the penalty for lateness. A lesson that nobody has looked at has no points, which is
not the same as 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from nbgrader.api import (
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
)
from sqlalchemy import Connection, select

from grading.cells import check_statement, exercise_of
from grading.engine.course import Course, NoSuchLesson, students_with
from grading.engine.gradebook.bulk_writes import LessonRows, earned_points, penalties_and_grades
from grading.engine.gradebook.journal import read_journal
from grading.engine.intake.template import TemplateCell, template_from_gradebook

_SUBMISSIONS = SubmittedAssignment.__table__
# Points are a sum of fractions; less than this is rounding.
_ROUNDING = 1e-9


class Status(StrEnum):
    """What has happened to one student's lesson."""

    GRADED = "graded"
    WAITING = "waiting for a person"
    NOT_GRADED = "not graded yet"
    UNREADABLE = "unreadable"
    NOT_HANDED_IN = "not handed in"


@dataclass(frozen=True)
class ExercisePoints:
    """The points of one exercise: what it is worth and what was earned; None where that is not known."""

    exercise: str
    worth: float
    earned: float | None


@dataclass(frozen=True)
class Standing:
    """One student's lesson. earned: after the penalty; None where the points are not known. late, extension: in seconds."""

    student: str
    status: Status
    earned: float | None = None
    penalty: float = 0.0
    late: float = 0.0
    extension: float = 0.0
    exercises: tuple[ExercisePoints, ...] = ()

    def __str__(self) -> str:
        more = ["late"] if self.late else []
        return ", ".join([self.status, *more, *(["extended"] if self.extension else [])])


@dataclass(frozen=True)
class LessonStandings:
    """A lesson, what it is worth, and how everybody stands whom the gradebook or a folder knows, by the student's id."""

    lesson: str
    worth: float
    exercises: tuple[tuple[str, float], ...]
    by_student: Mapping[str, Standing]

    def of(self, student: str) -> Standing:
        """Return how a student stands; one whom nobody knows has not handed in."""
        return self.by_student.get(student) or _nothing(student, Status.NOT_HANDED_IN, self.exercises)


@dataclass
class _Submission:
    """What the gradebook holds of a submission. given: points by notebook and cell; by_hand: whether a person gave any."""

    late: float = 0.0
    extension: float = 0.0
    penalty: float = 0.0
    given: dict[tuple[str, str], float | None] = field(default_factory=dict)
    scored: bool = False
    by_hand: bool = False


def read_standings(course: Course, gradebook: Gradebook, lesson: str) -> LessonStandings:
    """Return how everybody stands in a lesson. Raises NoSuchLesson if the open gradebook does not know it."""
    try:
        names = sorted(notebook.name for notebook in gradebook.find_assignment(lesson).notebooks)
    except MissingEntry:
        raise NoSuchLesson(
            f"the gradebook does not know {lesson!r}; run `nbgrader generate_assignment {lesson}` first"
        ) from None
    cells = {
        (name, cell.grade_id): cell
        for name in names
        for cell in template_from_gradebook(gradebook, lesson, name).cells
        if cell.points  # with 0 points it is practice
    }
    with gradebook.engine.connect() as connection:
        submissions = _submissions(connection, lesson)
    for one in submissions.values():
        one.given = {key: points for key, points in one.given.items() if key in cells}
    handed_in = handed_in_by(course, lesson)
    unread = {
        student
        for student, entry in read_journal(course.own_files / f"{lesson}.jsonl").items()
        if any(not problem.graded for problem in entry.problems)
    }
    exercises = tuple((_name(cell), float(cell.points or 0)) for cell in cells.values())
    found: dict[str, Standing] = {}
    for student in sorted({*submissions, *handed_in}):
        one = submissions.get(student, _Submission())
        is_there = _has_notebook(course, student, lesson, names)
        status = _status(one, student in handed_in, is_there, student in unread)
        found[student] = _standing(student, status, one, cells, exercises)
    return LessonStandings(lesson, sum(worth for _, worth in exercises), exercises, found)


def handed_in_by(course: Course, lesson: str) -> set[str]:
    """Return the students who have handed in a lesson, also in a folder of nearly its name; nobody if nobody has."""
    try:
        return set(students_with(course, lesson))
    except NoSuchLesson:
        return set()


def _status(one: _Submission, handed_in: bool, is_there: bool, unread: bool) -> Status:
    # nbgrader makes the rows of a submission with an extension, too, and says of each that it waits for a person.
    if not (one.scored or (one.given and is_there)):
        return Status.NOT_GRADED if handed_in else Status.NOT_HANDED_IN
    if not (one.by_hand or is_there or any(one.given.values())) and (unread or handed_in):
        return Status.UNREADABLE
    return Status.WAITING if None in one.given.values() else Status.GRADED


def _standing(
    student: str,
    status: Status,
    one: _Submission,
    cells: Mapping[tuple[str, str], TemplateCell],
    exercises: tuple[tuple[str, float], ...],
) -> Standing:
    if status not in (Status.GRADED, Status.WAITING):
        nothing = _nothing(student, status, exercises)
        return Standing(student, status, None, 0.0, one.late, one.extension, nothing.exercises)
    points = tuple(
        ExercisePoints(name, worth, one.given.get(key, 0.0))
        for key, (name, worth) in zip(cells, exercises, strict=True)
    )
    earned = None
    if status is Status.GRADED:
        earned = max(sum(each.earned or 0.0 for each in points) - one.penalty, 0.0)
    return Standing(student, status, earned, one.penalty, one.late, one.extension, points)


def _nothing(student: str, status: Status, exercises: Iterable[tuple[str, float]]) -> Standing:
    return Standing(student, status, exercises=tuple(ExercisePoints(name, worth, None) for name, worth in exercises))


def _has_notebook(course: Course, student: str, lesson: str, names: Iterable[str]) -> bool:
    folder = course.folder("autograded", student, lesson)
    return any((folder / f"{name}.ipynb").is_file() for name in names)


def _name(cell: TemplateCell) -> str:
    """Return what an exercise is called, `MLPScratch.forward` for the cell check-MLPScratch-forward."""
    statement = check_statement(cell.source)
    named = (statement.named or statement.answer) if statement else ""
    plain = exercise_of(cell.grade_id, [named] if named else [])
    method = plain.removeprefix(f"{named}-")
    return f"{named}.{method}" if named and method != plain else plain


def _submissions(connection: Connection, lesson: str) -> dict[str, _Submission]:
    """Return what the gradebook holds of a lesson's submissions, by student."""
    rows = LessonRows(connection, lesson)
    found: dict[str, _Submission] = {}
    columns = (_SUBMISSIONS.c.student_id, _SUBMISSIONS.c.timestamp, _SUBMISSIONS.c.extension)
    of_lesson = _SUBMISSIONS.c.assignment_id == rows.assignment
    for row in connection.execute(select(*columns).where(of_lesson)):
        extension = row.extension if isinstance(row.extension, timedelta) else timedelta()
        found[str(row.student_id)] = _Submission(rows.seconds_late(row), extension.total_seconds())
    late, graded = penalties_and_grades()
    for student, penalty in connection.execute(late.where(of_lesson)):
        found[str(student)].penalty += penalty or 0.0
    for row in connection.execute(graded.where(of_lesson)):
        _take(found[str(row.student_id)], row)
    return found


def _take(one: _Submission, row: Any) -> None:
    """Add what a row of grades says to its submission."""
    # A check that failed itself has points meanwhile, and waits for a person all the same.
    waits = row.needs_manual_grade and row.manual_score is None
    earned = None if waits else earned_points(row)
    one.given[row.notebook, row.cell] = 0.0 if earned is not None and abs(earned) < _ROUNDING else earned
    one.scored |= row.auto_score is not None or row.manual_score is not None
    one.by_hand |= row.manual_score is not None or bool(row.extra_credit)
