"""The cases of the elementwise functions that only a grader tries."""

from __future__ import annotations

from grading.catalogue.activations.shared import EXTREMES, extremes, matrix
from grading.judging.exercise import Case

CASES = (
    Case("other values", matrix, hidden=True),
    Case("more values up to 1000", extremes, EXTREMES, hidden=True),
)
