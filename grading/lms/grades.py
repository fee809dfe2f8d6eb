"""The points of a class over several lessons, and which column of an LMS's table belongs to which lesson."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nbgrader.api import Gradebook

from grading.engine.course import Course
from grading.engine.gradebook.standings import LessonStandings, Standing, handed_in_by, read_standings
from grading.engine.gradebook.students import Student, students_in
from grading.engine.problems import one_line
from grading.errors import CourseError
from grading.lesson_names import nearest


class NoColumn(CourseError):
    """An LMS's table has no column for a lesson."""


@dataclass(frozen=True)
class Grades:
    """Everybody whom the gradebook knows or who handed in, by their ids, and how they stand in some lessons."""

    students: tuple[Student, ...]
    lessons: tuple[LessonStandings, ...]

    def of(self, lesson: str, student: str) -> Standing:
        """Return how a student stands in one of the lessons."""
        return next(one for one in self.lessons if one.lesson == lesson).of(student)

    def have_points(self, student: str) -> bool:
        """Tell whether there are points of a student to be delivered."""
        return any(one.of(student).earned is not None for one in self.lessons)


@dataclass(frozen=True)
class Column:
    """Where the points of a lesson go: the place of the column, and what the LMS says it is worth, if it says so."""

    lesson: str
    place: int
    worth: float | None = None


@dataclass(frozen=True)
class Filled:
    """A table to be written.

    left_out: lines about points that reach nobody. notes: lines about everything else that somebody should know.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_grades(course: Course, gradebook: Gradebook, lessons: Sequence[str]) -> Grades:
    """Return the points of a class in some lessons. Raises NoSuchLesson if the open gradebook does not know one of them."""
    found = tuple(read_standings(course, gradebook, lesson) for lesson in lessons)
    known = {student.id: student for student in students_in(gradebook)}
    handed_in = {student for lesson in lessons for student in handed_in_by(course, lesson)}
    others = {student: Student(student) for student in handed_in - known.keys()}
    everybody = {**known, **others}
    return Grades(tuple(everybody[student] for student in sorted(everybody)), found)


def summary(lesson: LessonStandings, students: Iterable[Student]) -> str:
    """Return a line that says how many of a class stand how in a lesson."""
    counts = Counter(lesson.of(student.id).status for student in students)
    return f"{lesson.lesson}: " + (", ".join(f"{count} {status}" for status, count in counts.most_common()) or "nobody")


def columns_for(
    lessons: Sequence[str], titles: Mapping[int, str], named: Mapping[str, str], file: str
) -> tuple[dict[str, int], list[str]]:
    """Return the place of each lesson's column, and the lessons that have none.

    titles: what the assignments of the table are called, by place. named: titles that a person gave, by lesson. Raises NoColumn
    if a title that was given is not there, or a title is there twice.
    """
    places: dict[str, int] = {}
    without = []
    for lesson in lessons:
        wanted = named.get(lesson, lesson)
        found = [place for place, title in titles.items() if _squeezed(title) == _squeezed(wanted)]
        if len(found) > 1:
            raise NoColumn(f"{file} has {len(found)} columns called {wanted!r}; rename one of them in the LMS")
        if found:
            places[lesson] = found[0]
        elif lesson in named:
            raise no_column(lesson, wanted, titles.values(), file)
        else:
            without.append(lesson)
    twice = [lesson for lesson, place in places.items() if list(places.values()).count(place) > 1]
    if twice:
        raise NoColumn(f"the lessons {' and '.join(twice)} would go into one column; give each its own by --column")
    return places, without


def no_column(lesson: str, wanted: str, titles: Iterable[str], file: str) -> NoColumn:
    """Return the error that says which columns there are, and how to name the one that is meant."""
    known = list(titles)
    near = nearest(wanted, known) or "TITLE"
    there_are = one_line(", ".join(known) or "none", 300)
    called = f" {wanted!r}" if wanted != lesson else ""
    return NoColumn(
        f"{file} has no column{called} for {lesson}; name it by --column '{lesson}={near}'; its columns are: {there_are}"
    )


def notes_on_worth(columns: Iterable[Column], grades: Grades) -> list[str]:
    """Return a line for each lesson that is worth something else in the LMS."""
    worth = {one.lesson: one.worth for one in grades.lessons}
    return [
        f"{column.lesson} is worth {worth[column.lesson]:g} points here and {column.worth:g} there; "
        "the points are written as they are: change what it is worth in the LMS"
        for column in columns
        if column.worth is not None and abs(column.worth - worth[column.lesson]) > 0.005
    ]


def number_in(cell: str) -> float | None:
    """Return the number in a cell, with a full stop or a comma; None if it holds none."""
    found = re.fullmatch(r"\s*(\d+)(?:[.,](\d+))?\s*", cell)
    return float(f"{found[1]}.{found[2] or 0}") if found else None


def _squeezed(title: str) -> str:
    """Return the letters and digits of a title, in small ones."""
    return "".join(filter(str.isalnum, title.casefold()))
