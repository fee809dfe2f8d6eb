"""`tanh`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor

from tests.corpus.activations.shared import elementwise
from tests.corpus.entries import answers_to

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

# In half precision e^12 is infinite; the lesson asks for float32 and float64.
CONTRACT = replace(elementwise(torch.tanh, connected=1), dtypes=(torch.float32, torch.float64))


right, wrong = answers_to("tanh")


@wrong("from a sigmoid", "formula-with-luck")
def _(X: Tensor) -> Tensor:
    return 2 / (1 + torch.exp(-2 * X)) - 1


@right("with exp of -2|x| and the sign")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - e) / (1 + e)


@wrong("one less two over one plus exp", "formula-with-luck-above")
def _(X: Tensor) -> Tensor:
    return 1 - 2 / (torch.exp(2 * X) + 1)


@right("two branches")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    t = (1 - e) / (1 + e)
    return torch.where(X < 0, -t, t)


@right("with expm1")
def _(X: Tensor) -> Tensor:
    e = torch.expm1(-2 * X.abs())
    return -torch.sign(X) * e / (e + 2)


@right("float64 inside, clamped where it is flat")
def _(X: Tensor) -> Tensor:
    Z = X.double().clamp(-40, 40)
    return ((torch.exp(Z) - torch.exp(-Z)) / (torch.exp(Z) + torch.exp(-Z))).to(X.dtype)


@right("from a sigmoid that is stable")
def _(X: Tensor) -> Tensor:
    return 2 * torch.exp(-torch.logaddexp(torch.zeros_like(X), -2 * X)) - 1


@right("the exponent chosen first")
def _(X: Tensor) -> Tensor:
    E = torch.exp(torch.where(X >= 0, -2 * X, 2 * X))
    return torch.where(X >= 0, 1 - E, E - 1) / (1 + E)


@wrong("a clamp", "clipped-line")
def _(X: Tensor) -> Tensor:
    return X.clamp(-1, 1)


@wrong("a plus in the numerator")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 + e) / (1 - e)


@wrong("no sign", "of-size")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return (1 - e) / (1 + e)


@wrong("sinh", "sinh")
def _(X: Tensor) -> Tensor:
    return (torch.exp(X) - torch.exp(-X)) / 2


@wrong("softsign", "softsign")
def _(X: Tensor) -> Tensor:
    return X / (1 + X.abs())


@wrong("PyTorch's own")
def _(X: Tensor) -> Tensor:
    return X.tanh()


@wrong("PyTorch's own, through the sigmoid")
def _(X: Tensor) -> Tensor:
    return 2 * torch.sigmoid(2 * X) - 1


@wrong("Python's own, element by element")
def _(X: Tensor) -> Tensor:
    values = [math.tanh(x) for x in X.flatten().tolist()]
    return torch.tensor(values, dtype=X.dtype, device=X.device).reshape(X.shape)


@wrong("PyTorch's own, in place")
def _(X: Tensor) -> Tensor:
    return X.detach().clone().tanh_()


@wrong("the argument tripled")
def _(X: Tensor) -> Tensor:
    return 2 / (1 + torch.exp(-3 * X)) - 1


@wrong("arctan instead", mistake="arctangent")
def _(X: Tensor) -> Tensor:
    return torch.arctan(X)
