"""The lines that fence answers and hidden tests, and what is done with what they fence.

nbgrader acts on any line that *contains* a delimiter and silently ignores one that is misspelt, which hands the hidden
test or the answer to the class. Here a marker is one exact line, and whatever merely looks like one is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from grading.cells import HIDDEN_TESTS, SOLUTION, Place, grade_id

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"

_MARKERS = (SOLUTION.begin, SOLUTION.end, HIDDEN_TESTS.begin, HIDDEN_TESTS.end)
_UNUSED = ("### BEGIN MARK SCHEME", "### END MARK SCHEME")
_MOST_WORDS = 4


def with_stub(source: str, stub: str) -> str:
    """Return the source with a stub for each solution region, indented like the marker; as nbgrader does it."""
    lines: list[str] = []
    for line, place in SOLUTION.places(source):
        if place is Place.BEGIN:
            indent = line[: len(line) - len(line.lstrip())]
            lines.extend(indent + stub_line for stub_line in stub.split("\n"))
        elif place is Place.OUTSIDE:
            lines.append(line)
    return "\n".join(lines)


def misspelt(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, message) for each line that looks like a marker but is not one; lines are counted from 0."""
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
        if text == SOLUTION.begin:
            if begin >= 0:
                yield number, f"{SOLUTION.begin!r} inside of a region that is still open"
            begin, filled = number, False
        elif text == SOLUTION.end:
            if begin < 0:
                yield number, f"{SOLUTION.end!r} without {SOLUTION.begin!r} before it"
            elif not filled:
                yield begin, "the solution region is empty"
            begin = -1
        elif text:
            filled = True
    if begin >= 0:
        yield begin, f"{SOLUTION.begin!r} without {SOLUTION.end!r} after it"


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


def model_answer_id(exercise: str) -> str:
    """Return the id of the cell with a model of a written answer, which nobody but people who learn alone get."""
    return f"model-{grade_id(exercise)}"
