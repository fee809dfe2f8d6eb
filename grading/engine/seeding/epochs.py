"""Until when a lesson's inputs are the same for everybody: an epoch ends when feedback is there, which may show them.

An epoch has the name of the pages of feedback that there were when it began: which they are, how large, and when they were written.
Before the first page the name is empty. What was graded in an epoch keeps it for good; what is new gets the present one. So what
somebody reads in feedback helps with no submission that is made afterwards.

A lesson's log has one line for each notebook that was graded for the first time and one for each change of the pages. Lines
are only added, and the first one about a notebook counts, so that two who grade at once agree. A lost log loses nothing but
which notebooks are older than the pages.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grading.engine.course import Course, students_at
from grading.engine.digests import fingerprint


@dataclass
class Epochs:
    """The present epoch of a lesson, and that of each notebook that was graded, by its digest."""

    present: str = ""
    of: dict[str, str] = field(default_factory=dict)


def replayed(lines: Iterable[str]) -> Epochs:
    """Return what a log says; any other line is passed over."""
    epochs = Epochs()
    for line in lines:
        for kind, name in _entries(line):
            if kind == "pages":
                epochs.present = name
            elif kind == "notebook":
                epochs.of.setdefault(name, epochs.present)
    return epochs


def _entries(line: str) -> Iterator[tuple[str, str]]:
    try:
        yield from ((str(kind), str(name)) for kind, name in json.loads(line).items())
    except (ValueError, AttributeError, RecursionError):
        return


def log_of(course: Course, lesson: str) -> Path:
    """Return where a lesson's log is."""
    return course.own_files / f"{lesson}.epochs.jsonl"


def read(log: Path) -> Epochs:
    """Return what is known of a lesson's epochs."""
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            return replayed(lines)
    except FileNotFoundError:
        return Epochs()


def add(log: Path, kind: str, name: str) -> None:
    """Add a line; one that a crash has cut off before does not swallow it."""
    line = f"\n{json.dumps({kind: name})}\n".encode()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def pages_of(course: Course, lesson: str) -> str:
    """Return a name for the pages of feedback that a lesson has, whoever wrote them; "" if it has none."""
    found = [
        f"{student}/{name} {status.st_size} {status.st_mtime_ns}"
        for student in students_at(course, "feedback", lesson)
        for name, status in _pages(course.folder("feedback", student, lesson))
    ]
    return fingerprint({}, *found) if found else ""


def _pages(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in names:
        status = os.stat(folder / name, follow_symlinks=False)
        if name.endswith(".html") and stat.S_ISREG(status.st_mode):
            yield name, status
