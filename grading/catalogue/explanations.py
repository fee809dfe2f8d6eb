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
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grading.catalogue.finding import course_folder, of_lessons

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
    return tuple(
        of_lessons(course, _FILE, "EXPLANATIONS", Explanation, ", a tuple of Explanation; write one, or delete it")
    )
