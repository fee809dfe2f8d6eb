"""`tanh_grad`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.corpus.activations.shared import elementwise
from tests.corpus.entries import answers_to

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = elementwise(lambda X: 1 - torch.tanh(X) ** 2)


right, wrong = answers_to("tanh_grad")


@right("1 - a squared")
def _(X: Tensor) -> Tensor:
    a = 2 / (1 + torch.exp(-2 * X)) - 1
    return 1 - a**2


@right("from PyTorch's tanh")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(X).pow(2)


@right("a product")
def _(X: Tensor) -> Tensor:
    a = torch.tanh(X)
    return (1 - a) * (1 + a)


@right("one over cosh squared")
def _(X: Tensor) -> Tensor:
    return 1 / torch.cosh(X) ** 2


@right("from the derivative of the sigmoid")
def _(X: Tensor) -> Tensor:
    a = torch.sigmoid(2 * X)
    return 4 * a * (1 - a)


@right("with exp of -2|x|")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return 4 * e / (1 + e) ** 2


@wrong("the cube")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(X) ** 3


@wrong("a negative square", "negative")
def _(X: Tensor) -> Tensor:
    return torch.tanh(X) ** 2 - 1


@wrong("twice as steep")
def _(X: Tensor) -> Tensor:
    return 2 * (1 - torch.tanh(X) ** 2)


@wrong("the argument doubled")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(2 * X) ** 2


@wrong("one over cosh", "cosh-unsquared")
def _(X: Tensor) -> Tensor:
    return 1 / torch.cosh(X)


@wrong("autograd through a vector-Jacobian product")
def _(X: Tensor) -> Any:
    return torch.func.vjp(torch.tanh, X)[1](torch.ones_like(X))[0]


@wrong("autograd by name")
def _(X: Tensor) -> Any:
    X = X.detach().clone().requires_grad_()
    return getattr(torch.autograd, "gr" + "ad")(torch.tanh(X).sum(), X)[0]


@wrong("the sigmoid's derivative", "sigmoid-derivative")
def _(X: Tensor) -> Tensor:
    a = torch.sigmoid(X)
    return a * (1 - a)


@wrong("tanh applied twice", "tanh-twice")
def _(X: Tensor) -> Tensor:
    return 1 - torch.tanh(torch.tanh(X)) ** 2


@wrong("the mean over the rows")
def _(X: Tensor) -> Tensor:
    return (1 - torch.tanh(X) ** 2).mean(0)


@wrong("ones")
def _(X: Tensor) -> Tensor:
    return torch.ones_like(X)


@wrong("an unfinished product")
def _(X: Tensor) -> Any:
    return 1 - X.tanh, X
