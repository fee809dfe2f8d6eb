"""Text that somebody else wrote, made fit to be stored, sent and shown: whole characters, none of which acts on what is around it.

What a submission says is cleaned once, where it enters: `grading.engine.execution.admission` does so with a kernel's messages,
`grading.probe.legible` with what was observed of an answer. In names every character that cannot be shown is replaced by
one that can, and none is left out: a name with something invisible in it must not become the name without it. Uses the
standard library only.
"""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

UNKNOWN = "\N{REPLACEMENT CHARACTER}"

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
# Of the control characters all but tab, line feed and carriage return, and what turns the direction of the text after it.
_ACTIVE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# ASCII's control characters have pictures of their own.
_SHOWN: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n\r"},
    **dict.fromkeys((*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), UNKNOWN),
    0x7F: "\N{SYMBOL FOR DELETE}",
}
_COLOUR = re.compile("(\x1b\\[[0-9;:]*m)")
# Any other command to a terminal that is written in the same way, such as to move the cursor.
_COMMAND = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


# All commands to a terminal, its title and links too.
_ANY_COMMAND = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_=>])")


class TooDeep(ValueError):
    """Data are nested more deeply than anybody will look."""


def whole(text: str) -> str:
    """Return text that every file, database and kernel takes.

    The two surrogates of a pair become their character, a lone one becomes �, and a NUL its picture.
    """
    if not _NO_TEXT.search(text):
        return text
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return paired.replace("\0", "\N{SYMBOL FOR NULL}")


def with_plain_ends(text: str) -> str:
    """Return text whose lines end as everywhere but on Windows and on old Macs; to Python it is the same program."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def whole_tree(tree: Any) -> Any:
    """Return plain data whose text and keys are whole."""
    if isinstance(tree, str):
        return whole(tree)
    if isinstance(tree, dict):
        return {whole_tree(key): whole_tree(branch) for key, branch in tree.items()}
    return [whole_tree(branch) for branch in tree] if isinstance(tree, list | tuple) else tree


def legible(text: str, *, colours: bool = False) -> str:
    """Return text whose every character is only shown: control characters become pictures of themselves or �.

    Tabs and ends of lines stay. colours: whether what gives a terminal's text its colours stays, too; other commands to a
    terminal are left out then.
    """
    if not _ACTIVE.search(text):
        return text
    text = whole(text)
    if not colours or "\x1b[" not in text:
        return text.translate(_SHOWN)
    parts = _COLOUR.split(text)
    parts[::2] = [_COMMAND.sub("", part).translate(_SHOWN) for part in parts[::2]]
    return "".join(parts)


def as_on_paper(text: str) -> str:
    """Return what somebody printed as it would look in the end: without colours, and of a line that was written anew the last state."""
    plain = _ANY_COMMAND.sub("", text).replace("\r\n", "\n")
    return "\n".join(next((part for part in line.split("\r")[::-1] if part.strip()), "") for line in plain.split("\n"))


def legible_tree(tree: Any, depth: int, coloured: Set[str] = frozenset()) -> Any:
    """Return plain data, as JSON holds them, with legible text and keys. Raises TooDeep if they are nested more than `depth` deep.

    coloured: keys below which colours stay.
    """
    return _legible(tree, depth, coloured, colours=False)


def _legible(tree: Any, depth: int, coloured: Set[str], *, colours: bool) -> Any:
    if isinstance(tree, str):
        return legible(tree, colours=colours)
    if not isinstance(tree, dict | list):
        return tree
    if depth <= 0:
        raise TooDeep("nested too deeply")
    if isinstance(tree, list):
        return [_legible(branch, depth - 1, coloured, colours=colours) for branch in tree]
    return {
        legible(key): _legible(branch, depth - 1, coloured, colours=key in coloured) for key, branch in tree.items()
    }
