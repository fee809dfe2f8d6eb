"""What lesson 03 claims, computed anew with PyTorch's own functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from grading.figures.meter import bytes_alive
from grading.figures.weight_decay import fitted, noisy_examples
from tests.claims import Said, claim

draw = partial(torch.randn, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
X, Y = draw(6, 3), draw(6, 2)
PARAMS = {"W1": draw(3, 5), "b1": draw(5), "W2": draw(5, 2), "b2": draw(2)}
STEPS = [10**exponent for exponent in torch.arange(-11, 0.1, 0.5, dtype=torch.float64).tolist()]


def forward(X: Tensor, params: Mapping[str, Tensor], activation: Callable[[Tensor], Tensor] = torch.relu) -> Tensor:
    return activation(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def objective(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> Tensor:
    squares = params["W1"].square().sum() + params["W2"].square().sum()
    return (O - Y).square().mean() + weight_decay / 2 * squares


def J(activation: Callable[[Tensor], Tensor], W1: Tensor) -> Tensor:
    """The objective of the lesson's gradient check, as a function of W1, in its precision."""
    params = {name: value.to(W1.dtype) for name, value in PARAMS.items()} | {"W1": W1}
    return objective(forward(X.to(W1.dtype), params, activation), Y.to(W1.dtype), params, 0.1)


def errors(f: Callable[[Tensor], Tensor], measured: Callable[[Tensor], Tensor]) -> list[Tensor]:
    """The gradient of f by W1, less its central differences from what is measured, for each step."""
    leaf = PARAMS["W1"].clone().requires_grad_(True)
    (exact,) = torch.autograd.grad(f(leaf), leaf)
    found = []
    for step in STEPS:
        E = step * torch.eye(exact.numel(), dtype=torch.float64).reshape(-1, *exact.shape)
        slopes = [(measured(leaf.detach() + e) - measured(leaf.detach() - e)) / (2 * step) for e in E]
        found.append(torch.stack(slopes).reshape(exact.shape) - exact)
    return [*found, exact]


@claim("two-more-runs")
def _(said: Said) -> None:
    net = nn.Sequential(*(nn.Linear(64, 64) for _ in range(10)))
    examples = torch.ones(32, 64, requires_grad=True)
    with FlopCounterMode(display=False) as forwards:
        loss = net(examples).square().mean()
    with FlopCounterMode(display=False) as backwards:
        loss.backward()
    assert backwards.get_total_flops() == 2 * forwards.get_total_flops()


@claim("twice-as-fast")
def _(said: Said) -> None:
    w, b = torch.tensor([1.0, 3.0], requires_grad=True), torch.tensor(2.0, requires_grad=True)
    by_w, by_b = torch.autograd.grad((torch.relu(torch.tensor([2.0, -1.0]) @ w + b) - 3) ** 2, [w, b])
    assert by_w[0] < 0
    assert by_w[0] == 2 * by_b


def fits() -> list[tuple[float, float]]:
    """For λ = 0, 0.01 and 0.1: the sum of squared weights, and the loss, of the fit that the lesson shows."""
    examples = noisy_examples()
    found = []
    for weight_decay in (0.0, 0.01, 0.1):
        params = fitted(lambda X, params: (forward(X, params), None), objective, *examples, weight_decay, 800)
        squares = sum(float(params[name].square().sum()) for name in ("W1", "W2"))
        found.append((squares, float((forward(examples[0], params) - examples[1]).square().mean())))
    return found


@claim("penalty")
def _(said: Said) -> None:
    (free, loss), (small, dearer_loss), _ = fits()
    assert free > 10 * small
    assert loss < dearer_loss / 10


@claim("too-much-penalty")
def _(said: Said) -> None:
    X, Y = noisy_examples()
    line = torch.linalg.lstsq(torch.cat([X, torch.ones_like(X)], dim=1), Y).solution
    best_line = float((torch.cat([X, torch.ones_like(X)], dim=1) @ line - Y).square().mean())
    # No better than a line, which has no bend at all.
    assert fits()[2][1] > 0.9 * best_line


@claim("digits-in-float32")
def _(said: Said) -> None:
    smooth = partial(J, torch.sigmoid)
    *found, exact = errors(smooth, lambda W1: smooth(W1.float()).double())
    digits = [-math.log10(float(error.norm() / exact.norm())) for error in found]
    assert round(max(digits)) == 4
    assert round(digits[STEPS.index(1e-5)]) == 1


@claim("no-truncation")
def _(said: Said) -> None:
    rectified = partial(J, torch.relu)
    largest = [float(error.abs().max()) for error in errors(rectified, rectified)[:-1]]
    leap = next(number for number, (before, after) in enumerate(pairwise(largest)) if after > 1e6 * before)
    # Up to the leap it only falls, apart from rounding.
    assert all(after < 3 * before for before, after in pairwise(largest[: leap + 1]))
    assert STEPS[leap] > 1e-3


@claim("plateau")
def _(said: Said) -> None:
    X = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)
    y = torch.tensor([[0.0], [1], [1], [0]], dtype=torch.float64)
    start = partial(torch.randn, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    weights, biases = [start(2, 3), start(3, 1)], [start(3), start(1)]
    params = [value.requires_grad_(True) for value in (*weights, *biases)]
    optimizer, losses = torch.optim.SGD(params, lr=1.0), []
    for _ in range(2001):
        hidden = torch.sigmoid(X @ weights[0] + biases[0])
        loss = (torch.sigmoid(hidden @ weights[1] + biases[1]) - y).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert all(abs(loss - 0.25) < 0.02 for loss in losses[50:300])
    assert losses[-1] < 0.01


@claim("two-layers-more")
def _(said: Said) -> None:
    layer = 4 * 64 * 1024
    for depth in (1, 2, 4, 8, 16):
        assert max(bytes_alive(64, 1024, depth, training=False)) == 2 * layer
        assert max(bytes_alive(64, 1024, depth, training=True)) // layer == depth + 2
