"""A verdict as a small card of HTML for notebooks, feedback and reports."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

from grading.judging.layout import Layout
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


# What is shown of a line in full; longer ones, such as many numbers, are folded.
_LONGEST = 240
# JupyterLab breaks lines of output anywhere, in the middle of a word, too.
_BODY = "margin:.4em 0 0;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;background:none;color:inherit"
_LARGE = "margin:.3em 0 0;font-size:1.2em;line-height:1.35;word-break:normal;overflow-wrap:anywhere"


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

    def layout(self) -> Layout:
        """Return its lines in the order in which they are read."""


def card(verdict: Shown) -> str:
    """Return the verdict as one `<div>` with inline styles, no scripts and no links: what to do is the largest, the rest is folded."""
    colour, lines = _COLOURS[verdict.outcome], verdict.layout()
    long = [line for line in lines.shown if len(line) > _LONGEST]
    shown = [f"{line[:_LONGEST]}…" if line in long else line for line in lines.shown]
    points = f"{verdict.earned:g} / {verdict.points:g}"
    return (
        f'<div role="status" style="border-left:4px solid {colour};padding:.4em .8em;margin:.3em 0">'
        f'<span style="float:right;opacity:.8">{points}</span>'
        f'<strong><span style="color:{colour}">{_SIGNS[verdict.outcome]}</span> {escape(lines.title)}</strong>'
        f"{_advice(lines.advice)}{_lines(shown)}{_folded([*long, *lines.folded])}{_lines([lines.end] if lines.end else [])}</div>"
    )


def _advice(advice: str) -> str:
    return f'<div style="{_LARGE}">{escape(advice)}</div>' if advice else ""


def _lines(lines: Sequence[str]) -> str:
    return f'<pre style="{_BODY}">{escape(chr(10).join(lines))}</pre>' if lines else ""


def _folded(lines: Sequence[str]) -> str:
    more = f'<summary style="cursor:pointer">… and {len(lines)} more</summary>'
    return f'<details style="margin:.4em 0 0">{more}{_lines(lines)}</details>' if lines else ""
