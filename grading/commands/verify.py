"""Compare what is committed with what the masters in lessons/ give, and write nothing.

    python -m grading verify 02-activations

notebooks/, source/, release/ are compared byte for byte; solutions/ by cell, with the outputs read for errors;
the table of points in README.md by line. Files that no master gives are named, too. Exit status 1: something differs.
"""

from __future__ import annotations

import argparse

from grading.build.command_line import add_course_arguments, choose, finish, masters_of
from grading.build.course import verify, verify_whole

HELP = "check that the committed notebooks are what the masters give"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_course_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Verify the chosen lessons, and the course as a whole if none was chosen; return the exit status."""
    masters = masters_of(arguments)
    chosen, diagnostics = choose(masters, arguments.lessons)
    diagnostics.extend(verify(masters, chosen))
    if not arguments.lessons:
        diagnostics.extend(verify_whole(masters))
    return finish(diagnostics, f"{len(chosen)} of {len(arguments.lessons or masters.lessons())} lessons verified")
