"""What a kernel says, as the grader lets it in: plain data of bounded depth, and text that is only text."""

from __future__ import annotations

import json
import re
from typing import Any

from grading.text import TooDeep, legible_tree
from grading.units import MEBIBYTE

# Deeper than whatever shows data in a notebook goes, and no deeper than copying and writing them can follow.
MOST_DEPTH = 100

# More than a notebook may show at all. What it takes to read it is many times as much, above all where it has many parts.
MOST_BYTES = 20 * MEBIBYTE
MOST_PARTS = 500_000

# Where a notebook shows colours.
_COLOURED = frozenset({"text", "traceback", "text/plain"})
# What JSON may write for a character that `grading.text` would replace; what has none of it need not be looked through.
_ACTIVE = re.compile(
    rb"\\(?:[bf]|u(?:00[01789]|[dD][89a-fA-F]|202[a-eA-E]|206[6-9]))"
    rb"|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
)
# Python reads and writes whole numbers of up to 4,300 digits.
_MOST_DIGITS = 4000


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


# JSON knows neither infinity nor NaN, and a notebook that holds them is read by few.
_DECODER = json.JSONDecoder(parse_int=_whole_number, parse_constant=str)


def is_too_large(part: bytes) -> bool:
    """Tell whether a part of a message is not worth reading, whatever it holds."""
    return len(part) > MOST_BYTES or part.count(b"[") + part.count(b"{") > MOST_PARTS


def admitted(part: bytes) -> Any:
    """Return the data of a part of a message, which is JSON, with legible text. Raises ValueError, and TooDeep, which is one."""
    # Another kernel may write a lone surrogate as bytes that are not text.
    try:
        data = _DECODER.decode(part.decode("utf-8", "replace"))
    except RecursionError:
        raise TooDeep("nested too deeply") from None
    if _ACTIVE.search(part) or part.count(b"[") + part.count(b"{") > MOST_DEPTH:
        return legible_tree(data, MOST_DEPTH, _COLOURED)
    return data
