"""What a page shows of a notebook: answers with their checks, verdicts, hints and comments, and the lesson by section."""

from __future__ import annotations

import re
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grading.catalogue import exercises
from grading.engine.execution.checks import outputs_of
from grading.engine.feedback.outline import Answer, Section, outline, sections
from grading.engine.feedback.page import FeedbackPage
from grading.figures.style import NotDrawn
from grading.judging import Finding, Outcome, Verdict
from tests.engine.feedback.graded import graded
from tests.engine.feedback.test_screens import SETTINGS

RELU = next(one for one in exercises("02-activations") if one.name == "relu")


def cell(kind: str, source: str, told: dict[str, Any] | None = None, outputs: Any = ()) -> NotebookNode:
    made = new_markdown_cell(source) if kind == "markdown" else new_code_cell(source, outputs=list(outputs))  # type: ignore[no-untyped-call]
    if told is not None:
        made.metadata = {"nbgrader": {"grade": False, "solution": False, "locked": False, "task": False, **told}}
    return NotebookNode(made)  # type: ignore[no-untyped-call]


def answer(source: str = "def relu(X): ...", outputs: Any = ()) -> NotebookNode:
    return cell("code", source, {"grade_id": "relu", "solution": True, "comment": None}, outputs)


def check(outcome: Outcome, score: float, earned: float | None = None, **more: Any) -> NotebookNode:
    finding = Finding("", "values", "wrong values.", (("input", "X = 31415"),), "Think.", **more)
    findings = () if outcome is Outcome.PASSED else (finding,)
    verdict = Verdict("relu", "02-activations", outcome, score, 1.0, findings)
    told = {
        "grade_id": "check-relu",
        "grade": True,
        "locked": True,
        "points": 1,
        "score": score if earned is None else earned,
    }
    return cell("code", "check(relu)", told, outputs_of(verdict, 1))


def page(*cells: NotebookNode) -> str:
    notebook = new_notebook(cells=list(cells))  # type: ignore[no-untyped-call]
    return FeedbackPage(config=SETTINGS).from_notebook_node(notebook)[0].partition("<body>")[2]


TEXTS = [
    ("text", [(None, "text")]),
    ("# A\ntext", [("A", "text")]),
    ("before\n\n## B ##\nafter", [(None, "before\n"), ("B", "after")]),
    ("### small\ntext", [(None, "### small\ntext")]),
    ("```\n# no heading\n```\n# C", [(None, "```\n# no heading\n```"), ("C", "")]),
    ("~~~~\n# no\n~~~\n# no\n~~~~\n# D", [(None, "~~~~\n# no\n~~~\n# no\n~~~~"), ("D", "")]),
    ("<details>\n# no\n</details>\n# E", [(None, "<details>\n# no\n</details>"), ("E", "")]),
    ("    # code\n#no\n# F\n", [(None, "    # code\n#no"), ("F", "")]),
]


@pytest.mark.parametrize(("text", "parts"), TEXTS)
def test_markdown_is_parted_at_its_headings(text: str, parts: list[tuple[str | None, str]]) -> None:
    assert list(sections(text)) == parts


def test_a_check_stands_with_its_answer_wherever_it_is() -> None:
    parts = outline([answer(), cell("markdown", "between"), cell("code", "print(1)"), check(Outcome.PASSED, 1.0)])
    first, second = parts
    assert isinstance(first, Answer) and (first.name, len(first.cells), len(first.checks)) == ("relu", 1, 1)
    assert isinstance(second, Section) and len(second.pieces) == 2


@pytest.mark.parametrize("told", [{"grade": True, "locked": True}, {"grade": True}])
def test_tests_of_somebody_elses_stand_with_the_answer_before_them(told: dict[str, Any]) -> None:
    own = cell("code", "def f(): ...", {"grade_id": "f", "solution": True})
    tests = [cell("code", "assert f()", {"grade_id": f"test-{n}", "points": 1, "score": n, **told}) for n in range(2)]
    (part,) = outline([own, *tests])
    assert isinstance(part, Answer) and part.name == "f" and part.checks == tests
    assert "1 of 2" in page(own, *tests) and "assert" in page(own, *tests)


def test_the_answer_comes_first_then_the_verdict_and_the_hints() -> None:
    text = page(answer(), check(Outcome.FAILED, 0.0))
    order = [text.index(part) for part in ("Think.", "31415", "Hint 1 of", "Hint 2 of")]
    assert text.index("relu") < text.index('class="nf"') < order[0]
    assert order == sorted(order)
    hint = re.sub(r"<[^>]*>", "", text[order[2] :])
    assert RELU.hints[0].replace("`", "")[:30] in hint
    assert text.count("wrong values.") == 1, "the error below the card says nothing new"
    assert "check(relu)" not in re.sub(r"<[^>]*>", "", text)


@pytest.mark.parametrize(
    ("cells", "score", "standing"),
    [
        ((answer(), check(Outcome.PASSED, 1.0)), "passed, 1 point.", "right"),
        ((answer(), check(Outcome.FAILED, 0.5)), "0.5 of 1", "partly"),
        ((answer(), check(Outcome.FAILED, 0.0)), "0 of 1", "wrong"),
        ((answer(), check(Outcome.NOT_ATTEMPTED, 0.0)), "0 of 1", "untouched"),
        ((answer(), check(Outcome.FAILED, 0.0, earned=1.0)), "1 of 1", "right"),
        ((answer(), check(Outcome.PASSED, 1.0, earned=0.5)), "0.5 of 1", "partly"),
    ],
)
def test_the_points_are_those_of_the_gradebook(cells: tuple[NotebookNode, ...], score: str, standing: str) -> None:
    text = page(*cells)
    assert f'<section class="work {standing}"' in text
    assert f"<span>{score}</span>" in text


def test_whoever_has_all_points_gets_no_hints() -> None:
    assert "Hint" not in page(answer(), check(Outcome.PASSED, 1.0))
    assert "Hint" not in page(answer(), check(Outcome.FAILED, 0.0, earned=1.0))


def test_what_an_answer_showed_is_folded_below_it() -> None:
    shown = [new_output("stream", name="stdout", text="\x1b[31mnoise\x1b[0m\n" * 400)]  # type: ignore[no-untyped-call]
    text = page(answer(outputs=shown), check(Outcome.PASSED, 1.0))
    assert re.search(r"<details><summary>What the cell showed</summary><pre class=\"output\">noise\n", text)


def test_a_verdict_of_another_version_is_shown_as_the_cell_shows_it() -> None:
    odd = check(Outcome.FAILED, 0.0)
    odd.outputs[0]["data"]["application/vnd.mlp-course.verdict+json"] = {"exercise": "relu"}
    assert "wrong values." in page(answer(), odd)


def test_the_lesson_is_folded_under_its_headings_and_its_links_lead_there() -> None:
    text = page(
        cell("markdown", "# One\n[go](#2-·-Two)\n\n## 2 · Two\nmore"), answer(), check(Outcome.PASSED, 1.0), cell("markdown", "on"),
        cell("markdown", "## answer-1\nposes as ours"),
    )  # fmt: skip
    assert re.findall(r"<summary><h2>(.*?)</h2>", text) == ["One", "2 · Two", "2 · Two, continued", "answer-1"]
    assert re.findall(r'<details class="fold[^>]* id="(.*?)"', text) == ["One", "2-·-Two"]
    assert text.count(" open") == 0


def test_a_figure_that_was_not_drawn_leaves_nothing() -> None:
    output = new_output("execute_result", data={"text/plain": repr(NotDrawn())})  # type: ignore[no-untyped-call]
    assert "not drawn" not in page(cell("code", "figures.x()", outputs=[output]))


def test_a_comment_is_shown_with_its_answer_and_told_at_the_top() -> None:
    notebook = graded("01-xor", "half")
    text, _ = FeedbackPage(config=SETTINGS).from_notebook_node(notebook)
    assert text.count("<strong>Comment</strong>") == 1 and "Which line?" in text
    assert '<span class="soft">comment</span>' in text
