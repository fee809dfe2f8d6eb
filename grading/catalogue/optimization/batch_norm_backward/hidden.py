"""`batch_norm_backward`: the cases that only a grader tries."""

from grading.catalogue.optimization.batch_norm_backward.exercise import many, ordinary
from grading.judging.exercise import CARE, Case

CASES = (
    Case("other values", ordinary, hidden=True),
    Case("many other examples", many, CARE, hidden=True),
)
