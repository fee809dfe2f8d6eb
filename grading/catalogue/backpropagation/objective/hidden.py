"""`objective`: the cases that only a grader tries."""

from __future__ import annotations

from grading.catalogue.backpropagation.objective.exercise import TOGETHER, _no_decay, _objective_arguments
from grading.judging.exercise import Case

CASES = (
    Case("other values", _objective_arguments, TOGETHER, hidden=True),
    Case("other values, no weight decay", _no_decay, hidden=True),
)
