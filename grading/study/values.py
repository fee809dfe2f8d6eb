"""What was entered as a prediction, read as what its question asks for, and compared with the answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from grading.catalogue.questions import Kind, Question

# How far a prediction may be off where the question does not say: rounding in the third digit, as one writes by hand.
_ROUNDED = 2e-3
_MOST_CHARACTERS = 120
_MOST_NUMBERS = 10_000
_LARGEST_SIZE = 2**63
_YES, _NO = frozenset({"true", "yes"}), frozenset({"false", "no"})


class Unreadable(ValueError):
    """What was entered is not of the kind that is asked for."""


def is_open(value: Any) -> bool:
    """Tell whether nothing has been entered yet."""
    return value is ... or value is None or (isinstance(value, str) and value.strip() in ("", "...", "\u2026"))


def read(question: Question, value: Any) -> Any:
    """Return a value as what a question asks for: a float, a nested list of floats, a tuple, a bool or a word. Raises Unreadable."""
    try:
        return _READERS[question.kind](question, _plain(value))
    except (OverflowError, RecursionError) as error:  # no float is that large; a list that holds itself has no end
        raise Unreadable from error


def agree(question: Question, guess: Any, truth: Any) -> bool:
    """Tell whether a prediction is right; both as `read` gives them."""
    if question.kind is Kind.NUMBER:
        return _near(guess, truth, question.within)
    if question.kind is Kind.NUMBERS:
        same_shape = _shape(guess) == _shape(truth)
        pairs = zip(_flat(guess), _flat(truth), strict=True) if same_shape else ()
        return same_shape and all(_near(one, other, question.within) for one, other in pairs)
    return bool(guess == truth)


def written(value: Any) -> str:
    """Return a value as `read` gave it, as a learner would write it, shortened."""
    text = _written(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 2]} \u2026"


def _written(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1e4 or not value.is_integer() else f"{value:,.0f}".replace(",", "\u202f")
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return str(value)


def _plain(value: Any) -> Any:
    """Return tensors and arrays as numbers and lists, and a torch.Size as a tuple."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, str | bytes | type) and callable(getattr(value, "tolist", None)):
        if math.prod(getattr(value, "shape", ())) > _MOST_NUMBERS:
            raise Unreadable
        try:
            return value.tolist()
        except (TypeError, ValueError, RuntimeError) as error:  # a tensor without values, or one in parts
            raise Unreadable from error
    return value


def _number(question: Question, value: Any) -> float:
    if isinstance(value, list | tuple) and len(value) == 1:
        return _number(question, value[0])
    if isinstance(value, str):
        value = _from_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction) or not math.isfinite(value):
        raise Unreadable
    return float(value)


def _from_text(text: str) -> Fraction:
    try:
        return Fraction(text.replace("\u2212", "-").replace(" ", ""))
    except (ValueError, ZeroDivisionError) as error:
        raise Unreadable from error


def _numbers(question: Question, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        return [_number(question, value)]
    found = [_numbers(question, one) if isinstance(one, list | tuple) else _number(question, one) for one in value]
    if len({str(_shape(one)) for one in found}) > 1:
        raise Unreadable  # rows of unequal length
    return found


def _size(question: Question, value: Any) -> tuple[int, ...]:
    sizes = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one < _LARGEST_SIZE for one in sizes):
        raise Unreadable
    return sizes


def _truth(question: Question, value: Any) -> bool:
    word = str(value).strip().casefold() if isinstance(value, bool | str) else ""
    if word in _YES or word in _NO:
        return word in _YES
    raise Unreadable


def _word(question: Question, value: Any) -> str:
    known = {choice.casefold(): choice for choice in question.choices}
    word = value.strip().casefold() if isinstance(value, str) else None
    if word not in known:
        raise Unreadable
    return known[word]


_READERS: dict[Kind, Callable[[Question, Any], Any]] = {
    Kind.NUMBER: _number,
    Kind.NUMBERS: _numbers,
    Kind.SHAPE: _size,
    Kind.YES_NO: _truth,
    Kind.WORD: _word,
}


def _near(guess: float, truth: float, within: float) -> bool:
    share = max(within, _ROUNDED)
    # Of an answer that is 0, rounding leaves no share.
    return abs(guess - truth) <= share * abs(truth) + (1e-9 if within == 0 else 0)


def _flat(value: Any) -> list[float]:
    return [number for one in value for number in _flat(one)] if isinstance(value, list) else [value]


def _shape(value: Any) -> tuple[int, ...]:
    """Return the shape of nested lists, without the sizes that are 1: a column counts as a row."""
    sizes = []
    while isinstance(value, list):
        sizes.append(len(value))
        value = value[0] if value else None
    return tuple(size for size in sizes if size != 1)
