"""`cosine_schedule`: the cases that only a grader tries."""

import torch

from grading.catalogue.optimization.cosine_schedule.exercise import early, late
from grading.judging.exercise import Case

CASES = (
    Case("another step in the first half", early, dtype=torch.float64, hidden=True),
    Case("another step in the second half", late, dtype=torch.float64, hidden=True),
)
