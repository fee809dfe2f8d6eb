"""How values on the command line are read, and the options that several commands share."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any


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


def course_here() -> Path:
    """Return the nearest folder, here or above, that `new-course` has made; the one we are in if there is none."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # somebody has removed the folder that this runs in
        return Path()
    if (here / "course.toml").is_file() or (here / "nbgrader_config.py").is_file():
        return Path()
    return next((one for one in here.parents if (one / "course.toml").is_file()), Path())


def add_course(parser: ArgumentParser) -> None:
    """Declare --course, of commands that work in the folder of a course."""
    help_ = "the course's folder (default: here, or the one above with a course.toml)"
    parser.add_argument("--course", type=Path, default=course_here(), metavar="DIR", help=help_)


def add_json(parser: ArgumentParser) -> None:
    """Declare --json, of commands whose result other programs read."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON, and nothing else")


def print_json(data: Mapping[str, Any]) -> None:
    """Print a result for other programs; text that no encoding has becomes an escape."""
    print(json.dumps(data, indent=2))


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
