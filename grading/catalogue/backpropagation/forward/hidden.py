"""`forward`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.forward.exercise import _layer_input
from grading.judging.exercise import Case

CASES = (Case("other values", _layer_input, hidden=True),)
