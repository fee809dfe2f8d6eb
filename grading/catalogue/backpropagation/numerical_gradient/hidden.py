"""`numerical_gradient`: the cases that only a grader tries."""

from __future__ import annotations

import torch

from grading.catalogue.backpropagation.numerical_gradient.exercise import _point, _shape
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case


def _other(draw: Draw) -> Arguments:
    return _point(draw, _shape(draw), 10 ** -float(draw.uniform(low=1, high=5)), "wave")


CASES = (Case("another step", _other, dtype=torch.float64, hidden=True),)
