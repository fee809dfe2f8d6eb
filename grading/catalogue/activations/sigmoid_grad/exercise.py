"""`sigmoid_grad`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from dataclasses import replace

import torch

from grading.catalogue.activations.shared import (
    elementwise,
    plain_sigmoid,
    rounding,
    shape_lost,
    stable_sigmoid,
    tanh_stable,
)
from grading.catalogue.bans import BY_HAND
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Ban, Case, Mistakes
from grading.probe.watch import AUTOGRAD


def _sigmoid_derivative(X: torch.Tensor) -> torch.Tensor:
    # 1 / (4 cosh(x/2)^2), an identity that shares nothing with the usual answer.
    return 0.25 / torch.cosh(X.clamp(-700, 700) / 2) ** 2


_BAN = Ban(frozenset({AUTOGRAD, "sigmoid_backward", "silu_backward"}), BY_HAND)


mistake = Mistakes()


@mistake("a (1 - a) is right for a = sigmoid(x). Here it was fed with x itself.")
def of_activation(X: torch.Tensor) -> torch.Tensor:
    return X * (1 - X)


@mistake("The sigmoid was applied twice before a (1 - a) was taken.")
def sigmoid_twice(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(stable_sigmoid(X))
    return a * (1 - a)


@mistake("This is a (1 + a). Work out the derivative of 1 / (1 + exp(-x)) once more: mind the sign.")
def plus(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(X)
    return a * (1 + a)


@mistake("1 - a^2 belongs to tanh. The sigmoid's derivative has another form.")
def of_tanh(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(X)
    return 1 - a**2


@mistake("This is the sigmoid itself; its derivative is asked for.")
def function(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X)


@mistake("For large negative x, exp(-x) overflows and inf / inf is not a number. Build it from your stable sigmoid.")
def overflows(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(-X) / (1 + torch.exp(-X)) ** 2


@mistake(
    "A factor is missing: this is 1 - a, or exp(-x) / (1 + exp(-x)) without the square below. The chain rule leaves a (1 - a)."
)
def factor_missing(X: torch.Tensor) -> torch.Tensor:
    return 1 - stable_sigmoid(X)


@mistake(
    "The sign is lost: two minus signs meet here, one of the power and one of the inner derivative. The sigmoid rises."
)
def negative(X: torch.Tensor) -> torch.Tensor:
    return -_sigmoid_derivative(X)


@mistake("For large x, exp(x) overflows and inf / inf is not a number. Build it from your stable sigmoid.")
def overflows_above(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / (1 + torch.exp(X)) ** 2


@mistake(
    "The numerator exp(-x) is missing: this is the square of the sigmoid. The chain rule brings the inner derivative."
)
def inner_derivative_missing(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X) ** 2


@mistake("The second factor is 1 - x. It should be 1 - a, with the same a = sigmoid(x) as the first.")
def one_minus_x(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X) * (1 - X)


@mistake("The first factor is x. It should be a = sigmoid(x), like the a in 1 - a.")
def x_times(X: torch.Tensor) -> torch.Tensor:
    return X * (1 - stable_sigmoid(X))


@mistake("The chain rule gives a (1 - a). Here 1 - a is squared.")
def one_minus_squared(X: torch.Tensor) -> torch.Tensor:
    return (1 - stable_sigmoid(X)) ** 2


@mistake("1 - a² is the derivative of tanh, with a = tanh(x). The sigmoid's has another form.")
def tanh_derivative(X: torch.Tensor) -> torch.Tensor:
    return 1 - tanh_stable(X) ** 2


@mistake("This is tanh(x) (1 - tanh(x)). a stands for the sigmoid.")
def of_a_tanh(X: torch.Tensor) -> torch.Tensor:
    a = tanh_stable(X)
    return a * (1 - a)


@mistake("This is a - 1: a factor is missing and the sign is turned. The chain rule leaves a (1 - a).")
def minus_one(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X) - 1


@mistake("a is squared once too often: this is a² (1 - a).")
def extra_factor(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(X)
    return a * a * (1 - a)


@mistake(
    "This is exp(-x) / (1 + exp(-x))² with a plus in the exponent of the denominator, or the other way round: mind the signs."
)
def mixed_signs(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(-X) / (1 + torch.exp(X)) ** 2


@mistake("The slope is multiplied by x once more. a (1 - a) has no x in it, only a = sigmoid(x).")
def times_x(X: torch.Tensor) -> torch.Tensor:
    return X * _sigmoid_derivative(X)


@mistake("This is a (1 - a²). The chain rule gives a (1 - a), without a square.")
def one_minus_square(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(X)
    return a * (1 - a**2)


@mistake("This is the slope of ReLU. The sigmoid's is smooth, and 1/4 at most.")
def of_relu(X: torch.Tensor) -> torch.Tensor:
    return (X > 0).to(X.dtype)


@mistake(
    "This is the derivative of the exponent alone. The outer function has a slope, too: the chain rule multiplies them."
)
def inner_only(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(-X)


@mistake("The denominator has a minus where the sigmoid has a plus.")
def minus_below(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(-X) / (1 - torch.exp(-X)) ** 2


@mistake("This is a matrix product. Each slope is a product of two numbers at the same place: `*`, not `@`.")
def matrix_product(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(X)
    return a @ (1 - a).T


@mistake("This is a matrix product. Each slope is a product of two numbers at the same place: `*`, not `@`.")
def matrix_product_of_columns(X: torch.Tensor) -> torch.Tensor:
    a = stable_sigmoid(X)
    return a.T @ (1 - a)


@mistake(
    "This is a square table with the slopes on its diagonal, the Jacobian. One slope for each element, in the shape of X, is all "
    "that is needed."
)
def jacobian(X: torch.Tensor) -> torch.Tensor:
    return torch.diag(_sigmoid_derivative(X).flatten())


for _step in (1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
    for _way, _sigmoid in (("", plain_sigmoid), ("-stable", stable_sigmoid)):
        mistake(
            f"This is a difference quotient with step {_step:g}: near the derivative, but not it. Write down a formula with "
            "a = sigmoid(x).",
            name=f"forward-quotient-{_step:g}{_way}",
        )(lambda X, h=_step, f=_sigmoid: (f(X + h) - f(X)) / h)


for _step in (1e-2, 1e-3, 1e-4):
    mistake(
        f"This is a difference quotient with step {_step:g}: near the derivative, but not it. Write down a formula with a = sigmoid(x).",
        name=f"difference-quotient-{_step:g}",
    )(lambda X, h=_step: (plain_sigmoid(X + h) - plain_sigmoid(X - h)) / (2 * h))


shape_lost(mistake, _sigmoid_derivative)
rounding(mistake, _sigmoid_derivative)


def _near_zero(draw: Draw) -> Arguments:
    """Draw X (10, 10) within ±1. What rounding may explain grows with the largest value: here a coarse quotient always shows."""
    X = draw.wide(2, 2) if draw.simple else draw.uniform(10, 10, low=-1.0, high=1.0)
    X.view(-1)[:2] = torch.tensor([1e-7, -1e-7])
    return {"X": X}


_LIKE_THE_OTHERS = elementwise(
    "sigmoid_grad",
    1.0,
    "Return the derivative of the sigmoid at every element of X.",
    _sigmoid_derivative,
    _BAN,
    mistake.all,
    (
        "Differentiate 1 / (1 + exp(-x)) with the chain rule.",
        "Write the result with a = sigmoid(x) only; x itself disappears.",
    ),
)
EXERCISE = replace(_LIKE_THE_OTHERS, cases=(*_LIKE_THE_OTHERS.cases, Case("values near zero", _near_zero)))
