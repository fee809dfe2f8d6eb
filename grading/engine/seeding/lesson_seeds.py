"""The seed of each notebook of a lesson: the same for everybody and at any time, until there is feedback to read it from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from grading.engine.course import Course, lesson_files
from grading.engine.digests import fingerprint
from grading.engine.intake.folder import read
from grading.engine.intake.submission import clean, find_submission
from grading.engine.limits import Limits
from grading.engine.publishing import stopped_by_the_disk
from grading.engine.seeding import epochs
from grading.engine.seeding.secret import course_secret
from grading.errors import CourseError
from grading.seeds import secret_of_lesson, seed_of_notebook


class LessonSeeds:
    """The seeds of one lesson, for one run: pages of feedback that are written later count in the next.

    say: called with one sentence if the course's secret had to be drawn again. Raises CourseError if secret or log cannot be used.
    """

    def __init__(self, course: Course, lesson: str, say: Callable[[str], None]) -> None:
        self._lesson = lesson
        self._log = epochs.log_of(course, lesson)
        try:
            self._secret = course_secret(course, _in_use(course), say)
            self._epochs = epochs.read(self._log)
            pages = epochs.pages_of(course, lesson)
            if pages not in ("", self._epochs.present):
                epochs.add(self._log, "pages", pages)
                self._epochs.present = pages
        except OSError as error:
            raise self._unusable(error) from error

    def seed(self, notebook: str, content: bytes | None, files: Mapping[str, bytes]) -> int:
        """Return the seed of a notebook: that of the first time if it was graded before, with these files beside it.

        content: the file as it was handed in; None if that cannot be read, so that nobody knows it again.
        """
        if content is None:
            return self._seed_in(self._epochs.present, notebook)
        digest = fingerprint({**files, f"{notebook}.ipynb": content})
        if digest not in self._epochs.of:
            try:
                epochs.add(self._log, "notebook", digest)
            except OSError as error:
                raise self._unusable(error) from error
            self._epochs.of[digest] = self._epochs.present
        return self._seed_in(self._epochs.of[digest], notebook)

    def _seed_in(self, epoch: str, notebook: str) -> int:
        return seed_of_notebook(secret_of_lesson(self._secret, self._lesson, epoch), notebook)

    def _unusable(self, error: OSError) -> CourseError:
        stopped_by_the_disk(error)
        return CourseError(
            f"{error.filename or self._log} cannot be used: {error.strerror}; grade as a user who may write it"
        )


def seed_of_submitted(
    course: Course, lesson: str, student: str, notebook: str, limits: Limits, say: Callable[[str], None]
) -> int:
    """Return the seed of one notebook where it lies in `submitted/`, as a whole run over its lesson would."""
    folder = course.folder("submitted", student, lesson)
    found = find_submission(folder, student, {}, limits)
    files = clean(found, {}, lesson_files(course, lesson).keys(), limits).files
    content = read(folder, f"{notebook}.ipynb", limits.file_bytes, [])
    return LessonSeeds(course, lesson, say).seed(notebook, content, files)


def _in_use(course: Course) -> bool:
    """Tell whether any lesson of a course was graded with its secret."""
    try:
        return any(name.endswith(".epochs.jsonl") for name in os.listdir(course.own_files))
    except FileNotFoundError:
        return False
