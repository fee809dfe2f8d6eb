"""`build_mlp`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.oracle import LeftOut

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = LeftOut("a network with one thing changed is most often another right answer: its score is an accuracy")


right, wrong = answers_to("build_mlp")


class _Edges(nn.Module):
    """The strength of edges in eight directions, in squares of 4 by 4 pixels, (n, 392)."""

    def forward(self, X: Tensor) -> Tensor:
        P = F.pad(X, (1, 1, 1, 1), mode="replicate")
        dx, dy = P[..., 1:-1, 2:] - P[..., 1:-1, :-2], P[..., 2:, 1:-1] - P[..., :-2, 1:-1]
        angles = torch.arange(8, device=X.device).reshape(8, 1, 1) * math.pi / 4
        edges = torch.relu(torch.cos(angles) * dx + torch.sin(angles) * dy)
        return torch.sqrt(F.avg_pool2d(edges, 4) + 1e-4).flatten(1)


RECIPE = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-2, "batch_size": 100, "epochs": 6}


@right("edges, batch normalization, dropout")
def _() -> Any:
    hidden = [nn.Linear(392, 128), nn.BatchNorm1d(128), nn.ReLU(), nn.Dropout(0.2)]
    net = nn.Sequential(_Edges(), nn.BatchNorm1d(392, affine=False), *hidden, nn.Linear(128, 10))
    return net, dict(RECIPE)


class _Cells(nn.Module):
    """The same by the angle of the gradient, each edge shared by two neighbouring directions, in two grids, (n, 520)."""

    def forward(self, X: Tensor) -> Tensor:
        P = F.pad(X, (1, 1, 1, 1), mode="replicate")
        dx, dy = P[..., 1:-1, 2:] - P[..., 1:-1, :-2], P[..., 2:, 1:-1] - P[..., :-2, 1:-1]
        turn = torch.atan2(dy, dx) * 8 / (2 * math.pi)
        away = (turn - torch.arange(-4.0, 4.0, device=X.device).reshape(8, 1, 1)).abs()
        edges = torch.sqrt(dx**2 + dy**2 + 1e-8) * torch.relu(1 - torch.minimum(away, 8 - away))
        return 4 * torch.cat([torch.sqrt(F.avg_pool2d(edges, k) + 1e-4).flatten(1) for k in (4, 7)], dim=1) - 1


@right("lazy layers")
def _() -> Any:
    layers = [nn.LazyLinear(128), nn.LazyBatchNorm1d(), nn.ReLU(), nn.Dropout(0.2), nn.LazyLinear(10)]
    return nn.Sequential(_Cells(), *layers), {**RECIPE, "lr": 0.05, "batch_size": 50}


@right("a module of one's own, in a list, with tensors in the recipe")
def _() -> Any:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.edges, self.scale, self.norm = _Edges(), nn.BatchNorm1d(392), nn.BatchNorm1d(160)
            self.first, self.second = nn.Linear(392, 160), nn.Linear(160, 10)

        def forward(self, X: Tensor) -> Tensor:
            H = F.dropout(F.gelu(self.norm(self.first(self.scale(self.edges(X))))), 0.3, self.training)
            return torch.as_tensor(self.second(H))

    recipe: dict[str, Any] = {name: torch.tensor(value) for name, value in RECIPE.items()}
    return [Net(), {**recipe, "remark": "GELU"}]


@right("NumPy numbers, whole ones as floats")
def _() -> Any:
    hidden = [nn.Linear(392, 144), nn.BatchNorm1d(144), nn.ReLU(), nn.Dropout(0.2)]
    recipe = {name: np.float64(value) for name, value in RECIPE.items()}
    return nn.Sequential(_Edges(), nn.BatchNorm1d(392), *hidden, nn.Linear(144, 10)), recipe


@right("two small networks whose outputs are averaged")
def _() -> Any:
    class Committee(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.edges = nn.Sequential(_Edges(), nn.BatchNorm1d(392))
            self.members = nn.ModuleList(
                nn.Sequential(nn.Linear(392, 96), nn.BatchNorm1d(96), nn.ReLU(), nn.Dropout(0.2), nn.Linear(96, 10))
                for _ in range(2)
            )

        def forward(self, X: Tensor) -> Tensor:
            E = self.edges(X)
            return torch.stack([member(E) for member in self.members]).mean(dim=0)

    return Committee(), dict(RECIPE)


OUTSIDE = nn.Sequential(
    _Edges(),
    nn.BatchNorm1d(392),
    nn.Linear(392, 128),
    nn.BatchNorm1d(128),
    nn.ReLU(),
    nn.Dropout(0.2),
    nn.Linear(128, 10),
)


@right("the same network each time")
def _() -> Any:
    return OUTSIDE, RECIPE


@wrong("returns nothing")
def _() -> None:
    nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


@wrong("no recipe in the pair")
def _() -> Any:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), None


@wrong("a learning rate as text")
def _() -> Any:
    recipe = {"lr": "0.1", "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 6}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe


@wrong("half an epoch")
def _() -> Any:
    recipe = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 1.5}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe


@wrong("a negative momentum")
def _() -> Any:
    recipe = {"lr": 0.1, "momentum": -0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 6}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe


@wrong("a network without a forward method")
def _() -> Any:
    recipe = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 64, "epochs": 6}
    return nn.Module(), recipe


@wrong("a learning rate that explodes")
def _() -> Any:
    recipe = {"lr": 10.0, "momentum": 0.99, "weight_decay": 0.0, "batch_size": 500, "epochs": 2}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 10)), recipe


@wrong("no hidden layer and one epoch")
def _() -> Any:
    recipe = {"lr": 0.01, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 100, "epochs": 1}
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), recipe
