"""An unexpected error costs one student, and its traceback goes to a log that the student's line names.

What is expected of files that strangers hand in is a `Problem` and never comes here.
"""

from __future__ import annotations

import os
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from grading.engine.course import Course
from grading.engine.problems import one_line
from grading.engine.publishing import stopped_by_the_disk

# Of a very long message the end is kept, where the traceback says what happened.
_LONGEST_ENTRY = 100_000
_LONGEST_REASON = 200


class FaultLog:
    """The log of what went wrong with a lesson's students."""

    def __init__(self, course: Course, lesson: str) -> None:
        self.path = course.own_files / f"{lesson}.log"

    def note(self, student: str, stage: str, error: BaseException) -> str:
        """Keep the traceback of what was raised at a stage; return in one line what it was and where more is said.

        Raises DiskFull if it is about the disk, which is everyone's.
        """
        stopped_by_the_disk(error)
        return self.note_text(student, stage, _said(error), "".join(traceback.format_exception(error)))

    def note_text(self, student: str, stage: str, reason: str, trace: str) -> str:
        """Keep a traceback that is text already, from another process, as `note` does."""
        entry = f"{local_time()} {one_line(student)}, {stage}: {reason}\n{trace[-_LONGEST_ENTRY:].rstrip()}\n\n"
        reason = one_line(reason, _LONGEST_REASON)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as log:
                log.write(entry.encode(errors="backslashreplace"))
        except OSError as error:
            stopped_by_the_disk(error)
            return f"{reason} (its traceback could not be kept: {error})"
        return f"{reason} (the traceback is in {_from_here(self.path)})"


def local_time() -> str:
    """Return the time of day where this machine is; in UTC where its TZ is further away than any place."""
    now = datetime.now(UTC)
    with suppress(ValueError):
        now = now.astimezone()
    return now.isoformat(sep=" ", timespec="seconds")


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # a message that cannot be shown, in an exception of somebody else's
        return type(error).__name__


def _from_here(path: Path) -> str:
    """Return a path as a reader in the working folder would write it."""
    here = Path(os.getcwd())
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
