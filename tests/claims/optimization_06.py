"""What lesson 06 claims, computed anew with PyTorch's own functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading.data import fashion_mnist, to_float
from tests.claims import Said, claim

Parameters = list[nn.Parameter]
VALLEY = torch.tensor([1.0, 30.0], dtype=torch.float64)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normal(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=generator(seed), dtype=torch.float64)


def walk(optimizer: Callable[[Parameters], torch.optim.Optimizer], steps: int = 40) -> Tensor:
    """Return the points (steps + 1, 2) of a descent into the lesson's valley."""
    w = nn.Parameter(torch.tensor([-1.8, 0.5], dtype=torch.float64))
    steps_of, path = optimizer([w]), [w.detach().clone()]
    for _ in range(steps):
        w.grad = VALLEY * w.detach()
        steps_of.step()
        path.append(w.detach().clone())
    return torch.stack(path)


def descent(lr: float, momentum: float = 0.0) -> Tensor:
    return walk(lambda params: torch.optim.SGD(params, lr=lr, momentum=momentum))


def losses(path: Tensor) -> Tensor:
    return (VALLEY * path**2).sum(1) / 2


@claim("directions-of-a-real-loss")
def _(said: Said) -> None:
    # The loss of the output layer alone is convex; its exact curvatures, on real images.
    data = fashion_mnist(source="sample")
    X = to_float(data.train_images[:600], "cpu").flatten(1).double()
    hidden = torch.relu(X @ normal(0, 784, 16) * math.sqrt(2 / 784))

    def loss(W: Tensor) -> Tensor:
        return F.cross_entropy(hidden @ W.view(16, 10), data.train_labels[:600])

    hessian = torch.autograd.functional.hessian(loss, 0.01 * normal(1, 160))
    curvatures = torch.linalg.eigvalsh(hessian)
    curved = curvatures[curvatures > 1e-12]  # adding a constant to all logits changes nothing
    assert float(curved.max() / curved.min()) > 100 * 30


@claim("from-wall-to-wall")
def _(said: Said) -> None:
    plain, rolling = descent(0.06), descent(0.03, 0.8)
    assert bool((plain[1:, 1] * plain[:-1, 1] < 0).all())  # across: another side in every step
    along = 1 - plain[1:, 0] / plain[:-1, 0]
    assert 0.03 <= float(along.min()) <= float(along.max()) <= 0.07  # a few percent a step
    assert int((rolling[1:, 1] * rolling[:-1, 1] < 0).sum()) > 5  # it swings, too
    pace = (rolling[1:, 0] - rolling[:-1, 0]).abs()
    assert bool((pace[1:5] > pace[:4]).all())
    assert losses(rolling)[-1] < losses(plain)[-1]


@claim("runs-past")
def _(said: Said) -> None:
    path = descent(0.03, 0.95)[:, 0]
    assert float(path.max()) > 0.5
    assert float(path[int(path.argmax()) :].min()) < 0


@claim("leaves-the-valley")
def _(said: Said) -> None:
    assert losses(descent(0.07))[-1] > 100 * losses(descent(0.07))[0]


@claim("size-of-eta")
def _(said: Said) -> None:
    for size in (1e-3, 1.0, 1e3):
        w = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        steps_of = torch.optim.RMSprop([w], lr=0.01, alpha=0.9)
        for _ in range(100):
            before, w.grad = w.detach().clone(), torch.full_like(w, size)
            steps_of.step()
        assert math.isclose(float((w.detach() - before).abs()), 0.01, rel_tol=1e-3)


@claim("diagonal-first")
def _(said: Said) -> None:
    path = walk(lambda params: torch.optim.Adam(params, lr=0.15))
    first = (path[1] - path[0]).abs()
    assert math.isclose(float(first[0]), float(first[1]), rel_tol=1e-6)


@claim("momentum-on-a-bowl")
def _(said: Said) -> None:
    rates = [0.003 * 1.3**n for n in range(20)]
    momentum = min(float(losses(descent(lr, mu))[-1]) for lr in rates for mu in (0.5, 0.6, 0.7, 0.8, 0.9))
    adam = min(float(losses(walk(lambda p, lr=lr: torch.optim.Adam(p, lr=lr)))[-1]) for lr in rates)  # type: ignore[misc]
    assert momentum < adam / 10


def decayed(optimizer: type[torch.optim.Optimizer], noise: float) -> float:
    """Return the mean of weights that start at 1 after 300 steps of noise and decay."""
    w = nn.Parameter(torch.ones(400, dtype=torch.float64))
    steps_of, draws = optimizer([w], lr=0.01, weight_decay=0.5), generator(0)  # type: ignore[call-arg]
    for _ in range(300):
        w.grad = noise * torch.randn(400, generator=draws, dtype=torch.float64)
        steps_of.step()
    return float(w.detach().mean())


@claim("hardly-decayed")
def _(said: Said) -> None:
    left = 1 - decayed(torch.optim.Adam, 10.0)
    assert 0 < left < 0.25 * (1 - decayed(torch.optim.AdamW, 10.0))


@claim("depends-on-the-noise")
def _(said: Said) -> None:
    coupled = [decayed(torch.optim.Adam, noise) for noise in (0.1, 1.0, 10.0)]
    apart = [decayed(torch.optim.AdamW, noise) for noise in (0.1, 1.0, 10.0)]
    assert max(coupled) - min(coupled) > 0.5
    assert max(apart) - min(apart) < 0.01


@claim("adam-is-coupled")
def _(said: Said) -> None:
    w, by_hand = (nn.Parameter(normal(3, 5)) for _ in range(2))
    coupled, plain = torch.optim.Adam([w], lr=0.1, weight_decay=0.5), torch.optim.Adam([by_hand], lr=0.1)
    for step in range(5):
        w.grad = normal(10 + step, 5)
        by_hand.grad = w.grad + 0.5 * by_hand.detach()
        coupled.step()
        plain.step()
    assert torch.allclose(w, by_hand)


@claim("equal-units-part")
def _(said: Said) -> None:
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    for p, parts in ((0.0, False), (0.2, True)):
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Dropout(p), nn.Linear(4, 1))
        for parameter in net.parameters():
            nn.init.constant_(parameter, 0.5)
        steps_of = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(100):
            steps_of.zero_grad()
            ((net(X) - y) ** 2).mean().backward()
            steps_of.step()
        W = next(net.parameters()).detach()
        assert bool((W[0] != W).any()) == parts


def normalized(x: float, companions: Tensor) -> Tensor:
    """Return what x becomes in each batch with these companions (batches, n − 1)."""
    batch = torch.cat((torch.full((len(companions), 1), x, dtype=torch.float64), companions), dim=1)
    return F.layer_norm(batch, batch.shape[1:])[:, 0]  # of one feature, a row is a batch


@claim("a-third-is-company")
def _(said: Said) -> None:
    values = normal(1, 1000)
    outputs = torch.stack([normalized(float(x), normal(2 + n, 400, 3)) for n, x in enumerate(values)])
    company = 1 - float(outputs.mean(1).var() / outputs.var())
    assert abs(company - 1 / 3) < 0.03


@claim("company-near-the-middle")
def _(said: Said) -> None:
    outputs = normalized(0.5, normal(5, 4000, 3))
    assert float(outputs.std()) > float(outputs.mean())


@claim("alone-it-is-zero")
def _(said: Said) -> None:
    assert not F.layer_norm(normal(6, 9, 1), (1,)).any()


@claim("must-not-point-there")
def _(said: Said) -> None:
    X = normal(7, 12, 3).requires_grad_()
    X_hat = F.batch_norm(X, None, None, training=True, eps=1e-12)
    (X_hat * normal(8, 12, 3)).sum().backward()
    assert X.grad is not None
    assert float(X.grad.sum(0).abs().max()) < 1e-9
    assert float((X.grad * X_hat.detach()).sum(0).abs().max()) < 1e-9


@cache
def few_images() -> tuple[list[float], list[float]]:
    """Return the losses on 300 training images and on 1,000 others, by epoch."""
    data = fashion_mnist(source="sample")
    X, y = (to_float(data.train_images, "cpu").flatten(1) - 0.286) / 0.353, data.train_labels
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
    steps_of, order = torch.optim.Adam(net.parameters(), lr=0.001), generator(0)
    train, held_out = [], []
    for _ in range(30):
        for rows in torch.randperm(300, generator=order).split(30):
            steps_of.zero_grad()
            F.cross_entropy(net(X[rows]), y[rows]).backward()
            steps_of.step()
        with torch.no_grad():
            train.append(float(F.cross_entropy(net(X[:300]), y[:300])))
            held_out.append(float(F.cross_entropy(net(X[-1000:]), y[-1000:])))
    return train, held_out


@claim("turns-round")
def _(said: Said) -> None:
    train, held_out = few_images()
    turn = held_out.index(min(held_out))
    assert 3 <= turn < 20
    assert train[-1] < 0.25 * train[turn]
    assert held_out[-1] > 1.05 * held_out[turn]


@claim("counts-steps")
def _(said: Said) -> None:
    epochs, length = 10, 235
    steps_of = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(steps_of, T_max=epochs * length)
    for _ in range(epochs):
        steps_of.step()
        schedule.step()
    assert schedule.get_last_lr()[0] > 0.999


@claim("no-grad-is-not-eval")
def _(said: Said) -> None:
    net = nn.Sequential(nn.BatchNorm1d(4), nn.Dropout(0.5))
    with torch.no_grad():
        outputs = net(torch.randn(50, 4, generator=generator(0)))
    assert bool((outputs == 0).any())
    assert bool(net[0].running_mean.any())


@claim("a-third-is-left")
def _(said: Said) -> None:
    for momentum in (0.8, 0.9, 0.95, 0.99):
        assert abs(momentum ** (1 / (1 - momentum)) - 1 / 3) < 0.04


@claim("first-step-too-long")
def _(said: Said) -> None:
    assert round((1 - 0.9) / math.sqrt(1 - 0.999), 1) == 3.2


@claim("half-in-the-middle")
def _(said: Said) -> None:
    steps_of = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(steps_of, T_max=20)
    for _ in range(10):
        steps_of.step()
        schedule.step()
    assert math.isclose(schedule.get_last_lr()[0], 0.5)


@claim("bias-for-nothing")
def _(said: Said) -> None:
    bias = normal(9, 3).requires_grad_()
    (F.batch_norm(normal(10, 12, 3) + bias, None, None, training=True) * normal(11, 12, 3)).sum().backward()
    assert bias.grad is not None
    assert float(bias.grad.abs().max()) < 1e-9


@claim("doubled-weights")
def _(said: Said) -> None:
    W, X, direction = normal(12, 5, 3), normal(13, 12, 5), normal(14, 12, 3)
    outputs, grads = [], []
    for scale in (1, 2):
        leaf = (scale * W).requires_grad_()
        outputs.append(F.batch_norm(X @ leaf, None, None, training=True, eps=1e-12))
        (outputs[-1] * direction).sum().backward()
        assert leaf.grad is not None
        grads.append(leaf.grad)
    assert torch.allclose(*outputs)
    assert torch.allclose(grads[0] / 2, grads[1])
