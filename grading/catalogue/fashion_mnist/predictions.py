"""What lesson 04 asks before it shows the answer. What needs a training is trained here, small enough for a second or two."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from grading.catalogue.questions import Kind, Questions
from grading.data import fashion_mnist, to_float

ask = Questions()

STAYS, BETWEEN, ZERO = "stays at ln 10", "stops in between", "goes to 0"
RATES = (0.001, 0.01, 0.1, 0.3, 1.0, 10.0)


def _images(count: int, beyond: int = 0) -> tuple[Tensor, Tensor]:
    """Return images (count, 1, 28, 28) and labels of the sample, in a random order, from number `beyond` on."""
    sample = fashion_mnist(source="sample")
    order = torch.randperm(len(sample.train_labels), generator=Generator().manual_seed(0))[beyond : beyond + count]
    return to_float(sample.train_images[order]), sample.train_labels[order]


def _network(hidden: int = 64) -> nn.Sequential:
    """Return an MLP that begins at random, and leaves everybody's random numbers as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        first, second = nn.Linear(784, hidden), nn.Linear(hidden, 10)
        for layer in (first, second):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), second)


def _train(net: nn.Sequential, X: Tensor, y: Tensor, epochs: int, batch: int, lr: float) -> None:
    draw = Generator().manual_seed(1)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    with torch.enable_grad():
        for _ in range(epochs):
            for chosen in torch.randperm(len(y), generator=draw).split(batch):
                optimizer.zero_grad()
                F.cross_entropy(net(X[chosen]), y[chosen]).backward()
                optimizer.step()


@torch.no_grad()
def _loss(net: nn.Sequential, X: Tensor, y: Tensor) -> float:
    return float(F.cross_entropy(net(X), y))


@ask(
    "A network for ten classes begins with small weights. What is its cross-entropy, about?",
    kind=Kind.NUMBER,
    why="All logits are close to 0, so each class has a probability of a tenth, and the loss is -ln(1/10) = ln 10.",
    within=0.03,
)
def loss_at_the_start() -> float:
    return _loss(_network(), *_images(500))


@ask(
    "Fifty images have labels drawn at random. What does the training loss do?",
    kind=Kind.WORD,
    why="There is nothing to understand, but there are far more parameters than images: the network learns them by heart.",
    choices=(STAYS, BETWEEN, ZERO),
)
def shuffled_labels() -> str:
    X, y = _images(50)
    net = _network(256)
    _train(net, X, y[torch.randperm(50, generator=Generator().manual_seed(0))], epochs=150, batch=10, lr=0.1)
    loss = _loss(net, X, y[torch.randperm(50, generator=Generator().manual_seed(0))])
    return STAYS if loss > 0.9 * math.log(10) else ZERO if loss < 0.1 else BETWEEN


@ask(
    "Which of these learning rates has the lowest loss on unseen images after the same few hundred steps?",
    kind=Kind.WORD,
    why="The loss falls faster with every factor, until the steps are too large for the curvature; the best lies close to that cliff.",
    choices=tuple(f"{rate:g}" for rate in RATES),
)
def best_learning_rate() -> str:
    X, y = _images(4000)
    unseen = _images(1000, beyond=4000)
    losses = {}
    for rate in RATES:
        net = _network()
        _train(net, X, y, epochs=12, batch=256, lr=rate)
        losses[rate] = _loss(net, *unseen)
    return f"{min(losses, key=lambda rate: (math.isnan(losses[rate]), losses[rate])):g}"


@ask(
    "All images have their pixels shuffled in the same way. Is there an MLP that says of them just what yours says of the originals?",
    kind=Kind.YES_NO,
    why="Shuffle the rows of W1 in the same way: every product of a pixel and its weight is there again, in another order of the sum.",
)
def shuffled_pixels() -> bool:
    X, _ = _images(100)
    net, other = _network(), _network()
    order = torch.randperm(784, generator=Generator().manual_seed(0))
    with torch.no_grad():
        other.get_parameter("1.weight").copy_(net.get_parameter("1.weight")[:, order])
        return bool(torch.allclose(net(X), other(X.flatten(1)[:, order]), atol=1e-5))


@ask(
    "An MLP is right about four of five images. Of the same images moved to the side by two pixels, which share does it get right?",
    kind=Kind.NUMBER,
    why="Each pixel meets the weight of another one. The network has never seen a garment anywhere but in the middle.",
    within=0.15,
)
def two_pixels() -> float:
    X, y = _images(4000)
    net = _network(256)
    _train(net, X, y, epochs=8, batch=50, lr=0.1)
    unseen, labels = _images(1000, beyond=4000)
    with torch.no_grad():
        said = net(torch.roll(unseen, 2, dims=3)).argmax(dim=1)
    return float((said == labels).float().mean())


QUESTIONS = ask.all
