"""Write the feedback pages of a whole class.

For everyone who was graded or has handed in, a page is written to feedback/STUDENT/LESSON, as `nbgrader generate_feedback` does it, on all
cores. A page is not written again if the graded notebook, the points and the comments are as they were. Nothing that a
submission contains runs in the reader's browser, and for a hidden check a page shows the property that failed, not
the input.

    python -m grading feedback 02-activations
    python -m grading feedback 02-activations --student s01 --force
    python -m grading feedback 02-activations --json

Where course.toml says that feedback comes after the due date, there is none before, unless --early is said.

While somebody grades the lesson, or writes its pages, this waits, with a line that says who; with --no-wait it ends with
status 1.

Exit status: 0 done, 1 a page could not be written or nobody has been graded, 2 not understood, 130 interrupted.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from grading.arguments import add_class, add_jobs, add_json, add_no_wait, add_student, print_json
from grading.interrupts import interrupts_later

HELP = "write the feedback pages of a class"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_class(parser)
    add_student(parser)
    parser.add_argument("--force", action="store_true", help="also write what has not changed")
    add_jobs(parser, "processes")
    add_no_wait(parser)
    parser.add_argument("--early", action="store_true", help="also before the due date, if course.toml wants it after")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the pages, show progress, tell what went wrong and return the exit status."""
    with interrupts_later():
        return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from grading.course_folder.feedback_time import see_that_it_is_time
    from grading.engine.course import open_course, students_at
    from grading.engine.feedback.pages import Page, make_feedback
    from grading.engine.lessons import lesson_of
    from grading.engine.problems import one_line

    course = open_course(arguments.course)
    lesson = lesson_of(course, arguments.lesson)
    if not arguments.early:
        see_that_it_is_time(course, lesson, datetime.now(UTC))
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=console, transient=True) as progress:
        handed_in = {
            *students_at(course, "autograded", lesson),
            *students_at(course, "submitted", lesson),
        }
        total = len(arguments.student or handed_in)
        task = progress.add_task(f"feedback {lesson}", total=total)

        def tell(page: Page) -> None:
            if page.failure:
                line = escape(f"{one_line(page.student)}: {page.failure}")
                progress.console.print(line, highlight=False, soft_wrap=True)
            progress.advance(task)

        def wait(sentence: str) -> None:
            progress.console.print(escape(sentence), highlight=False, soft_wrap=True)

        chosen = (arguments.student, arguments.force, arguments.jobs)
        pages = make_feedback(course, lesson, *chosen, tell, None if arguments.no_wait else wait)
    made = sum(page.count for page in pages if page.made)
    failed = sum(bool(page.failure) for page in pages)
    unchanged = sum(page.count for page in pages if not page.made and not page.failure)
    parts = [f"{lesson}: {made} pages written", f"{unchanged} unchanged"]
    console.print(", ".join([*parts, *([f"{failed} not written"] if failed else [])]), highlight=False)
    if arguments.json:
        print_json({"lesson": lesson, "students": [asdict(page) for page in pages]})
    return 1 if failed else 0
