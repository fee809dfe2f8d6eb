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


for _slope in (0.01, 0.1, 0.2, 0.3, 0.001):
    mistake(
        f"This is the slope of a leaky ReLU, {_slope:g} below zero. The plain one is flat there: its slope is 0.",
        name=f"leaky-{_slope:g}",
    )(lambda X, slope=_slope: torch.where(X > 0, torch.ones_like(X), slope))


for _limit in (1e-6, 1e-3, 0.01, 0.1, 0.5, 1.0):
    mistake(
        f"The slope becomes 1 only above {_limit:g}. The bend of ReLU is at 0: compare x with 0.",
        name=f"bend-at-{_limit:g}",
    )(lambda X, limit=_limit: (limit < X).to(X.dtype))


@mistake("The slope is -1 up to 0. There ReLU is constant, so its derivative is 0.")
def minus_one_below(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X > 0, torch.ones_like(X), -torch.ones_like(X))


@mistake(
    "The slope is -1 below zero, and at exactly 0 it is 1. ReLU is constant below zero: 0, and 0 at the bend, too."
)
def minus_one_below_zero(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X >= 0, torch.ones_like(X), -torch.ones_like(X))


@mistake("This is 1 up to 0 and 0 above: the other way round.")
def reversed_with_zero(X: torch.Tensor) -> torch.Tensor:
    return (X <= 0).to(X.dtype)


@mistake("At 0 this divides 0 by 0, which is not a number. Ask for the sign of x instead.")
def ratio(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, min=0) / X


@mistake("This is 1 wherever x is not 0. Below zero ReLU is flat, and its slope is 0.")
def not_zero(X: torch.Tensor) -> torch.Tensor:
    return (X != 0).to(X.dtype)


@mistake("The slopes are for the elements above zero only, so the shape is lost. Every element of X has a slope.")
def selected(X: torch.Tensor) -> torch.Tensor:
    return torch.ones_like(X[X > 0])


@mistake("This is the sigmoid, the slope of softplus. ReLU has a corner: its slope is 0 or 1.")
def smooth(X: torch.Tensor) -> torch.Tensor:
    return torch.sigmoid(X)


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
