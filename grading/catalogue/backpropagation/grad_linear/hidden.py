"""`grad_linear`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.grad_linear.exercise import _affine_layer
from grading.judging.exercise import Case

CASES = (Case("other values", _affine_layer, hidden=True),)
