"""`sigmoid`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import elementwise
from grading.judging.exercise import Ban, Mistakes

_SIGMOIDS = frozenset(
    "sigmoid sigmoid_backward expit hardsigmoid silu silu_backward glu log_sigmoid logsigmoid log_sigmoid_forward softmax "
    "log_softmax tanh tanh_backward".split()
)


_BAN = Ban(_SIGMOIDS, "Write it with `torch.exp`.")


mistake = Mistakes()


@mistake(
    "exp(x) overflows for large x, and inf / inf is not a number. Use exp of a negative number only: two branches, or |x|."
)
def overflows(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / (1 + torch.exp(X))


@mistake("The sign of the exponent is wrong: this falls from 1 to 0, and it is sigmoid(-x).")
def sign(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(X))


@mistake("The denominator has a minus where the sigmoid has a plus.")
def minus(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 - torch.exp(-X))


@mistake("1 / 1 + exp(-x) is (1 / 1) + exp(-x) to Python. The denominator needs its own parentheses.")
def precedence(X: torch.Tensor) -> torch.Tensor:
    return 1 / 1 + torch.exp(-X)


@mistake("Clamping x to a small range changes the values outside. Clamp nothing that matters.")
def clamped(X: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-torch.clamp(X, -3, 3)))


@mistake("This divides by a sum over all elements, as softmax does. The sigmoid looks at one element at a time.")
def softmax(X: torch.Tensor) -> torch.Tensor:
    return torch.exp(X) / torch.exp(X).sum()


EXERCISE = elementwise(
    "sigmoid",
    1.5,
    "Return 1 / (1 + exp(-x)) for every element x of X, finite for every finite x.",
    torch.sigmoid,
    _BAN,
    mistake.all,
    (
        "The formula has one exp. What is exp(800), and what is exp(-800)?",
        "Multiply numerator and denominator by exp(x): a second formula, good where the first one is bad.",
        "With e = exp(-|x|), both formulas are fractions over 1 + e.",
    ),
    connected=True,
)
