"""Whether feedback may be written yet, by `course.toml`: whoever hands in later would read it before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from grading.course_folder.settings import AFTER_DUE, FILE, parse_course
from grading.engine.course import Course
from grading.engine.database import opened_gradebook
from grading.engine.lessons import gradebook_lessons
from grading.errors import CourseError


class TooEarly(CourseError):
    """Somebody may still hand in, and the course wants no feedback before."""


def see_that_it_is_time(course: Course, lesson: str, now: datetime) -> None:
    """Raise TooEarly if `course.toml` says that feedback comes after the due date, and somebody still has time."""
    if not (course.root / FILE).is_file() or parse_course(course.root).feedback != AFTER_DUE:
        return
    end = _end(course, lesson)
    if end is None:
        raise TooEarly(f"{lesson} has no due date, and {FILE} wants feedback after it; give it one, or say --early")
    if now < end:
        raise TooEarly(
            f"{lesson} may be handed in until {end:%Y-%m-%d %H:%M} UTC, extensions among it, and {FILE} wants feedback after "
            "that; --early writes it now"
        )


def _end(course: Course, lesson: str) -> datetime | None:
    """Return when the last one who has an extension is due."""
    if lesson not in gradebook_lessons(course):
        return None
    with opened_gradebook(course) as gradebook:
        known = gradebook.find_assignment(lesson)
        if known.duedate is None:
            return None
        extensions = [one.extension for one in known.submissions if one.extension is not None]
        end: datetime = known.duedate.replace(tzinfo=UTC) + max([timedelta(), *extensions])
        return end
