"""`num_parameters`: the cases that only a grader tries."""

from __future__ import annotations

import torch

from grading.judging.exercise import CARE, Case

CASES = (
    Case("a tuple of sizes", lambda draw: {"sizes": tuple(draw.sizes(4, 2, 20))}, CARE, torch.float64, hidden=True),
)
