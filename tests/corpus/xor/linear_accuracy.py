"""`linear_accuracy`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source
from tests.corpus.readings import read_number

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _line(source: Source) -> Arguments:
    n, d = source.sizes(2, 30)
    if source.chance(0.5):  # sums that are exact in any order, many of them zero
        X, w, b = (torch.from_numpy(np.asarray(source.g.integers(-3, 4, s) / 2.0)) for s in ((n, d), (d,), ()))
        b = b + float(source.g.choice([0.0, 0.0, 2.0**-11, -(2.0**-11)]))
        if source.chance(0.3):  # points on the line, however the inputs are rounded
            X, b = X * (torch.from_numpy(source.g.random(n)) < 0.5)[:, None], torch.zeros_like(b)
    else:
        X, w, b = source.normal(n, d), source.normal(d), source.normal()
    right = X @ w + b > 0
    flipped = torch.from_numpy(source.g.random(n) < source.g.choice([0.0, 0.3, 1.0]))
    return {"X": X, "y": (right ^ flipped).long(), "w": w, "b": b}


CONTRACT = Contract(
    _line,
    (lambda a: [((a["X"] @ a["w"] + a["b"] > 0) == a["y"]).double().mean()],),
    read_number,
    keeps=False,
    dtypes=(torch.float32,),  # a share in float32 is right whatever the inputs are
)


right, wrong = answers_to("linear_accuracy")


@right("comparison and mean")
def accuracy_mean(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).float().mean()


@right("a Python number from a count")
def accuracy_count(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return int(((X @ w + b > 0).long() == y).sum()) / len(y)


@right("a loop with if")
def accuracy_loop(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    hits = 0
    for row, label in zip(X, y, strict=True):
        said = 1 if (row * w).sum() + b > 0 else 0
        hits += said == label.item()
    return hits / X.shape[0]


@right("one minus the mean absolute difference")
def accuracy_difference(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    said = (X @ w + b > 0).double()
    return 1 - (said - y).abs().mean()


@right("exclusive or of masks")
def accuracy_masks(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    z = torch.einsum("nd,d->n", X, w) + b
    return (~(z.gt(0) ^ y.bool())).to(torch.float64).mean().item()


@right("heaviside with 0 at 0")
def accuracy_heaviside(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    z = X.mv(w) + b
    return torch.heaviside(z, torch.zeros_like(b)).eq(y).sum() / y.numel()


@right("the signed margin, zeros apart")
def accuracy_margin(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    z = X @ w + b
    right_ones = ((y == 1) & (z > 0)).sum()
    right_zeros = ((y == 0) & (z <= 0)).sum()
    return (right_ones + right_zeros) / len(X)


@right("numbers taken out of the tensors")
def accuracy_numpy(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    said = torch.where(X @ w + b > 0, 1, 0)
    return (said == y).sum().item() / y.shape[0]


@right("a plain list of truth values")
def accuracy_list(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    said = (X @ w > -b).tolist()
    return sum(a == bool(c) for a, c in zip(said, y.tolist(), strict=True)) / len(said)


@wrong("always three quarters")
def accuracy_constant(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 0.75


@wrong("the larger of right and wrong")
def accuracy_either_side(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    share = ((X @ w + b > 0) == y).float().mean()
    return torch.maximum(share, 1 - share)


@wrong("the bias subtracted", "bias-subtracted")
def accuracy_minus_b(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w - b > 0) == y).float().mean()


@wrong("below the line is one", "reversed")
def accuracy_below(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b < 0) == y).float().mean()


@wrong("only the first two features")
def accuracy_two(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X[:, 0] * w[0] + X[:, 1] * w[1] + b > 0) == y).float().mean()


@wrong("the sigmoid compared with y", "sigmoid-compared")
def accuracy_soft(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (torch.sigmoid(X @ w + b) == y).float().mean()


@wrong("the sigmoid rounded up", "line-ignored")
def accuracy_ceil(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (torch.sigmoid(X @ w + b).ceil() == y).float().mean()


@wrong("one minus the mean squared error of the sum")
def accuracy_squared(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 1 - ((X @ w + b - y) ** 2).mean()


@wrong("a one-element tensor")
def accuracy_vector(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).float().mean()[None]


@wrong("divided by the number of features", "divided-by-d")
def accuracy_features(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum() / X.shape[1]


@wrong("integer division", "all-or-nothing")
def accuracy_integer(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum() // len(y)


@wrong("rounded to a tenth")
def accuracy_rounded(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return round(((X @ w + b > 0) == y).float().mean().item(), 1)


@wrong("all rows right or nothing", "all-or-nothing")
def accuracy_all(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return float(((X @ w + b > 0) == y).all())


@wrong("labels changed to signs in place")
def accuracy_in_place(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    share = ((X @ w + b > 0) == y).float().mean()
    y[y == 0] = -1
    return share


@wrong("no return")
def accuracy_nothing(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> None:
    ((X @ w + b > 0) == y).float().mean()


@wrong("a threshold of one thousandth", "not-strict")
def accuracy_margin_needed(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > -1e-3) == y).float().mean()
