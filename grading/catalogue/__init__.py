"""The exercises of the course: a package for each lesson, in it a package for each exercise.

    activations/            lesson 02-activations, as its LESSON says
        relu/
            exercise.py     EXERCISE: contract, public cases, reference, known mistakes, all hints but the last
            hidden.py       CASES: what only a grader tries
            answers.py      LAST_HINT, which holds the answer

Nothing is registered: what lies there is found, in the order of the lesson. An installation for a class may lack the files
`hidden.py` and `answers.py`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from grading.catalogue.finding import Found, course_folder, find, load
from grading.errors import UnknownExercise
from grading.judging.exercise import Exercise

__all__ = ["exercise", "exercises"]


def _found() -> tuple[Found, ...]:
    return _found_with(course_folder())


@cache
def _found_with(course: Path | None) -> tuple[Found, ...]:
    return tuple(find(course))


def exercises(lesson: str | None = None) -> tuple[Exercise, ...]:
    """Return the exercises of one lesson ("02-activations"), or of all, in order. Raises UnknownExercise for no such lesson."""
    found = [one for one in _found() if lesson in (None, one.lesson)]
    if not found:
        lessons = ", ".join(dict.fromkeys(one.lesson for one in _found()))
        raise UnknownExercise(f"there is no lesson {lesson!r} with exercises; the lessons are {lessons}")
    return tuple(map(load, found))


def before(exercise: Exercise) -> tuple[Exercise, ...]:
    """Return the exercises of its lesson that come before an exercise, without those that a person grades."""
    own = [one for one in _found() if one.lesson == exercise.lesson]
    names = [one.name for one in own]
    earlier = own[: names.index(exercise.name)] if exercise.name in names else []
    return tuple(one for one in map(load, earlier) if not one.manual)


def exercise(name: str) -> Exercise:
    """Return the exercise with this name of the curriculum, such as "relu" or "MLPScratch.forward".

    Raises UnknownExercise, which lists the nearest names.
    """
    for one in _found():
        if one.name == name:
            return load(one)
    from difflib import get_close_matches

    names = [one.name for one in _found()]
    near = get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "`exercises()` lists them all"
    raise UnknownExercise(f"there is no exercise {name!r}; {hint}")
