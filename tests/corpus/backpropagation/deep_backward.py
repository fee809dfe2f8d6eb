"""`deep_backward`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.corpus.backpropagation.shared import deep, deep_truth
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _deep_back(source: Source) -> Arguments:
    a = deep(source)
    activations = deep_truth({**a, "X": source.values(*a["X"].shape)})
    return {"Y": source.values(*activations[-1].shape), "weights": a["weights"], "activations": activations}


def _deep_back_truth(a: Arguments) -> list[Tensor]:
    activations, weights = a["activations"], a["weights"]
    grad = 2 * (activations[-1] - a["Y"]) / a["Y"].numel()
    grad_weights, grad_biases = [], []
    for A, below, W in reversed(list(zip(activations[1:], activations, weights, strict=False))):
        error = grad * A * (1 - A)
        grad_weights.append(torch.einsum("nd,nh->dh", below, error))
        grad_biases.append(error.sum(0))
        grad = error @ W.T
    return [*reversed(grad_weights), *reversed(grad_biases)]


def _read_lists(happened: Happened) -> list[Any]:
    weights, biases = _items(happened.value)
    return [*_items(weights), *_items(biases)]


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError("no list")
    return list(value)


CONTRACT = Contract(_deep_back, (_deep_back_truth,), _read_lists)


right, wrong = answers_to("deep_backward")


@right("as in the text")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        A = activations[l]
        grad_weights.insert(0, A.T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ weights[l].T * A * (1 - A)
    return grad_weights, grad_biases


@right("appended and reversed, as a list of tuples")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    grads = []
    error = 2 / Y.numel() * (activations[-1] - Y)
    for W, below, above in zip(weights[::-1], activations[-2::-1], activations[:0:-1], strict=True):
        delta = error * above * (1 - above)
        grads.append((below.T @ delta, delta.sum(0)))
        error = delta @ W.T
    return list(zip(*grads[::-1], strict=True))


@right("all deltas first")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    L = len(weights)
    delta = [torch.empty(0)] * L
    for l in range(L - 1, -1, -1):
        a = activations[l + 1]
        arriving = 2 * (a - Y) / Y.numel() if l == L - 1 else delta[l + 1] @ weights[l + 1].T
        delta[l] = arriving * a * (1 - a)
    return [activations[l].T @ delta[l] for l in range(L)], [d.sum(dim=0) for d in delta]


@right("recursion and einsum")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    def down(l: int, error: Tensor) -> Any:
        if l < 0:
            return [], []
        a = activations[l + 1]
        delta = error * (a - a * a)
        below_weights, below_biases = down(l - 1, torch.einsum("nq,dq->nd", delta, weights[l]))
        grad = torch.einsum("nd,nq->dq", activations[l], delta)
        return [*below_weights, grad], [*below_biases, delta.sum(0)]

    return down(len(weights) - 1, 2 * (activations[-1] - Y) / Y.numel())


@right("one example at a time")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    weights = [W.detach() for W in weights]
    grad_weights = [torch.zeros_like(W) for W in weights]
    grad_biases = [torch.zeros_like(W[0]) for W in weights]
    for i in range(len(Y)):
        a = [A[i].detach() for A in activations]
        delta = 2 * (a[-1] - Y[i].detach()) / Y.numel() * a[-1] * (1 - a[-1])
        for l in range(len(weights) - 1, -1, -1):
            grad_weights[l] += torch.outer(a[l], delta)
            grad_biases[l] += delta
            delta = weights[l] @ delta * a[l] * (1 - a[l])
    return grad_weights, grad_biases


@right("float64 inside")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = [a.double() for a in activations]
    delta = 2 * (A[-1] - Y.double()) / Y.numel() * A[-1] * (1 - A[-1])
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights = [(A[l].T @ delta).to(Y.dtype), *grad_weights]
        grad_biases = [delta.sum(0).to(Y.dtype), *grad_biases]
        delta = (delta @ weights[l].double().T) * A[l] * (1 - A[l])
    return grad_weights, grad_biases


@wrong("autograd on the last layer")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1].detach().clone().requires_grad_()
    ((A - Y.detach()) ** 2).mean().backward()
    assert A.grad is not None
    delta = A.grad * activations[-1] * (1 - activations[-1])
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ weights[l].T * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases


@wrong("the upper weights at every layer")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ weights[-1].T * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases


@wrong("the error is not sent down")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    error = 2 * (A - Y) / A.numel()
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        if l < len(weights) - 1:
            error = error.sum(1, keepdim=True)
        delta = error * activations[l + 1] * (1 - activations[l + 1])
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
    return grad_weights, grad_biases


@wrong("weights not transposed", "weights-as-they-are")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        if l:
            delta = delta @ weights[l] * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases


@wrong("one list of pairs", "pairs")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grads = []
    for l in reversed(range(len(weights))):
        grads.insert(0, (activations[l].T @ delta, delta.sum(0)))
        delta = delta @ weights[l].T * activations[l] * (1 - activations[l])
    return grads


@wrong("the gradient in place of the weights")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad = activations[l].T @ delta
        grad_weights.insert(0, grad)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ grad.T * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases
