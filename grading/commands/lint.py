"""Look for mistakes in the masters in lessons/ without making anything of them.

    python -m grading lint 02-activations

It finds misspelt or unbalanced markers, missing, unknown or doubled exercises, checks in the wrong place, cells longer
than a screen, code that is not Python, answers shown outside of their region, and predictions and questions that do not
belong together. Exit status 1: something is wrong.
"""

from __future__ import annotations

import argparse

from grading.build.command_line import add_course_arguments, choose, finish, masters_of

HELP = "look for mistakes in the masters"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_course_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Lint the chosen lessons; return the exit status."""
    masters = masters_of(arguments)
    chosen, diagnostics = choose(masters, arguments.lessons)
    return finish(diagnostics, f"{len(chosen)} of {len(arguments.lessons or masters.lessons())} lessons in order")
