"""What lesson 04 says in numbers, computed anew."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from grading import exercise, judge
from grading.catalogue.fashion_mnist.build_mlp import examine
from grading.data import CLASS_NAMES, fashion_mnist, to_float
from grading.data.bundled import HELD_OUT_PER_CLASS, TEST_PER_CLASS, TRAINING_PER_CLASS
from grading.data.files import FILES
from grading.training.trial_run import HELD_OUT
from tests.claims import Said, claim

PIXELS, HIDDEN, CLASSES = 28 * 28, 256, len(CLASS_NAMES)
SAMPLE = CLASSES * TRAINING_PER_CLASS
# Each file of images has a header of 16 bytes, then a byte for each pixel.
ALL_TRAINING, ALL_TEST = ((file.size - 16) // PIXELS for file in FILES[::2])


def network(sigma: float = 0.01) -> nn.Sequential:
    """Return the network of the lesson, with its own initialization."""
    torch.manual_seed(1)
    net = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
    for layer in (net[1], net[3]):
        nn.init.normal_(layer.weight, std=sigma)
        nn.init.zeros_(layer.bias)
    return net


def trained(lr: float, steps: int) -> tuple[nn.Sequential, Tensor]:
    """Return the network after so many steps with batches of 256 of the sample, and the images."""
    sample = fashion_mnist(source="sample")
    X, y = to_float(sample.train_images), sample.train_labels
    net, draw = network(), Generator().manual_seed(0)
    for _ in range(steps):
        chosen = torch.randint(len(y), (256,), generator=draw)
        net.zero_grad()
        F.cross_entropy(net(X[chosen]), y[chosen]).backward()
        with torch.no_grad():
            for parameter in net.parameters():
                assert parameter.grad is not None
                parameter -= lr * parameter.grad
    return net, X


@claim("sizes")
def _(said: Said) -> None:
    parameters = sum(a * b + b for a, b in pairwise((PIXELS, HIDDEN, CLASSES)))
    assert said.numbers == (PIXELS, parameters)
    assert "ten classes" in said.text
    assert CLASSES == 10


@claim("images")
def _(said: Said) -> None:
    assert said.numbers == (28, 28, ALL_TRAINING, ALL_TEST)


@claim("sample")
def _(said: Said) -> None:
    assert said.numbers == (CLASSES * (TRAINING_PER_CLASS + TEST_PER_CLASS),)
    sample = fashion_mnist(source="sample")
    assert said.numbers == (len(sample.train_labels) + len(sample.test_labels),)


@claim("guess")
def _(said: Said) -> None:
    counts = fashion_mnist(source="sample").train_labels.bincount()
    assert said.numbers == (100 / CLASSES,)
    assert counts.max() < 1.1 * counts.min()


@claim("twelve-times")
def _(said: Said) -> None:
    assert said.numbers == (SAMPLE, ALL_TRAINING)
    assert ALL_TRAINING / SAMPLE == 12
    assert "twelve times" in said.text


@claim("default-weights")
def _(said: Said) -> None:
    torch.manual_seed(0)
    weights = nn.Linear(PIXELS, HIDDEN).weight.detach()
    assert float(weights.abs().max()) <= 1 / math.sqrt(PIXELS) + 1e-7
    assert round(float(weights.std()), 2) == said.numbers[0] == 2 * 0.01
    assert round(1 / math.sqrt(PIXELS), 3) == 0.036


@claim("nearly-the-same-mean")
def _(said: Said) -> None:
    sample = fashion_mnist(source="sample")
    images = to_float(sample.train_images).flatten(1)
    means = torch.stack([images[sample.train_labels == label].mean(0) for label in range(CLASSES)])
    apart = torch.cdist(means, means)
    alike = [CLASS_NAMES.index(name) for name in ("pullover", "coat", "shirt")]
    among = max(float(apart[a, b]) for a in alike for b in alike)
    assert among < 0.6 * float(apart[~torch.eye(CLASSES, dtype=torch.bool)].median())


@claim("valley-and-cliff", slow=True)
def _(said: Said) -> None:
    sample = fashion_mnist(source="sample")
    losses = {}
    for lr in (0.001, 0.01, 0.1, 0.3, 1.0, 10.0):
        net, X = trained(lr, steps=600)
        with torch.no_grad():
            losses[lr] = float(F.cross_entropy(net(X), sample.train_labels))
    assert losses[0.001] > 0.9 * math.log(CLASSES)
    assert losses[0.001] > losses[0.01] > losses[0.1]
    best = min(losses, key=lambda lr: losses[lr])
    assert best < 10
    assert losses[10.0] > 2 * losses[best]


@claim("dead-units")
def _(said: Said) -> None:
    net, X = trained(lr=said.numbers[0], steps=20)
    with torch.no_grad():
        dead = (net[:3](X[:2000]) == 0).all(dim=0).float().mean()
    assert dead > 0.9


@claim("margins", slow=True)
def _(said: Said) -> None:
    net, _ = trained(lr=0.1, steps=180)
    with torch.no_grad():
        moved = (net[1].weight - network()[1].weight).square().mean(dim=0).reshape(28, 28).sqrt()
    middle = moved[7:21, 7:21].mean()
    assert said.numbers == ()
    for margin in (moved[:2], moved[-2:], moved[:, :2], moved[:, -2:]):
        assert margin.mean() < 0.7 * middle


@claim("several-times-its-size", slow=True)
def _(said: Said) -> None:
    net, _ = trained(lr=0.1, steps=180)
    start = network()
    with torch.no_grad():
        assert float(net[3].weight.norm() / start[3].weight.norm()) > 5
        assert all(bool(net[layer].bias.any()) and not start[layer].bias.any() for layer in (1, 3))


@claim("corners-are-zero")
def _(said: Said) -> None:
    images = fashion_mnist(source="sample").train_images
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        assert float((images[:, row, column] == 0).float().mean()) > 0.95


@claim("luck")
def _(said: Said) -> None:
    for deviation, count in ((said.numbers[0], said.numbers[1]), (said.numbers[2], said.numbers[3])):
        exact = math.sqrt(0.85 * 0.15 / count)
        assert round(exact, 3) == deviation
    assert said.numbers[1::2] == (ALL_TRAINING / 10, SAMPLE / 10)


@claim("judge-images")
def _(said: Said) -> None:
    assert said.numbers == (SAMPLE, CLASSES * HELD_OUT_PER_CLASS)


@claim("goals")
def _(said: Said) -> None:
    assert said.numbers == (examine.HALF, examine.ALL)
    assert set(examine.PARTS.values()) == {0.5}


@claim("size-limit")
def _(said: Said) -> None:
    assert said.numbers == (examine.MOST_NUMBERS,)


@claim("bounds")
def _(said: Said) -> None:
    written = ("momentum", "weight_decay", "batch_size", "epochs")
    assert said.numbers == tuple(bound for name in written for bound in examine.RECIPE[name][:2])


@claim("time-limit")
def _(said: Said) -> None:
    assert said.numbers == (examine.MOST_SECONDS,)


@claim("enough", slow=True)
def _(said: Said) -> None:
    """Return whether the lesson's network, with the learning rate of its sweep and smaller batches, has all points."""
    recipe = {"lr": 0.3, "momentum": 0.0, "weight_decay": 0.0, "batch_size": 32, "epochs": 6}
    plain = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))
    assert said.numbers == ()
    assert judge(exercise("build_mlp"), lambda: (plain, recipe)).passed


@claim("try-out-images")
def _(said: Said) -> None:
    assert said.numbers == (SAMPLE - HELD_OUT, HELD_OUT)


@claim("honour")
def _(said: Said) -> None:
    assert said.numbers == (examine.HONOUR,)


@claim("stable-loss")
def _(said: Said) -> None:
    below, loss = said.numbers
    logits = torch.tensor([[-below, 0.0, -1000.0]])
    assert round(float(F.cross_entropy(logits, torch.tensor([0])))) == loss


@claim("clamped-loss")
def _(said: Said) -> None:
    logits = torch.tensor([[-100.0, 0.0, -1000.0]], requires_grad=True)
    loss = -torch.log(torch.softmax(logits, dim=1)[0, 0] + 1e-9)
    loss.backward()
    assert logits.grad is not None
    assert (round(float(loss.detach()), 1),) == said.numbers
    assert float(logits.grad.abs().max()) < 1e-30


@claim("broadcast")
def _(said: Said) -> None:
    logits = F.one_hot(torch.arange(1000) % CLASSES, CLASSES).float()
    labels = torch.arange(1000) % CLASSES  # every one of them is right
    shown = (logits.argmax(dim=1, keepdim=True) == labels).float().mean()
    assert abs(float(shown) - said.numbers[0]) < 1e-6


@claim("half-as-far", slow=True)
def _(said: Said) -> None:
    sample = fashion_mnist(source="sample")
    X, y = to_float(sample.train_images), sample.train_labels
    far = []
    for size in (128, 256):
        net, order = network(), Generator().manual_seed(0)
        for rows in torch.randperm(len(y), generator=order).split(size):
            net.zero_grad()
            F.cross_entropy(net(X[rows]), y[rows]).backward()
            with torch.no_grad():
                for parameter in net.parameters():
                    assert parameter.grad is not None
                    parameter -= 0.1 * parameter.grad
        with torch.no_grad():
            moved = [
                (new - old).square().sum() for new, old in zip(net.parameters(), network().parameters(), strict=True)
            ]
        far.append(math.sqrt(float(sum(moved))))
    assert 0.3 < far[1] / far[0] < 0.55
