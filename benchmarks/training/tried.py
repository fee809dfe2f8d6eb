"""What might make a training step cheaper, each beside the plain step, in one process and by turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.training.contenders import floor, network
from benchmarks.training.recipe import Epochs, Images, Recipe, images

Gather = Callable[[Images, Tensor], tuple[Tensor, Tensor]]


def by_rows(one: Images, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Gather along the first axis, as the course does."""
    return one.X.index_select(0, chosen), one.y.index_select(0, chosen)


def by_index(one: Images, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Gather by indexing, as most do."""
    return one.X[chosen], one.y[chosen]


def from_bytes(one: Images, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """Gather bytes, a quarter of the memory, and make numbers of each batch."""
    return one.raw.train_images.index_select(0, chosen).to(torch.float32).div_(255), one.y.index_select(0, chosen)


def steps(
    one: Images, recipe: Recipe, gather: Gather = by_rows, keep: bool = False, **options: Any
) -> Callable[[], None]:
    """Return an epoch of training; `keep` sets gradients to zero in place, `options` go to the optimizer."""
    net = network(recipe)
    optimizer = torch.optim.SGD(net.parameters(), lr=recipe.lr, **options)

    def epoch() -> None:
        for chosen in torch.randperm(len(one.y)).split(recipe.batch_size):
            X, y = gather(one, chosen)
            loss = F.cross_entropy(net(X), y)
            optimizer.zero_grad(set_to_none=not keep)
            loss.backward()
            optimizer.step()

    return epoch


def with_a_column(one: Images, recipe: Recipe) -> Callable[[], None]:
    """Return an epoch in which the biases are a row of the weights, and the inputs have a column of ones."""
    column = torch.ones(len(one.X), 1)
    X = torch.cat([one.X.flatten(1), column], dim=1)
    (width,) = recipe.widths
    weights = [nn.Parameter(torch.randn(a + 1, b) * a**-0.5) for a, b in ((784, width), (width, 10))]
    optimizer = torch.optim.SGD(weights, lr=recipe.lr)

    def epoch() -> None:
        for chosen in torch.randperm(len(one.y)).split(recipe.batch_size):
            H = torch.relu(X.index_select(0, chosen) @ weights[0])
            O = torch.cat([H, column[: len(H)]], dim=1) @ weights[1]
            loss = F.cross_entropy(O, one.y.index_select(0, chosen))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def tried(rounds: int) -> str:
    """Return the table: the training part of an epoch, each way, in multiples of the products of training and validation."""
    torch.set_num_threads(1)
    one, recipe = images(), Recipe(epochs=1)
    ways: dict[str, Callable[[], Any]] = {
        "the products": lambda: floor(recipe, one, Epochs()),
        "the plain step, batches by index_select": steps(one, recipe),
        "batches by indexing": steps(one, recipe, by_index),
        "images kept as bytes": steps(one, recipe, from_bytes),
        "a fused SGD": steps(one, recipe, fused=True),
        "SGD over all parameters at once (foreach)": steps(one, recipe, foreach=True),
        "gradients zeroed in place": steps(one, recipe, keep=True),
        "biases as a row of the weights": with_a_column(one, recipe),
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, epoch in ways.items():
            start = time.process_time()
            epoch()
            found[name].append(time.process_time() - start)
    least = statistics.median(found["the products"])
    rows = [f"| {name} | {statistics.median(times) / least:.2f} |" for name, times in found.items()]
    return "\n".join(["| way | times the products |", "|---|--:|", *rows]) + "\n"
