"""How values on the command line are read, and the options that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from math import isfinite
from pathlib import Path


def a_count(text: str) -> int:
    """Return a whole number from 1 on. Raises ArgumentTypeError, for argparse to tell."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f"{text!r} should be a whole number, 1 or more")
    return number


def seconds(text: str) -> float:
    """Return a number of seconds above 0. Raises ArgumentTypeError, for argparse to tell."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not (isfinite(number) and number > 0):
        raise ArgumentTypeError(f"{text!r} should be a number of seconds, more than 0")
    return number


def add_course(parser: ArgumentParser) -> None:
    """Declare --course, of commands that work in the folder of a course."""
    parser.add_argument(
        "--course", type=Path, default=Path(), metavar="DIR", help="the course's folder (default: here)"
    )


def add_class(parser: ArgumentParser) -> None:
    """Declare LESSON and --course, of commands that are about a lesson of a class."""
    parser.add_argument("lesson", metavar="LESSON", help="such as 02-activations or 02")
    add_course(parser)


def add_lessons(parser: ArgumentParser) -> None:
    """Declare LESSON ..., of commands that are about all lessons or some."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="such as 02-activations or 02; default all")


def add_student(parser: ArgumentParser) -> None:
    """Declare --student, of commands that can be about some students of a class."""
    parser.add_argument("--student", action="append", metavar="ID", help="only this student; may be given again")


def add_jobs(parser: ArgumentParser, jobs: str) -> None:
    """Declare --jobs, of commands that do several things at the same time; `jobs` says what."""
    parser.add_argument("--jobs", type=a_count, metavar="N", help=f"{jobs} (default: all cores)")


def add_no_wait(parser: ArgumentParser) -> None:
    """Declare --no-wait, of commands that wait while somebody else is at work on the lesson."""
    parser.add_argument(
        "--no-wait",
        action="store_true",
        help="do not wait while somebody else is at work on the lesson: end with status 1",
    )
