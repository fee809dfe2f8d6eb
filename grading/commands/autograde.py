"""Grade a lesson for a whole class.

Every submission in submitted/STUDENT/LESSON is read, cleaned, run within limits and recorded in nbgrader's gradebook
and in autograded/, where formgrader, `nbgrader generate_feedback` and `nbgrader export` find it. The lesson must be in
the gradebook, where `nbgrader generate_assignment LESSON` puts it. A submission is not run again if nothing has changed since it
was graded: the files handed in, the lesson, the grader, the configuration. What lateness costs is worked out anew each time, so
that a due date, an extension or a policy that has changed holds for everyone, and no notebook is run for it.

    python -m grading autograde 02-activations
    python -m grading autograde 02-activations --student s01 --student s02 --force
    python -m grading autograde 02-activations --json
    python -m grading autograde 02-activations --scheduler tcp://10.0.0.1:8786

The inputs of the checks are drawn from the course's secret, which is kept in its .grading/ folder: everybody is asked the same, in
every run, until there are pages of feedback; what is handed in after that is asked something else. With --reproduce a submission
is run with the very seeds of the last time. With --scheduler the
notebooks run on the workers of a dask.distributed cluster; see docs/cluster.md.

A lesson is graded by one run at a time. If somebody is already at work on it, in any way, a line says who, and this run
waits; with --no-wait it ends with status 1. Other lessons can be graded at the same time.

Each file with a problem gets one line; the rest of the class is graded all the same. The same holds if the grader itself
fails on a submission: the line names the log with the traceback, the gradebook stays as it was, and the next run tries again. Exit
status:
  0  everybody was graded and nothing was wrong with any file
  1  something was wrong with at least one file, or grading could not be done; see the messages
  2  the command was not understood
  130  interrupted; the next run goes on where this one stopped
"""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING

from grading.arguments import add_class, add_jobs, add_json, add_no_wait, add_student, print_json, seconds
from grading.interrupts import heed, interrupts_later
from grading.lesson_names import lesson_in_folder

HELP = "grade a lesson for a whole class"

if TYPE_CHECKING:
    from rich.console import Console

    from grading.engine.classroom import Plan
    from grading.engine.course import Course
    from grading.engine.underway import Graded
    from grading.engine.workers.pool import Pool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_class(parser)
    add_student(parser)
    parser.add_argument("--force", action="store_true", help="also run what has not changed")
    parser.add_argument("--reproduce", action="store_true", help="run again with the seeds of the last time")
    add_jobs(parser, "notebooks to run at the same time")
    parser.add_argument(
        "--seconds",
        type=seconds,
        metavar="S",
        help="time budget of one notebook, in seconds of the processor (default 120); by the clock, ten times that",
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="run the notebooks on this dask.distributed cluster")
    add_no_wait(parser)
    add_json(parser)
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run submissions with your own rights: they can read and change all of your files",
    )


def run(arguments: argparse.Namespace) -> int:
    """Grade, show progress, tell what was wrong and return the exit status."""
    with interrupts_later():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    gc.disable()  # imports are what the first seconds go into, and an eighth of that into garbage collection
    if not arguments.scheduler:
        from grading.sandbox.forkserver.available import start_early

        source = arguments.course / "source"
        folder = source / lesson_in_folder(source, arguments.lesson)
        modules = start_early(folder, not arguments.unsafe_no_sandbox)
        from grading.engine.workers.pool import start_workers_early

        start_workers_early(modules)
    heed()
    from rich.console import Console

    from grading.engine.classroom import Plan
    from grading.engine.course import open_course
    from grading.engine.lessons import lesson_of
    from grading.engine.limits import DEFAULT_LIMITS, Limits

    heed()
    limits = Limits(seconds=arguments.seconds or DEFAULT_LIMITS.seconds, isolated=not arguments.unsafe_no_sandbox)
    plan = Plan(
        arguments.student,
        force=arguments.force,
        jobs=arguments.jobs or os.cpu_count() or 1,
        limits=limits,
        reproduce=arguments.reproduce,
        pool=_cluster(arguments.scheduler) if arguments.scheduler else None,
    )
    gc.freeze()
    gc.enable()
    course, console = open_course(arguments.course), Console(stderr=True)
    lesson = lesson_of(course, arguments.lesson)
    graded = grade_with_progress(course, lesson, plan, console, may_wait=not arguments.no_wait)
    if arguments.json:
        print_json({"lesson": lesson, "students": [asdict(student) for student in graded]})
    return 1 if any(problem.worth_telling for student in graded for problem in student.problems) else 0


def _cluster(address: str) -> Callable[[], Pool]:
    from grading.engine.workers.cluster import ClusterPool

    return lambda: ClusterPool(address)


def grade_with_progress(
    course: Course, lesson: str, plan: Plan, console: Console, may_wait: bool = True
) -> list[Graded]:
    """Grade a class with a progress bar and one line for each problem; end with a line that sums up.

    may_wait: whether to wait, with a line, while somebody else is at work on the lesson. Raises Busy if not.
    """
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from grading.engine.classroom import grade_class
    from grading.engine.course import students_with

    pace = Pace()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        total = len(plan.students) if plan.students is not None else len(students_with(course, lesson))
        task = progress.add_task(f"grading {lesson}", total=total, pace="")

        def tell(graded: Graded) -> None:
            line = problem_line(graded)
            if line:
                progress.console.print(escape(line), highlight=False, soft_wrap=True)
            pace.count(graded)
            progress.update(task, advance=1, pace=str(pace))

        def say(sentence: str) -> None:
            progress.console.print(escape(sentence), highlight=False, soft_wrap=True)

        penalties: list[int] = []
        graded = grade_class(course, lesson, plan, tell, say if may_wait else None, say, penalties.append)
    console.print(summary_line(lesson, graded, sum(penalties)), highlight=False, soft_wrap=True)
    return graded


class Pace:
    """How fast a run goes and how many submissions had a problem: "31 a minute, 2 with a problem"."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._ran = self._troubled = 0

    def count(self, graded: Graded) -> None:
        """Take note of a submission that is done."""
        self._ran += graded.ran
        self._troubled += any(problem.worth_telling for problem in graded.problems)

    def __str__(self) -> str:
        minutes = max(self._clock() - self._started, 1.0) / 60
        parts = [f"{self._ran / minutes:.0f} a minute"] if self._ran else []
        return ", ".join([*parts, f"{self._troubled} with a problem"])


def problem_line(graded: Graded) -> str:
    """Return one line about everything that was wrong with a student's files; "" if nothing was."""
    from grading.engine.problems import one_line, told

    sentence = told(graded.problems)
    return f"{one_line(graded.student)}: {sentence}" if sentence else ""


def summary_line(lesson: str, graded: Sequence[Graded], penalties: int = 0) -> str:
    """Say how many submissions there were, how many had changed, could not be graded, and had problems.

    penalties: of how many students the late penalty has changed.
    """
    failed = sum(not student.recorded for student in graded)
    ran = sum(student.ran and student.recorded for student in graded)
    troubled = sum(any(problem.worth_telling for problem in student.problems) for student in graded)
    parts = [f"{lesson}: {len(graded)} submissions", f"{ran} graded now", f"{len(graded) - ran - failed} unchanged"]
    parts += [f"{failed} not graded"] if failed else []
    parts += [f"{troubled} with a problem"]
    return ", ".join([*parts, *([f"the late penalty of {penalties} changed"] if penalties else [])])
