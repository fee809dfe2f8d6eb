"""Where a text that the build writes is not what it should be."""

from __future__ import annotations

from grading.build.diagnostic import Diagnostic


def text_drift(path: str, message: str, wanted: str, text: str) -> list[Diagnostic]:
    """Return the first line of a file that is not what the lessons give, with what is expected there; nothing if there is none."""
    pair = first_difference(wanted, text)
    if pair is None:
        return []
    line, expected, actual = pair
    facts = (("expected", expected), ("actual", actual))
    return [Diagnostic(path, f"{message}; run make build", line, facts=facts)]


def first_difference(expected: str, actual: str) -> tuple[int, str, str] | None:
    """Return (line from 1, expected, actual) of the first difference of two texts, None if they are equal."""
    if expected == actual:
        return None
    left, right = expected.split("\n"), actual.split("\n")
    for number in range(max(len(left), len(right))):
        a = left[number] if number < len(left) else "(nothing)"
        b = right[number] if number < len(right) else "(nothing)"
        if a != b:
            return number + 1, a, b
    raise AssertionError("texts that differ have a line that differs")
