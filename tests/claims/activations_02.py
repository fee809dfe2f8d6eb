"""What lesson 02 claims, computed anew with PyTorch's own functions."""

from __future__ import annotations

import torch

from tests.claims import Said, claim

x = torch.arange(0, 8, 0.001, dtype=torch.float64)


def flat_from(slopes: torch.Tensor) -> float:
    """Return from where on the slopes are below 0.01, in tenths."""
    return round(float(x[slopes >= 0.01].max()), 1)


@claim("flat-sigmoid")
def _(said: Said) -> None:
    a = torch.sigmoid(x)
    assert flat_from(a * (1 - a)) == 4.6


@claim("flat-tanh")
def _(said: Said) -> None:
    assert flat_from(1 - torch.tanh(x) ** 2) == 3.0
