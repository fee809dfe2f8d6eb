"""The one writer: puts executed notebooks into nbgrader's gradebook and its `autograded` folder.

It uses nbgrader's gradebook and the preprocessors that the course's configuration names, so that formgrader, feedback,
export and late penalties see what they would see after `nbgrader autograde`.
"""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.utils import find_all_files, parse_utc
from sqlalchemy.exc import OperationalError, SAWarning
from traitlets.utils.importstring import import_item

from grading.engine.course import Course, NoSuchLesson
from grading.engine.problems import one_line
from grading.engine.template import Template, template_from_gradebook
from grading.errors import CourseError


class GradebookUnavailable(CourseError):
    """The gradebook's database is locked, full, gone or of another version."""


class Recorder:
    """Reads a lesson's templates from the gradebook and writes its students' results.

    Made once for a run; a context manager that holds one connection to the database.
    """

    def __init__(self, course: Course, lesson: str) -> None:
        self.course = course
        self.lesson = lesson
        self._converter = Autograde(coursedir=course.directories, config=course.config)
        self._converter.log.setLevel(logging.ERROR)

    def __enter__(self) -> Recorder:
        self._gradebook = Gradebook(self.course.database, self.course.directories.course_id)
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.close()

    def templates(self) -> dict[str, Template]:
        """Return the templates of the lesson's notebooks by name.

        Raises NoSuchLesson if nbgrader has not generated the lesson yet.
        """
        try:
            assignment = self._gradebook.find_assignment(self.lesson)
        except MissingEntry:
            command = f"nbgrader generate_assignment {self.lesson}"
            message = f"the gradebook does not know {self.lesson!r}; run `{command}` in {self.course.root} first"
            raise NoSuchLesson(message) from None
        names = sorted(notebook.name for notebook in assignment.notebooks)
        return {name: template_from_gradebook(self._gradebook, self.lesson, name) for name in names}

    def recorded_students(self) -> set[str]:
        """Return the students of whom the gradebook has a submission of this lesson."""
        return {submission.student_id for submission in self._gradebook.assignment_submissions(self.lesson)}

    def sanitize(self, student: str, name: str, notebook: NotebookNode) -> NotebookNode:
        """Pass a clean notebook through the preprocessors that stock nbgrader runs before execution."""
        with quiet_database():
            return self._pass(self._converter.sanitize_preprocessors, student, name, notebook)

    def record(self, student: str, executed: Mapping[str, NotebookNode], files: Mapping[str, bytes]) -> str:
        """Write everything about one student's lesson; return "", or why it could not be written.

        A notebook of the lesson that is not among the executed ones gets no points. Raises GradebookUnavailable if the
        database cannot be used, which is everyone's problem.
        """
        try:
            with quiet_database():
                self._record(student, executed, files)
        except OperationalError as error:
            message = f"the gradebook cannot be used: {error.orig}; what was graded before is kept"
            raise GradebookUnavailable(message) from error
        except Exception as error:
            # Foreign preprocessors from the configuration run here; whatever one of them raises costs one submission.
            self._gradebook.db.rollback()
            return f"{type(error).__name__}: {one_line(str(error), 200)}"
        return ""

    def _record(self, student: str, executed: Mapping[str, NotebookNode], files: Mapping[str, bytes]) -> None:
        self._create_submission(student, files)
        self._zero_the_rest(student, executed)
        partial = self.course.own_files / "partial" / self.lesson
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        self._write_files(partial, files)
        for name, notebook in executed.items():
            finished = self._pass(self._recording_preprocessors(), student, name, notebook)
            text = self._as_text(finished)
            (partial / f"{name}.ipynb").write_text(text, encoding="utf-8")
        self._publish(partial, self.course.folder("autograded", student, self.lesson))

    def _create_submission(self, student: str, files: Mapping[str, bytes]) -> None:
        self._gradebook.update_or_create_student(student)
        arguments = {}
        stamp = files.get("timestamp.txt", b"").decode("utf-8", errors="replace").strip()
        if stamp:
            with suppress(ValueError, OverflowError):
                arguments["timestamp"] = parse_utc(stamp)
        self._gradebook.update_or_create_submission(self.lesson, student, **arguments)

    def _zero_the_rest(self, student: str, executed: Mapping[str, NotebookNode]) -> None:
        """Give no points for the notebooks that are missing or unusable, as nbgrader does for missing ones."""
        for notebook in self._gradebook.find_submission(self.lesson, student).notebooks:
            if notebook.name not in executed:
                for grade in notebook.grades:
                    grade.auto_score = 0
                    grade.needs_manual_grade = False
        self._gradebook.db.commit()

    def _recording_preprocessors(self) -> list[Any]:
        """The configured preprocessors without the ones that execute; that has been done."""
        configured = self._converter.autograde_preprocessors
        classes = [import_item(item) if isinstance(item, str) else item for item in configured]
        return [found for found in classes if not issubclass(found, NotebookClient)]

    def _pass(self, preprocessors: list[Any], student: str, name: str, notebook: NotebookNode) -> NotebookNode:
        resources = {
            "unique_key": name,
            "output_files_dir": f"{name}_files",
            "nbgrader": {
                "student": student,
                "assignment": self.lesson,
                "notebook": name,
                "db_url": self.course.database,
            },
        }
        exporter = self._converter.exporter_class(parent=self._converter, config=self._converter.config)
        exporter._preprocessors = []
        for preprocessor in preprocessors:
            exporter.register_preprocessor(preprocessor)
        # Only the notebook is wanted: its text would be parsed again by the next step.
        finished: NotebookNode = exporter._preprocess(notebook, resources)[0]
        return finished

    def _as_text(self, notebook: NotebookNode) -> str:
        return str(nbformat.writes(notebook, version=nbformat.NO_CONVERT)) + "\n"  # type: ignore[no-untyped-call]

    def _write_files(self, folder: Path, files: Mapping[str, bytes]) -> None:
        """Write the student's other files and over them the lesson's own, as nbgrader does."""
        for name, content in {**files, **lesson_files(self.course, self.lesson)}.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def _publish(self, partial: Path, target: Path) -> None:
        """Put a finished folder in its place, so that a reader never sees half of one."""
        permissions = int(str(self._converter.permissions), 8)
        for path in partial.rglob("*"):
            if path.is_file():
                path.chmod(permissions)
        target.parent.mkdir(parents=True, exist_ok=True)
        with _moved_away(target):
            os.replace(partial, target)


@contextmanager
def quiet_database() -> Iterator[None]:
    """Silence what SQLAlchemy 2.1 says of nbgrader's use of it; nothing of it concerns the instructor."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


@contextmanager
def _moved_away(target: Path) -> Iterator[None]:
    """Keep an older folder until the new one has taken its place."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.replace(target, old)
    yield
    shutil.rmtree(old, ignore_errors=True)


def lesson_files(course: Course, lesson: str) -> dict[str, bytes]:
    """Return the files beside the instructor's notebooks, which every submission gets in their original form."""
    folder = course.source(lesson)
    found = find_all_files(str(folder), [*course.directories.ignore, "*.ipynb"])
    return {Path(path).relative_to(folder).as_posix(): Path(path).read_bytes() for path in found}
