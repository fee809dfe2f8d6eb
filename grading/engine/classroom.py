"""Grading a lesson for a whole class: finds what is new, runs it, records it, tells what was wrong with which file."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from time import monotonic

from grading.engine.course import Course, NoSuchLesson, students_with
from grading.engine.digests import fingerprint
from grading.engine.faults import FaultLog
from grading.engine.gradebook.journal import Entry, append, read_journal
from grading.engine.gradebook.recorder import Prepared, Recorder
from grading.engine.intake.submission import CleanSubmission, Submission, clean, find_submission
from grading.engine.intake.template import Template
from grading.engine.limits import DEFAULT_LIMITS, Limits
from grading.engine.points import own_points, refuse_misfits
from grading.engine.publishing import stopped_by_the_disk
from grading.engine.seeding.lesson_seeds import LessonSeeds
from grading.engine.turns.turns import Wait, turn
from grading.engine.underway import Graded, Pending, as_notebook, not_graded
from grading.engine.versions import grader_version
from grading.engine.workers.pool import LocalPool, Pool, WorkerDied
from grading.engine.workers.worker import Job, Result
from grading.errors import CourseError
from grading.interrupts import SECONDS_BETWEEN_LOOKS, heed, interrupts_later
from grading.sandbox.forkserver.available import SandboxUnavailable
from grading.sandbox.forkserver.preload import code_in, modules_for
from grading.units import MEBIBYTE

# A submission whose worker dies is tried again, alone: the one that ran beside it may have taken the worker down.
_MOST_ATTEMPTS = 2
# Results are written many at a time, but nobody waits for long and little has to be done again after a crash.
_BATCH = 32
_BATCH_SECONDS = 1.0
# What students hand in and notebooks show is bounded for each of them; this is the most that is kept of all of them together.
_MOST_BYTES = 128 * MEBIBYTE


@dataclass(frozen=True)
class Plan:
    """What is to be done in a run. students None: everyone. jobs: how many notebooks run at the same time.

    reproduce: run again with the seeds of the last time, which gives the same verdicts.
    pool: where notebooks run; by default processes of this machine.
    """

    students: Sequence[str] | None = None
    force: bool = False
    jobs: int = field(default_factory=lambda: max(1, os.cpu_count() or 1))
    limits: Limits = DEFAULT_LIMITS
    reproduce: bool = False
    pool: Callable[[], Pool] | None = None


def grade_class(
    course: Course,
    lesson: str,
    plan: Plan | None = None,
    tell: Callable[[Graded], None] = lambda graded: None,
    wait: Wait = None,
    say: Callable[[str], None] = lambda sentence: None,
    late: Callable[[int], None] = lambda students: None,
) -> list[Graded]:
    """Grade a lesson for a class; return the results in the order of students' ids.

    tell: called with each result as soon as it is there. wait: called with who else is at work on the lesson, before waiting;
    None: do not wait. say: called with a sentence about the course as a whole. late: called with the number of students whose
    late penalty is another one by the due date, the extensions and the policy of now. Raises Busy if waiting is needed and not
    wanted, NoSuchLesson if there is nothing to grade or the lesson was never generated, and PointsDoNotFit. What is wrong with a
    submission is a value in the result.
    """
    plan = plan or Plan()
    _chosen(course, lesson, plan.students)  # nobody waits to hear that a name is misspelt
    with (
        turn(course, lesson, "autograde", wait) as still_ours,
        Recorder(course, lesson) as recorder,
        recorder.alone("autograde", wait, still_ours),
    ):
        students = _chosen(course, lesson, plan.students)
        templates = recorder.templates()
        refuse_misfits(lesson, templates, own_points(course.config))
        late(recorder.update_penalties(say))
        done = []
        for graded in _Run(plan, recorder, templates, LessonSeeds(course, lesson, say)).grade(students):
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


class _Run:
    """One run over a lesson: this process reads, cleans and records; workers do nothing but execute."""

    def __init__(self, plan: Plan, recorder: Recorder, templates: dict[str, Template], seeds: LessonSeeds) -> None:
        course, lesson = recorder.course, recorder.lesson
        self.course, self.lesson, self.plan, self.recorder = course, lesson, plan, recorder
        self.faults = FaultLog(course, lesson)
        self.templates, self.seeds = templates, seeds
        self.journal = course.own_files / f"{lesson}.jsonl"
        self.entries = read_journal(self.journal)
        self.recorded = recorder.recorded_students()
        lesson_digest = fingerprint(recorder.lesson_files, repr(sorted(self.templates.items())))
        self.context = (lesson_digest, grader_version(), recorder.settings(), repr(plan.limits))
        self.pending: dict[Future[list[Result]], Pending] = {}
        self.suspects: deque[Pending] = deque()
        self.batch: list[tuple[Pending, Prepared]] = []
        self.written_at = 0.0
        modules = modules_for(code_in(course.source(lesson)))
        self.pool = plan.pool() if plan.pool else LocalPool(plan.jobs, plan.limits.isolated, modules)

    def grade(self, students: Sequence[str]) -> Iterator[Graded]:
        """Yield every student's result as soon as it is written; only a few submissions are in memory at a time."""
        try:
            with interrupts_later():
                for student in students:
                    yield from self._begin(student)
                    while self._is_enough() or self.suspects:
                        yield from self._collect()
                while self.pending or self.suspects:
                    yield from self._collect()
                yield from self._write()
        except BaseException:
            self.pool.stop()
            self._keep_what_is_done()
            raise
        finally:
            self.pool.close()

    def _is_enough(self) -> bool:
        """Tell whether so much is under way that reading more would only fill the memory."""
        held = sum(pending.bytes for pending in self.pending.values())
        return len(self.pending) >= 2 * self.pool.width or (held > _MOST_BYTES and len(self.pending) > 1)

    def _begin(self, student: str) -> Iterator[Graded]:
        """Give a submission to a worker, unless nothing has changed since it was graded or it cannot be read."""
        heed()
        try:
            known = self._begun(student)
        except CourseError:
            raise
        except Exception as error:
            known = not_graded(student, self.faults.note(student, "reading what was handed in", error))
        if known is not None:
            yield known

    def _begun(self, student: str) -> Graded | None:
        """Submit what is to be run; return what is said of the student if there is nothing."""
        folder = self.course.folder("submitted", student, self.lesson)
        found = find_submission(folder, student, self.templates, self.plan.limits)
        if not found.readable:
            return Graded(student, False, found.problems, recorded=False)
        digest = self._fingerprint(found)
        entry = self.entries.get(student)
        again = self.plan.force or self.plan.reproduce
        if not again and entry and entry.fingerprint == digest and self._is_there(entry):
            self.recorder.discard([student])
            return Graded(student, False, entry.problems, entry.seconds)
        self._submit(self._prepare(found, digest))
        return None

    def _fingerprint(self, found: Submission) -> str:
        notebooks = {f"{name}.ipynb": content for name, content in found.notebooks.items()}
        problems = repr(found.problems)
        return fingerprint({**found.files, **notebooks}, problems, *self.context)

    def _is_there(self, entry: Entry) -> bool:
        return entry.student in self.recorded and self.recorder.is_published(entry.student, entry.seeds.keys())

    def _prepare(self, found: Submission, digest: str) -> Pending:
        lesson_files = self.recorder.lesson_files
        submission = clean(found, self.templates, lesson_files.keys(), self.plan.limits)
        files = {**submission.files, **lesson_files}
        jobs = []
        for name, notebook in submission.notebooks.items():
            sanitized = self.recorder.sanitize(found.student, name, notebook)
            content = json.dumps(sanitized, ensure_ascii=False).encode()
            seed = self._seed(found, name, submission.files)
            jobs.append(Job(content, files, self.templates[name].kernel_name, self.plan.limits, seed))
        return Pending(submission, digest, jobs)

    def _seed(self, found: Submission, notebook: str, files: Mapping[str, bytes]) -> int:
        entry = self.entries.get(found.student)
        if self.plan.reproduce and entry and notebook in entry.seeds:
            return entry.seeds[notebook]
        return self.seeds.seed(notebook, found.notebooks[notebook], files)

    def _submit(self, pending: Pending) -> None:
        self.pending[self.pool.submit(pending.jobs)] = pending

    def _collect(self) -> Iterator[Graded]:
        """Take what has come back and write it when there is enough of it, or some time has passed."""
        heed()
        if self.suspects and not self.pending:
            self._submit(self.suspects.popleft())
        self.pool.flush()
        finished, _ = wait(self.pending, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED)
        for future in finished:
            pending = self.pending.pop(future)
            try:
                results = future.result()
            except WorkerDied:
                if pending.attempts < _MOST_ATTEMPTS:
                    pending.attempts += 1
                    self.suspects.append(pending)
                    continue
                results = [Result(job.notebook, failure="its worker died again and again") for job in pending.jobs]
            except SandboxUnavailable:
                # True of every submission; the sentence says what to install.
                raise
            except Exception as error:
                # Whatever else goes wrong in a worker costs one submission, never the class.
                failure = self.faults.note(pending.student, "running the notebooks", error)
                results = [Result(job.notebook, failure=failure) for job in pending.jobs]
            yield from self._finish(pending, results)
        full = len(self.batch) >= _BATCH or sum(pending.bytes for pending, _ in self.batch) > _MOST_BYTES
        if full or monotonic() - self.written_at > _BATCH_SECONDS:
            yield from self._write()

    def _finish(self, pending: Pending, results: Sequence[Result]) -> Iterator[Graded]:
        """Make a submission that has run ready to be written."""
        pending.problems = (
            *pending.submission.problems,
            *(problem for result in results for problem in result.problems),
        )
        pending.seconds = sum(result.seconds for result in results)
        try:
            prepared = self._prepared(pending.submission, results)
        except CourseError:
            raise
        except Exception as error:
            prepared = self.faults.note(pending.student, "recording the results", error)
        if isinstance(prepared, Prepared):
            self.batch.append((pending, prepared))
        else:
            yield pending.not_graded(prepared)

    def _prepared(self, submission: CleanSubmission, results: Sequence[Result]) -> Prepared | str:
        """Return what is to be written; or why there is nothing."""
        failed = next((result for result in results if result.failure), None)
        if failed is not None and failed.trace:
            return self.faults.note_text(submission.student, "running the notebooks", failed.failure, failed.trace)
        if failed is not None:
            return failed.failure
        names = list(submission.notebooks)
        executed = {name: as_notebook(result.notebook) for name, result in zip(names, results, strict=True)}
        return self.recorder.prepare(submission.student, executed, submission.files)

    def _write(self) -> Iterator[Graded]:
        """Write the batch: gradebook, folders, journal, in this order, so that the journal never says too much."""
        batch, self.batch = self.batch, []
        if batch:
            self._reopen([pending.student for pending, _ in batch])
            failures = self.recorder.commit([prepared for _, prepared in batch])
            done = [pending for pending, _ in batch if pending.student not in failures]
            self._note(done)
            failed = [pending for pending, _ in batch if pending.student in failures]
            yield from (pending.not_graded(failures[pending.student]) for pending in failed)
            yield from (Graded(pending.student, True, pending.problems, pending.seconds) for pending in done)
            self.written_at = monotonic()

    def _reopen(self, students: Sequence[str]) -> None:
        """Take back what the journal says of students who are about to be written again: a crash now leaves neither."""
        self._append(
            [replace(self.entries[student], fingerprint="") for student in students if student in self.entries]
        )

    def _note(self, done: Sequence[Pending]) -> None:
        self._append([Entry(one.student, one.fingerprint, one.problems, one.seconds, one.seeds) for one in done])
        self.recorded.update(one.student for one in done)

    def _append(self, entries: Sequence[Entry]) -> None:
        try:
            if entries:
                append(self.journal, *entries)
        except OSError as error:
            stopped_by_the_disk(error)
            raise

    def _keep_what_is_done(self) -> None:
        """Write what had come back before an interrupt, if that is still possible."""
        try:
            for _ in self._write():
                pass
        except Exception:
            # The reason why the run ends is on its way already; what is not written is graded again next time.
            self.recorder.discard([pending.student for pending, _ in self.batch])
