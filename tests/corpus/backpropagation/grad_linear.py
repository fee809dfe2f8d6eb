"""`grad_linear`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _linear(source: Source) -> Arguments:
    n, d, h = source.sizes(3, 30)
    return {"X": source.values(n, d), "W": source.values(d, h), "grad_O": source.values(n, h)}


def _linear_truth(a: Arguments) -> list[Tensor]:
    X, W, G = a["X"], a["W"], a["grad_O"]
    return [torch.einsum("nh,dh->nd", G, W), torch.einsum("nd,nh->dh", X, G), torch.einsum("nh->h", G)]


CONTRACT = Contract(_linear, (_linear_truth,))


right, wrong = answers_to("grad_linear")


@right("as in the text")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum(dim=0)


@right("einsum, as a list")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_X = torch.einsum("nq,dq->nd", grad_O, W)
    grad_W = torch.einsum("nd,nq->dq", X, grad_O)
    return [grad_X, grad_W, torch.einsum("nq->q", grad_O)]


@right("a sum of outer products")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_W = sum(torch.outer(x, g) for x, g in zip(X, grad_O, strict=True))
    grad_X = torch.stack([W @ g for g in grad_O])
    return grad_X, grad_W, sum(grad_O)


@right("the product transposed")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return (W @ grad_O.T).T, (grad_O.mT @ X).mT, grad_O.mean(0) * len(grad_O)


@right("ones for the sum")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    ones = X.new_ones(len(X))
    return grad_O.mm(W.t()), X.t().mm(grad_O), ones @ grad_O


@right("broadcasting")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_X = (grad_O[:, None, :] * W[None, :, :]).sum(2)
    grad_W = (X[:, :, None] * grad_O[:, None, :]).sum(0)
    return grad_X, grad_W, grad_O.sum(0)


@right("float64 inside")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    X64, W64, G64 = X.double(), W.double(), grad_O.double()
    return tuple(t.to(X.dtype) for t in (G64 @ W64.T, X64.T @ G64, G64.sum(0)))


@wrong("autograd")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    leaves = [X.detach().clone().requires_grad_(), W.detach().clone().requires_grad_()]
    b = torch.zeros(W.shape[1], dtype=W.dtype, device=W.device, requires_grad=True)
    return torch.autograd.grad(leaves[0] @ leaves[1] + b, [*leaves, b], grad_O.detach())


@wrong("grad_X with X in place of W")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X * grad_O.sum(1, keepdim=True), X.T @ grad_O, grad_O.sum(0)


@wrong("two outputs only", "without-input")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T @ grad_O, grad_O.sum(0)


@wrong("a dict")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return {"X": grad_O @ W.T, "W": X.T @ grad_O, "b": grad_O.sum(0)}


@wrong("grad_W of the last example only")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    for x, g in zip(X, grad_O, strict=True):
        grad_W = torch.outer(x, g)
    return grad_O @ W.T, grad_W, grad_O.sum(0)


@wrong("signs", "sign")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, -X.T @ grad_O, -grad_O.sum(0)
