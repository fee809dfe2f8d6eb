"""`relu`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from typing import Any

import torch

from grading.catalogue.activations.shared import elementwise
from grading.judging.exercise import Ban, Mistakes

_RECTIFIERS = frozenset(
    "relu relu6 threshold threshold_backward leaky_relu leaky_relu_backward prelu prelu_kernel rrelu rrelu_with_noise elu "
    "elu_backward celu selu hardtanh hardtanh_backward hardswish gelu silu mish softshrink hardshrink".split()
)


_BAN = Ban(_RECTIFIERS, "Write it with comparisons, products, `torch.where`, `clamp` or `maximum`.")


mistake = Mistakes()


@mistake(
    "torch.max(X, 0) takes the maximum over dimension 0 and returns a pair. You want each element compared with zero."
)
def reduces(X: torch.Tensor) -> Any:
    return torch.max(X, 0)


@mistake(
    "torch.max(X, 0) takes the maximum over dimension 0: one number a column. You want each element compared with zero."
)
def reduces_values(X: torch.Tensor) -> torch.Tensor:
    return torch.max(X, 0).values


@mistake("This is |x|: negative inputs come back positive, but ReLU makes them zero.")
def absolute(X: torch.Tensor) -> torch.Tensor:
    return torch.abs(X)


@mistake(
    "This keeps the negative part, min(x, 0). ReLU keeps the positive one; look at the direction of the comparison."
)
def negative_part(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, max=0)


@mistake("This is 1 where x > 0: the derivative, not the function. Where x is positive, x itself should come back.")
def mask_only(X: torch.Tensor) -> torch.Tensor:
    return (X > 0).to(X.dtype)


@mistake("The negative elements are overwritten in X itself, so the caller's data is lost. Make a new tensor.")
def in_place(X: torch.Tensor) -> torch.Tensor:
    X[X < 0] = 0
    return X


@mistake("This stops at 1. ReLU has no upper bound: large inputs pass unchanged.")
def capped(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, 0, 1)


@mistake("This is the leaky ReLU with slope 0.01 below zero. The plain one is exactly 0 there.")
def leaky(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X > 0, X, 0.01 * X)


@mistake(
    "The zeros are made on the CPU, whatever the device of X. Use torch.zeros_like(X), or no tensor of zeros at all."
)
def zeros_on_cpu(X: torch.Tensor) -> torch.Tensor:
    return torch.maximum(X, torch.zeros(X.shape, dtype=X.dtype))


EXERCISE = elementwise(
    "relu",
    1.0,
    "Return max(x, 0) for every element x of X.",
    torch.relu,
    _BAN,
    mistake.all,
    (
        "For one number: what should come back for -2, for 0 and for 3?",
        "A comparison gives a mask of the shape of X. What happens if you multiply X by it?",
        "torch.max with an integer as its second argument reduces a dimension. Which function compares element by element?",
    ),
    connected=True,
)
