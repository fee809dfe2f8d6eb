"""Answers that people in the wild gave: written anew in our own words, with the habit or the error of the original.

Each is a plain function under a decorator that says where it comes from (`SOURCES.md` has the addresses) and, if it is wrong, what
a teaching assistant would say first. The line with the fault carries the comment `# here`; several may.

The labels were written by people who had not read the exercises' own lists of mistakes. One half of the answers is worked with, the
other half only measured; a digest of its name decides which half an answer belongs to.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class WildAnswer:
    """An answer and its label.

    source: a key of SOURCES.md. right: whether it keeps the contract. says: what a teaching assistant would say first; "" if right.
    fault: a few words that name the kind of fault. raises: the exception that the call ends with, or "".
    """

    exercise: str
    function: Callable[..., Any]
    source: str
    right: bool
    says: str = ""
    fault: str = ""
    raises: str = ""

    @property
    def name(self) -> str:
        """Its name, which is nobody else's."""
        return self.function.__name__

    @property
    def measured_only(self) -> bool:
        """Whether it belongs to the half that nobody works with."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 1

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines with the fault, counted from 1 at `def`."""
        source, _ = inspect.getsourcelines(self.function)
        first = next(number for number, line in enumerate(source) if line.lstrip().startswith("def "))
        return tuple(number - first + 1 for number, line in enumerate(source) if line.rstrip().endswith("# here"))


_ANSWERS: list[WildAnswer] = []


def right(exercise: str, source: str) -> Callable[[_Function], _Function]:
    """Declare an answer that keeps the contract, however odd its style."""

    def declare(function: _Function) -> _Function:
        _ANSWERS.append(WildAnswer(exercise, function, source, True))
        return function

    return declare


def wrong(exercise: str, source: str, *, fault: str, says: str, raises: str = "") -> Callable[[_Function], _Function]:
    """Declare an answer that breaks the contract."""

    def declare(function: _Function) -> _Function:
        _ANSWERS.append(WildAnswer(exercise, function, source, False, says, fault, raises))
        return function

    return declare


@cache
def answers() -> tuple[WildAnswer, ...]:
    """Return all answers, in the order of their files."""
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("lesson_*.py"), *folder.glob("more_*.py")]):
        import_module(f"tests.wild.{path.stem}")
    return tuple(_ANSWERS)
