"""Which lessons a course has: those whose source it keeps, and those that its gradebook knows."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Assignment
from sqlalchemy import select

from grading.engine.course import Course, students_at
from grading.engine.database import opened_gradebook
from grading.lesson_names import lesson_called, lessons_called, unknown_lesson


def lesson_of(course: Course, word: str) -> str:
    """Return the lesson of a course that a word means, such as "02".

    A lesson that was only handed in goes by its whole name. Raises UnknownLesson, which names the nearest one.
    """
    sources = source_lessons(course)
    if lessons_called(word, sources):
        return lesson_called(word, sources)
    if word and students_at(course, "submitted", word):
        return word
    everything = {*sources, *gradebook_lessons(course)}
    if not everything:  # nothing was made yet; what is done next says what to do first
        return word
    if not lessons_called(word, everything):
        raise unknown_lesson(word, everything)
    return lesson_called(word, everything)


def source_lessons(course: Course) -> list[str]:
    """Return the names of the lessons whose instructor's version lies in the course, sorted."""
    folder = course.source("LESSON").parent
    return sorted(path.name for path in folder.glob("[!.]*") if path.is_dir())


def gradebook_lessons(course: Course) -> list[str]:
    """Return the names of the lessons that the gradebook knows, sorted; none if there is no gradebook, and none is made.

    Raises GradebookUnavailable.
    """
    file = course.database.removeprefix("sqlite:///")
    if file != course.database and not Path(file).exists():
        return []
    with opened_gradebook(course) as gradebook, gradebook.engine.connect() as connection:
        return sorted(str(name) for name in connection.execute(select(Assignment.name)).scalars())
