"""Reading a class from what Canvas, Moodle or Brightspace exports of it, or from a plain table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grading.engine.gradebook.students import MOST_CHARACTERS, Student
from grading.engine.problems import one_line
from grading.lms import headings
from grading.lms.headings import System, system_of
from grading.lms.table import BadTable, Row, Table, clean

# Which column a student's id is taken from, in this order.
_IDS: dict[System, tuple[tuple[str, ...], ...]] = {
    System.CANVAS: (headings.SIS_LOGIN, headings.SIS_USER, headings.CANVAS_ID),
    System.MOODLE: (headings.USERNAME, headings.ID_NUMBER, headings.EMAIL),
    System.BRIGHTSPACE: (headings.USERNAME, headings.ORG_DEFINED),
    System.PLAIN: (headings.PLAIN_ID, headings.USERNAME, headings.ID_NUMBER, headings.EMAIL),
}
# Which column holds what the system itself calls a student.
_LMS_IDS: dict[System, tuple[str, ...]] = {
    System.CANVAS: headings.CANVAS_ID,
    System.MOODLE: headings.ID_NUMBER,
    System.BRIGHTSPACE: headings.ORG_DEFINED,
    System.PLAIN: headings.LMS_USER,
}
_STAFF = re.compile(r"teacher|instructor|lecturer|professor|manager|assistant|designer|observer|\bTA\b|trainer", re.I)
_LEARNER = re.compile(r"student|learner|participant|teilnehmer|étudiant|estudiante", re.I)
_CANVAS_TEST_STUDENT = "Student, Test"
_CANVAS_OTHER_ROW = re.compile(r"\s*(Points Possible|Manual Posting.*|Muted)?\s*", re.I)
# 1.23457E+11 is what a spreadsheet makes of a long number.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.I)


@dataclass(frozen=True)
class Roster:
    """A class. column: where the ids are from; left_out: a line for each row that does not name a student."""

    system: System
    column: str
    students: tuple[Student, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """The places of what a table says of a student; None for what it does not say."""

    id: int
    first_name: int | None
    last_name: int | None
    whole_name: int | None
    email: int | None
    lms_user_id: int | None
    role: int | None


def roster_in(table: Table, id_column: str = "", known: Iterable[Student] = ()) -> Roster:
    """Return the class that a table names. Raises BadTable if it has no column for the students' ids.

    id_column: the heading of that column; "" for the usual one. known: who is in the gradebook, so that nobody gets a second entry
    under an id that a spreadsheet has changed.
    """
    system = system_of(table)
    columns = _columns(table, system, id_column)
    students: dict[str, Student] = {}
    left_out = []
    by_key = {_key(student.id): student.id for student in known}
    for row in table.rows:
        if _is_no_student(row, columns, system):
            continue
        student = _student(row, columns)
        reason = _why_not(student, row, columns, students, by_key, table.header[columns.id])
        if reason:
            left_out.append(f"line {row.line}: {reason}; left out")
        else:
            students.setdefault(student.id, student)
    return Roster(system, table.header[columns.id], tuple(students.values()), tuple(left_out))


def _columns(table: Table, system: System, id_column: str) -> Columns:
    wanted = ((id_column,),) if id_column else _IDS[system]
    found = next((place for names in wanted if (place := table.column(*names)) is not None), None)
    if found is None:
        there_are = ", ".join(table.header)
        raise BadTable(
            f"{table.path} has no column {' or '.join(names[0] for names in wanted)}; name the one with the students' ids "
            f"by --id; there are: {one_line(there_are, 300)}"
        )
    return Columns(
        found,
        table.column(*headings.FIRST_NAME),
        table.column(*headings.LAST_NAME),
        table.column(*headings.WHOLE_NAME),
        table.column(*headings.EMAIL),
        table.column(*_LMS_IDS[system]),
        table.column(*headings.ROLE),
    )


def _is_no_student(row: Row, columns: Columns, system: System) -> bool:
    """Tell whether a row is one of Canvas's own: points possible, manual posting, the test student."""
    if system is not System.CANVAS:
        return False
    name = _cell(row, columns.whole_name) or _cell(row, columns.last_name)
    whole_name = name if columns.whole_name is not None else f"{name}, {_cell(row, columns.first_name)}"
    if whole_name == _CANVAS_TEST_STUDENT:
        return True
    return bool(_CANVAS_OTHER_ROW.fullmatch(name)) and not _cell(row, columns.id)


def _student(row: Row, columns: Columns) -> Student:
    first, last = _cell(row, columns.first_name), _cell(row, columns.last_name)
    if not first and not last:
        first, last = names_in(_cell(row, columns.whole_name))
    lms_user_id = without_mark(_cell(row, columns.lms_user_id))
    return Student(without_mark(_cell(row, columns.id)), first, last, _cell(row, columns.email), lms_user_id)


def names_in(whole_name: str) -> tuple[str, str]:
    """Split a whole name into the first and the last: "Lovelace, Ada" and "Ada Lovelace"."""
    last, comma, first = whole_name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = whole_name.rpartition(" ")
    return first.strip(), last.strip()


def without_mark(cell: str) -> str:
    """Return an id without the # that Brightspace puts before it, so that a spreadsheet keeps its zeros."""
    return cell.removeprefix("#").strip()


def _cell(row: Row, place: int | None) -> str:
    return "" if place is None else clean(row.cells[place])


def _why_not(
    student: Student,
    row: Row,
    columns: Columns,
    before: dict[str, Student],
    by_key: dict[str, str],
    heading: str,
) -> str:
    """Say why a row does not become a student; "" if it does."""
    shown = one_line(student.id)
    role = _cell(row, columns.role)
    if role and _STAFF.search(role) and not _LEARNER.search(role):
        return f"{shown or one_line(student.name)} is not a student but {one_line(role)}"
    if not student.id:
        return f"{one_line(student.name) or 'somebody without a name'} has nothing under {heading}"
    if not is_a_folder_name(student.id):
        return f"{shown!r} cannot be the name of a student's folder"
    if any(len(value) > MOST_CHARACTERS for value in vars(student).values()):
        return f"{shown!r} has more than {MOST_CHARACTERS} characters in a cell"
    if _SHORTENED.fullmatch(student.id):
        return f"{shown!r} is what a spreadsheet made of a longer number, export the file again"
    other = by_key.setdefault(_key(student.id), student.id)
    if other != student.id:
        return f"{shown!r} may be {one_line(other)!r}, which is known already"
    if before.get(student.id, student) != student:
        return f"{shown!r} is there a second time with something else beside it"
    return ""


def is_a_folder_name(name: str) -> bool:
    """Tell whether a folder of a course may have this name."""
    return not (set(name) & set("/\\\0*?\n\r\t")) and not name.startswith(".") and name.isprintable()


def _key(identity: str) -> str:
    """Return what two ids have in common that a spreadsheet, or a capital letter, has made different."""
    return identity.casefold().lstrip("0") or "0"


def described(students: Sequence[Student], most: int = 20) -> str:
    """Return the ids of students on one line; of many, the first and how many more there are."""
    shown = ", ".join(one_line(student.id) for student in students[:most])
    return shown + (f" and {len(students) - most} more" if len(students) > most else "")
