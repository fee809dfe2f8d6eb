"""`relu_grad`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import decided_once, elementwise, shape_lost
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


for _slope in (0.01, 0.1, 0.2, 0.25, 0.3, 0.5, 0.001, 0.02, 0.05):
    mistake(
        f"This is the slope of a leaky ReLU, {_slope:g} below zero. The plain one is flat there: its slope is 0.",
        name=f"leaky-{_slope:g}",
    )(lambda X, slope=_slope: torch.where(X > 0, torch.ones_like(X), slope))

    mistake(
        f"This is the slope of a leaky ReLU, {_slope:g} below zero, and 1 at 0. The plain one is flat there: 0, and 0 at the bend, too.",
        name=f"leaky-{_slope:g}-bend",
    )(lambda X, slope=_slope: torch.where(X >= 0, torch.ones_like(X), slope))


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


@mistake("Only the elements above zero become 1; the others keep their values. Below zero the slope is 0.")
def others_kept(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X > 0, torch.ones_like(X), X)


@mistake("x / |x| is -1 below zero and 0 / 0 at zero. The slope of ReLU is 0 there: compare x with 0.")
def sign_by_ratio(X: torch.Tensor) -> torch.Tensor:
    return X / X.abs()


@mistake("Between 0 and 1 this is x itself. The slope of ReLU is 1 as soon as x is above zero.")
def clipped(X: torch.Tensor) -> torch.Tensor:
    return X.clamp(0, 1)


@mistake("This is the slope of the sigmoid. ReLU's is 0 or 1.")
def of_sigmoid(X: torch.Tensor) -> torch.Tensor:
    a = torch.sigmoid(X)
    return a * (1 - a)


@mistake("The elements above zero are counted, one number. Each element of X has a slope of its own.")
def counted(X: torch.Tensor) -> torch.Tensor:
    return (X > 0).sum()


for _step_size in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
    _QUOTIENT = f"This is a difference quotient with step {_step_size:g}: near the bend it is wrong, and elsewhere it is not exact. "

    mistake(_QUOTIENT + "Compare x with 0.", name=f"difference-quotient-{_step_size:g}")(
        lambda X, h=_step_size: (torch.clamp(X + h, min=0) - torch.clamp(X - h, min=0)) / (2 * h)
    )
    mistake(_QUOTIENT + "Compare x with 0.", name=f"forward-quotient-{_step_size:g}")(
        lambda X, h=_step_size: (torch.clamp(X + h, min=0) - torch.clamp(X, min=0)) / h
    )


shape_lost(mistake, _step)


@mistake("This is 0 everywhere, whatever comes in. Where x is positive, it is not.")
def zeros(X: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(X)


decided_once(mistake, torch.ones_like, torch.zeros_like)


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
