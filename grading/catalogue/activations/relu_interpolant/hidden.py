"""`relu_interpolant`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.activations.relu_interpolant.exercise import _knots, _some_knots
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case


def _far_knots(draw: Draw) -> Arguments:
    arguments = _knots(draw, 6)
    return {"knots": arguments["knots"] + 25.0, "values": arguments["values"]}


CASES = (
    Case("knots far from zero", _far_knots, hidden=True),
    Case("other knots", _some_knots, hidden=True),
)
