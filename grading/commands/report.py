"""Show the results of a class: who got how many points, and what went wrong in each exercise.

The table goes to the terminal. A page is written as one HTML file that loads nothing from elsewhere: mean, median and
distribution, the mistakes of the class with examples, what each exercise tells, and all students, to be sorted and searched.
Beside it, the same is written as a table (.csv) and in full (.json). All come from the gradebook, with the points that a
person gave in formgrader, and from the verdicts in autograded/.

    python -m grading report 02-activations
    python -m grading report 02-activations --html class.html
    python -m grading report 02-activations --formgrader http://localhost:8888/formgrader
    python -m grading report 02-activations --json

Exit status: 0 done, 1 the lesson is not in the gradebook, nobody handed it in, or a student's results cannot be shown, as
a line then says; 2 not understood.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grading.arguments import add_class, add_json, print_json

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
    parser.add_argument(
        "--formgrader", default="", metavar="URL", help="where formgrader is, for links to each student's submission"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the table, write the page and say where it is."""
    from grading.engine.course import open_course
    from grading.engine.gradebook.results import NOT_SHOWN
    from grading.engine.lessons import lesson_of
    from grading.report.rows import numbers_of

    course = open_course(arguments.course)
    lesson = lesson_of(course, arguments.lesson)
    target = arguments.html or course.root / "reports" / f"{lesson}.html"
    summary = write_report(arguments.course, lesson, target, arguments.formgrader, quiet=arguments.json)
    if arguments.json:
        print_json({"page": str(target), **numbers_of(summary)})
    return 1 if any(problem.kind == NOT_SHOWN for student in summary.students for problem in student.problems) else 0


def write_report(root: Path, lesson: str, target: Path, formgrader: str = "", *, quiet: bool = False) -> ClassSummary:
    """Print a lesson's table, unless quiet, and write its page to a file, and beside it the same as CSV and JSON; return what all say."""
    from rich.console import Console

    from grading.engine.course import open_course
    from grading.engine.faults import FaultLog
    from grading.engine.gradebook.results import not_shown, read_results
    from grading.engine.turns.turns import at_work
    from grading.report.page import page
    from grading.report.people import links_from, people_of
    from grading.report.rows import everything, table
    from grading.report.summary import summarize
    from grading.report.terminal import show

    course, console = open_course(root), Console(quiet=quiet)
    somebody = at_work(course, lesson)
    faults = FaultLog(course, lesson)

    def unshown(student: str, error: Exception) -> Problem:
        return not_shown(faults.note(student, "summing up the results", error))

    summary = summarize(lesson, read_results(course, lesson), unshown, people_of(course, lesson))
    show(summary, console)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A student's id may be a folder's name that is not text.
    text = page(summary, links_from(course, lesson, target, formgrader))
    for path, content in (
        (target, text),
        (target.with_suffix(".csv"), table(summary)),
        (target.with_suffix(".json"), everything(summary)),
    ):
        path.write_text(content, encoding="utf-8", errors="replace", newline="")
    console.print(f"\nThe page of the class: {target}", highlight=False, soft_wrap=True, markup=False)
    if somebody:
        line = f"This is what is done so far: {somebody} is at work on {lesson!r}."
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    return summary
