"""`linear_accuracy`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.xor.linear_accuracy.exercise import ON_THE_LINE, _partly_right, _touching
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case


def _touching_mislabelled(draw: Draw) -> Arguments:
    """The same with a point on the line whose label is 1, which the rule does not give it."""
    arguments = _touching(draw)
    arguments["y"][0] = 1
    return arguments


CASES = (
    Case("other rows", _partly_right, hidden=True),
    Case("other points exactly on the line", _touching_mislabelled, ON_THE_LINE, hidden=True),
)
