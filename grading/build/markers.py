"""The lines that fence answers and hidden tests, and what is done with what they fence.

nbgrader acts on any line that *contains* a delimiter and silently ignores one that is misspelt, which hands the hidden
test or the answer to the class. Here a marker is one exact line, and whatever merely looks like one is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BEGIN_SOLUTION = "### BEGIN SOLUTION"
END_SOLUTION = "### END SOLUTION"
BEGIN_HIDDEN = "### BEGIN HIDDEN TESTS"
END_HIDDEN = "### END HIDDEN TESTS"
CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"

_MARKERS = (BEGIN_SOLUTION, END_SOLUTION, BEGIN_HIDDEN, END_HIDDEN)
_UNUSED = ("### BEGIN MARK SCHEME", "### END MARK SCHEME")
_MOST_WORDS = 4


def split(source: str) -> tuple[list[str], list[list[str]]]:
    """Return the lines outside of solution regions, and the regions, each a list of lines; markers are in neither."""
    outside: list[str] = []
    regions: list[list[str]] = []
    inside = False
    for line in source.split("\n"):
        if line.strip() == BEGIN_SOLUTION:
            inside = True
            regions.append([])
        elif line.strip() == END_SOLUTION:
            inside = False
        else:
            (regions[-1] if inside else outside).append(line)
    return outside, regions


def without_markers(source: str) -> str:
    """Return the source with its answers and without the lines that fence them."""
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION))


def with_stub(source: str, stub: str) -> str:
    """Return the source with a stub for each solution region, indented like the marker; as nbgrader does it."""
    lines: list[str] = []
    inside = False
    for line in source.split("\n"):
        if line.strip() == BEGIN_SOLUTION:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines.extend(indent + stub_line for stub_line in stub.split("\n"))
        elif line.strip() == END_SOLUTION:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def misspelt(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, message) for each line that looks like a marker and is none; lines are counted from 0."""
    for number, line in enumerate(source.split("\n")):
        text = line.strip()
        if text in _MARKERS:
            continue
        meant = _meant(text)
        if meant in _UNUSED:
            yield number, f"{text!r}: this course has no marking schemes, take the line out"
        elif meant:
            yield number, f"{text!r} is not a marker, write {meant!r}"
        elif "AUTOTEST" in text:
            yield number, f"{text!r}: nbgrader would run a kernel for the word AUTOTEST, take it out"


def unbalanced(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, message) for each solution marker without its partner and for each empty region."""
    begin = -1
    filled = False
    for number, line in enumerate(source.split("\n")):
        text = line.strip()
        if text == BEGIN_SOLUTION:
            if begin >= 0:
                yield number, f"{BEGIN_SOLUTION!r} inside of a region that is still open"
            begin, filled = number, False
        elif text == END_SOLUTION:
            if begin < 0:
                yield number, f"{END_SOLUTION!r} without {BEGIN_SOLUTION!r} before it"
            elif not filled:
                yield begin, "the solution region is empty"
            begin = -1
        elif text:
            filled = True
    if begin >= 0:
        yield begin, f"{BEGIN_SOLUTION!r} without {END_SOLUTION!r} after it"


def _meant(text: str) -> str:
    """Return the marker that a line was probably meant to be, or ""."""
    for marker in (*_MARKERS, *_UNUSED):
        # nbgrader looks for these words anywhere in a line, also in the middle of a sentence.
        if marker.removeprefix("### ") in text:
            return marker
    words = re.findall(r"[A-Za-z]+", text)
    if not text.startswith("#") or not words or len(words) > _MOST_WORDS:
        return ""
    phrase = " ".join(words)
    allowed = 3 if phrase.isupper() else 2
    nearest = min((*_MARKERS, *_UNUSED), key=lambda marker: _distance(phrase.upper(), marker[4:]))
    if _distance(phrase.upper(), nearest[4:]) <= allowed:
        return nearest
    if phrase.isupper() and {"SOLUTION", "SOLUTIONS", "HIDDEN"} & set(words):
        return nearest
    return ""


def _distance(first: str, second: str) -> int:
    """Return the number of letters to insert, delete or exchange to get from one text to the other (Levenshtein)."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(second, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
