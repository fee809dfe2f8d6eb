"""Making a lesson known to a course: nbgrader's own `generate_assignment`, in this process."""

from __future__ import annotations

import logging

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from grading.engine.course import Course, NoSuchLesson


def generate_assignment(course: Course, lesson: str) -> None:
    """Read source/LESSON into the gradebook and write release/LESSON, over what is there.

    Raises NoSuchLesson if there is no such source, or nbgrader refuses it.
    """
    if not course.source(lesson).is_dir():
        raise NoSuchLesson(f"there is no folder {course.source(lesson)}; `make build` writes the lessons' sources")
    directories = CourseDirectory(config=course.config, assignment_id=lesson)
    converter = GenerateAssignment(coursedir=directories, config=course.config)
    converter.force = True
    converter.log.setLevel(logging.CRITICAL)
    try:
        converter.start()
    except NbGraderException as error:
        raise NoSuchLesson(f"nbgrader cannot read {course.source(lesson)}: {error}") from error
