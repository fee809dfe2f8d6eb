"""What lesson 05 claims, computed anew with PyTorch's own functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from statistics import NormalDist

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading.data import batches, fashion_mnist
from tests.claims import Said, claim

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "ReLU": torch.relu}
STARTS: dict[str, Callable[[int, int], float]] = {
    "std 0.01": lambda fan_in, fan_out: 0.01,
    "std 1": lambda fan_in, fan_out: 1.0,
    "Xavier": lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)),
    "He": lambda fan_in, fan_out: math.sqrt(2 / fan_in),
}


def normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def sigmoid_layers(start: str, width: int = 128, depth: int = 30) -> tuple[list[float], list[float]]:
    """Return the spread between examples, and the size of the gradient, after each of 30 sigmoid layers."""
    H = normal(7, 256, width).requires_grad_(True)
    outputs = [H]
    for layer in range(depth):
        outputs.append(torch.sigmoid(outputs[-1] @ normal(100 + layer, width, width) * STARTS[start](width, width)))
    grads = torch.autograd.grad((outputs[-1] * normal(8, 256, width)).sum(), outputs)
    return [float(H.detach().std(dim=0).mean()) for H in outputs], [float(grad.std()) for grad in grads]


def factor_a_layer(sizes: Sequence[float]) -> float:
    """Return by which factor the first of these sizes exceeds the last, for each step between them."""
    return (sizes[0] / sizes[-1]) ** (1 / (len(sizes) - 1))


@claim("thirty-factors")
def _(said: Said) -> None:
    assert said.numbers == (10, round(1.1**30), 50, round(1.5**30, -4))


@claim("fifty-factors")
def _(said: Said) -> None:
    assert said.numbers == (1.1, round(1.1**50), 50, 1.25, round(1.25**50, -4))


@claim("half-of-directions")
def _(said: Said) -> None:
    product = torch.eye(64, dtype=torch.float64)
    for layer in range(30):
        product = product @ normal(200 + layer, 64, 64) / math.sqrt(64)
    assert said.numbers == (30, 10_000)
    assert float(torch.linalg.svdvals(product).median()) < 1 / 10_000


@claim("equal-units-stay-at-a-sixth")
def _(said: Said) -> None:
    # A rising function of a weighted sum takes, in some order, rising values on the corners: 0, p, p, p at best.
    y = torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=torch.float64)
    best = torch.cat((y[:1], y[1:].mean().expand(3)))
    assert math.isclose(float(((best - y) ** 2).mean()), 1 / 6)


@claim("beyond-three-sigma")
def _(said: Said) -> None:
    assert round(1 / (2 * NormalDist().cdf(-3))) == said.numbers[-1]


@claim("sigmoid-loses-a-layer")
def _(said: Said) -> None:
    for start in ("Xavier", "He"):
        # The last layer's gradient is given, so the factor is taken from there to the first layer.
        grads = sigmoid_layers(start)[1][1:]
        assert 3 <= factor_a_layer(grads[::-1]) <= 4.5


@claim("examples-come-together")
def _(said: Said) -> None:
    spreads = sigmoid_layers("Xavier")[0][1:21]  # further down only rounding is left
    assert said.numbers[0] <= factor_a_layer(spreads) <= said.numbers[1] + 0.5


@claim("too-large-by")
def _(said: Said) -> None:
    assert round(1.3**12) == 23


@claim("swapped-fans")
def _(said: Said) -> None:
    wide, narrow, times = said.numbers
    assert round(math.sqrt(wide / narrow), 1) == times


def network(activation: str, std: Callable[[int, int], float]) -> nn.Sequential:
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise([784, *[64] * 12, 10]):
        linear = nn.Linear(fan_in, fan_out)
        nn.init.normal_(linear.weight, std=std(fan_in, fan_out))
        nn.init.zeros_(linear.bias)
        layers += [linear, {"tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "ReLU": nn.ReLU()}[activation]]
    return nn.Sequential(*layers[:-1])


def run(net: nn.Sequential, lr: float, epochs: int, max_norm: float = math.inf) -> tuple[list[float], list[float]]:
    """Return the losses and the norms of the gradients of plain SGD on the sample."""
    data = fashion_mnist(source="sample")
    pixels = data.train_images / 255
    mean, std = pixels.mean(), pixels.std()
    generator = torch.Generator().manual_seed(0)
    losses, norms = [], []
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    for _ in range(epochs):
        for images, y in batches(data.train_images, data.train_labels, 125, shuffle=True, generator=generator):
            loss = F.cross_entropy(net(((images - mean) / std).flatten(1)), y)
            optimizer.zero_grad()
            loss.backward()
            norms.append(float(nn.utils.clip_grad_norm_(net.parameters(), max_norm)))
            losses.append(float(loss.detach()))
            optimizer.step()
    return losses, norms


@cache
def clipped() -> tuple[list[float], list[float]]:
    return run(network("ReLU", lambda fan_in, fan_out: 1.3 * math.sqrt(2 / fan_in)), lr=0.05, epochs=4, max_norm=1.0)


@claim("every-step-is-clipped", slow=True)
def _(said: Said) -> None:
    losses, norms = clipped()
    assert min(norms) > 1
    assert losses[-1] < losses[0]


@claim("who-learns", slow=True)
def _(said: Said) -> None:
    best = {
        (activation, start): min(
            end if math.isfinite(end := sum(run(network(activation, std), lr, epochs=4)[0][-20:]) / 20) else math.inf
            for lr in (0.1, 0.03, 0.01)
        )
        for activation in ACTIVATIONS
        for start, std in STARTS.items()
    }
    learn = {pairing for pairing, loss in best.items() if loss < 0.9 * math.log(10)}
    assert learn == {("tanh", "Xavier"), ("tanh", "He"), ("sigmoid", "std 1"), ("ReLU", "Xavier"), ("ReLU", "He")}
    assert best["ReLU", "He"] < best["ReLU", "Xavier"]
    assert math.isinf(best["ReLU", "std 1"])


@claim("most-are-saturated")
def _(said: Said) -> None:
    H = normal(7, 256, 128)
    for layer in range(30):
        H = torch.tanh(H @ normal(100 + layer, 128, 128))
    assert float((H.abs() > 0.99).float().mean()) > 0.5


@claim("std-1-suits-the-sigmoid")
def _(said: Said) -> None:
    ranges = {start: [abs(math.log(size)) for size in sigmoid_layers(start)[1][1:]] for start in STARTS}
    spans = {start: max(sizes) - min(sizes) for start, sizes in ranges.items()}
    assert min(spans, key=lambda start: spans[start]) == "std 1"


@claim("later-than-he", slow=True)
def _(said: Said) -> None:
    def first_below(start: str) -> int:
        losses = run(network("ReLU", STARTS[start]), 0.03, epochs=4)[0]
        smooth = [sum(losses[n : n + 10]) / 10 for n in range(len(losses) - 10)]
        return next(n for n, loss in enumerate(smooth) if loss < 0.9 * math.log(10))

    assert first_below("Xavier") > 1.5 * first_below("He")
