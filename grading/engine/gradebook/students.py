"""Who is in the gradebook: read, and written without touching anybody's points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.api import Student as Row
from sqlalchemy import Connection, bindparam, insert, select, update

from grading.engine.course import Course
from grading.engine.database import opened_gradebook, usable_database
from grading.engine.turns.advisory import one_writer

_STUDENTS = Row.__table__
# What nbgrader's columns hold at most.
MOST_CHARACTERS = 128


@dataclass(frozen=True)
class Student:
    """One student as the gradebook knows them; "" for what it does not know. lms_user_id: what an LMS calls them."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def name(self) -> str:
        """The whole name, the first name first; "" if there is none."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Changes:
    """What a roster changes: students who are new, those of whom something else is known now, and those it does not name."""

    new: tuple[Student, ...]
    changed: tuple[Student, ...]
    gone: tuple[Student, ...]


def read_students(course: Course) -> list[Student]:
    """Return everyone in a course's gradebook, by their ids. Raises GradebookUnavailable."""
    with opened_gradebook(course) as gradebook:
        return students_in(gradebook)


def students_in(gradebook: Gradebook) -> list[Student]:
    """Return everyone in an open gradebook, by their ids."""
    with gradebook.engine.connect() as connection:
        return _students(connection)


def _students(connection: Connection) -> list[Student]:
    columns = [_STUDENTS.c[name] for name in Student.__dataclass_fields__]
    rows = connection.execute(select(*columns).order_by(_STUDENTS.c.id)).all()
    return [Student(*(str(value or "") for value in row)) for row in rows]


def changes(known: Iterable[Student], roster: Sequence[Student]) -> Changes:
    """Return what a roster changes; where it says nothing of somebody, what is known stays."""
    before = {student.id: student for student in known}
    merged = [_merged(before[student.id], student) for student in roster if student.id in before]
    named = {student.id for student in roster}
    return Changes(
        new=tuple(student for student in roster if student.id not in before),
        changed=tuple(student for student in merged if student != before[student.id]),
        gone=tuple(student for student in before.values() if student.id not in named),
    )


def _merged(known: Student, told: Student) -> Student:
    return replace(known, **{name: value for name, value in asdict(told).items() if value})


def write_roster(course: Course, roster: Sequence[Student]) -> Changes:
    """Write a roster into the gradebook and return what it changed. Nobody is removed, and points stay as they are.

    Raises GradebookUnavailable.
    """
    with opened_gradebook(course) as gradebook, usable_database(), gradebook.engine.begin() as connection:
        one_writer(connection)
        found = changes(_students(connection), roster)
        if found.new:
            connection.execute(insert(_STUDENTS), [_row(student) for student in found.new])
        if found.changed:
            change = update(_STUDENTS).where(_STUDENTS.c.id == bindparam("of"))
            values: dict[str, Any] = {
                name: bindparam(f"new_{name}") for name in Student.__dataclass_fields__ if name != "id"
            }
            connection.execute(change.values(values), [_change(student) for student in found.changed])
    return found


def _row(student: Student) -> dict[str, str | None]:
    return {name: value or None for name, value in asdict(student).items()}


def _change(student: Student) -> dict[str, str | None]:
    row = _row(student)
    return {"of": row.pop("id"), **{f"new_{name}": value for name, value in row.items()}}
