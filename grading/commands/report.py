"""Show the results of a class: who got how many points, and what went wrong in each exercise.

The table goes to the terminal; a page with the same table and every verdict is written as one HTML file that loads
nothing from elsewhere. Both come from the gradebook, with the points that a person gave in formgrader, and from the verdicts in
autograded/.

    python -m grading report 02-activations
    python -m grading report 02-activations --html class.html

Exit status: 0 done, 1 the lesson is not in the gradebook, nobody handed it in, or a student's results cannot be shown, as
a line then says; 2 not understood.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grading.arguments import add_class

if TYPE_CHECKING:
    from grading.engine.problems import Problem
    from grading.report.summary import ClassSummary

HELP = "show a class: points, mistakes, problems"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_class(parser)
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="where the page goes (default: DIR/reports/LESSON.html)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the table, write the page and say where it is."""
    from grading.engine.course import open_course
    from grading.engine.gradebook.results import NOT_SHOWN
    from grading.engine.lessons import lesson_of

    course = open_course(arguments.course)
    lesson = lesson_of(course, arguments.lesson)
    target = arguments.html or course.root / "reports" / f"{lesson}.html"
    summary = write_report(arguments.course, lesson, target)
    return 1 if any(problem.kind == NOT_SHOWN for student in summary.students for problem in student.problems) else 0


def write_report(root: Path, lesson: str, target: Path) -> ClassSummary:
    """Print a lesson's table and write its page to a file; return what both say."""
    from rich.console import Console

    from grading.engine.course import open_course
    from grading.engine.faults import FaultLog
    from grading.engine.gradebook.results import not_shown, read_results
    from grading.engine.turns.turns import at_work
    from grading.report.page import page
    from grading.report.summary import summarize
    from grading.report.terminal import show

    course, console = open_course(root), Console()
    somebody = at_work(course, lesson)
    faults = FaultLog(course, lesson)

    def unshown(student: str, error: Exception) -> Problem:
        return not_shown(faults.note(student, "summing up the results", error))

    summary = summarize(lesson, read_results(course, lesson), unshown)
    show(summary, console)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A student's id may be a folder's name that is not text.
    target.write_text(page(summary), encoding="utf-8", errors="replace")
    console.print(f"\nThe page of the class: {target}", highlight=False, soft_wrap=True, markup=False)
    if somebody:
        line = f"This is what is done so far: {somebody} is at work on {lesson!r}."
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    return summary
