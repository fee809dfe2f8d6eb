"""Whose a downloaded file is, by the roster: by a number where the roster has it, or else by a name that only one student has.

Other than for points, a name has to do: Moodle and Brightspace write nothing else into the names of files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from grading.engine.gradebook.students import Student
from grading.lesson_names import nearest
from grading.lms import headings
from grading.lms.downloads import Download
from grading.lms.headings import System
from grading.lms.moodle import worksheet_people
from grading.lms.people import match, shown
from grading.lms.table import Table, clean


class Submitters:
    """Finds the student of a file. participants: students by their number in Moodle's grading worksheet."""

    def __init__(self, students: Sequence[Student], participants: Mapping[str, Student] | None = None) -> None:
        self._participants = participants or {}
        self._by_id = {student.id.casefold(): student for student in students}
        self._by_lms_id = {student.lms_user_id.casefold(): student for student in students if student.lms_user_id}
        self._by_name: dict[str, list[Student]] = {}
        for student in students:
            for name in {f"{student.first_name}{student.last_name}", f"{student.last_name}{student.first_name}"}:
                if squeezed(name):
                    self._by_name.setdefault(squeezed(name), []).append(student)

    def find(self, download: Download) -> Student | str:
        """Return the student whose file it is, or a clause that says why that cannot be told."""
        if download.system is System.MOODLE and self._participants:
            return self._participants.get(download.number) or f"the worksheet has no participant {download.number}"
        by_number = self._by_lms_id.get(download.number) if download.system is System.CANVAS else None
        if by_number is not None:
            return by_number
        candidates = self._called(download)
        if len(candidates) > 1:
            return f"{download.name!r} may be {' or '.join(map(shown, candidates))}"
        if candidates:
            return self._unless_another(candidates[0], download)
        near = nearest(squeezed(download.name), self._by_name)
        told = f"; the nearest is {' or '.join(map(shown, self._by_name[near]))}" if near else ""
        return f"{download.name!r} ({download.number}) is nobody in the gradebook{told}"

    def _called(self, download: Download) -> list[Student]:
        """Return the students whom a name may mean; with Brightspace an id may stand before it."""
        if download.system is System.BRIGHTSPACE:
            for word in re.split(r"[\s,]+", download.name.casefold()):
                found = self._by_lms_id.get(word) or (self._by_id.get(word) if any(map(str.isdigit, word)) else None)
                if found is not None:
                    return [found]
            # An id that the roster does not know, before the name of somebody of whom it knows another one, is somebody else.
            plain = " ".join(word for word in download.name.split() if not any(map(str.isdigit, word)))
            return [one for one in self._named(plain) if plain == download.name or not one.lms_user_id]
        return self._named(download.name)

    def _named(self, name: str) -> list[Student]:
        return list({student.id: student for student in self._by_name.get(squeezed(name), [])}.values())

    def _unless_another(self, student: Student, download: Download) -> Student | str:
        """Return the student, unless Canvas's number, which is nobody's here, is known to be another one for that student."""
        if download.system is System.CANVAS and student.lms_user_id not in ("", download.number):
            return f"{download.name!r} would be {shown(student)}, who has the number {student.lms_user_id} and not {download.number}"
        return student


def participants_in(worksheet: Table, students: Sequence[Student]) -> dict[str, Student]:
    """Return the students by their number in a grading worksheet of Moodle, "Participant 1234"."""
    matching = match(worksheet_people(worksheet), students)
    place = worksheet.column(*headings.IDENTIFIER)
    rows = {row.line: clean(row.cells[place]) for row in worksheet.rows} if place is not None else {}
    return {
        number[0]: student
        for line, student in matching.by_line.items()
        if (number := re.search(r"\d+$", rows.get(line, "")))
    }


def squeezed(name: str) -> str:
    """Return the letters and digits of a name, in small ones and without accents, as systems squeeze them in their own ways."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in plain if character.isalnum())
