"""`sgd_step`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.sgd_step.exercise import _STEP, _leaves
from grading.judging.exercise import Case

CASES = (Case("other values", _leaves, _STEP, hidden=True),)
