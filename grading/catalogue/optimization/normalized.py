"""What both exercises on batch normalization share: batches with a spread that is known, and what may not be called."""

from __future__ import annotations

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import Ban

_OPERATIONS = frozenset(
    {"batch_norm", "layer_norm", "instance_norm", "group_norm", "batch_norm_legit", "cudnn_batch_norm"}
)
NO_NORM = Ban(
    _OPERATIONS,
    "Write it with a mean, a variance and a root; the library's function is what you will compare it with afterwards.",
)


def batch(draw: Draw, n: int, d: int) -> tuple[Tensor, Tensor]:
    """Draw X (n, d), and gamma (d,) of both signs and far from 0 and 1.

    Each feature has a mean and a spread of its own; no spread is small, so that nothing is lost where the mean is subtracted,
    and no variance is below any eps that is drawn, so that var - eps has a root in all of them.
    """
    if draw.simple:
        X = draw.normal(n, d)
        X[0] = X[-1] + 2
        return X, draw.normal(d)
    X = draw.normal(n, d)
    X = (X - X.mean(0)) / X.std(0, correction=0)
    X = X * draw.uniform(d, low=0.7, high=2.0) + draw.uniform(d, low=0.5, high=2.0)
    signs = torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(d)[:d]
    return X, signs * draw.uniform(d, low=1.3, high=2.5)
