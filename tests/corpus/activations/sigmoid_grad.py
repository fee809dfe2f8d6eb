"""`sigmoid_grad`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.corpus.activations.shared import elementwise
from tests.corpus.entries import answers_to

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = elementwise(lambda X: torch.sigmoid(X) * torch.sigmoid(-X))


right, wrong = answers_to("sigmoid_grad")


@right("a (1 - a)")
def _(X: Tensor) -> Tensor:
    a = 1 / (1 + torch.exp(-X))
    return a * (1 - a)


@right("a - a squared, from PyTorch's sigmoid")
def _(X: Tensor) -> Tensor:
    a = torch.sigmoid(X)
    return a - a**2


@right("a product of two sigmoids")
def _(X: Tensor) -> Tensor:
    return torch.sigmoid(X) * torch.sigmoid(-X)


@right("with exp of -|x|")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-X.abs())
    return e / (1 + e) ** 2


def _sigmoid(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X))


@right("a quarter less a square")
def _(X: Tensor) -> Tensor:
    return 0.25 - (_sigmoid(X) - 0.5) ** 2


@right("from tanh")
def _(X: Tensor) -> Tensor:
    return (1 - torch.tanh(X / 2) ** 2) / 4


@right("float64 inside")
def _(X: Tensor) -> Tensor:
    a = 1 / (1 + torch.exp(-X.double()))
    return (a * (1 - a)).to(X.dtype)


@wrong("half of it")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return a * (1 - a) / 2


@wrong("negative", "negative")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return a * (a - 1)


@wrong("autograd")
def _(X: Tensor) -> Tensor:
    X = X.detach().clone().requires_grad_()
    return torch.autograd.grad(torch.sigmoid(X).sum(), X)[0]


@wrong("functional autograd")
def _(X: Tensor) -> Any:
    return torch.func.grad(lambda Z: torch.sigmoid(Z).sum())(X)


@wrong("forward mode")
def _(X: Tensor) -> Any:
    return torch.func.jvp(torch.sigmoid, (X,), (torch.ones_like(X),))[1]


@wrong("a difference quotient with a coarse step")
def _(X: Tensor) -> Tensor:
    return (_sigmoid(X + 0.1) - _sigmoid(X - 0.1)) / 0.2


@wrong("squared")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return (a * (1 - a)) ** 2


@wrong("the second derivative")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return a * (1 - a) * (1 - 2 * a)


@wrong("the mean", mistake="averaged")
def _(X: Tensor) -> Tensor:
    a = _sigmoid(X)
    return (a * (1 - a)).mean()


@wrong("the derivative of relu", mistake="of-relu")
def _(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype)


@wrong("a Python number")
def _(X: Tensor) -> Any:
    a = _sigmoid(X)
    return (a * (1 - a)).sum().item()
