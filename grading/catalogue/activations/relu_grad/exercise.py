"""`relu_grad`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import elementwise
from grading.catalogue.bans import BY_HAND
from grading.judging.exercise import Ban, Mistakes
from grading.probe.watch import AUTOGRAD


def _step(X: torch.Tensor) -> torch.Tensor:
    return torch.heaviside(X, torch.zeros((), dtype=X.dtype))


_BAN = Ban(frozenset({AUTOGRAD, "threshold_backward", "leaky_relu_backward", "hardtanh_backward"}), BY_HAND)


mistake = Mistakes()


@mistake("At exactly 0 this gives 1. By the convention of PyTorch it is 0: use a strict >.")
def one_at_zero(X: torch.Tensor) -> torch.Tensor:
    return (X >= 0).to(X.dtype)


@mistake("This is a mask of True and False. A derivative is a number: give it the dtype of X.")
def boolean(X: torch.Tensor) -> torch.Tensor:
    return X > 0


@mistake("The sign is -1 below zero. There ReLU is constant, so its derivative is 0.")
def sign(X: torch.Tensor) -> torch.Tensor:
    return torch.sign(X)


@mistake("This is ReLU itself. Its slope is asked for: how steep is it at x?")
def function(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, min=0)


@mistake("At exactly 0 this gives 1/2. By the convention of PyTorch it is 0.")
def half_at_zero(X: torch.Tensor) -> torch.Tensor:
    return torch.heaviside(X, torch.tensor(0.5, dtype=X.dtype, device=X.device))


@mistake("This is 1 everywhere. Below zero ReLU is flat, and its slope is 0.")
def ones(X: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(X)


@mistake("This is 1 below zero and 0 above: the other way round.", name="reversed")
def reversed_(X: torch.Tensor) -> torch.Tensor:
    return (X < 0).to(X.dtype)


EXERCISE = elementwise(
    "relu_grad",
    1.0,
    "Return the derivative of ReLU at every element of X: 1 where x > 0, else 0 (at 0 too, as in PyTorch).",
    _step,
    _BAN,
    mistake.all,
    (
        "Draw ReLU. How steep is it left of zero, and how steep right of it?",
        "A comparison gives a mask; the result should have the dtype of X.",
    ),
)
