"""`relu`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from typing import Any

import torch

from grading.catalogue.activations.shared import decided_once, elementwise, shape_lost
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


@mistake("This is True where x > 0: a mask, not the function. Where x is positive, x itself should come back.")
def boolean_mask(X: torch.Tensor) -> torch.Tensor:
    return X > 0


@mistake("This is 1 where x >= 0: a mask, not the function. Where x is positive, x itself should come back.")
def mask_with_zero(X: torch.Tensor) -> torch.Tensor:
    return (X >= 0).to(X.dtype)


@mistake("`X * X > 0` is `(X * X) > 0`: the comparison comes last. It needs parentheses of its own.")
def product_compared(X: torch.Tensor) -> torch.Tensor:
    return X * X > 0


@mistake("`X * X > 0` is `(X * X) > 0`: the comparison comes last. It needs parentheses of its own.")
def product_compared_as_number(X: torch.Tensor) -> torch.Tensor:
    return (X * X > 0).to(X.dtype)


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


@mistake("This is relu(-x): the negative inputs come through, with their sign turned. Look at the sign of x.")
def mirrored(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(-X, min=0)


for _slope in (0.1, 0.2, 0.25, 0.3, 0.5, 0.001, 0.02, 0.05, 0.15):
    mistake(
        f"This is a leaky ReLU with slope {_slope:g} below zero. The plain one is exactly 0 there.",
        name=f"leaky-{_slope:g}",
    )(lambda X, slope=_slope: torch.where(X > 0, X, slope * X))


for _limit in (1e-3, 0.01, 0.1, 0.5, 1.0):
    mistake(
        f"Everything up to {_limit:g} becomes 0. The bend of ReLU is at 0: compare x with 0.",
        name=f"bend-at-{_limit:g}",
    )(lambda X, limit=_limit: torch.where(limit < X, X, torch.zeros_like(X)))


@mistake("The negative inputs are left out, so the shape is lost. They become 0 and stay where they are.")
def selected(X: torch.Tensor) -> torch.Tensor:
    return X[X > 0]


@mistake("The largest element of all is returned, one number. You want each element compared with zero.")
def largest(X: torch.Tensor) -> torch.Tensor:
    return torch.max(X)


@mistake("This takes the maximum of each row. You want each element compared with zero, and the shape of X kept.")
def reduces_rows(X: torch.Tensor) -> torch.Tensor:
    return torch.max(X, -1).values


@mistake("This is softplus, log(1 + exp(x)), a ReLU without its corner. ReLU itself is exactly 0 below zero.")
def softplus(X: torch.Tensor) -> torch.Tensor:
    return torch.logaddexp(X, torch.zeros_like(X))


@mistake("This is the ELU, exp(x) - 1 below zero. ReLU is exactly 0 there.")
def elu(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X > 0, X, torch.exp(X.clamp(max=0)) - 1)


@mistake("This is x times its sigmoid, also called SiLU or swish. ReLU has a corner: it is exactly 0 below zero.")
def swish(X: torch.Tensor) -> torch.Tensor:
    return X * torch.sigmoid(X)


@mistake("This is GELU, which is smooth. ReLU has a corner: it is exactly 0 below zero.")
def gelu(X: torch.Tensor) -> torch.Tensor:
    return X * (1 + torch.erf(X / 2**0.5)) / 2


@mistake("The positive elements are squared. They pass ReLU unchanged.")
def squared(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, min=0) ** 2


@mistake("At 0 this divides 0 by 0, which is not a number. Ask for the sign of x with a comparison.")
def ratio(X: torch.Tensor) -> torch.Tensor:
    return X * (X / X.abs() + 1) / 2


@mistake("This stops at 6. ReLU has no upper bound: large inputs pass unchanged.")
def relu6(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, 0, 6)


@mistake("The negative elements become 1, not 0.")
def ones_below(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X > 0, X, torch.ones_like(X))


@mistake("The negative elements become -1, not 0.")
def minus_ones_below(X: torch.Tensor) -> torch.Tensor:
    return torch.where(X > 0, X, -torch.ones_like(X))


@mistake(
    "This is X itself: nothing was set to zero. Is the result of the comparison used, and the new tensor returned?"
)
def unchanged(X: torch.Tensor) -> torch.Tensor:
    return X.clone()


@mistake("x * x is infinite from 2e19 on, and so is its root. A comparison needs no square.")
def by_a_root(X: torch.Tensor) -> torch.Tensor:
    return (X + torch.sqrt(X * X)) / 2


@mistake("The fraction is cut off: whole numbers come back. Keep the dtype of X.")
def truncated(X: torch.Tensor) -> torch.Tensor:
    return torch.clamp(X, min=0).trunc()


shape_lost(mistake, lambda X: X.clamp(min=0))


@mistake("This is 0 everywhere, whatever comes in. Where x is positive, it is not.")
def zeros(X: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(X)


decided_once(mistake, torch.clone, torch.zeros_like)


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
