"""`momentum_step`: the cases that only a grader tries."""

from grading.catalogue.optimization.momentum_step.exercise import leaves, moving
from grading.catalogue.optimization.steps import IN_TRAINING
from grading.judging.exercise import Case

CASES = (
    Case("other values", moving, hidden=True),
    Case("other parameters that require a gradient", leaves, IN_TRAINING, hidden=True),
)
