"""`nbgrader autograde` and formgrader's button, on what our intake has read.

nbgrader would list the notebooks of a class by their names and open them as they are. Installed by `nbgrader_config.py`, this has
each submission read first, as `python -m grading autograde` reads it, and written into a temporary folder, from where
nbgrader converts it; what was handed in is not touched:

    take_in_submissions(c)

A submission that cannot be read costs its student alone. What was wrong with one is logged under the student's name and kept
in the lesson's journal, where reports and feedback find it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException

from grading.adapters.nbgrader import reading_from, replace_reading, wrap_conversion
from grading.engine.course import Course, NoSuchLesson, students_at, students_with
from grading.engine.database import opened_gradebook
from grading.engine.gradebook.journal import Entry, append
from grading.engine.intake.allowed_files import is_kept
from grading.engine.intake.submission import CleanSubmission, clean, find_submission
from grading.engine.intake.template import Template, templates_from_gradebook
from grading.engine.intake.timestamp import said_in
from grading.engine.limits import DEFAULT_LIMITS
from grading.engine.points import own_points, refuse_misfits
from grading.engine.problems import Problem, one_line, told
from grading.engine.publishing import stopped_by_the_disk, write_notebook
from grading.engine.stock.files import TakenIn, being_at, own_files
from grading.errors import CourseError


def take_in_submissions(settings: Any) -> None:
    """Have nbgrader convert what intake has read, in this process, wherever these settings are those of the course."""
    settings.CourseIntake.is_wanted = True
    replace_reading(_is_wanted, _listed, said_in)


def _is_wanted(settings: Any) -> bool:
    return "CourseIntake" in settings and bool(settings.CourseIntake.get("is_wanted"))


@dataclass(frozen=True)
class _HandedIn:
    """A submission that waits to be read."""

    student: str
    lesson: str
    folder: Path
    templates: Mapping[str, Template]


def _listed(converter: Autograde) -> dict[str, list[str]] | None:
    """Return what is to be converted, and have each submission read when it is its turn.

    None where nbgrader's own listing is right: if nothing is to be run, so that what the notebooks show counts, or if there is
    nothing, which nbgrader says itself.
    """
    if not converter.config.Execute.get("enabled", True):
        return None
    try:
        found = {str(one.folder): one for one in _handed_in(converter)}
    except CourseError as error:
        converter.log.error(str(error))
        raise NbGraderException(str(error)) from error
    chosen = converter.coursedir.notebook_id
    notebooks = {
        folder: [f"{folder}/{name}.ipynb" for name in one.templates if _matches(name, chosen)]
        for folder, one in found.items()
    }
    if not any(notebooks.values()):
        return None

    def take_in_each(converter: Autograde, convert: Callable[[], None]) -> None:
        listed = converter.assignments
        try:
            for folder in sorted(listed):
                _convert(converter, found[folder], listed[folder], convert)
        finally:
            converter.assignments = listed

    wrap_conversion(converter, take_in_each)
    return notebooks


def _handed_in(converter: Autograde) -> Iterator[_HandedIn]:
    """Yield the submissions that a converter was asked for. Raises CourseError if the gradebook or a folder cannot be read."""
    directories = converter.coursedir
    course = Course(Path(directories.root), converter.config, directories)
    left_out = directories.student_id_exclude.split(",")
    for lesson, templates in _lessons(course, directories.assignment_id).items():
        for student in _students(course, lesson):
            if _matches(student, directories.student_id) and student not in left_out:
                yield _HandedIn(student, lesson, course.folder("submitted", student, lesson), templates)


def _students(course: Course, lesson: str) -> list[str]:
    try:
        return students_with(course, lesson)
    except NoSuchLesson:
        return []


def _lessons(course: Course, chosen: str) -> dict[str, dict[str, Template]]:
    """Return the templates of the lessons that the gradebook knows under a name or a pattern.

    Raises PointsDoNotFit, and NoSuchLesson if it does not know one that was handed in.
    """
    with opened_gradebook(course) as gradebook:
        names = [lesson.name for lesson in gradebook.assignments if _matches(lesson.name, chosen)]
        found = {name: templates_from_gradebook(gradebook, name, course.source(name)) for name in names}
    for name, templates in found.items():
        refuse_misfits(name, templates, own_points(course.config))
    if not found and students_at(course, "submitted", chosen):
        raise NoSuchLesson(f"the gradebook does not know {chosen!r}; run `nbgrader generate_assignment {chosen}` first")
    return found


def _matches(name: str, pattern: str) -> bool:
    """Tell whether a name is meant: it may itself look like a pattern."""
    return name == pattern or fnmatchcase(name, pattern)


def _convert(converter: Autograde, one: _HandedIn, notebooks: list[str], convert: Callable[[], None]) -> None:
    """Read a submission, have it converted, and keep what was wrong with it. Raises NbGraderException if it cannot be read."""
    course = Course(Path(converter.coursedir.root), converter.config, converter.coursedir)
    found = find_submission(one.folder, one.student, one.templates, DEFAULT_LIMITS)
    lesson_files = own_files(course, one.lesson, converter)
    submission = clean(found, one.templates, lesson_files.keys(), DEFAULT_LIMITS)
    line = f"{one_line(one.student)}: {told(submission.problems)}"
    if not found.readable:
        converter.log.error(line)
        raise NbGraderException(line)
    if told(submission.problems):
        converter.log.warning(line)
    taken = TakenIn(submission, found.notebooks)

    def is_there(path: str) -> bool:
        taken.begun = True
        return Path(path).exists()

    with (
        tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as place,
        reading_from(converter, Path(place), is_there),
        being_at(converter, taken),
    ):
        folder = Path(converter.coursedir.format_path(place, one.student, one.lesson))
        _write(folder, submission)
        converter.assignments = {str(folder): [str(folder / Path(path).name) for path in notebooks]}
        convert()
    if taken.begun:
        # Where there is no folder, formgrader waits for the submission to be graded.
        course.folder("autograded", one.student, one.lesson).mkdir(parents=True, exist_ok=True)
        _note(course, one, taken)


def _write(folder: Path, submission: CleanSubmission) -> None:
    """Write what nbgrader is to see of a submission: its clean notebooks, and the files that are kept beside them."""
    try:
        folder.mkdir(parents=True)
        for name, content in submission.files.items():
            if is_kept(name):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        for name, notebook in submission.notebooks.items():
            write_notebook(folder / f"{name}.ipynb", notebook)
    except OSError as error:
        stopped_by_the_disk(error)
        raise


def _note(course: Course, one: _HandedIn, taken: TakenIn) -> None:
    """Keep what was wrong; without a fingerprint, so that our own command, which skips what it has graded, grades it."""
    problems: tuple[Problem, ...] = (*taken.submission.problems, *taken.problems)
    journal = course.own_files / f"{one.lesson}.jsonl"
    try:
        append(journal, Entry(one.student, "", problems, taken.seconds, taken.seeds))
    except OSError as error:
        stopped_by_the_disk(error)
        raise
