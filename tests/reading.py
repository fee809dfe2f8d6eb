"""How hard a text is to read: its words of prose, and its grade by Flesch and Kincaid.

The formula is Kincaid's of 1975. What is code or a number is no prose. Syllables are counted by groups of vowels, as all tools
without a dictionary do; `test_reading.py` holds the count against words whose syllables are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CODE = re.compile(r"`[^`]*`|\b[\w.]+\([^()]*\)|\S*[\d_=@*/^|\[\]{}()]\S*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]+|\b[aAI]\b")
_VOWELS = re.compile(r"[aeiouy]+")
# A mute e at the end, of a plural or of a past; two vowels side by side that are spoken apart.
_MUTE = re.compile(
    r"(?<=[a-z])(?:(?<![aeiou])(?<![^aeiouy]l)e|(?<=[^aeiouytd])ed|(?<=[^aeiouyszxcgh])es)$|(?<=ev)e(?=ry$)"
)
_APART = re.compile(
    r"(?<![tcsgxq])i[ao](?!u)|(?<=at)i(?=o$)|(?<=[tdrl])ua|(?<=[cd])ie(?=n)|ea(?=te[sd]?$)|(?<!p)eo|ying$"
)


def syllables(word: str) -> int:
    """Count the syllables of an English word, at least 1."""
    letters = re.sub("[^a-z]", "", word.lower())
    spoken = len(_VOWELS.findall(letters)) + len(_APART.findall(letters))
    return max(1, spoken - bool(_MUTE.search(letters)))


def prose_of(verdict: str) -> list[str]:
    """Return the lines of prose of a verdict's text: all but facts, prints and the name of the exercise."""
    first, *rest = verdict.splitlines()
    lines = [first.partition(": ")[2], *(line for line in rest if not line.startswith("  "))]
    return [line.removeprefix("Also: ") for line in lines]


def sentences(lines: Iterable[str]) -> list[list[str]]:
    """Return the words of each sentence; those that are all code are none."""
    parts = (part for line in lines for part in _SENTENCE_END.split(_CODE.sub("", line)))
    return [words for part in parts if (words := _WORD.findall(part))]


def grade(lines: Iterable[str]) -> float:
    """Return the US school grade that it takes to read these lines, 0 if there is nothing to read."""
    found = sentences(lines)
    words = [word for sentence in found for word in sentence]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(found) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
