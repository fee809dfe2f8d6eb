"""What words on the command line may be."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from math import isfinite


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


def add_no_wait(parser: ArgumentParser) -> None:
    """Declare --no-wait, of commands that wait while somebody else is at work on the lesson."""
    parser.add_argument(
        "--no-wait",
        action="store_true",
        help="do not wait while somebody else is at work on the lesson: end with status 1",
    )
