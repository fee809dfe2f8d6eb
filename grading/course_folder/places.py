"""Where a key or a word stands in a TOML text, which Python's own reader does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TABLE = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def line_of(text: str, path: Sequence[str], word: str = "") -> int:
    """Return the line, counted from 1, of a key such as ("points", "relu"), or of a word in its value; 1 if it is not found."""
    lines = text.split("\n")
    place = _line_of_key(lines, tuple(path))
    if not word or not place:
        return place or 1
    found = (number for number, line in enumerate(lines[place - 1 :], start=place) if word in line.partition("#")[0])
    return next(found, place)


def _line_of_key(lines: Sequence[str], path: tuple[str, ...]) -> int:
    """Return the line of the longest part of a path that stands as a table or as a key; 0 if nothing of it does."""
    table: tuple[str, ...] = ()
    best, at = 0, 0
    for number, line in enumerate(lines, start=1):
        header, key = _TABLE.match(line), _KEY.match(line)
        if header:
            table = here = _parts(header[1])
        elif key:
            here = (*table, *_parts(key[1]))
        else:
            continue
        common = min(len(here), len(path))
        if here[:common] == path[:common] and common > best:
            best, at = common, number
    return at


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(next(part for part in found if part) for found in _PART.findall(dotted) if any(found))
