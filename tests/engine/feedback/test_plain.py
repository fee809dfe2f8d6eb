"""A page that would take too long is made of plain text, in time."""

from __future__ import annotations

import time

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from grading.engine.feedback import page
from grading.engine.feedback.page import FeedbackPage
from grading.engine.feedback.plain import TooSlow, plain, within

SAFE = Config(
    {
        "FeedbackPage": {
            "filters": {"markdown2html": "grading.engine.feedback.safe_html.markdown2html"},
            "preprocessors": ["grading.engine.feedback.safe_html.SafeOutputs"],
        }
    }
)
SLOW = {
    "links": "a.a.a" * 120_000,
    "formulas": "\\begin{a}" * 110_000,
    "tags": "<div>" * 1_400_000,
    "brackets": "[" * 200_000,
    "stars": "*a " * 300_000,
    "quotes": "> " * 200_000,
    "entities": "&a" * 400_000,
}


def written(text: str) -> NotebookNode:
    return new_notebook(cells=[new_markdown_cell(text)])  # type: ignore[no-untyped-call]  # nbformat has no annotation


def printed(text: str) -> NotebookNode:
    output = new_output("stream", name="stdout", text=text)  # type: ignore[no-untyped-call]  # as above
    return new_notebook(cells=[new_code_cell("1", outputs=[output])])  # type: ignore[no-untyped-call]  # as above


def seconds_for(notebook: NotebookNode) -> float:
    started = time.process_time()
    FeedbackPage(config=SAFE).from_notebook_node(notebook)
    return time.process_time() - started


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_slow_markup_becomes_plain_text(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SECONDS", 2.0)
    assert seconds_for(written(text)) < 20


@pytest.mark.parametrize("text", ["\x1b[31ma" * 700_000, "<div>" * 1_400_000, "http://a.b " * 300_000])
def test_slow_output_becomes_plain_text(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "SECONDS", 2.0)
    assert seconds_for(printed(text)) < 20


def test_what_is_not_done_in_time_is_interrupted_and_the_alarm_is_gone_afterwards() -> None:
    with pytest.raises(TooSlow), within(0.05):
        while True:
            pass
    with within(5):
        pass


def test_a_plain_notebook_is_short_and_has_no_markup() -> None:
    cells = (
        plain(written("<b>x</b>\n\n" + "y" * 10**6)).cells + plain(printed("\x1b[31mred\x1b[0m" + "z" * 10**6)).cells
    )
    assert cells[0].source.startswith("    <b>x</b>\n")
    assert len(cells[0].source) < 30_000
    assert cells[1].outputs[0].text.startswith("redz")
    assert len(cells[1].outputs[0].text) < 30_000
