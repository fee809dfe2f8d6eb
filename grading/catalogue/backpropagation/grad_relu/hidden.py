"""`grad_relu`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.grad_relu.exercise import _hidden_layer, _with_zeros
from grading.judging.exercise import Case

CASES = (
    Case("other values", _hidden_layer, hidden=True),
    Case("other zeros in Z", _with_zeros, "at zero", hidden=True),
)
