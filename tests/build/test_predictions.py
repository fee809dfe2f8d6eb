"""A lesson's `predict` cells and its declared questions agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grading.build.course import read_masters
from grading.build.master import Master
from grading.build.predictions import prediction_diagnostics
from grading.build.settings import Settings


@dataclass(frozen=True)
class Asked:
    name: str
    lesson: str = "02-tiny"


ASKED = (Asked("twice-of-two"), Asked("of-another-lesson", "03-half"))
CELL = '\n# %%\npredict("twice-of-two", ...)\n'
FAULTS = {
    "a name that is nobody's": ('predict("twice-of-three", ...)', "did you mean 'twice-of-two'?"),
    "another lesson's": ('predict("of-another-lesson", ...)', "no question 'of-another-lesson' in this lesson"),
    "no name at all": ("predict(...)", "name the question as text"),
    "a name that is computed": ("predict(f'twice-of-{2}', ...)", "name the question as text"),
    "an answer that is given away": ('predict("twice-of-two", 4)', "leave the answer to the learner"),
    "by its keyword": ('predict("twice-of-two", value=4)', "leave the answer to the learner"),
    "without its dots": ('predict("twice-of-two")', "leave the answer to the learner"),
    "within a loop": ('for x in "a":\n    predict("twice-of-four", ...)', "no question 'twice-of-four'"),
}


def test_a_lesson_that_asks_what_is_declared_is_in_order(text: str, parse: Callable[[str], Master]) -> None:
    assert prediction_diagnostics(parse(text + CELL), ASKED) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cell_that_does_not_fit_is_named_with_its_line(fault: str, text: str, parse: Callable[[str], Master]) -> None:
    code, words = FAULTS[fault]
    spoiled = f"{text}{CELL}\n# %%\n{code}\n"
    (found,) = prediction_diagnostics(parse(spoiled), ASKED)
    assert words in found.message
    at = spoiled[: spoiled.index(code) + code.index("predict")].count("\n") + 1
    assert (found.path, found.line) == ("lessons/02-tiny.py", at)


def test_a_question_that_no_cell_asks_is_named(text: str, parse: Callable[[str], Master]) -> None:
    (found,) = prediction_diagnostics(parse(text), ASKED)
    assert str(found) == "lessons/02-tiny.py: no cell asks the question 'twice-of-two'"


def test_a_lesson_with_such_a_fault_is_not_built(fresh: Path, reopen: Callable[[Path], object]) -> None:
    masters = read_masters(fresh, (), Settings(), (Asked("never-asked", "03-half"),))
    assert any("'never-asked'" in str(one) for one in masters.diagnostics)
    assert "03-half" not in [one.name for one in masters.sound]
