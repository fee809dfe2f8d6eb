"""A small class in a gradebook, one student for each way in which a lesson can stand; nothing is run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.database import quiet_database
from grading.engine.gradebook.students import Student, write_roster
from tests.engine import tiny

LESSON = tiny.LESSON
DUE = "2026-11-01 12:00:00 UTC"
CHECKS = ("check-double", "check-half", "check-share")
CLASS = [
    Student("ada", "Ada", "Lovelace", "ada@uni.example", "101"),
    Student("grace", "Grace", "Hopper", "grace@uni.example", "102"),
    Student("joerg", "Jörg", "Müller", "", "103"),
    Student("emmy", "Emmy", "Noether", "", "104"),
]
FULL = dict.fromkeys(CHECKS, 1.0)


def make(root: Path) -> Course:
    """Make a course with one lesson of 7 points and the class; nobody has handed in."""
    course = open_course(tiny.write_course(root))
    generate_assignment(course, LESSON)
    with quiet_database(), Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE)
    write_roster(course, CLASS)
    return course


def copy(template: Course, root: Path) -> Course:
    """Copy a course as it is."""
    shutil.copytree(template.root, root)
    return open_course(root)


def record(
    course: Course,
    student: str,
    auto: Mapping[str, float],
    written: float | None = None,
    *,
    timestamp: str = "2026-11-01 10:00:00 UTC",
    penalty: float = 0.0,
    waits: str = "",
    present: bool = True,
) -> None:
    """Write what grading would: automatic points by cell, those that a person gave for the written answer, the penalty.

    waits: a check that failed itself. present: whether a notebook could be read.
    """
    (course.root / "submitted" / student / LESSON).mkdir(parents=True, exist_ok=True)
    if present:
        target = course.folder("autograded", student, LESSON) / f"{LESSON}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("{}", encoding="utf-8")
    with quiet_database(), Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(LESSON, student, timestamp=timestamp)
        submission.notebooks[0].late_submission_penalty = penalty
        for grade in submission.notebooks[0].grades:
            _write(grade, auto, written, waits, present)
        gradebook.db.commit()


def _write(grade: Any, auto: Mapping[str, float], written: float | None, waits: str, present: bool) -> None:
    if grade.name != "written":
        grade.auto_score, grade.needs_manual_grade = auto.get(grade.name, 0.0), grade.name == waits
    elif present:
        grade.manual_score, grade.needs_manual_grade = written, written is None
    else:
        grade.auto_score, grade.needs_manual_grade = 0.0, False


def extend(course: Course, student: str, hours: int) -> None:
    """Give a student more time, as nbgrader does it: that makes a submission before there is one."""
    with quiet_database(), Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(LESSON, student)
        gradebook.grant_extension(LESSON, student, hours=hours)


ONE_HOUR = timedelta(hours=1).total_seconds()
