r"""Formulas as MathML, which browsers typeset by themselves: a page needs no script for it and nothing from the network.

A formula is taken out of the text before that becomes HTML and is cleaned, and is put back after it, as elements and attributes
of a short list. What the converter cannot read is shown as it was written.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

from grading.engine.feedback.plain import TooSlow

_MATHML = "http://www.w3.org/1998/Math/MathML"
_ELEMENTS = frozenset(
    "math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr "
    "munder munderover mmultiscripts mprescripts".split()
)
# Neither links nor styles of somebody else's making.
_ATTRIBUTES = frozenset(
    "accent columnalign columnlines columnspacing depth display displaystyle fence form height largeop linebreak linethickness lspace "
    "mathvariant maxsize minsize movablelimits notation rowlines rowspacing rspace scriptlevel separator stretchy voffset width".split()
)
_VALUE = re.compile(r"[\w .%+-]{0,60}", re.ASCII)
_NUMBER = re.compile("&#x[0-9A-Fa-f]{1,5};")
# What TeX wants escaped, which the converter leaves as it is in text.
_ESCAPED = re.compile(r"\\([_%&#${}])")
# Longer ones are not formulas; the converter takes seconds for them.
_MOST_CHARACTERS = 2_000
# A line of that many characters may be wider than a phone and then has its own box to be moved in.
_WIDE = 28

# As nbconvert finds them; for HTML in Markdown, of which it looks at the tags only.
_DOLLARS = re.compile(r"(?<![\\$])(?P<dollars>\$\$?)(?!\$)(?P<formula>(?:[^$\\]|\\.)+?)(?P=dollars)(?!\$)", re.S)
# Characters for private use stand for a formula while the text around it is made into HTML.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
# A tag as nh3 writes it, whose attributes stand in double quotes, or the text up to the next one.
_PIECE = re.compile(r'(?P<tag><[^<>"]*(?:"[^"]*"[^<>"]*)*>)|(?P<text>[^<]+|<)')


class Formulas:
    """The formulas of one text, each kept until `put_back` gives the text that holds it."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, bool]] = []

    def keep(self, formula: str, display: bool) -> str:
        """Return what stands for a formula until then."""
        self._kept.append((formula, display))
        return f"{_OPEN}{len(self._kept) - 1}{_CLOSE}"

    def keep_in(self, markup: str) -> str:
        """Keep every formula in the text between the tags of some HTML."""
        return "".join(self._kept_in(markup))

    def _kept_in(self, markup: str) -> Iterator[str]:
        for piece in _PIECE.finditer(markup):
            yield piece["tag"] or _DOLLARS.sub(
                lambda found: self.keep(html.unescape(found["formula"]), found["dollars"] == "$$"), piece["text"]
            )

    def put_back(self, markup: str) -> str:
        """Return clean HTML with the formulas in it; within a tag they are text."""
        return "".join(self._put_back(markup))

    def _put_back(self, markup: str) -> Iterator[str]:
        for piece in _PIECE.finditer(markup):
            if piece["tag"]:
                yield _PLACE.sub(lambda found: html.escape(self._formula(found)[0]), piece["tag"])
            else:
                yield _PLACE.sub(lambda found: mathml(*self._formula(found)), piece["text"])

    def _formula(self, found: re.Match[str]) -> tuple[str, bool]:
        number = int(found[1]) if len(found[1]) < 9 else len(self._kept)
        return self._kept[number] if number < len(self._kept) else ("", False)


def without_places(text: str) -> str:
    """Return a text in which nothing can be taken for a place that was kept."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def mathml(formula: str, display: bool) -> str:
    r"""Return the HTML of a formula in TeX, such as `\frac{a}{b}`; what cannot be typeset is shown as it was written."""
    made = _typeset(formula, display)
    if made is None:
        fence = "$$" if display else "$"
        return f"<code>{html.escape(fence + formula + fence)}</code>"
    if display:
        return f'<span class="formula">{made}</span>'
    return f'<span class="wide">{made}</span>' if len(formula) > _WIDE else made


def _typeset(formula: str, display: bool) -> str | None:
    if len(formula) > _MOST_CHARACTERS or not formula.strip():
        return None
    try:
        element = convert_to_element(formula, display="block" if display else "inline")
        harmless = all([_made_harmless(one) for one in element.iter()])
        return ElementTree.tostring(element, encoding="unicode") if harmless else None
    except TooSlow:
        raise
    except Exception:  # whatever a student wrote between two dollar signs: the converter was made for TeX
        return None


def _made_harmless(element: ElementTree.Element) -> bool:
    """Take away the attributes that are not on the list; tell whether the element itself is.

    The converter's own way to text takes every `&lt;` for a tag. In the tree, only the characters are left that it names by numbers.
    """
    text = _NUMBER.sub(lambda found: html.unescape(found[0]), element.text or "")
    element.text = _ESCAPED.sub(r"\1", text) if element.tag == "mtext" else text
    for name in list(element.attrib):
        value = element.attrib[name]
        if not (name in _ATTRIBUTES and _VALUE.fullmatch(value)) and not (name == "xmlns" and value == _MATHML):
            del element.attrib[name]
    return element.tag in _ELEMENTS
