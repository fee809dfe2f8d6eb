"""What a lesson asks before it shows the answer: the questions of its `predict` cells, as data beside its exercises.

    grading/catalogue/backpropagation/predictions.py        holds QUESTIONS, found where it lies; nothing is registered

    ask = Questions()

    @ask("How fast does y = a b grow with a, where b = 3?", kind=Kind.NUMBER, why="b is the factor of a.")
    def slope_of_a_product() -> float:
        return 3.0

    QUESTIONS = ask.all

The function computes the answer when somebody has made a guess; its name names the question (`slope-of-a-product`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from grading.catalogue.finding import course_folder, of_lessons

_Answer = TypeVar("_Answer", bound=Callable[[], Any])
_FILE = "predictions"


class Kind(StrEnum):
    """What is to be entered, as it stands in the sentence "put … in place of the dots"."""

    NUMBER = "a number"
    NUMBERS = "a list or a tensor of numbers"
    SHAPE = "a shape such as (2, 3)"
    YES_NO = "True or False"
    WORD = "one of the words"


@dataclass(frozen=True)
class Question:
    """One question of a lesson.

    name: what `predict` calls it. text: the question, one sentence. kind: what is to be entered.
    answer: computes the answer. why: the reason, told with the answer.
    within: how far a number may be off, as a share of the answer; 0.1 takes 9 and 11 for 10. choices: the words of a WORD.
    """

    name: str
    text: str
    kind: Kind
    answer: Callable[[], Any]
    why: str
    within: float = 0.0
    choices: tuple[str, ...] = ()
    lesson: str = ""


class Questions:
    """The questions of one lesson, in the order in which they are written down."""

    def __init__(self) -> None:
        self._found: list[Question] = []

    def __call__(
        self, text: str, *, kind: Kind, why: str, within: float = 0.0, choices: tuple[str, ...] = ()
    ) -> Callable[[_Answer], _Answer]:
        """Declare the function below as what answers this question."""

        def declare(answer: _Answer) -> _Answer:
            name = answer.__name__.replace("_", "-")
            self._found.append(Question(name, text, kind, answer, why, within, choices))
            return answer

        return declare

    @property
    def all(self) -> tuple[Question, ...]:
        """All that have been declared so far."""
        return tuple(self._found)


def questions() -> tuple[Question, ...]:
    """Return the questions of all lessons, those of a course's own lessons, too, in order."""
    return _questions_with(course_folder())


@cache
def _questions_with(course: Path | None) -> tuple[Question, ...]:
    return tuple(of_lessons(course, _FILE, "QUESTIONS", Question, "; end it with `QUESTIONS = ask.all`, or delete it"))
