"""`grad_output`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.grad_output.exercise import _output_and_target
from grading.judging.exercise import Case

CASES = (Case("other values", _output_and_target, hidden=True),)
