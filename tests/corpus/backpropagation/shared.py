"""What the contracts of this lesson share."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.oracle import Arguments, Source


def parameters(source: Source) -> tuple[int, int, dict[str, Tensor]]:
    n, d, h, q = source.sizes(4, 20)
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, q), "b2": (q,)}
    return n, d, {name: source.values(*shape) for name, shape in shapes.items()}


def forward(source: Source) -> Arguments:
    n, d, params = parameters(source)
    return {"X": source.values(n, d), "params": params}


def passed(X: Tensor, params: dict[str, Tensor]) -> list[Tensor]:
    Z = torch.einsum("nd,dh->nh", X, params["W1"]) + params["b1"]
    H = torch.relu(Z)
    return [torch.einsum("nh,hq->nq", H, params["W2"]) + params["b2"], Z, H]


def objective_truth(a: Arguments) -> list[Tensor]:
    weights = a["params"]["W1"].square().sum() + a["params"]["W2"].square().sum()
    return [F.mse_loss(a["O"], a["Y"]) + a["weight_decay"] / 2 * weights]


def deep(source: Source) -> Arguments:
    sizes = source.sizes(1 + int(source.g.integers(1, 5)), 20)
    n = source.sizes(1)[0]
    X = source.extremes(n, sizes[0]) if not source.plain and source.chance(0.2) else source.values(n, sizes[0])
    weights = [source.values(a, b) for a, b in pairwise(sizes)]
    return {"X": X, "weights": weights, "biases": [source.values(b) for b in sizes[1:]]}


def deep_truth(a: Arguments) -> list[Tensor]:
    activations = [a["X"]]
    for W, b in zip(a["weights"], a["biases"], strict=True):
        activations.append(1 / (1 + torch.exp(-(activations[-1] @ W + b))))
    return activations
