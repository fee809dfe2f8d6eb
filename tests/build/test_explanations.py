"""A lesson's `explain` cells and what it declares to be explained agree, and a solution holds the model answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grading.build import render
from grading.build.course import read_masters
from grading.build.explanations import explanation_diagnostics
from grading.build.master import Master
from grading.build.settings import Settings


@dataclass(frozen=True)
class ToExplain:
    name: str
    question: str = "Why does $2x$ double,\nand what?"
    lesson: str = "02-tiny"
    model: str = "By the **factor** $2$."


DECLARED = (ToExplain("why-double"), ToExplain("of-another-lesson", lesson="03-half"))
ASKED = "\n# %% [markdown]\n# **In words.** Why does $2x$\n# double, and what?\n"
CELL = '\n# %%\nexplain("why-double", """...""")\n'
FAULTS = {
    "a name that is nobody's": ('explain("why-doubles", """...""")', "did you mean 'why-double'?"),
    "another lesson's": ('explain("of-another-lesson", """...""")', "no question 'of-another-lesson' in this lesson"),
    "no name at all": ("explain(...)", "name the question as text"),
    "a name that is computed": ("explain(f'why-{2}', '...')", "name the question as text"),
    "an answer that is given away": ('explain("why-double", """By 2.""")', "leave the answer to the learner"),
    "by its keyword": ('explain("why-double", words="...")', "leave the answer to the learner"),
    "bare dots": ('explain("why-double", ...)', 'leave the answer to the learner: `explain("why-double", """...""")`'),
    "without its dots": ('explain("why-double")', "leave the answer to the learner"),
    "beside something else": ('x = 1\nexplain("why-double", """...""")', "a cell of its own"),
    "a second time": (f'explain("why-double", """...""")\n{ASKED}{CELL}', "is asked a second time"),
}


def test_a_lesson_that_asks_what_is_declared_is_in_order(text: str, parse: Callable[[str], Master]) -> None:
    assert explanation_diagnostics(parse(text + ASKED + CELL), DECLARED) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cell_that_does_not_fit_is_named(fault: str, text: str, parse: Callable[[str], Master]) -> None:
    code, words = FAULTS[fault]
    found = explanation_diagnostics(parse(f"{text}{ASKED}\n# %%\n{code}\n"), DECLARED)
    assert words in found[0].message and found[0].line
    assert all("no cell asks to explain" in one.message for one in found[1:])


@pytest.mark.parametrize(
    "above",
    [
        "",
        "\n# %% [markdown]\n# Why does $2x$ double?\n",
        "\n# %%\n# Why does $2x$ double, and what?\nx = 1\n",
        f"{ASKED}\n# %%\nx = 1\n",
        ASKED.replace("what", "whom"),
    ],
)
def test_the_question_stands_in_the_cell_above(above: str, text: str, parse: Callable[[str], Master]) -> None:
    (found,) = explanation_diagnostics(parse(text + above + CELL), DECLARED)
    assert found.message.startswith("the cell above does not ask the declared question: Why does")


def test_a_question_that_no_cell_asks_is_named(text: str, parse: Callable[[str], Master]) -> None:
    (found,) = explanation_diagnostics(parse(text), DECLARED)
    assert str(found) == "lessons/02-tiny.py: no cell asks to explain 'why-double'"


def test_a_lesson_with_such_a_fault_is_not_built(fresh: Path) -> None:
    masters = read_masters(fresh, (), Settings(), (), (ToExplain("never-asked", lesson="03-half"),))
    assert any("'never-asked'" in str(one) for one in masters.diagnostics)
    assert "03-half" not in [one.name for one in masters.sound]


def test_a_solution_holds_the_model_answer_folded_in_place_of_the_cell(
    text: str, parse: Callable[[str], Master]
) -> None:
    master = parse(text + ASKED + CELL)
    asked = render.solution_notebook(master).cells[-1]
    solved = render.solution_notebook(master, models={"why-double": "By the **factor** $2$."}).cells[-1]
    assert (asked.cell_type, solved.cell_type, solved.id) == ("code", "markdown", asked.id)
    assert solved.source == "<details><summary>The model answer</summary>\n\nBy the **factor** $2$.\n\n</details>"
