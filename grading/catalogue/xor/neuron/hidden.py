"""`neuron`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.xor.neuron.exercise import EXTREMES, _extreme_rows, _some_rows
from grading.judging.exercise import Case

CASES = (
    Case("other values", _some_rows, hidden=True),
    Case("more weighted sums beyond 1000", _extreme_rows, EXTREMES, hidden=True),
)
