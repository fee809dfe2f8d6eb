"""`objective`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.corpus.backpropagation.shared import objective_truth, parameters
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source
from tests.corpus.readings import single_loss

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _objective(source: Source) -> Arguments:
    n, _, params = parameters(source)
    q = len(params["b2"])
    decay = float(source.g.choice([0.0, 0.3, 1.0, 2.5]))
    return {"O": source.values(n, q), "Y": source.values(n, q), "params": params, "weight_decay": decay}


CONTRACT = Contract(_objective, (objective_truth,), single_loss, connected=1)


right, wrong = answers_to("objective")


@right("as in the text")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    loss = ((O - Y) ** 2).mean()
    penalty = weight_decay / 2 * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    return loss + penalty


@right("the library's loss")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    norms = torch.linalg.norm(params["W1"]) ** 2 + torch.linalg.norm(params["W2"]) ** 2
    return F.mse_loss(O, Y) + 0.5 * weight_decay * norms


@right("a loss module and traces")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    W1, W2 = params["W1"], params["W2"]
    return nn.MSELoss()(O, Y) + weight_decay * (torch.trace(W1.T @ W1) + torch.trace(W2 @ W2.T)) / 2


@right("a mean of means")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    loss = (O - Y).pow(2).mean(dim=1).mean(dim=0)
    return loss + sum(weight_decay / 2 * W.square().sum() for name, W in params.items() if name.startswith("W"))


@right("a sum divided by the number of elements")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    error = (O - Y).flatten()
    weights = torch.cat([params["W1"].flatten(), params["W2"].flatten()])
    return error @ error / error.numel() + weight_decay / 2 * (weights @ weights)


@right("an honest loop")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    n, q = O.shape
    loss = sum((O[i, j] - Y[i, j]) ** 2 for i in range(n) for j in range(q)) / (n * q)
    for name in ("W1", "W2"):
        loss = loss + weight_decay / 2 * sum(w * w for row in params[name] for w in row)
    return loss


@right("einsum and Frobenius norms")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    E = O - Y
    s = sum(torch.norm(params[name], p="fro") ** 2 for name in ("W1", "W2"))
    return torch.einsum("nq,nq->", E, E) / E.numel() + weight_decay * s / 2


@wrong("divided by the number of outputs", "divided-by-q")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).sum() / O.shape[1] + weight_decay / 2 * s


@wrong("the penalty has a minus", "penalty-subtracted")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).mean() - weight_decay / 2 * s


@wrong("the penalty multiplies", "penalty-multiplies")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).mean() * (1 + weight_decay / 2 * s)


@wrong("a one-element vector")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return (((O - Y) ** 2).mean() + weight_decay / 2 * s).reshape(1)


@wrong("the penalty is averaged over the batch", "penalty-by-n")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).mean() + weight_decay / (2 * len(O)) * s


@wrong("spectral norms", "penalty-spectral")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = torch.linalg.matrix_norm(params["W1"], 2) ** 2 + torch.linalg.matrix_norm(params["W2"], 2) ** 2
    return ((O - Y) ** 2).mean() + weight_decay / 2 * s
