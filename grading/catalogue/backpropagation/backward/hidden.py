"""`backward`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.backward.exercise import _few, _many
from grading.judging.exercise import CARE, Case

CASES = (
    Case("other values", _few, hidden=True),
    Case("many other examples", _many, CARE, hidden=True),
)
