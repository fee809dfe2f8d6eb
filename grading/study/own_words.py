"""Whether something written is an answer in one's own words: long enough to be one, and not the question once more.

What the words say is for the learner to judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

FEWEST_WORDS = 5
# Where that many words in a row stand in the question, they are taken from it.
_A_RUN = 3
_FEWEST_NEW = 3
_LONGEST_LETTERS = 2
# Enough of any answer to see whether it is one; comparing takes the square of it.
_MOST_WORDS = 400
_WORD = re.compile(r"\w+")
# Scripts that put no spaces between words: each of their letters counts.
_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


def is_long_enough(text: str) -> bool:
    """Tell whether a text has at least five different words."""
    return len(set(_words(text))) >= FEWEST_WORDS


def is_the_question(text: str, question: str) -> bool:
    """Tell whether at least half of a text is taken from the question, and hardly a word is new.

    Formulas do not count: whoever copies from the page gets other signs than the lesson has.
    """
    words, asked = _without_formulas(text), _without_formulas(question)
    blocks = SequenceMatcher(None, asked, words, autojunk=False).get_matching_blocks()
    taken = sum(block.size for block in blocks if block.size >= _A_RUN)
    return 2 * taken >= len(words) > 0 and len(set(words) - set(asked)) < _FEWEST_NEW


def _words(text: str) -> Sequence[str]:
    """Return the words of a text in order, in small letters and without punctuation."""
    found = (part for word in _WORD.findall(text.casefold()) for part in _parts(word))
    return [word for word, _ in zip(found, range(_MOST_WORDS), strict=False)]


def _without_formulas(text: str) -> Sequence[str]:
    """Return the words of a text without numbers, names and letters of formulas."""
    return [word for word in _words(text) if word.isalpha() and (len(word) > _LONGEST_LETTERS or not word.isascii())]


def _parts(word: str) -> Sequence[str]:
    if word.isascii() or not any(unicodedata.name(letter, "").startswith(_WITHOUT_SPACES) for letter in word):
        return [word] if word.strip("_") else []
    return list(word)
