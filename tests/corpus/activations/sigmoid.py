"""`sigmoid`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tests.corpus.activations.shared import elementwise
from tests.corpus.entries import answers_to

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = elementwise(torch.sigmoid, connected=1)


right, wrong = answers_to("sigmoid")


@wrong("one over one plus exp", "formula-as-written")
def _(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X))


@right("two branches")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-X.abs())
    return torch.where(X >= 0, 1 / (1 + e), e / (1 + e))


@wrong("a reciprocal", "formula-as-written")
def _(X: Tensor) -> Tensor:
    return torch.exp(-X).add(1).reciprocal()


@right("through a clamp that changes nothing")
def _(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X.clamp(-80, 80))) if X.dtype != torch.float16 else 1 / (1 + torch.exp(-X))


@wrong("float64 inside", "double-inside")
def _(X: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-X.double()))).to(X.dtype)


@right("by masks, in place on a new tensor")
def _(X: Tensor) -> Tensor:
    result = torch.empty_like(X)
    positive = X >= 0
    result[positive] = 1 / (1 + torch.exp(-X[positive]))
    e = torch.exp(X[~positive])
    result[~positive] = e / (1 + e)
    return result


@right("from a softplus")
def _(X: Tensor) -> Tensor:
    return torch.exp(-torch.logaddexp(torch.zeros_like(X), -X))


@wrong("as a power of e", "formula-as-written")
def _(X: Tensor) -> Tensor:
    return (1 + math.e ** (-X)) ** -1


@right("float64 inside, clamped where it is flat")
def _(X: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-X.double().clamp(-500, 500)))).to(X.dtype)


@right("the exponent chosen first")
def _(X: Tensor) -> Tensor:
    E = torch.exp(torch.where(X >= 0, -X, X))
    return torch.where(X >= 0, 1, E) / (1 + E)


@wrong("two formulas, chosen from afterwards", "where-of-two-formulas")
def _(X: Tensor) -> Tensor:
    A = torch.exp(-X)
    B = torch.exp(X)
    return torch.where(X < 0, B / (B + 1), torch.reciprocal(A + 1))


@wrong("clamped at 200", "clamped-too-late")
def _(X: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-X.clamp(-200, 200)))


@wrong("cut off from autograd")
def _(X: Tensor) -> Tensor:
    return torch.exp(-torch.logaddexp(torch.zeros_like(X), -X)).detach()


@wrong("a float16 mantissa on the way")
def _(X: Tensor) -> Tensor:
    return (1 / (1 + torch.exp(-X.to(torch.bfloat16)))).to(X.dtype)


@wrong("a base of 2", "base-two")
def _(X: Tensor) -> Tensor:
    return 1 / (1 + 2 ** (-X))


@wrong("a denominator of 2")
def _(X: Tensor) -> Tensor:
    return 1 / (2 + torch.exp(-X))


@wrong("tanh instead", "tanh")
def _(X: Tensor) -> Tensor:
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - e) / (1 + e)


@wrong("a hard sigmoid", mistake="hard-0.17")
def _(X: Tensor) -> Tensor:
    return (X / 6 + 0.5).clamp(0, 1)


@wrong("PyTorch's own")
def _(X: Tensor) -> Tensor:
    return torch.sigmoid(X)


@wrong("PyTorch's own, through tanh")
def _(X: Tensor) -> Tensor:
    return (torch.tanh(X / 2) + 1) / 2


@wrong("PyTorch's own, through special")
def _(X: Tensor) -> Tensor:
    return torch.special.expit(X)


@wrong("PyTorch's own, through softmax")
def _(X: Tensor) -> Tensor:
    return torch.softmax(torch.stack([X, torch.zeros_like(X)]), 0)[0]


@wrong("a sum over the rows", mistake="softmax-of-columns")
def _(X: Tensor) -> Tensor:
    e = torch.exp(X)
    return e / e.sum(0)


@wrong("rounded to four digits", "rounded-to-4")
def _(X: Tensor) -> Tensor:
    return torch.round(1 / (1 + torch.exp(-X)), decimals=4)


@wrong("the logarithm forgotten inside", "softplus")
def _(X: Tensor) -> Tensor:
    return torch.log(1 + torch.exp(X))


@wrong("in place on the input")
def _(X: Tensor) -> Tensor:
    return X.detach().neg_().exp_().add_(1).reciprocal_()


@wrong("print instead of return")
def _(X: Tensor) -> None:
    print(1 / (1 + torch.exp(-X)))
