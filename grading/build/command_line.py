"""What the commands build, verify and lint have in common: their arguments, the choice of lessons, the last line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from grading.arguments import add_course, add_lessons
from grading.build.course import Masters, read_masters
from grading.build.diagnostic import Diagnostic, count, report
from grading.build.master import Master
from grading.build.settings import read_settings
from grading.lesson_names import lessons_called, unknown_lesson


def add_course_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that build, verify and lint share."""
    add_lessons(parser)
    add_course(parser)


def masters_of(arguments: argparse.Namespace) -> Masters:
    """Read the masters of the course that the arguments name, with its exercises, questions and settings."""
    from grading.catalogue import exercises
    from grading.catalogue.explanations import explanations
    from grading.catalogue.questions import questions

    root = arguments.course.resolve()
    return read_masters(root, exercises(), read_settings(root), questions(), explanations())


def choose(masters: Masters, wanted: Sequence[str]) -> tuple[list[Master], list[Diagnostic]]:
    """Return the sound masters among the wanted lessons, all if none is named, and the problems of the wanted ones."""
    names = set()
    for word in wanted:
        matching = lessons_called(word, masters.lessons())
        if not matching:
            raise unknown_lesson(word, masters.lessons())
        names.update(matching)
    if not wanted:
        return list(masters.sound), list(masters.diagnostics)
    paths = {f"lessons/{name}.py" for name in names}
    return (
        [master for master in masters.sound if master.name in names],
        [diagnostic for diagnostic in masters.diagnostics if diagnostic.path in paths],
    )


def finish(diagnostics: Sequence[Diagnostic], summary: str) -> int:
    """Print the problems and one line that sums up; return the exit status."""
    if diagnostics:
        print(report(diagnostics), file=sys.stderr)
    print(f"{summary}, {count(len(diagnostics), 'problem')}" if diagnostics else f"{summary}, no problems")
    return 1 if diagnostics else 0
