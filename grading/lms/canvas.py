"""Canvas: what its gradebook exports, filled so that its gradebook imports it.

https://teaching.resources.osu.edu/toolsets/carmencanvas/guides/calculating-final-grades/import-csv-file-carmen-grades, and for what
guides leave open the source: https://github.com/instructure/canvas-lms, lib/gradebook_importer.rb. It wants the columns of the student
first, an assignment goes by the number behind its title, "Points Possible" is a row that sets what assignments are worth, and an
empty cell takes away what is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grading.lms import headings
from grading.lms.filling import fill
from grading.lms.grades import Column, Filled, Grades, NoColumn, columns_for, number_in
from grading.lms.people import Person
from grading.lms.table import BadTable, Row, Table, clean

# The columns of a student, as GradebookImporter has them; custom columns stand behind them.
_OF_THE_STUDENT = (
    "Student",
    "LastName",
    "FirstName",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Integration ID",
    "Root Account",
    "Section",
)
_ASSIGNMENT = re.compile(r"(.+) \((\d+)\)")
_POINTS_POSSIBLE = "points possible"
_TEST_STUDENT = "Student, Test"


def fill_canvas(table: Table, grades: Grades, named: Mapping[str, str]) -> tuple[Filled, list[str]]:
    """Return Canvas's own export with the points in it and only what an import needs, and the lessons that have no column.

    named: the titles of assignments by lesson. Raises BadTable if it is not such an export, and NoColumn.
    """
    student = [place for place, heading in enumerate(table.header) if heading in _OF_THE_STUDENT]
    if table.column("ID") is None or table.column("Section") is None or table.column("Student", "LastName") is None:
        raise BadTable(f"{table.path} is not an export of Canvas's gradebook; make one there by Grades, Export")
    titles = {place: found[1] for place, text in enumerate(table.header) if (found := _ASSIGNMENT.fullmatch(text))}
    by_title = {lesson: _without_number(title) for lesson, title in named.items()}
    lessons = [one.lesson for one in grades.lessons]
    places, without = columns_for(lessons, titles, by_title, str(table.path))
    worth = next((row for row in table.rows if _begins(row).endswith(_POINTS_POSSIBLE)), None)
    columns = [
        Column(lesson, place, number_in(worth.cells[place]) if worth else None) for lesson, place in places.items()
    ]
    _see_that_they_can_be_written(columns, worth, table)
    people = [person for row in table.rows if (person := _person(row, table)) is not None]
    return fill(table, people, grades, columns, [*student, *sorted(places.values())]), without


def _without_number(title: str) -> str:
    found = _ASSIGNMENT.fullmatch(title.strip())
    return found[1] if found else title


def _begins(row: Row) -> str:
    return row.cells[0].strip().casefold()


def _see_that_they_can_be_written(columns: Sequence[Column], worth: Row | None, table: Table) -> None:
    for column in columns:
        if worth is not None and "read only" in worth.cells[column.place].casefold():
            raise NoColumn(
                f"Canvas lets nobody write {table.header[column.place]!r} in {table.path}; choose another column"
            )


def _person(row: Row, table: Table) -> Person | None:
    """Return whom a row is about; None for the rows that are about assignments, and for the test student."""

    def cell(*names: str) -> str:
        place = table.column(*names)
        return "" if place is None else clean(row.cells[place])

    name = cell("Student") or ", ".join(filter(None, (cell("LastName"), cell("FirstName"))))
    ids = (cell(*headings.SIS_LOGIN), cell(*headings.SIS_USER), cell("Integration ID"))
    number = cell("ID")
    if name == _TEST_STUDENT or not (number or any(ids)):
        return None
    return Person(row.line, ids, number, name)
