"""Moodle: the grading worksheet of one assignment, filled, or a table of all lessons for its gradebook.

The worksheet: https://docs.moodle.org/401/en/Assignment_settings, "Offline grading worksheet"; its importer
(https://github.com/moodle/moodle, mod/assign/feedback/offline/importgradeslib.php) finds students by "Participant 1234" and
needs the columns Identifier, Grade and Last modified (grade), in the language of the site. The table of all lessons:
https://docs.moodle.org/en/Grade_import, where a person chooses which column is what.
"""

from __future__ import annotations

from collections.abc import Mapping

from grading.errors import CourseError
from grading.lms import headings
from grading.lms.filling import fill
from grading.lms.grades import Column, Filled, Grades, no_column, number_in
from grading.lms.people import Person
from grading.lms.table import BadTable, Row, Table, clean, points


def fill_worksheet(table: Table, grades: Grades, named: Mapping[str, str]) -> Filled:
    """Return a grading worksheet with the points of its one lesson, and without what students and graders wrote in it.

    named: the heading of the column, by lesson, if it is not "Grade". Raises BadTable if it is not a worksheet, and CourseError if there
    are several lessons.
    """
    if len(grades.lessons) != 1:
        raise CourseError("a worksheet of Moodle is about one assignment; name the one LESSON that it is about")
    lesson = grades.lessons[0].lesson
    if table.column(*headings.IDENTIFIER) is None or len(table.header) < 3:
        raise BadTable(
            f"{table.path} is not a grading worksheet; make one in the assignment: Download grading worksheet"
        )
    place = table.column(named[lesson]) if lesson in named else table.column(*headings.GRADE)
    if place is None:
        raise no_column(lesson, named.get(lesson, "Grade"), table.header, str(table.path))
    maximum = table.column(*headings.MAXIMUM)
    worth = {number_in(row.cells[maximum]) for row in table.rows} if maximum is not None else set()
    column = Column(lesson, place, worth.pop() if len(worth) == 1 else None)
    people = worksheet_people(table)
    return fill(table, people, grades, [column], _needed(table, place))


def _needed(table: Table, grade: int) -> list[int]:
    """Return the columns that say who somebody is, and those that an import needs; all in a language that is not known.

    Comments and texts that are not in the file stay in Moodle as they are.
    """
    if table.column(*headings.MODIFIED) is None:
        return list(range(len(table.header)))
    of_the_person = (headings.WHOLE_NAME, headings.FIRST_NAME, headings.LAST_NAME, headings.USERNAME)
    ids = (headings.IDENTIFIER, headings.ID_NUMBER, headings.EMAIL)
    kept = [name for names in (*of_the_person, *ids, headings.MAXIMUM, headings.MODIFIED) for name in names]
    known = {heading.casefold() for heading in kept}
    return [place for place, heading in enumerate(table.header) if place == grade or heading.casefold() in known]


def worksheet_people(table: Table) -> list[Person]:
    """Return whom the rows of a grading worksheet are about."""
    return [_person(row, table) for row in table.rows]


def _person(row: Row, table: Table) -> Person:
    def cell(*names: str) -> str:
        place = table.column(*names)
        return "" if place is None else clean(row.cells[place])

    name = cell(*headings.WHOLE_NAME) or f"{cell(*headings.FIRST_NAME)} {cell(*headings.LAST_NAME)}".strip()
    number = cell(*headings.ID_NUMBER)
    # A worksheet may be of people without names; then only "Participant 1234" tells them apart.
    return Person(
        row.line, (cell(*headings.USERNAME), cell(*headings.EMAIL), number), number, name or cell(*headings.IDENTIFIER)
    )


def gradebook_table(grades: Grades) -> Filled:
    """Return a table for Moodle's Import grades: who somebody is, and a column for each lesson."""
    header = (
        "Student",
        "ID number",
        "First name",
        "Last name",
        "Email address",
        *(one.lesson for one in grades.lessons),
    )
    rows = []
    for student in grades.students:
        earned = [one.of(student.id).earned for one in grades.lessons]
        who = (student.id, student.lms_user_id, student.first_name, student.last_name, student.email)
        rows.append((*who, *("" if each is None else points(each) for each in earned)))
    return Filled(header, tuple(rows))
