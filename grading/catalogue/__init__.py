"""The exercises of the course, in the order of the lessons."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from grading.errors import UnknownExercise
from grading.judging.exercise import Exercise

# One module a lesson; each declares EXERCISES.
_MODULES = ("xor", "activations", "backpropagation", "fashion_mnist", "initialization")


@cache
def _all() -> tuple[Exercise, ...]:
    return tuple(one for module in _MODULES for one in import_module(f"grading.catalogue.{module}").EXERCISES)


def exercises(lesson: str | None = None) -> tuple[Exercise, ...]:
    """Return the exercises of one lesson ("02-activations"), or of all, in order. Raises UnknownExercise for no such lesson."""
    found = tuple(one for one in _all() if lesson in (None, one.lesson))
    if not found:
        lessons = ", ".join(dict.fromkeys(one.lesson for one in _all()))
        raise UnknownExercise(f"there is no lesson {lesson!r} with exercises; the lessons are {lessons}")
    return found


def exercise(name: str) -> Exercise:
    """Return the exercise with this name of the curriculum, such as "relu" or "MLPScratch.forward".

    Raises UnknownExercise, which lists the nearest names.
    """
    for one in _all():
        if one.name == name:
            return one
    from difflib import get_close_matches

    near = get_close_matches(name, [one.name for one in _all()], n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "`exercises()` lists them all"
    raise UnknownExercise(f"there is no exercise {name!r}; {hint}")
