"""Who is who: the rows of an LMS's table and the students of the gradebook, by their ids and never by a guess.

Points that go to somebody else are worse than points that go nowhere, so names are only for telling whom a row may mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grading.engine.gradebook.students import Student
from grading.engine.problems import one_line
from grading.lesson_names import nearest

# For more people than this nobody looks for the nearest name: a file of another class would take minutes.
_MOST_NEAREST = 20


@dataclass(frozen=True)
class Person:
    """A row of an LMS's table. ids: what it calls somebody at the university, their e-mail among it; lms_id: its own number."""

    line: int
    ids: tuple[str, ...]
    lms_id: str = ""
    name: str = ""

    @property
    def shown(self) -> str:
        """The person as a message calls them: the name, and the ids in brackets."""
        ids = ", ".join(dict.fromkeys(filter(None, (*self.ids, self.lms_id))))
        return one_line(f"{self.name} ({ids})" if self.name and ids else self.name or ids or "nobody")


@dataclass(frozen=True)
class Matching:
    """Who is who. by_line: students by the line of their row; the others: rows of nobody, of several, students without a row."""

    by_line: Mapping[int, Student]
    unknown: tuple[Person, ...]
    doubtful: tuple[tuple[Person, tuple[Student, ...]], ...]
    missing: tuple[Student, ...]


def match(people: Sequence[Person], students: Sequence[Student]) -> Matching:
    """Say which student each row is about. A row that may be two students is neither of them."""
    index = _Index(students)
    found: dict[int, tuple[Student, ...]] = {person.line: index.students(person) for person in people}
    same: dict[str, set[tuple[str, ...]]] = {}
    for person in people:
        for student in found[person.line]:
            same.setdefault(student.id, set()).add((*person.ids, person.lms_id))
    certain, unknown, doubtful = {}, [], []
    for person in people:
        candidates = found[person.line]
        if not candidates:
            unknown.append(person)
        # Two rows about one student are one person if they say the same of them.
        elif len(candidates) > 1 or len(same[candidates[0].id]) > 1:
            doubtful.append((person, candidates))
        else:
            certain[person.line] = candidates[0]
    there = {student.id for student in certain.values()}
    missing = tuple(student for student in students if student.id not in there)
    return Matching(certain, tuple(unknown), tuple(doubtful), missing)


class _Index:
    def __init__(self, students: Iterable[Student]) -> None:
        self._by_id: dict[str, dict[str, Student]] = {}
        self._by_lms_id: dict[str, dict[str, Student]] = {}
        for student in students:
            for key in filter(None, (student.id, student.email)):
                self._by_id.setdefault(key.casefold(), {})[student.id] = student
            if student.lms_user_id:
                self._by_lms_id.setdefault(student.lms_user_id.casefold(), {})[student.id] = student

    def students(self, person: Person) -> tuple[Student, ...]:
        """Return the students whom a row may mean. The system's own number is nobody's id: two such numbers may be the same."""
        found: dict[str, Student] = {}
        for key in filter(None, person.ids):
            found |= self._by_id.get(key.casefold(), {})
        if person.lms_id:
            found |= self._by_lms_id.get(person.lms_id.casefold(), {})
        return tuple(found.values())


def lines_about_unknown(people: Sequence[Person], students: Sequence[Student]) -> list[str]:
    """Return a line for each row that is nobody in the gradebook, with the student who has nearly that id or name."""
    names = _names(students)
    return [
        f"line {person.line}: {person.shown} is nobody in the gradebook{_near(person.ids, person.name, names, number)}"
        for number, person in enumerate(people)
    ]


def lines_about_missing(students: Sequence[Student], people: Sequence[Person]) -> list[str]:
    """Return a line for each student without a row, with the person who has nearly that id or name."""
    names = {
        key: person.shown
        for person in people
        for key in filter(None, (*person.ids, person.lms_id, _plain(person.name)))
    }
    return [
        f"{shown(student)} is nobody in the file{_near((student.id,), student.name, names, number)}"
        for number, student in enumerate(students)
    ]


def lines_about_doubtful(doubtful: Iterable[tuple[Person, tuple[Student, ...]]]) -> list[str]:
    """Return a line for each row that may be several students, or one of several rows about one student."""
    return [
        f"line {person.line}: {person.shown} may be {' or '.join(shown(each) for each in candidates)}"
        if len(candidates) > 1
        else f"line {person.line}: {person.shown} is {shown(candidates[0])}, and so is another line with other ids"
        for person, candidates in doubtful
    ]


def shown(student: Student) -> str:
    """Return a student as a message calls them: the id, and the name in brackets."""
    return one_line(f"{student.id} ({student.name})" if student.name else student.id)


def _names(students: Iterable[Student]) -> dict[str, str]:
    return {key: shown(each) for each in students for key in filter(None, (each.id, each.email, _plain(each.name)))}


def _near(ids: Sequence[str], name: str, names: Mapping[str, str], number: int) -> str:
    if number >= _MOST_NEAREST:
        return ""
    of_the_name = nearest(_plain(name), names) if name else ""
    close = of_the_name or next((found for key in ids if key and (found := nearest(key, names))), "")
    return f"; the nearest is {names[close]}" if close else ""


def _plain(name: str) -> str:
    """Return a name with the first name first."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name
