"""Feedback pages for a whole class: nbgrader's own `generate_feedback`, in several processes, for what has changed."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from sqlalchemy import select

from grading.engine.course import Course, NoSuchLesson, open_course, students_at
from grading.engine.database import opened_gradebook, quiet_database
from grading.engine.digests import digest_of_files, fingerprint
from grading.engine.faults import FaultLog
from grading.engine.feedback.unreadable import page_of_ungraded, page_of_unreadable
from grading.engine.gradebook.journal import Entry, append, read_journal
from grading.engine.problems import Problem, told
from grading.engine.publishing import publish, write_partial
from grading.engine.turns.turns import Wait, turn
from grading.engine.workers.processes import begin
from grading.errors import CourseError
from grading.interrupts import SECONDS_BETWEEN_LOOKS, heed, interrupts_later, without_interrupts

_CHUNK = 8
# What a page looks like is set here.
_SETTINGS = ("HTMLExporter", "GenerateFeedback")


@dataclass(frozen=True)
class Page:
    """What became of one student's feedback: `made` is False if nothing had changed. failure says why there is none.

    count: how many pages there are of this student, one for each notebook.
    """

    student: str
    made: bool
    failure: str = ""
    count: int = 1


def make_feedback(
    course: Course,
    lesson: str,
    students: Sequence[str] | None = None,
    force: bool = False,
    jobs: int | None = None,
    tell: Callable[[Page], None] = lambda page: None,
    wait: Wait = None,
) -> list[Page]:
    """Write feedback/STUDENT/LESSON for everyone who has been graded or has handed in.

    tell: called with each result as soon as it is there. wait: called with who else is at work on the lesson, before waiting:
    while it is being graded, points and notebooks do not belong together. None: do not wait. Raises Busy if that is needed and not
    wanted, NoSuchLesson if nobody has been graded.
    """
    if not any(students_at(course, step, lesson) for step in ("submitted", "autograded")):
        raise _nobody(lesson)
    with turn(course, lesson, "feedback", wait):
        return _make_feedback(course, lesson, students, force, jobs, tell)


def _make_feedback(
    course: Course,
    lesson: str,
    students: Sequence[str] | None,
    force: bool,
    jobs: int | None,
    tell: Callable[[Page], None],
) -> list[Page]:
    graded = students_at(course, "autograded", lesson)
    present = sorted({*graded, *students_at(course, "submitted", lesson)})
    chosen = sorted(set(students)) if students is not None else present
    absent = sorted(set(chosen) - set(present))
    if graded and absent:
        raise NoSuchLesson(f"no graded {lesson!r} from {', '.join(absent)} in {course.root}")
    if not graded:
        raise _nobody(lesson)
    journal = course.own_files / f"{lesson}.feedback.jsonl"
    entries = {} if force else read_journal(journal)
    marks, wrong = _marks(course, lesson), _problems(course, lesson)
    faults = FaultLog(course, lesson)
    digests: dict[str, str] = {}
    pages, changed = [], []
    for student in chosen:
        known = entries.get(student)
        try:
            missing, count = missing_pages(course, lesson, student)
            digests[student] = _digest(
                course, lesson, student, f"{marks.get(student, '')}\n{told(wrong.get(student, ()))}"
            )
        except Exception as error:
            pages.append(Page(student, False, faults.note(student, "reading what was graded", error)))
            tell(pages[-1])
            continue
        if known is not None and known.fingerprint == digests[student] and not missing:
            pages.append(Page(student, made=False, count=count))
            tell(pages[-1])
        else:
            changed.append(student)
    for chunk in _in_parallel(course, lesson, changed, jobs or os.cpu_count() or 1):
        append(journal, *(Entry(page.student, digests[page.student]) for page in chunk if not page.failure))
        for page in chunk:
            pages.append(page)
            tell(page)
    return sorted(pages, key=lambda page: page.student)


def _nobody(lesson: str) -> NoSuchLesson:
    return NoSuchLesson(f"nobody's {lesson!r} has been graded; run `python -m grading autograde {lesson}` first")


def _in_parallel(course: Course, lesson: str, students: Sequence[str], jobs: int) -> Iterator[list[Page]]:
    chunks = [students[start : start + _CHUNK] for start in range(0, len(students), _CHUNK)]
    if not chunks:
        return
    with (
        ProcessPoolExecutor(min(jobs, len(chunks)), mp_context=get_context("spawn"), initializer=begin) as pool,
        interrupts_later(),
    ):
        with without_interrupts():
            running = {pool.submit(write_pages, course.root, lesson, chunk): chunk for chunk in chunks}
        try:
            while running:
                heed()
                finished, _ = wait(running, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED)
                yield from (_pages(future, running.pop(future), FaultLog(course, lesson)) for future in finished)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _pages(done: Future[list[Page]], students: Sequence[str], faults: FaultLog) -> list[Page]:
    """Return what became of a chunk; where its process did not even say that, nobody of it has a page."""
    try:
        return done.result()
    except CourseError:
        raise
    except Exception as error:
        return [Page(student, False, faults.note(student, "writing the page", error)) for student in students]


def write_pages(root: Path, lesson: str, students: Sequence[str]) -> list[Page]:
    """Write the pages of some students in this process; what goes wrong with one is reported and costs only that one."""
    with quiet_database():
        return [_write_page(root, lesson, student) for student in students]


def _write_page(root: Path, lesson: str, student: str) -> Page:
    course, converter, said = _converter(root, lesson)
    said.messages.clear()
    folder = course.folder("autograded", student, lesson)
    # nbgrader looks for submissions by patterns, which some students' ids would be taken for.
    notebooks = sorted(map(str, folder.glob("*.ipynb")))
    if not notebooks:
        return _without_notebook(course, lesson, student, int(str(converter.permissions), 8))
    converter.assignments = {str(folder): notebooks}
    before = os.getcwd()
    os.chdir(course.root)
    faults = FaultLog(course, lesson)
    try:
        converter.convert_notebooks()
    except NbGraderException as error:
        # It has caught what was raised, and logged it.
        trace = next((text for text in said.messages if text.startswith("Traceback")), str(error)).rstrip()
        return Page(student, False, faults.note_text(student, "writing the page", trace.splitlines()[-1], trace))
    except Exception as error:
        return Page(student, False, faults.note(student, "writing the page", error))
    finally:
        os.chdir(before)
    missing, count = missing_pages(course, lesson, student)
    if missing:
        reason = f"nbgrader wrote no {', '.join(missing)} for a reason that it did not give"
        return Page(student, False, faults.note_text(student, "writing the page", reason, "\n".join(said.messages)))
    return Page(student, made=True, count=count)


def missing_pages(course: Course, lesson: str, student: str) -> tuple[list[str], int]:
    """Return the pages that a student should have and has not, and how many there should be."""
    names = [path.stem for path in course.folder("autograded", student, lesson).glob("*.ipynb")]
    folder = course.folder("feedback", student, lesson)
    due = sorted(f"{name}.html" for name in names or [lesson])
    return [name for name in due if not _is_written(folder / name)], len(due)


def _is_written(page: Path) -> bool:
    return page.is_file() and page.stat().st_size > 0


def _without_notebook(course: Course, lesson: str, student: str, permissions: int) -> Page:
    """Write the page of somebody who has no graded notebook; nbgrader would write none."""
    target = course.folder("feedback", student, lesson)
    try:
        graded = course.folder("autograded", student, lesson).is_dir()
        problems = _problems(course, lesson).get(student, ())
        text = page_of_unreadable(lesson, problems) if graded else page_of_ungraded(lesson)
        write_partial(target, {f"{lesson}.html": text.encode()}, {})
        publish(target, permissions)
    except Exception as error:
        return Page(student, False, FaultLog(course, lesson).note(student, "writing the page", error))
    return Page(student, made=True)


def _problems(course: Course, lesson: str) -> dict[str, tuple[Problem, ...]]:
    """Return what was wrong with each student's files when they were graded."""
    return {student: entry.problems for student, entry in read_journal(course.own_files / f"{lesson}.jsonl").items()}


class _Said(logging.Handler):
    """Keeps what nbgrader says instead of showing it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@cache
def _converter(root: Path, lesson: str) -> tuple[Course, Any, _Said]:
    """Return nbgrader's converter as its `start` would set it up, once for each process, and what it says of errors."""
    course = open_course(root)
    course.directories.assignment_id = lesson
    converter = GenerateFeedback(coursedir=course.directories, config=course.config)
    converter.force = True
    said = _Said()
    converter.log = logging.Logger("feedback", logging.ERROR)
    converter.log.addHandler(said)
    converter.init_notebooks = lambda: None
    converter.convert_notebooks, convert = lambda: None, converter.convert_notebooks
    converter.start()
    converter.convert_notebooks = convert
    return course, converter, said


def _marks(course: Course, lesson: str) -> dict[str, str]:
    """Return everything of the gradebook that a student's page shows, as one text for each student."""
    with (
        opened_gradebook(course) as gradebook,
        gradebook.engine.connect() as connection,
    ):
        assignment = select(Assignment.id).where(Assignment.name == lesson).scalar_subquery()
        submissions, notebooks = SubmittedAssignment.__table__, SubmittedNotebook.__table__
        grades, comments = Grade.__table__, Comment.__table__
        of_lesson = submissions.join(notebooks, notebooks.c.assignment_id == submissions.c.id)
        queries = (
            select(submissions.c.student_id, notebooks.c.late_submission_penalty).select_from(of_lesson),
            select(
                submissions.c.student_id,
                grades.c.cell_id,
                grades.c.auto_score,
                grades.c.manual_score,
                grades.c.extra_credit,
                grades.c.needs_manual_grade,
            ).select_from(of_lesson.join(grades, grades.c.notebook_id == notebooks.c.id)),
            select(
                submissions.c.student_id, comments.c.cell_id, comments.c.auto_comment, comments.c.manual_comment
            ).select_from(of_lesson.join(comments, comments.c.notebook_id == notebooks.c.id)),
        )
        found: dict[str, list[str]] = {}
        for query in queries:
            for student, *row in connection.execute(query.where(submissions.c.assignment_id == assignment)):
                found.setdefault(student, []).append(repr(row))
    return {student: "\n".join(sorted(rows)) for student, rows in found.items()}


def _digest(course: Course, lesson: str, student: str, marks: str) -> str:
    folder = course.folder("autograded", student, lesson)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return fingerprint(
        files, repr(folder.is_dir()), marks, _version(), *(repr(course.config.get(name)) for name in _SETTINGS)
    )


@cache
def _version() -> str:
    here = Path(__file__).parent
    package = here.parents[1]
    verdicts = (package / "judging" / name for name in ("card.py", "verdict.py"))
    return digest_of_files(package, [*here.glob("*.py"), *here.glob("templates/*.jinja"), *verdicts])
