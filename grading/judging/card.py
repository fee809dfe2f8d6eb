"""A verdict as a small card of HTML for notebooks, feedback and reports."""

from __future__ import annotations

from html import escape
from typing import Protocol

from grading.outcome import Outcome

# Okabe and Ito's colours: told apart by colour-blind readers, and readable on white and on dark pages.
_COLOURS = {
    Outcome.PASSED: "#009E73",
    Outcome.FAILED: "#D55E00",
    Outcome.ANSWER_ERROR: "#D55E00",
    Outcome.NOT_ATTEMPTED: "#808890",
    Outcome.CHECK_ERROR: "#CC79A7",
}
_SIGNS = {
    Outcome.PASSED: "\u2713",
    Outcome.FAILED: "\u2717",
    Outcome.ANSWER_ERROR: "\u2717",
    Outcome.NOT_ATTEMPTED: "\u25cb",
    Outcome.CHECK_ERROR: "!",
}


# JupyterLab breaks lines of output anywhere, in the middle of a word, too.
_BODY = "margin:.4em 0 0;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;background:none;color:inherit"


class Shown(Protocol):
    """The part of a verdict that a card shows."""

    @property
    def outcome(self) -> Outcome:
        """How the check ended."""

    @property
    def earned(self) -> float:
        """The points earned."""

    @property
    def points(self) -> float:
        """The points that the exercise is worth."""

    def text_lines(self) -> list[str]:
        """Return the verdict as plain lines, the first one a title."""

    def printed_lines(self) -> list[str]:
        """Return what the answer printed, as plain lines below it."""


def card(verdict: Shown) -> str:
    """Return the verdict as one `<div>` with inline styles, no scripts and no links."""
    colour = _COLOURS[verdict.outcome]
    head, *rest = [*verdict.text_lines(), *verdict.printed_lines()]
    body = f'<pre style="{_BODY}">{escape(chr(10).join(rest))}</pre>'
    points = f"{verdict.earned:g} / {verdict.points:g}"
    return (
        f'<div role="status" style="border-left:4px solid {colour};padding:.4em .8em;margin:.3em 0">'
        f'<span style="float:right;opacity:.8">{points}</span>'
        f'<strong><span style="color:{colour}">{_SIGNS[verdict.outcome]}</span> {escape(head)}</strong>'
        f"{body if rest else ''}</div>"
    )
