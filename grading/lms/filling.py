"""Filling an LMS's own table: its ids stay as they are, and points go into the columns of the lessons."""

from __future__ import annotations

from collections.abc import Sequence

from grading.engine.gradebook.students import Student
from grading.lms.grades import Column, Filled, Grades, notes_on_worth
from grading.lms.people import (
    Person,
    lines_about_doubtful,
    lines_about_missing,
    lines_about_unknown,
    match,
    shown,
)
from grading.lms.table import Table, points

# What Canvas shows for a student who need not do an assignment, and for one who does not have it.
_EXCUSED, _NOT_ASSIGNED = "EX", "N/A"


def fill(
    table: Table, people: Sequence[Person], grades: Grades, columns: Sequence[Column], keep: Sequence[int]
) -> Filled:
    """Return a table with the columns to `keep`, in this order, and with the points of the lessons.

    people: the rows that are about students; the others stay. Where points are not known, and where somebody is excused, a cell stays
    as it was, which is empty as a rule and never 0.
    """
    matching = match(people, grades.students)
    notes: list[str] = []
    unassigned: list[str] = []
    rows = []
    for row in table.rows:
        cells = list(row.cells)
        student = matching.by_line.get(row.line)
        for column in columns if student else ():
            if student and (earned := grades.of(column.lesson, student.id).earned) is not None:
                there = cells[column.place].strip().upper()
                if there == _EXCUSED:
                    notes.append(f"{shown(student)} is excused from {column.lesson} and stays so")
                elif there == _NOT_ASSIGNED:
                    unassigned.append(f"{shown(student)} does not have {column.lesson} there")
                else:
                    cells[column.place] = points(earned)
                    notes += _more_than_there_are(student, earned, column)
        rows.append(tuple(cells[place] for place in keep))
    doubted = {student.id for _, candidates in matching.doubtful for student in candidates}
    missing = [student for student in matching.missing if student.id not in doubted]
    undelivered = [student for student in missing if grades.have_points(student.id)]
    others = [student for student in missing if not grades.have_points(student.id)]
    return Filled(
        tuple(table.header[place] for place in keep),
        tuple(rows),
        table.delimiter,
        (*lines_about_doubtful(matching.doubtful), *lines_about_missing(undelivered, matching.unknown), *unassigned),
        (
            *lines_about_unknown(matching.unknown, missing),
            *lines_about_missing(others, matching.unknown),
            *notes,
            *notes_on_worth(columns, grades),
        ),
    )


def _more_than_there_are(student: Student, earned: float, column: Column) -> list[str]:
    """Return a line about points, of which a person has given more than there are; not every system takes them."""
    if column.worth is None or earned <= column.worth:
        return []
    return [f"{shown(student)} has {points(earned)} points in {column.lesson}, and there it is worth {column.worth:g}"]
