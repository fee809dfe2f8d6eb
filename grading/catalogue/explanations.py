r"""What a lesson asks to be explained in words once an exercise is passed: the questions of its `explain` cells, with model answers.

    grading/catalogue/backpropagation/explanations.py       holds EXPLANATIONS, found where it lies; nothing is registered

    EXPLANATIONS = (
        Explanation(
            "no-bias-needed",
            question="Why is there no bias among the arguments of `grad_linear`?",
            answer=r"The slope of a sum by one of its terms is $1$: $b$ changes no slope.",
        ),
    )

Question and answer are Markdown. The cell above the `explain` cell asks the same question in the same words; the build compares them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from grading.catalogue.finding import Found, course_folder, find, module_in
from grading.errors import CourseError

_FILE = "explanations"
# Such as a claim with its proof: for those who write lessons.
_COMMENT = re.compile(r"[ \t]*<!--.*?-->", re.S)


@dataclass(frozen=True)
class Explanation:
    """One question of a lesson that is answered in words.

    name: what `explain` calls it. question: as the lesson asks it. answer: the model answer, which may hold claims as a lesson does.
    """

    name: str
    question: str
    answer: str
    lesson: str = ""

    @property
    def model(self) -> str:
        """The model answer as a learner reads it, without comments."""
        return _COMMENT.sub("", self.answer).strip()


def explanations() -> tuple[Explanation, ...]:
    """Return what all lessons ask to be explained, those of a course's own lessons, too, in order."""
    return _explanations_with(course_folder())


@cache
def _explanations_with(course: Path | None) -> tuple[Explanation, ...]:
    lessons = {one.lesson: one for one in find(course)}
    return tuple(explanation for found in lessons.values() for explanation in _of_lesson(found))


def _of_lesson(exercise: Found) -> tuple[Explanation, ...]:
    """Return the explanations of the lesson that an exercise belongs to. Raises CourseError if the file declares none."""
    folder = exercise.folder.parent
    module = module_in(Found(exercise.lesson, "", exercise.package.rpartition(".")[0], folder), _FILE)
    if module is None:
        return ()
    declared: Any = getattr(module, "EXPLANATIONS", None)
    if not isinstance(declared, tuple) or not all(isinstance(one, Explanation) for one in declared):
        raise CourseError(
            f"{folder / _FILE}.py declares no EXPLANATIONS, a tuple of Explanation; write one, or delete it"
        )
    return tuple(replace(one, lesson=exercise.lesson) for one in declared)
