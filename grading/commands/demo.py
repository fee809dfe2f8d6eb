"""Grade a small class of real submissions and show what the instructor gets to see.

A course is made in a folder of its own, with all lessons of this clone and a class that hands them in: some right in
several styles, some partly, some wrong in ways worth explaining, an endless loop, a syntax error, broken files. The
class is graded like any other; then come, for each lesson, the table of points and the page of the class, and at the end
the table over all lessons. The second time only what has changed is graded.

    python -m grading demo
    python -m grading demo 02-activations --directory /tmp/class

Exit status: 0 the class was graded (broken files are part of the show), 1 it could not be, 2 not understood.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from grading.lesson_names import lesson_called

HELP = "grade a sample class and show the result"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="only these, such as 02-activations or 02 (default: all)"
    )
    parser.add_argument("--directory", type=Path, default=Path("demo"), metavar="DIR", help="where (default: demo)")
    parser.add_argument("--force", action="store_true", help="also grade what has not changed")


def run(arguments: argparse.Namespace) -> int:
    """Make the course, grade its class, show the result."""
    from rich.console import Console

    from grading.commands.autograde import grade_with_progress
    from grading.commands.report import write_report
    from grading.demo.overview import overview
    from grading.demo.sample import CLASSES
    from grading.demo.school import make_school
    from grading.engine.classroom import Plan

    chosen = [lesson_called(word, CLASSES) for word in arguments.lessons]
    classes = {lesson: CLASSES[lesson] for lesson in chosen or CLASSES}
    console = Console(stderr=True)
    with console.status("making the class"):
        course = make_school(arguments.directory, classes)
    plan = Plan(force=arguments.force)
    unable = 0
    for lesson in classes:
        graded = grade_with_progress(course, lesson, plan, console)
        unable += sum(problem.kind == "grader-failure" for student in graded for problem in student.problems)
    summaries = []
    for lesson in classes:
        print()
        summaries.append(write_report(course.root, lesson, course.root / "reports" / f"{lesson}.html"))
    if len(summaries) > 1:
        print()
        Console().print(overview(summaries))
    if unable:
        return 1
    print("\nSome files of this class are broken on purpose; `python -m grading autograde` would end with status 1.")
    return 0
