"""Brightspace: a table for its Import grades, from nothing or from what it exports.

https://community.d2l.com/brightspace/kb/articles/3538-importing-grades: OrgDefinedId, Username or both, a column "<Item> Points Grade"
for each item, and "End-of-Line Indicator", with a # in each row, as the last one. Nothing else is to be imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from grading.lms import headings
from grading.lms.filling import fill
from grading.lms.grades import Column, Filled, Grades, columns_for
from grading.lms.people import Person
from grading.lms.roster import without_mark
from grading.lms.table import BadTable, Row, Table, clean, points

_ITEM = re.compile(r"(.+?) Points Grade(?: <.*?(?:MaxPoints:(\d+(?:\.\d+)?).*)?>)?", re.IGNORECASE)


def fill_brightspace(table: Table, grades: Grades, named: Mapping[str, str]) -> tuple[Filled, list[str]]:
    """Return Brightspace's own export with the points in it and only what an import needs, and the lessons that have no column.

    named: the names of grade items by lesson. Raises BadTable if it is not such an export, and NoColumn.
    """
    org_defined, username = table.column(*headings.ORG_DEFINED), table.column(*headings.USERNAME)
    student = [place for place in (org_defined, username) if place is not None]
    if not student:
        raise BadTable(f"{table.path} is not an export of Brightspace's grades; make one there by Enter Grades, Export")
    items = {place: found for place, text in enumerate(table.header) if (found := _ITEM.fullmatch(text))}
    titles = {place: found[1] for place, found in items.items()}
    by_title = {lesson: found[1] if (found := _ITEM.fullmatch(title)) else title for lesson, title in named.items()}
    places, without = columns_for([one.lesson for one in grades.lessons], titles, by_title, str(table.path))
    columns = [
        Column(lesson, place, float(items[place][2]) if items[place][2] else None) for lesson, place in places.items()
    ]
    people = [_person(row, table) for row in table.rows]
    filled = fill(table, people, grades, columns, [*student, *sorted(places.values())])
    return _with_ends(filled), without


def _person(row: Row, table: Table) -> Person:
    def cell(*names: str) -> str:
        place = table.column(*names)
        return "" if place is None else without_mark(clean(row.cells[place]))

    org_defined = cell(*headings.ORG_DEFINED)
    name = f"{cell(*headings.FIRST_NAME)} {cell(*headings.LAST_NAME)}".strip()
    return Person(row.line, (cell(*headings.USERNAME), org_defined, cell(*headings.EMAIL)), org_defined, name)


def new_table(grades: Grades) -> Filled:
    """Return a table for Import grades that is made from the gradebook alone.

    A student's id goes for the Username, and what the roster said Brightspace calls them for the OrgDefinedId; where the two are the same
    for everybody, the ids are OrgDefinedIds.
    """
    numbered = [student for student in grades.students if student.lms_user_id]
    same = bool(numbered) and all(student.lms_user_id == student.id for student in grades.students)
    header = [*(["OrgDefinedId"] if numbered else []), *([] if same else ["Username"])]
    rows = []
    for student in grades.students:
        who = [*([student.lms_user_id] if numbered else []), *([] if same else [student.id])]
        earned = [one.of(student.id).earned for one in grades.lessons]
        rows.append((*who, *("" if each is None else points(each) for each in earned)))
    items = [f"{one.lesson} Points Grade" for one in grades.lessons]
    return _with_ends(Filled((*header, *items), tuple(rows)))


def _with_ends(filled: Filled) -> Filled:
    rows = tuple((*row, "#") for row in filled.rows)
    return Filled((*filled.header, headings.END_OF_LINE), rows, filled.delimiter, filled.left_out, filled.notes)
