"""The corpus: right and wrong answers to every exercise, each a plain function under a decorator that says what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from grading import exercises

MODULES = ("xor", "activations", "backpropagation", "fashion_mnist", "initialization")
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Entry:
    """One answer. style: what is special about it; mistake: the known mistake it should be named as, or None."""

    exercise: str
    style: str
    function: Callable[..., Any]
    right: bool
    mistake: str | None = None

    def __str__(self) -> str:
        return f"{self.exercise}: {self.style}"


_ENTRIES: list[Entry] = []


def right(exercise: str, style: str) -> Callable[[_Function], _Function]:
    """Declare a right answer, which must be accepted whatever the seed."""

    def declare(function: _Function) -> _Function:
        _ENTRIES.append(Entry(exercise, style, function, True))
        return function

    return declare


def wrong(exercise: str, style: str, mistake: str | None = None) -> Callable[[_Function], _Function]:
    """Declare a wrong answer, which must be rejected whatever the seed."""

    def declare(function: _Function) -> _Function:
        _ENTRIES.append(Entry(exercise, style, function, False, mistake))
        return function

    return declare


@cache
def entries() -> tuple[Entry, ...]:
    """Return all answers: the written ones, and the known mistakes of every exercise."""
    for module in MODULES:
        import_module(f"tests.corpus.{module}")
    known = [
        Entry(one.name, f"known mistake: {mistake.name}", mistake.wrong, False, mistake.name)
        for one in exercises()
        for mistake in one.mistakes
    ]
    return (*_ENTRIES, *known)
