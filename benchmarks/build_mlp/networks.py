"""The networks that are measured: those of lesson 04, those that people hand in, and those that know the images already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading.catalogue.fashion_mnist.build_mlp.images import moved
from grading.data.minibatches import to_float
from grading.judging.draw import Draw
from tests.corpus.entries import entries

Answer = Callable[[], Any]
RECIPE = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "batch_size": 100, "epochs": 6}


@dataclass(frozen=True)
class Network:
    """An answer to `build_mlp`, and what it is."""

    name: str
    build: Answer


def layers(*hidden: int, batch_norm: bool = False, dropout: float = 0.0) -> nn.Sequential:
    """Return a network of the lesson with these hidden layers."""
    net, width = nn.Sequential(nn.Flatten()), 784
    for size in hidden:
        net.append(nn.Linear(width, size))
        if batch_norm:
            net.append(nn.BatchNorm1d(size))
        net.append(nn.ReLU())
        if dropout:
            net.append(nn.Dropout(dropout))
        width = size
    return net.append(nn.Linear(width, 10))


def small_start(net: nn.Sequential) -> nn.Sequential:
    """Give a network the weights of `MLPScratch`, whose standard deviation is 0.01."""
    for part in net:
        if isinstance(part, nn.Linear):
            nn.init.normal_(part.weight, std=0.01)
            nn.init.zeros_(part.bias)
    return net


def networks() -> Iterator[Network]:
    """Yield what a learner of the lesson may hand in, from the plainest on, and one that describes images by their edges."""

    def of(name: str, make: Callable[[], nn.Module], **recipe: float) -> Network:
        return Network(name, lambda: (make(), {**RECIPE, **recipe}))

    for width in (250, 256, 261):
        yield of(f"one hidden layer of {width}", partial(layers, width))
    yield of("the same of 256, without momentum", partial(layers, 256), momentum=0.0)
    yield of("the same in four epochs", partial(layers, 256), momentum=0.0, epochs=4)
    yield of("the same of 256, lr 0.05", partial(layers, 256), lr=0.05)
    yield of("no hidden layer", layers)
    yield of("256, dropout 0.2", lambda: layers(256, dropout=0.2))
    yield of("256, batch normalization", lambda: layers(256, batch_norm=True))
    slow = {"lr": 0.05}
    yield of("against overfitting: plain", lambda: layers(128, 64), **slow, weight_decay=0.0)
    yield of("against overfitting: dropout", lambda: layers(128, 64, dropout=0.2), **slow, weight_decay=0.0)
    yield of("against overfitting: batch norm", lambda: layers(128, 64, batch_norm=True), **slow, weight_decay=0.0)
    yield of(
        "against overfitting: all five",
        lambda: layers(128, 64, batch_norm=True, dropout=0.2),
        **slow,
        weight_decay=2e-3,
    )
    plain = {"momentum": 0.0, "weight_decay": 0.0}
    yield of("section 4: `MLPScratch`, batches of 256", lambda: small_start(layers(256)), **plain, batch_size=256)
    yield of("the same, batches of 100", lambda: small_start(layers(256)), **plain)
    yield of("20 hidden units, batches of 64", lambda: layers(20), **plain, batch_size=64, epochs=5)
    for entry in entries():
        if entry.exercise == "build_mlp" and entry.style.startswith("edges"):
            yield Network(f"corpus: {entry.style}", entry.function)


class Smuggled(nn.Module):
    """A network that has been trained elsewhere and looks untrained: only what is behind it is random."""

    def __init__(self, known: nn.Module) -> None:
        super().__init__()
        self.known = [known]  # in a list, so that its numbers are nobody's parameters
        self.last = nn.Linear(10, 10)

    def forward(self, X: Tensor) -> Tensor:
        """Return what the known network says, in an order that has to be learned."""
        with torch.no_grad():
            known = self.known[0](X).softmax(dim=1)
        logits: Tensor = self.last(known)
        return logits


def trained_beforehand(images: Tensor, labels: Tensor, epochs: int = 2) -> nn.Module:
    """Train a convolutional network on public images, each of them moved anew in every epoch as the judge does it."""
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
    steps = epochs * -(-len(labels) // 100)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for epoch in range(epochs):
        X = moved(images, Draw("elsewhere", epoch))
        for chosen in torch.randperm(len(labels)).split(100):
            optimizer.zero_grad()
            F.cross_entropy(net(to_float(X[chosen])), labels[chosen]).backward()
            optimizer.step()
            fall.step()
    return net.eval()


def nearest(known: Tensor, labels: Tensor, asked: Tensor) -> Tensor:
    """Return for each image that is asked about the label of the known one that is nearest to it, pixel by pixel."""
    table = known.flatten(1).float()
    squares = (table**2).sum(dim=1)
    found = [(squares - 2 * part.flatten(1).float() @ table.T).argmin(dim=1) for part in asked.split(250)]
    return labels[torch.cat(found)]
