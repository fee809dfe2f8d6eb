"""The files beside a notebook under stock `nbgrader autograde`, which copies all of them into `autograded/`, and what links lead to.

Here the kernel finds what `python -m grading autograde` would give it, and `autograded/` keeps what that would keep.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.converters import Autograde

from grading.engine.course import Course, lesson_files
from grading.engine.intake.allowed_files import is_kept
from grading.engine.intake.submission import CleanSubmission, clean, find_submission
from grading.engine.limits import Limits
from grading.engine.problems import Problem

# Where intake has not read a submission, nbgrader itself finds the notebooks and says so.
_OF_NOTEBOOKS = frozenset({"extra-notebook", "missing-notebook"})


@dataclass
class TakenIn:
    """A submission that our intake has read for nbgrader, and what became of it there.

    handed_in: its notebooks as they were handed in, by the name of the lesson's. begun: whether nbgrader has begun to convert it,
        which it does not if it has done so before. problems, seconds, seeds: as in the journal's entries, of what has run.
    """

    submission: CleanSubmission
    handed_in: Mapping[str, bytes]
    begun: bool = False
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0
    seeds: dict[str, int] = field(default_factory=dict)


def taken_in(converter: object) -> TakenIn | None:
    """Return the submission that a converter of nbgrader's is at; None if our intake has not read it."""
    return getattr(converter, "mlp_course_taken_in", None)


@contextmanager
def being_at(converter: Autograde, taken: TakenIn) -> Iterator[None]:
    """Let `taken_in` return a submission for a while."""
    converter.mlp_course_taken_in = taken
    try:
        yield
    finally:
        del converter.mlp_course_taken_in


def own_files(course: Course, lesson: str, converter: Autograde) -> dict[str, bytes]:
    """Return the files of a lesson that take the place of a student's, by the converter's settings."""
    excluded = converter.exclude_overwriting.get(lesson, ())
    return {name: content for name, content in lesson_files(course, lesson).items() if name not in excluded}


@contextmanager
def working_folder(
    converter: Autograde, student: str, lesson: str, limits: Limits
) -> Iterator[tuple[str, list[Problem]]]:
    """Give a folder with a submission's files and the lesson's to run in, for a while, and what was wrong with them.

    Before that, whatever is not kept is gone from `autograded/`.
    """
    course = Course(Path(converter.coursedir.root), converter.config, converter.coursedir)
    own, taken = own_files(course, lesson, converter), taken_in(converter)
    found = taken.submission if taken else _handed_in(course, student, lesson, own.keys(), limits)
    _sweep(course.folder("autograded", student, lesson), own.keys() | set(filter(is_kept, found.files)))
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as folder:
        for name, content in {**found.files, **own}.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        yield folder, [problem for problem in found.problems if not taken and problem.kind not in _OF_NOTEBOOKS]


def _handed_in(course: Course, student: str, lesson: str, own: Set[str], limits: Limits) -> CleanSubmission:
    found = find_submission(course.folder("submitted", student, lesson), student, {}, limits)
    return clean(found, {}, own, limits)


def _sweep(graded: Path, names: Set[str]) -> None:
    """Remove from a folder everything but these files and the graded notebooks."""
    for path in list(graded.rglob("*")):
        is_notebook = path.parent == graded and path.suffix == ".ipynb"
        if not is_notebook and not path.is_dir() and path.relative_to(graded).as_posix() not in names:
            path.unlink()
