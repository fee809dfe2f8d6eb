"""`deep_forward`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.backpropagation.shared import deep, deep_truth
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Contract

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = Contract(deep, (deep_truth,), connected=99)


right, wrong = answers_to("deep_forward")


@right("as in the text")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations


@right("1 / (1 + exp(-z)), as a tuple")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    A, found = X, (X,)
    for W, b in zip(weights, biases, strict=True):
        A = 1 / (1 + torch.exp(-(A @ W + b)))
        found = (*found, A)
    return found


@right("by index")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    A = [X] + [None] * len(weights)
    for l in range(len(weights)):
        A[l + 1] = F.linear(A[l], weights[l].T, biases[l]).sigmoid()
    return A


@right("recursion")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    def run(A: Tensor, layers: Any) -> Any:
        if not layers:
            return [A]
        (W, b), *rest = layers
        return [A, *run(torch.sigmoid(torch.addmm(b, A, W)), rest)]

    return run(X, list(zip(weights, biases, strict=True)))


@right("tanh")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append((1 + torch.tanh((activations[-1] @ W + b) / 2)) / 2)
    return activations


@right("two branches")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        Z = torch.einsum("nd,dh->nh", activations[-1], W) + b
        E = torch.exp(-Z.abs())
        activations.append(torch.where(Z >= 0, 1 / (1 + E), E / (1 + E)))
    return activations


@right("one example at a time")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    layer = partial(torch.sigmoid)
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.stack([layer(a @ W + b) for a in activations[-1]]))
    return activations


@wrong("the list is reversed", "from-the-top")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations[::-1]


@wrong("each layer gets X", "always-from-the-input")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    return [X, *(torch.sigmoid(X @ W + b) for W, b in zip(weights, biases, strict=True))]


@wrong("the last layer is missing", "without-last-layer")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations


@wrong("the weights of the first layer everywhere")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for b in biases:
        activations.append(torch.sigmoid(activations[-1] @ weights[0] + b))
    return activations


@wrong("a dict")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = {0: X}
    for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
        activations[i + 1] = torch.sigmoid(activations[i] @ W + b)
    return activations


@wrong("a sigmoid twice")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(torch.sigmoid(activations[-1] @ W + b)))
    return activations
