"""Bending bytes and data: small changes of something that is right, which get further than noise."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

_BYTES = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\x1b[2J",
    b'"',
    b"\\",
    b"[" * 200,
    b"{",
    b"}",
    b"\xe2\x80\xae",
    b"-1",
    b"1e999",
    b"\r\n",
)
_TEXT = (
    "", "\0", "\ud800", "\udcc3", "\x1b[2J", "\u202e", "a" * 3000, "../../x", "<script>", "1", "python", "R", "\n", "\N{SNAKE}", "#" * 70,
    "### BEGIN HIDDEN TESTS", "check(relu)", "data:,", "![x](attachment:\ud800)", "%%html\n", "nan",
)  # fmt: skip
_VALUES: tuple[Callable[[random.Random], Any], ...] = (
    lambda draw: None,
    lambda draw: draw.choice([True, False]),
    lambda draw: draw.choice([0, -1, 2**31, 2**63, 2**64, -(2**63), 10**30]),
    lambda draw: draw.choice([0.5, 1e308, -0.0, float("inf"), float("nan")]),
    lambda draw: draw.choice(_TEXT),
    lambda draw: [],
    lambda draw: {},
    lambda draw: [draw.choice(_TEXT) for _ in range(draw.randrange(4))],
    lambda draw: {draw.choice(_TEXT): draw.choice(_TEXT)},
    lambda draw: _nested(draw.choice([2, 50, 150])),
)


def _nested(depth: int) -> Any:
    made: Any = []
    for _ in range(depth):
        made = [made]
    return made


def bent_bytes(content: bytes, draw: random.Random) -> bytes:
    """Return bytes with one to four places changed: flipped, cut out, doubled, or something odd put in."""
    made = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        at, end = sorted(draw.randrange(len(made) + 1) for _ in range(2))
        kind = draw.randrange(5)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << draw.randrange(8)
        elif kind == 1:
            made[at:at] = draw.choice(_BYTES)
        elif kind == 2:
            del made[at : min(end, at + 40)]
        elif kind == 3:
            made[at:at] = made[at : min(end, at + 200)]
        else:
            del made[end:]
    return bytes(made)


def bent_data(data: Any, draw: random.Random) -> Any:
    """Return plain data with one to three of its parts replaced, dropped, doubled or renamed."""
    made = json.loads(json.dumps(data))
    for _ in range(draw.randint(1, 3)):
        places = list(_places(made))
        if not places:
            return draw.choice(_VALUES)(draw)
        where, key = draw.choice(places)
        kind = draw.randrange(5)
        if kind == 0:
            del where[key]
        elif kind == 1 and isinstance(where, list):
            where.insert(key, where[key])
        elif kind == 2 and isinstance(where, dict):
            where[draw.choice(_TEXT)] = where.pop(key)
        elif kind == 3 and isinstance(where, list):
            where[key], where[0] = where[0], where[key]
        else:
            where[key] = draw.choice(_VALUES)(draw)
    return made


def _places(data: Any) -> Any:
    for key, branch in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield data, key
        yield from _places(branch)


def odd_text(draw: random.Random) -> str:
    """Return a few pieces of odd text, one after the other."""
    return "".join(draw.choice(_TEXT) for _ in range(draw.randint(1, 3)))
