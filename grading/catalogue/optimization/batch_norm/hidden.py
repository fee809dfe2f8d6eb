"""`batch_norm`: the cases that only a grader tries."""

from grading.catalogue.optimization.batch_norm.exercise import many, ordinary
from grading.judging.exercise import CARE, Case

CASES = (
    Case("other values", ordinary, hidden=True),
    Case("many other examples", many, CARE, hidden=True),
)
