"""`sigmoid_grad`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import elementwise, stable_sigmoid
from grading.catalogue.bans import BY_HAND
from grading.judging.exercise import Ban, Mistakes
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


@mistake("A factor is missing: this is 1 - a, and the chain rule leaves a (1 - a).")
def factor_missing(X: torch.Tensor) -> torch.Tensor:
    return 1 - stable_sigmoid(X)


EXERCISE = elementwise(
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
