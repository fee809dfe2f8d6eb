"""Stock nbgrader's own commands, and formgrader's buttons, under two of our rules.

One run at a time: they do not touch a lesson while somebody else writes its results. And one student at a time: whatever
goes wrong with a student's files costs that student alone. Named in `nbgrader_config.py`:

    c.Autograde.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from grading.adapters.nbgrader import source_pattern, wrap_conversion
from grading.engine.course import Course
from grading.engine.database import try_gradebook
from grading.engine.problems import one_line
from grading.engine.turns.advisory import turn_in_database
from grading.engine.turns.turns import turn
from grading.errors import CourseError


class GuardedNotebook(NotebookExporter):
    """nbconvert's exporter to notebooks; whichever converter of nbgrader's makes one is guarded from then on."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)  # type: ignore[no-untyped-call]  # nbconvert's is not annotated
        guard(self.parent)


def guard(converter: Any) -> None:
    """Have a converter take its turn and convert one submission after another; anything but a converter is left alone.

    A converter's `start` makes its exporter just before it converts.
    """
    if isinstance(converter, BaseConverter):
        wrap_conversion(converter, _convert_guarded)


def _convert_guarded(converter: Any, convert: Callable[[], None]) -> None:
    with _turns(converter):
        _one_by_one(converter, convert)


@contextmanager
def _turns(converter: Any) -> Iterator[None]:
    """Be the only one who writes the results of the converter's lessons, in a gradebook that can be used.

    Raises NbGraderException; it does not wait.
    """
    directories = converter.coursedir
    course = Course(Path(directories.root), converter.config, directories)
    command = type(converter).__name__.lower()
    with ExitStack() as turns:
        try:
            if not getattr(converter, "no_database", False):
                try_gradebook(course, to_write=not isinstance(converter, GenerateFeedback))
            for lesson in sorted({_lesson(converter, folder) for folder in converter.assignments}):
                turns.enter_context(turn(course, lesson, f"nbgrader {command}", None))
                if directories.db_url.startswith("postgresql"):
                    engine = create_engine(directories.db_url)
                    turns.callback(engine.dispose)
                    turns.enter_context(turn_in_database(engine, lesson, f"nbgrader {command}", None))
        except (CourseError, OperationalError) as error:
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from error
        yield


def _lesson(converter: Any, folder: str) -> str:
    found = re.match(source_pattern(converter, "(?P<lesson>.*)", "(?P<student>.*)"), folder, re.DOTALL)
    return found["lesson"] if found else str(converter.coursedir.assignment_id)


def _one_by_one(converter: Any, convert: Callable[[], None]) -> None:
    """Convert each submission by itself; nbgrader stops at some of what a student can hand in, and at some names.

    Raises NbGraderException at the end, with those who were left out; at once if the gradebook cannot be used.
    """
    submissions, failed = converter.assignments, []
    for folder in sorted(submissions):
        converter.assignments = {folder: submissions[folder]}
        try:
            convert()
        except NbGraderException as error:
            if isinstance(error.__context__, OperationalError):
                raise
            failed.append(folder)
        except CourseError as error:  # a full disk, a gradebook that is gone: true of every submission
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from error
        except Exception:
            converter.log.error(traceback.format_exc())
            failed.append(folder)
    converter.assignments = submissions
    if failed:
        log = f"the log, {converter.logfile}, says" if converter.logfile else "the lines above say"
        message = f"not done: {', '.join(one_line(folder, 200) for folder in failed)}; {log} why. All others are done."
        converter.log.error(message)
        raise NbGraderException(message)
