"""What the build needs to know about an exercise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class DeclaredExercise(Protocol):
    """The part of `grading.Exercise` that the build reads; tests pass stand-ins."""

    @property
    def name(self) -> str:
        """The name in the curriculum, such as "relu" or "MLPScratch.forward"."""

    @property
    def lesson(self) -> str:
        """The lesson, such as "02-activations"."""

    @property
    def points(self) -> float:
        """What a right answer is worth."""

    @property
    def hints(self) -> tuple[str, ...]:
        """Hints in Markdown, in rising order; the last one may give the answer away."""

    @property
    def manual(self) -> bool:
        """True for a written answer that a person grades."""


def of_lesson(exercises: Iterable[DeclaredExercise], lesson: str) -> dict[str, DeclaredExercise]:
    """Return the exercises of one lesson by name, in the order in which they are declared."""
    return {exercise.name: exercise for exercise in exercises if exercise.lesson == lesson}


def points_text(points: float) -> str:
    """Return points without a needless ".0"."""
    return f"{points:g}"
