"""Small data and small models of d2l, and a trainer beside d2l's own."""

from __future__ import annotations

from typing import Any

import torch
from d2l import torch as d2l
from torch import Generator, Tensor, nn

from grading.data import Batches

TRAIN, VAL, BATCH = 50, 22, 16


class SmallData(d2l.DataModule):  # type: ignore[misc]
    """Three classes of points in the plane; the last batches are smaller: 2 of 50, 6 of 22."""

    def __init__(
        self, kind: str = "batches", train: int = TRAIN, val: int = VAL, generator: Generator | None = None
    ) -> None:
        super().__init__(num_workers=0)
        self.save_hyperparameters()
        self.batch_size = BATCH
        draw = Generator().manual_seed(3)
        self.y = torch.randint(0, 3, (train + val,), generator=draw)
        self.X = torch.randn(train + val, 4, generator=draw) + self.y.unsqueeze(1)

    def get_dataloader(self, train: bool) -> Any:
        part = slice(0, self.train) if train else slice(self.train, None)
        if self.kind == "tensor loader":
            return self.get_tensorloader((self.X, self.y), train, part)
        return Batches(self.X[part], self.y[part], self.batch_size, shuffle=train, generator=self.generator)


class SmallNet(d2l.Classifier):  # type: ignore[misc]
    """An ordinary classifier, with dropout where it is asked for."""

    def __init__(self, lr: float = 0.1, dropout: float = 0.0, momentum: float = 0.0) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 3))

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=self.lr, momentum=self.momentum)


class Scratch(d2l.Module):  # type: ignore[misc]
    """d2l's first model: plain tensors in place of parameters, and an optimizer of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.w = torch.full((4, 1), 0.01, requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    def forward(self, X: Tensor) -> Tensor:
        return X @ self.w + self.b

    def loss(self, y_hat: Tensor, y: Tensor) -> Tensor:
        return ((y_hat[:, 0] - y) ** 2 / 2).mean()

    def configure_optimizers(self) -> Any:
        return d2l.SGD([self.w, self.b], 0.03)


def small_net(**options: Any) -> SmallNet:
    """Return the same network in every call; its board draws nothing."""
    torch.manual_seed(0)
    return quiet(SmallNet(**options))


def quiet(model: Any) -> Any:
    model.board.display = False
    return model


def learned(model: Any) -> list[Tensor]:
    """Return what a model has learned."""
    tensors = [model.w, model.b] if isinstance(model, Scratch) else [*model.parameters()]
    return [one.detach().clone() for one in tensors]


def same(first: list[Tensor], second: list[Tensor]) -> bool:
    """Return whether these are the same numbers, bit for bit."""
    return len(first) == len(second) and all(map(torch.equal, first, second))
