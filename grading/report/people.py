"""Who is in the class: names, what has become of everybody's lesson, and where their pages are, from the gradebook and the folders."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from grading.engine.course import Course, students_at
from grading.engine.database import opened_gradebook
from grading.engine.gradebook.standings import read_standings
from grading.engine.gradebook.students import students_in
from grading.report.page import Links
from grading.report.summary import Person


def people_of(course: Course, lesson: str) -> dict[str, Person]:
    """Return everybody whom the gradebook knows or who handed in. Raises NoSuchLesson and GradebookUnavailable."""
    with opened_gradebook(course) as gradebook:
        names = {student.id: student.name for student in students_in(gradebook)}
        standings = read_standings(course, gradebook, lesson)
    found = {}
    for student in sorted({*names, *standings.by_student}):
        one = standings.of(student)
        found[student] = Person(names.get(student, ""), one.status, one.late, one.extension)
    return found


def links_from(course: Course, lesson: str, target: Path, formgrader: str = "") -> Links:
    """Return where, seen from a page at `target`, everybody's pages of a lesson are. formgrader: its address, "" for none."""
    mark = "STUDENT"
    path = course.folder("feedback", mark, lesson) / f"{lesson}.html"
    steps = os.path.relpath(path, target.parent.resolve()).split(os.sep)
    feedback = "/".join("{student}" if step == mark else quote(step) for step in steps)
    present = frozenset(
        student
        for student in students_at(course, "feedback", lesson)
        if (course.folder("feedback", student, lesson) / f"{lesson}.html").is_file()
    )
    base = formgrader.rstrip("/")
    return Links(feedback, present, f"{base}/manage_students/{{student}}/{quote(lesson)}" if base else "")
