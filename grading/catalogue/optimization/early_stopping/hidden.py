"""`early_stopping`: the cases that only a grader tries."""

from grading.catalogue.optimization.early_stopping.exercise import lowest_before, recovered
from grading.judging.exercise import Case

CASES = (
    Case("another lowest loss just long enough ago", lowest_before(0, 5), hidden=True),
    Case("another lowest loss one less ago", lowest_before(-1, 5), hidden=True),
    Case("another pause that is over", recovered, hidden=True),
)
