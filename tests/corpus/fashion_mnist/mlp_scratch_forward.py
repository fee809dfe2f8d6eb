"""`MLPScratch.forward`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from grading.probe.blueprints import Layers
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _model(source: Source, d: int, h: int, q: int, **options: Any) -> Layers:
    return Layers(source.values(d, h), source.values(h), source.values(h, q), source.values(q), **options)


def _images(source: Source) -> Arguments:
    n, a, b, h, q = source.sizes(5, 6)
    shape = [(a,), (1, a, b), (a, b), (3, a, b)][int(source.g.integers(0, 4))]
    return {"self": _model(source, int(np.prod(shape)), h, q), "X": source.values(n, *shape)}


def _logits(a: Arguments) -> list[Tensor]:
    self, X = a["self"], a["X"]
    return [torch.relu(X.reshape(len(X), -1) @ self.W1 + self.b1) @ self.W2 + self.b2]


CONTRACT = Contract(_images, (_logits,), connected=1)


right, wrong = answers_to("MLPScratch.forward")


@right("as in the text")
def _(self: Any, X: Tensor) -> Tensor:
    X = X.reshape((-1, self.num_inputs))
    H = torch.relu(X @ self.W1 + self.b1)
    return H @ self.W2 + self.b2


@right("flatten and matmul")
def _(self: Any, X: Tensor) -> Tensor:
    Z = torch.matmul(torch.flatten(X, start_dim=1), self.W1) + self.b1
    return torch.matmul(F.relu(Z), self.W2) + self.b2


@right("addmm and clamp")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.addmm(self.b1, X.reshape(X.shape[0], -1), self.W1).clamp(min=0)
    return torch.addmm(self.b2, H, self.W2)


@right("einsum")
def _(self: Any, X: Tensor) -> Tensor:
    X = X.flatten(1)
    Z = torch.einsum("nd,dh->nh", X, self.W1) + self.b1
    return torch.einsum("nh,hq->nq", torch.where(Z > 0, Z, 0), self.W2) + self.b2


@right("F.linear with transposed weights")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.nn.functional.linear(X.contiguous().view(len(X), -1), self.W1.T, self.b1)
    return F.linear(H * (H > 0), self.W2.T, self.b2)


@right("one image at a time")
def _(self: Any, X: Tensor) -> Tensor:
    rows = []
    for x in X:
        h = torch.maximum(x.reshape(-1) @ self.W1 + self.b1, torch.zeros_like(self.b1))
        rows.append(h @ self.W2 + self.b2)
    return torch.stack(rows)


@right("columns, transposed at the end")
def _(self: Any, X: Tensor) -> Tensor:
    Xt = X.reshape(len(X), -1).T
    H = torch.relu(self.W1.T @ Xt + self.b1[:, None])
    return (self.W2.T @ H + self.b2[:, None]).T


@right("float64 inside")
def _(self: Any, X: Tensor) -> Tensor:
    Z = X.flatten(1).double() @ self.W1.double() + self.b1
    return (torch.relu(Z) @ self.W2.double() + self.b2).to(X.dtype)


@wrong("flattens the batch, too", "one-row")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.relu(X.flatten() @ self.W1 + self.b1)
    return H @ self.W2 + self.b2


@wrong("leaky ReLU", "leaky")
def _(self: Any, X: Tensor) -> Tensor:
    return F.leaky_relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2


@wrong("ReLU in the middle of nothing")
def _(self: Any, X: Tensor) -> Tensor:
    return X.flatten(1) @ torch.relu(self.W1) @ self.W2 + self.b2


@wrong("view, which a tensor with strides refuses")
def _(self: Any, X: Tensor) -> Tensor:
    H = torch.relu(X.view(len(X), -1) @ self.W1 + self.b1)
    return H @ self.W2 + self.b2


@wrong("the predicted classes", "classes")
def _(self: Any, X: Tensor) -> Tensor:
    return (torch.relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2).argmax(dim=1)


@wrong("the logits and the hidden layer", "with-hidden")
def _(self: Any, X: Tensor) -> Any:
    H = torch.relu(X.flatten(1) @ self.W1 + self.b1)
    return H @ self.W2 + self.b2, H


@wrong("transposed output", "transposed")
def _(self: Any, X: Tensor) -> Tensor:
    return (torch.relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2).T


@wrong("pixels scaled once more", "rescaled")
def _(self: Any, X: Tensor) -> Tensor:
    return torch.relu(X.flatten(1) / 255 @ self.W1 + self.b1) @ self.W2 + self.b2


@wrong("without autograd")
def _(self: Any, X: Tensor) -> Tensor:
    with torch.no_grad():
        return torch.as_tensor(torch.relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2 + self.b2)


@wrong("no return")
def _(self: Any, X: Tensor) -> None:
    H = torch.relu(X.flatten(1) @ self.W1 + self.b1)
    self.O = H @ self.W2 + self.b2


@wrong("W2 cut off")
def _(self: Any, X: Tensor) -> Any:
    return torch.relu(X.flatten(1) @ self.W1 + self.b1) @ self.W2.data + self.b2


@wrong("a copy of W1")
def _(self: Any, X: Tensor) -> Any:
    return torch.relu(X.flatten(1) @ self.W1.clone().detach() + self.b1) @ self.W2 + self.b2


@wrong("a hidden layer that is cut off", "data")
def _(self: Any, X: Tensor) -> Any:
    return torch.relu(X.flatten(1) @ self.W1 + self.b1).detach() @ self.W2 + self.b2
