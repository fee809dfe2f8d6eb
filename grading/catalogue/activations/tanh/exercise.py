"""`tanh`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import elementwise, stable_sigmoid, tanh_stable
from grading.judging.exercise import Ban, Mistakes

_HYPERBOLIC = frozenset("tanh tanh_backward sigmoid sigmoid_backward expit silu softmax log_softmax gelu".split())


_BAN = Ban(_HYPERBOLIC, "Write it with `torch.exp`, or with your own sigmoid.")


mistake = Mistakes()


@mistake(
    "exp(x) or exp(-x) overflows for large |x|, and inf / inf is not a number. Your stable sigmoid has solved this already."
)
def overflows(X: torch.Tensor) -> torch.Tensor:
    return (torch.exp(X) - torch.exp(-X)) / (torch.exp(X) + torch.exp(-X))


@mistake("2 sigmoid(x) - 1 is tanh(x / 2). The argument of the sigmoid must be doubled.")
def half_argument(X: torch.Tensor) -> torch.Tensor:
    return 2 * stable_sigmoid(X) - 1


@mistake("This lies between 0 and 2. One must be subtracted to centre it at zero.")
def no_shift(X: torch.Tensor) -> torch.Tensor:
    return 2 * stable_sigmoid(2 * X)


@mistake("The sign is turned: this is -tanh(x).")
def sign(X: torch.Tensor) -> torch.Tensor:
    return 1 - 2 * stable_sigmoid(2 * X)


@mistake("This lies between -1 and 0. The sigmoid must be stretched by 2 before 1 is subtracted.")
def unscaled(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(2 * X) - 1


@mistake("This is the sigmoid. tanh runs from -1 to 1.")
def sigmoid(X: torch.Tensor) -> torch.Tensor:
    return stable_sigmoid(X)


@mistake("Numerator and denominator are swapped: this is coth(x).")
def inverted(X: torch.Tensor) -> torch.Tensor:
    return 1 / tanh_stable(X)


EXERCISE = elementwise(
    "tanh",
    1.5,
    "Return (exp(x) - exp(-x)) / (exp(x) + exp(-x)) for every element x of X, finite for every finite x.",
    torch.tanh,
    _BAN,
    mistake.all,
    (
        "How is tanh related to the sigmoid? Compare their graphs: height, centre, steepness.",
        "tanh(x) = 2 sigmoid(2 x) - 1. Is your sigmoid stable?",
    ),
    connected=True,
)
