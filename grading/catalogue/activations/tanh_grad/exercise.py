"""`tanh_grad`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch

from grading.catalogue.activations.shared import elementwise, tanh_stable
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
