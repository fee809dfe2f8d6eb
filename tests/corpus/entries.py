"""The corpus: right and wrong answers to every exercise, each a plain function under a decorator that says what it is.

There is a file for each exercise, in the folder of its lesson: `activations/relu.py` declares the CONTRACT of `relu` and answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from grading import exercises
from grading.catalogue.finding import folder_of
from grading.judging.exercise import Exercise

HERE = Path(__file__).parent
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


@dataclass(frozen=True)
class Declaration:
    """Declares answers to one exercise."""

    exercise: str
    right: bool

    def __call__(self, style: str, mistake: str | None = None) -> Callable[[_Function], _Function]:
        """Declare the function below an answer, which must be accepted (or rejected) whatever the seed.

        mistake: the known mistake that it should be named as, for a wrong one.
        """

        def declare(function: _Function) -> _Function:
            _ENTRIES.append(Entry(self.exercise, style, function, self.right, mistake))
            return function

        return declare


def answers_to(exercise: str) -> tuple[Declaration, Declaration]:
    """Return the decorators of right and of wrong answers to an exercise."""
    return Declaration(exercise, True), Declaration(exercise, False)


def path_of(exercise: Exercise) -> Path:
    """Return the file of an exercise's answers, which may not be there yet."""
    return HERE / exercise.lesson.partition("-")[2].replace("-", "_") / f"{folder_of(exercise.name)}.py"


def module_of(exercise: Exercise) -> Any:
    """Import the file of an exercise's answers; None if there is none."""
    path = path_of(exercise)
    return import_module(f"tests.corpus.{path.parent.name}.{path.stem}") if path.is_file() else None


@cache
def entries() -> tuple[Entry, ...]:
    """Return all answers: the written ones, and the known mistakes of every exercise."""
    for one in exercises():
        module_of(one)
    # In the order of the course, whichever file was imported first: work is handed out by their places.
    order = {one.name: place for place, one in enumerate(exercises())}
    written = sorted(_ENTRIES, key=lambda entry: order[entry.exercise])
    known = [
        Entry(one.name, f"known mistake: {mistake.name}", mistake.wrong, False, mistake.name)
        for one in exercises()
        for mistake in one.mistakes
    ]
    return (*written, *known)
