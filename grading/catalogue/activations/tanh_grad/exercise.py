"""`tanh_grad`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import elementwise, rounding, stable_sigmoid, tanh_stable
from grading.catalogue.bans import BY_HAND
from grading.judging.exercise import Ban, Mistakes
from grading.probe.watch import AUTOGRAD


def _tanh_derivative(X: torch.Tensor) -> torch.Tensor:
    # 1 / cosh(x)^2, an identity that shares nothing with the usual answer.
    return 1 / torch.cosh(X.clamp(-350, 350)) ** 2


_BAN = Ban(frozenset({AUTOGRAD, "tanh_backward"}), BY_HAND)


mistake = Mistakes()


@mistake("1 - a^2 is right for a = tanh(x). Here it was fed with x itself.")
def of_activation(X: torch.Tensor) -> torch.Tensor:
    return 1 - X**2


@mistake("This is 1 - tanh(x); the tanh must be squared.")
def unsquared(X: torch.Tensor) -> torch.Tensor:
    return 1 - tanh_stable(X)


@mistake("This is 1 + tanh(x)^2: the sign is wrong. A slope above 1 is more than tanh ever has.")
def plus(X: torch.Tensor) -> torch.Tensor:
    return 1 + tanh_stable(X) ** 2


@mistake("a (1 - a) belongs to the sigmoid; tanh has another derivative.")
def of_sigmoid(X: torch.Tensor) -> torch.Tensor:
    a = tanh_stable(X)
    return a * (1 - a)


@mistake("This is tanh itself; its derivative is asked for.")
def function(X: torch.Tensor) -> torch.Tensor:
    return tanh_stable(X)


@mistake("For large |x| the exponentials overflow and inf / inf is not a number. Build it from your stable tanh.")
def overflows(X: torch.Tensor) -> torch.Tensor:
    return 1 - ((torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))) ** 2


@mistake("This is (1 - tanh(x))². Only the tanh is squared: 1 - tanh(x)².")
def all_squared(X: torch.Tensor) -> torch.Tensor:
    return (1 - tanh_stable(X)) ** 2


@mistake("The sign is turned: tanh rises, so its slope is positive.")
def negative(X: torch.Tensor) -> torch.Tensor:
    return -_tanh_derivative(X)


@mistake("This is tanh(x)²: the 1 - in front of it is missing.")
def square_alone(X: torch.Tensor) -> torch.Tensor:
    return tanh_stable(X) ** 2


@mistake("tanh was applied twice before the square. The slope at x needs tanh(x) once.")
def tanh_twice(X: torch.Tensor) -> torch.Tensor:
    return 1 - tanh_stable(tanh_stable(X)) ** 2


@mistake("This is the sigmoid's derivative, a (1 - a). tanh has another one.")
def sigmoid_derivative(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X) * stable_sigmoid(-X)


@mistake("1 - a² is right for a = tanh(x). Here a is the sigmoid.")
def of_a_sigmoid(X: torch.Tensor) -> torch.Tensor:
    return 1 - stable_sigmoid(X) ** 2


@mistake(
    "This is the slope of 2 sigmoid(x) - 1, which is tanh(x / 2). Neither the half in front nor the half inside belongs here."
)
def bipolar_sigmoid(X: torch.Tensor) -> torch.Tensor:
    return 2 * stable_sigmoid(X) * stable_sigmoid(-X)


@mistake("The argument is not doubled: tanh'(x) = 4 sigmoid'(2x), and this is 4 sigmoid'(x).")
def argument_not_doubled(X: torch.Tensor) -> torch.Tensor:
    return 4 * stable_sigmoid(X) * stable_sigmoid(-X)


@mistake(
    "The inner derivative is missing: tanh(x) = 2 sigmoid(2x) - 1 brings a 2 from outside and another one from inside."
)
def inner_derivative_missing(X: torch.Tensor) -> torch.Tensor:
    return 2 * stable_sigmoid(2 * X) * stable_sigmoid(-2 * X)


@mistake("Both factors 2 are missing: tanh(x) = 2 sigmoid(2x) - 1 brings one from outside and one from inside.")
def both_factors_missing(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(2 * X) * stable_sigmoid(-2 * X)


@mistake("This is 1 / cosh(x): the square is missing.")
def cosh_unsquared(X: torch.Tensor) -> torch.Tensor:
    return _tanh_derivative(X).sqrt()


@mistake("For large x, exp(2x) overflows and inf / inf is not a number. Build it from your stable tanh.")
def overflows_above(X: torch.Tensor) -> torch.Tensor:
    return 1 - ((torch.exp(2 * X) - 1) / (torch.exp(2 * X) + 1)) ** 2


@mistake("For very negative x, exp(-2x) overflows and inf / inf is not a number. Build it from your stable tanh.")
def overflows_below(X: torch.Tensor) -> torch.Tensor:
    return 1 - ((1 - torch.exp(-2 * X)) / (1 + torch.exp(-2 * X))) ** 2


@mistake(
    "The quotient rule went wrong: at x = 0 your slope is 1/4 and should be 1. Both terms carry a factor exp(-2x)."
)
def quotient_rule(X: torch.Tensor) -> torch.Tensor:
    e = torch.exp(-2 * X)
    return (2 * e - e**2) / (1 + e) ** 2


@mistake("1 / (1 + x²) is the derivative of the arctangent. That of tanh is 1 - tanh(x)².")
def of_arctangent(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + X**2)


@mistake("The slope is multiplied by x once more. 1 - a² has no x in it, only a = tanh(x).")
def times_x(X: torch.Tensor) -> torch.Tensor:
    return X * _tanh_derivative(X)


@mistake("The power rule was applied to the wrong thing: 1 - 2 tanh(x).")
def twice_tanh(X: torch.Tensor) -> torch.Tensor:
    return 1 - 2 * tanh_stable(X)


for _step in (1e-2, 1e-3, 1e-4):
    mistake(
        f"This is a difference quotient with step {_step:g}: near the derivative, but not it. Write down a formula with a = tanh(x).",
        name=f"difference-quotient-{_step:g}",
    )(lambda X, h=_step: (torch.tanh(X + h) - torch.tanh(X - h)) / (2 * h))


rounding(mistake, _tanh_derivative)


EXERCISE = elementwise(
    "tanh_grad",
    1.0,
    "Return the derivative of tanh at every element of X.",
    _tanh_derivative,
    _BAN,
    mistake.all,
    (
        "Use the quotient rule, or the chain rule on tanh(x) = 2 sigmoid(2 x) - 1.",
        "Write the result with a = tanh(x) only.",
    ),
)
