"""A course on multilayer perceptrons: its exercises and the judge that grades them.

>>> from grading import check, judge, exercise, exercises, explain, hint, predict, progress, reset, solution
>>> from grading import drill, find_input, parsons, review

`check(relu)` shows a verdict in a notebook, `judge(exercise("relu"), relu)` returns one. `predict("a-question", 3)` enters a
prediction before the answer shows, `explain("a-question", "because ...")` an answer in words, and `progress()` shows what has been
passed so far. `drill("relu")` shows a wrong function to fix, and `review()` says what to look at again. Importing this package
imports neither torch nor nbgrader: each name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from grading import torchvision_operators

if TYPE_CHECKING:
    from grading.catalogue import exercise, exercises
    from grading.checking import check
    from grading.judging import judge
    from grading.practice import drill, find_input, parsons, review
    from grading.study import explain, hint, predict, progress, reset, solution

__version__ = "0.2.0"
__all__ = [
    "check",
    "drill",
    "exercise",
    "exercises",
    "explain",
    "find_input",
    "hint",
    "judge",
    "parsons",
    "predict",
    "progress",
    "reset",
    "review",
    "solution",
]

_HOMES = {
    "check": "grading.checking",
    "exercise": "grading.catalogue",
    "exercises": "grading.catalogue",
    "judge": "grading.judging",
    "drill": "grading.practice",
    "explain": "grading.study",
    "find_input": "grading.practice",
    "hint": "grading.study",
    "parsons": "grading.practice",
    "predict": "grading.study",
    "progress": "grading.study",
    "reset": "grading.study",
    "review": "grading.practice",
    "solution": "grading.study",
}

torchvision_operators.install()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'grading' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
