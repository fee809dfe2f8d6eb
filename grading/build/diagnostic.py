"""What the build has to complain about, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grading.errors import CourseError


class BuildError(CourseError):
    """The build cannot go on: a setting, a folder or a tool is not as it should be."""


@dataclass(frozen=True)
class Diagnostic:
    """One thing to fix.

    path: the file, relative to the course folder. line: counted from 1 in that file, or 0 where the file has no lines
    that a person edits. cell: such as "cell 7 (relu)", or "". facts: label and value, printed under the message.
    """

    path: str
    message: str
    line: int = 0
    cell: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        head = ": ".join(part for part in (place, self.cell, self.message) if part)
        return "\n".join([head, *(f"  {label:<9} {value}" for label, value in self.facts)])


def count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 problem" or "3 problems"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def report(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the problems as text, one after another."""
    return "\n".join(map(str, diagnostics))
