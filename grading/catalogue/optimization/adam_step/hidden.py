"""`adam_step`: the cases that only a grader tries."""

from grading.catalogue.optimization.adam_step.exercise import first, late, leaves
from grading.catalogue.optimization.steps import IN_TRAINING
from grading.judging.exercise import Case

CASES = (
    Case("other values", late, hidden=True),
    Case("another first step", first, hidden=True),
    Case("other parameters that require a gradient", leaves, IN_TRAINING, hidden=True),
)
