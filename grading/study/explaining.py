"""An explanation in a learner's own words is told: what to write, or the model answer beside it. Nobody judges the words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import dedent, indent
from typing import Any

from grading.catalogue.explanations import Explanation, explanations
from grading.study import records, store, values
from grading.study.naming import spelt, unknown
from grading.study.own_words import FEWEST_WORDS, is_long_enough, is_the_question
from grading.study.panel import BLUE, Panel, show
from grading.text import legible, with_plain_ends

_MOST_CHARACTERS = 2_000
_PUT = "Write your answer in place of the dots, between the quotes, then run this cell again; the model answer shows beside it."
_SHORT = f"Say it in a sentence of at least {FEWEST_WORDS} different words, then run this cell again; the model answer shows beside it."
_COPIED = "These are the words of the question; answer it in your own, then run this cell again."
_NO_TEXT = 'explain takes your words as text, between quotes: explain("{name}", "...").'
_COMPARE = "Compare the reasons, not the wording: what does one of the two say that the other leaves out? There are no points for it."


@dataclass(frozen=True)
class Comparison:
    """A learner's words and the model answer, which is Markdown with formulas."""

    words: str
    model: str

    def __str__(self) -> str:
        parts = ("Your words:", indent(self.words, "  "), "The model answer:", indent(self.model, "  "), _COMPARE)
        return "\n".join(parts)

    def markdown(self) -> str:
        """Return it as Markdown in a frame of HTML: front ends typeset formulas in Markdown, and few of them in HTML.

        The words stand there as they were written. Whatever Markdown, MathJax or HTML could act on in them is written as an entity.
        """
        head = '<div style="margin-bottom:.4em"><strong>'
        column = '<div style="flex:1 1 16em;min-width:0;word-break:normal;overflow-wrap:anywhere">'
        return (
            f'<div role="status" style="border-left:4px solid {BLUE};padding:.4em .8em;margin:.3em 0">\n'
            '<div style="display:flex;flex-wrap:wrap;column-gap:2em">\n'
            f'{column}{head}<span style="color:{BLUE}">\u270e</span> Your words</strong></div>'
            f'<div style="margin-bottom:.4em">{_literal(self.words)}</div></div>\n'
            f"{column}{head}The model answer</strong></div>\n\n{self.model}\n\n</div>\n"
            f'</div>\n<div style="opacity:.8">{escape(_COMPARE)}</div>\n</div>'
        )

    def show(self) -> None:
        """Show it where the learner is."""
        show(str(self), "text/markdown", self.markdown())


def told(name: Any, words: Any) -> Panel | Comparison:
    """Return what to show for an explanation, and write the words down if they are an answer."""
    found = _explanation(name)
    if found is None:
        return unknown("explain", name, [one.name for one in explanations()])
    if values.is_open(words):
        return Panel(_PUT)
    if not isinstance(words, str):
        return Panel(_NO_TEXT.format(name=found.name))
    text = _tidied(words)
    if not is_long_enough(text):
        return Panel(_SHORT)
    if is_the_question(text, found.question):
        return Panel(_COPIED)
    store.add(records.Words(found.lesson, found.name, text))
    return Comparison(text, found.model)


def _explanation(name: Any) -> Explanation | None:
    wanted = spelt(name)
    return next((one for one in explanations() if one.name == wanted), None)


def _tidied(words: str) -> str:
    """Return words as they are kept and shown: legible, without the indentation of the code around them, and of a bounded length."""
    text = dedent(with_plain_ends(legible(words))).strip()
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 2]} \u2026"


def _literal(text: str) -> str:
    """Return text as HTML on one line that is read as it stands, in Markdown, too."""
    return "".join(_as_entity(letter) for letter in text)


def _as_entity(letter: str) -> str:
    if letter == "\n":
        return "<br>"
    if letter in "$\\":
        # MathJax looks for formulas in the finished page, where an entity is a letter again; it does not look across elements.
        return f"<span>&#{ord(letter)};</span>"
    return letter if letter.isalnum() or letter in " .,;:" or not letter.isascii() else f"&#{ord(letter)};"
