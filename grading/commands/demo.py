"""Grade a small class of real submissions and show what the instructor gets to see.

A course is made in a folder of its own, with the lessons of this clone and a class that hands them in: some right in
several styles, some partly, some wrong in ways worth explaining, an endless loop, a syntax error, broken files. The
class is graded like any other; then come the table of points and the page of the class. The second time only what has
changed is graded.

    python -m grading demo
    python -m grading demo --directory /tmp/class

Exit status: 0 the class was graded (broken files are part of the show), 1 it could not be, 2 not understood.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from grading.engine.limits import Limits

HELP = "grade a sample class and show the result"

# One of the class never ends; nobody should have to wait for two minutes.
LIMITS = Limits(seconds=60)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--directory", type=Path, default=Path("demo"), metavar="DIR", help="where (default: demo)")
    parser.add_argument("--force", action="store_true", help="grade what has not changed, too")


def run(arguments: argparse.Namespace) -> int:
    """Make the course, grade its class, show the result."""
    from rich.console import Console

    from grading.commands.autograde import grade_with_progress
    from grading.commands.report import write_report
    from grading.demo.sample import CLASSES
    from grading.demo.school import make_school
    from grading.engine.classroom import Plan

    console = Console(stderr=True)
    with console.status("making the class"):
        course = make_school(arguments.directory, CLASSES)
    plan = Plan(force=arguments.force, limits=LIMITS)
    unable = 0
    for lesson in CLASSES:
        graded = grade_with_progress(course, lesson, plan, console)
        unable += sum(problem.kind == "grader-failure" for student in graded for problem in student.problems)
        print()
        write_report(course.root, lesson, course.root / "reports" / f"{lesson}.html")
    if unable:
        return 1
    print("Some files of this class are broken on purpose; `python -m grading autograde` would end with status 1.")
    return 0
