"""What a lesson folds (answers, hints) is folded on a page of feedback, too, and its Markdown is shown as such."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from grading.engine.feedback.page import FeedbackPage
from grading.engine.feedback.safe_html import clean_html
from tests.engine.feedback.test_plain import SAFE

ROOT = Path(__file__).parents[3]
LESSONS = sorted(path.stem for path in (ROOT / "lessons").glob("[0-9]*.py"))
FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.S)


def page_of(lesson: str) -> tuple[str, int]:
    """Return the page of a lesson as it was handed out, and how many folds its cells have."""
    notebook = nbformat.read(ROOT / "release" / lesson / f"{lesson}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    text, _ = FeedbackPage(config=SAFE).from_notebook_node(notebook)
    return text, sum(cell.source.count("<details") for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_fold_of_a_lesson_is_a_closed_fold_on_the_page(lesson: str) -> None:
    text, wanted = page_of(lesson)
    folds = FOLD.findall(text)
    assert len(folds) == text.count("<details>") == wanted > 0
    assert all(summary.strip() and re.search("<(p|ul|ol|div|table)[ >]", inside) for summary, inside in folds)


@pytest.mark.parametrize("opening", ["<details open>", "<details OPEN=''>", '<details open="open" id="x">'])
def test_nobody_opens_a_fold_for_the_reader(opening: str) -> None:
    assert clean_html(f"{opening}<summary>Answer</summary><p>7</p></details>") == (
        "<details><summary>Answer</summary><p>7</p></details>"
    )


def test_formulas_lists_and_code_in_a_fold_stay_in_it() -> None:
    text, _ = page_of("03-backpropagation")
    inside = "\n".join(inside for _, inside in FOLD.findall(text))
    assert "<mtable>" in inside and "<code>" in inside
    outside = FOLD.sub("", text)
    # The pencil's answers stand in folds only.
    answer = re.compile(r'<mtext mathvariant="monospace">grad_W2</mtext><mo>=</mo><mo>\(</mo><mtable>')
    assert answer.search(inside) and not answer.search(outside)
