"""Grading a lesson for a whole class: finds what is new, runs it, records it, tells what was wrong with which file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path

from nbformat import NotebookNode, from_dict

import grading
from grading.engine.course import Course, NoSuchLesson, students_with
from grading.engine.journal import Entry, append, digest_of_files, fingerprint, read_journal
from grading.engine.limits import DEFAULT_LIMITS, Limits
from grading.engine.problems import Problem, one_line
from grading.engine.recorder import Recorder, lesson_files
from grading.engine.submission import CleanSubmission, Submission, clean, find_submission
from grading.engine.worker import Job, Result, answer_to_one_master, run_all

# A submission whose worker dies is tried once more: it may have been its neighbour that took the pool down.
_MOST_ATTEMPTS = 2


@dataclass(frozen=True)
class Graded:
    """How one student's submission fared: `ran` is False if nothing had changed since it was graded last."""

    student: str
    ran: bool
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """What is to be done in a run. students None: everyone. jobs: how many notebooks run at the same time."""

    students: Sequence[str] | None = None
    force: bool = False
    jobs: int = field(default_factory=lambda: max(1, os.cpu_count() or 1))
    limits: Limits = DEFAULT_LIMITS


def grade_class(
    course: Course, lesson: str, plan: Plan | None = None, tell: Callable[[Graded], None] = lambda graded: None
) -> list[Graded]:
    """Grade a lesson for a class; `tell` hears of each student as soon as it is done. In the order of students' ids.

    Raises NoSuchLesson if there is nothing to grade or the lesson was never generated. What is wrong with a submission
    is a value in the result.
    """
    plan = plan or Plan()
    students = _chosen(course, lesson, plan.students)
    with Recorder(course, lesson) as recorder:
        done = []
        for graded in _Run(course, lesson, plan, recorder).grade(students):
            tell(graded)
            done.append(graded)
    return sorted(done, key=lambda graded: graded.student)


def _chosen(course: Course, lesson: str, wanted: Sequence[str] | None) -> list[str]:
    present = students_with(course, lesson)
    if wanted is None:
        return present
    absent = sorted(set(wanted) - set(present))
    if absent:
        raise NoSuchLesson(f"no {lesson!r} from {', '.join(absent)} in {course.root}")
    return sorted(set(wanted))


@cache
def grader_version() -> str:
    """Return a digest of everything of this package and its main libraries that can change a grade."""
    root = Path(grading.__file__).parent
    parts = [path for part in ("catalogue", "judging", "probe", "engine") for path in (root / part).rglob("*.py")]
    libraries = [_version(name) for name in ("torch", "numpy", "nbgrader", "ipykernel")]
    return fingerprint({}, digest_of_files(parts), *libraries)


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package


@dataclass
class _Pending:
    """A submission that is with a worker."""

    submission: CleanSubmission
    fingerprint: str
    jobs: list[Job]
    attempts: int = 1


class _Run:
    """One run over a lesson: this process reads, cleans and records; workers do nothing but execute."""

    def __init__(self, course: Course, lesson: str, plan: Plan, recorder: Recorder) -> None:
        self.course, self.lesson, self.plan, self.recorder = course, lesson, plan, recorder
        self.templates = recorder.templates()
        self.journal = course.own_files / f"{lesson}.jsonl"
        self.entries = {} if plan.force else read_journal(self.journal)
        self.recorded = recorder.recorded_students()
        self.lesson_files = lesson_files(course, lesson)
        lesson_digest = fingerprint(self.lesson_files, repr(sorted(self.templates.items())))
        self.context = (lesson_digest, grader_version(), repr(plan.limits))
        self.pending: dict[Future[list[Result]], _Pending] = {}
        self.pool = self._new_pool()

    def grade(self, students: Sequence[str]) -> Iterator[Graded]:
        """Yield every student's result as soon as there is one; only a few submissions are in memory at a time."""
        try:
            for student in students:
                folder = self.course.folder("submitted", student, self.lesson)
                found = find_submission(folder, student, self.templates, self.plan.limits)
                digest = self._fingerprint(found)
                entry = self.entries.get(student)
                if entry and entry.fingerprint == digest and self._is_recorded(student):
                    yield Graded(student, False, entry.problems, entry.seconds)
                    continue
                self._submit(self._prepare(found, digest))
                if len(self.pending) >= 2 * self.plan.jobs:
                    yield from self._finish()
            while self.pending:
                yield from self._finish()
        except BaseException:
            self._stop_workers()
            raise
        finally:
            self.pool.shutdown(wait=True, cancel_futures=True)

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.plan.jobs, mp_context=get_context("spawn"), initializer=answer_to_one_master)

    def _stop_workers(self) -> None:
        """Tell every worker to end now, kernel and all; what is journaled stays."""
        for worker in list(getattr(self.pool, "_processes", {}).values()):
            worker.terminate()

    def _fingerprint(self, found: Submission) -> str:
        notebooks = {f"{name}.ipynb": content for name, content in found.notebooks.items()}
        problems = repr(found.problems)
        return fingerprint({**found.files, **notebooks}, problems, *self.context)

    def _is_recorded(self, student: str) -> bool:
        return student in self.recorded and self.course.folder("autograded", student, self.lesson).is_dir()

    def _prepare(self, found: Submission, digest: str) -> _Pending:
        submission = clean(found, self.templates, self.plan.limits)
        files = {**submission.files, **self.lesson_files}
        jobs = []
        for name, notebook in submission.notebooks.items():
            sanitized = self.recorder.sanitize(found.student, name, notebook)
            content = json.dumps(sanitized, ensure_ascii=False).encode(errors="surrogatepass")
            jobs.append(Job(content, files, self.templates[name].kernel_name, self.plan.limits))
        return _Pending(submission, digest, jobs)

    def _submit(self, pending: _Pending) -> None:
        try:
            future = self.pool.submit(run_all, pending.jobs)
        except BrokenProcessPool:
            self.pool = self._new_pool()
            future = self.pool.submit(run_all, pending.jobs)
        self.pending[future] = pending

    def _finish(self) -> Iterator[Graded]:
        """Record whatever has come back; wait for at least one."""
        finished, _ = wait(self.pending, return_when=FIRST_COMPLETED)
        for future in finished:
            pending = self.pending.pop(future)
            try:
                results = future.result()
            except BrokenProcessPool:
                if pending.attempts < _MOST_ATTEMPTS:
                    pending.attempts += 1
                    self._submit(pending)
                    continue
                results = [Result(job.notebook, failure="its worker died again and again") for job in pending.jobs]
            except Exception as error:
                # Whatever goes wrong in a worker costs one submission, never the class.
                failure = one_line(f"{type(error).__name__}: {error}", 200)
                results = [Result(job.notebook, failure=failure) for job in pending.jobs]
            yield self._record(pending, results)

    def _record(self, pending: _Pending, results: list[Result]) -> Graded:
        submission = pending.submission
        problems = [*submission.problems, *(problem for result in results for problem in result.problems)]
        seconds = sum(result.seconds for result in results)
        failure = next((result.failure for result in results if result.failure), "")
        if not failure:
            names = list(submission.notebooks)
            executed = {name: as_notebook(result.notebook) for name, result in zip(names, results, strict=True)}
            failure = self.recorder.record(submission.student, executed, submission.files)
        if failure:
            sentence = f"not graded, through no fault of the student: {failure}"
            problems.append(Problem("grader-failure", sentence, graded=False))
            return Graded(submission.student, True, tuple(problems), seconds)
        append(self.journal, Entry(submission.student, pending.fingerprint, tuple(problems), seconds))
        return Graded(submission.student, True, tuple(problems), seconds)


def as_notebook(content: bytes) -> NotebookNode:
    """Return the notebook that a worker sent."""
    notebook: NotebookNode = from_dict(json.loads(content))  # type: ignore[no-untyped-call]  # no annotation
    return notebook
