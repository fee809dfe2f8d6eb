"""The students of a class as data: for the script of the page, as a table (CSV) and in full (JSON)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Sequence
from typing import Any

from grading.engine.problems import told
from grading.report.summary import ClassSummary, StudentSummary

# Verdicts are in the page up to so many characters; beyond, the pages of the students have them.
MOST_CHARACTERS = 3_000_000
# What a spreadsheet takes for a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class _Texts:
    """Texts, each once, known by their places."""

    def __init__(self) -> None:
        self.all: list[str] = [""]
        self.size = 0
        self._places = {"": 0}

    def place(self, text: str) -> int:
        """Return where a text stands."""
        if text not in self._places:
            self._places[text] = len(self.all)
            self.all.append(text)
            self.size += len(text)
        return self._places[text]


def data_of(
    summary: ClassSummary, looks: Sequence[Sequence[str]], feedback: str, present: Collection[str], formgrader: str
) -> dict[str, Any]:
    """Return what the page's script shows.

    A row is an id, a name, a status, points (None if there are none), what lateness cost, seconds late, whether there is a page of
    feedback, what is said of the files, and the marks: a standing, points, a title and a verdict, as places in lists.
    """
    titles, verdicts = _Texts(), _Texts()
    standings = {name: place for place, (name, *_) in enumerate(looks)}
    names = [exercise.name for exercise in summary.exercises]

    def marks(student: StudentSummary) -> list[Any]:
        by_name = {mark.exercise: mark for mark in student.marks}
        found: list[Any] = []
        for name in names:
            mark = by_name.get(name)
            if mark is None:
                found.append(0)
                continue
            text = "\n".join(mark.lines)
            whole = text if verdicts.size + len(text) <= MOST_CHARACTERS else ""
            fault = mark.mistake or mark.title
            found.append([standings[mark.standing], _round(mark.earned), titles.place(fault), verdicts.place(whole)])
        return found

    rows = [
        [
            student.student,
            student.person.name if student.person else "",
            str(student.status) + ("+" if student.waits else ""),
            _round(student.earned) if student.marks else None,
            _round(student.late),
            round(student.person.late) if student.person else 0,
            int(student.student in present),
            told(student.problems),
            marks(student) if student.marks else [],
        ]
        for student in summary.students
    ]
    return {
        "exercises": [[exercise.name, exercise.points] for exercise in summary.exercises],
        "looks": [list(look) for look in looks],
        "titles": titles.all,
        "verdicts": verdicts.all,
        "feedback": feedback,
        "formgrader": formgrader,
        "points": summary.points,
        "rows": rows,
    }


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def table(summary: ClassSummary) -> str:
    """Return a class as CSV: a row for each student, with a column for each exercise; what is not known is empty."""
    paper = io.StringIO()
    writer = csv.writer(paper)
    names = [exercise.name for exercise in summary.exercises]
    writer.writerow(["student", "name", "status", "points", "penalty", "seconds late", *map(_plain, names), "files"])
    for student in summary.students:
        earned = {mark.exercise: mark.earned for mark in student.marks}
        person = student.person
        total = _round(student.earned) if student.marks and not student.waits else None
        cells = [student.student, person.name if person else "", str(student.status)]
        points = [total, _round(student.late), round(person.late) if person else 0, *map(earned.get, names)]
        writer.writerow([*map(_plain, cells), *points, _plain(told(student.problems))])
    return paper.getvalue()


def _plain(text: str) -> str:
    """Return a text that a spreadsheet takes for a text."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def everything(summary: ClassSummary) -> str:
    """Return a class as JSON: its numbers, exercises, mistakes and students."""
    return json.dumps(numbers_of(summary), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def numbers_of(summary: ClassSummary) -> dict[str, Any]:
    """Return a class as plain data: its numbers, exercises, mistakes and students."""
    numbers = summary.numbers
    return {
        "lesson": summary.lesson,
        "points": summary.points,
        "counted": {"points": numbers.points, "students": numbers.students, "left_out": list(numbers.left_out)},
        "mean": numbers.mean,
        "median": numbers.median,
        "distribution": list(numbers.bins),
        "exercises": [
            {
                "name": exercise.name,
                "points": exercise.points,
                "mean": exercise.mean,
                "pass_rate": numbers.pass_rates[exercise.name],
                "discrimination": numbers.discriminations[exercise.name],
                "standings": {str(standing): count for standing, count in exercise.standings.items()},
            }
            for exercise in summary.exercises
        ],
        "mistakes": [
            {
                "exercise": exercise.name,
                "mistake": fault.name,
                "title": fault.title,
                "advice": fault.advice,
                "example": fault.example,
                "students": list(fault.students),
            }
            for exercise, fault in summary.mistakes
        ],
        "students": [_whole(student) for student in summary.students],
    }


def _whole(student: StudentSummary) -> dict[str, Any]:
    person = student.person
    return {
        "student": student.student,
        "name": person.name if person else "",
        "status": str(student.status),
        "points": _round(student.earned) if student.marks and not student.waits else None,
        "penalty": student.late,
        "seconds_late": person.late if person else 0.0,
        "seconds_extended": person.extension if person else 0.0,
        "problems": [problem.sentence for problem in student.problems],
        "exercises": {
            mark.exercise: {
                "earned": mark.earned,
                "points": mark.points,
                "standing": str(mark.standing),
                "mistake": mark.mistake,
                "verdict": list(mark.lines),
            }
            for mark in student.marks
        },
    }
