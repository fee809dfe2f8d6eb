"""Make notebooks/, source/, release/ and solutions/ from the masters in lessons/, and the table of points in README.md.

    python -m grading build
    python -m grading build 02 --no-execute

Each master is linted first; one that has a problem is not built, the others are. The solution of a lesson is executed
in a fresh kernel when its source has changed; --force executes it anyway, for when something it imports has changed.
Files whose content stays the same are left alone. Exit status 1: something was wrong.
"""

from __future__ import annotations

import argparse
import sys

from grading.build.command_line import add_course_arguments, choose, finish, masters_of
from grading.build.course import build_lesson, build_order, build_readme
from grading.build.diagnostic import BuildError, Diagnostic

HELP = "make the notebooks from the masters in lessons/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_course_arguments(parser)
    parser.add_argument("--force", action="store_true", help="also execute solutions whose source has not changed")
    parser.add_argument("--no-execute", action="store_true", help="leave solutions/ alone")


def run(arguments: argparse.Namespace) -> int:
    """Build the chosen lessons and the README; return the exit status."""
    masters = masters_of(arguments)
    chosen, diagnostics = choose(masters, arguments.lessons)
    for master in chosen:
        try:
            found = build_lesson(masters, master, force=arguments.force, run=not arguments.no_execute, say=say)
        except BuildError as error:
            clear()
            found = [Diagnostic(master.path, str(error))]
        diagnostics.extend(found)
    build_order(masters, say)
    diagnostics.extend(build_readme(masters, say))
    return finish(diagnostics, f"built {len(chosen)} of {len(arguments.lessons or masters.lessons())} lessons")


def clear() -> None:
    """Take a half-finished counting line off the terminal."""
    if sys.stdout.isatty():
        print("\r\033[K", end="", flush=True)


def say(line: str) -> None:
    """Print a line of progress; on a terminal the counting of cells stays on one line."""
    counting = " cell " in line
    if not sys.stdout.isatty():
        if not counting:
            print(line, flush=True)
        return
    done = counting and len(set(line.rpartition(" ")[2].split("/"))) == 1
    print(f"\r\033[K{line}", end="" if counting and not done else "\n", flush=True)
