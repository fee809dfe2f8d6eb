"""`linear_accuracy`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.factors import Cause, Law
from grading.judging.read import Number

ON_THE_LINE = "on the line"


def _line(draw: Draw, n: int, d: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Draw X (n, d), w (d,), b () and return them with z = Xw + b (n,), which stays clear of 0.

    The first two rows lie so close to the line that a missing b, or a threshold of 1/2 on z, puts them on its other side.
    """
    X, w, b = draw.normal(n, d, scale=3.0), draw.normal(d), draw.normal()
    if draw.simple:
        return X, w, b, X @ w + b
    b = b + torch.sign(b)
    z = draw.wide(n)
    z = z + 0.1 * torch.sign(z)
    z[:2] = torch.tensor([0.3, -0.3])
    z = z[draw.permutation(n)]
    X = X + ((z - b - X @ w) / (w @ w))[:, None] * w
    return X, w, b, z


def _labelled(draw: Draw, wrong_share: float) -> Arguments:
    # A share of a prime number of rows, some right and some wrong, ends after no number of decimals: rounding it shows.
    n = draw.limit if draw.simple else (11, 13, 17)[draw.integer(0, 2)]
    X, w, b, z = _line(draw, n, draw.sizes(1, 3, 6)[0])
    wrong = draw.uniform(n) < wrong_share
    wrong[0] = wrong_share > 0
    if not draw.simple:
        wrong[1] = wrong_share > 1
    return {"X": X, "y": ((z > 0) ^ wrong).long(), "w": w, "b": b}


def _partly_right(draw: Draw) -> Arguments:
    return _labelled(draw, 0.3)


def _all_right(draw: Draw) -> Arguments:
    return _labelled(draw, 0.0)


def _all_wrong(draw: Draw) -> Arguments:
    return _labelled(draw, 2.0)


def _one_point(draw: Draw) -> Arguments:
    X, w, b, z = _line(draw, 2, draw.integer(3, 5))
    # One that is called 0: what looks at the rows that are called 1 alone has nothing to look at.
    row = 0 if draw.simple else int(z.argmin())
    return {"X": X[row : row + 1], "y": (z[row : row + 1] > 0).long(), "w": w, "b": b}


def _corners(draw: Draw) -> Arguments:
    """XOR and a line beside which three of the four points are right."""
    X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    w = draw.uniform(2, low=0.8, high=1.2)
    return {"X": X, "y": torch.tensor([0, 1, 1, 0]), "w": w, "b": -draw.uniform(low=0.3, high=0.7)}


def _touching(draw: Draw) -> Arguments:
    """A line through some of the points, in numbers for which every sum is exact; labels as the strict rule gives them."""
    d = draw.limit if draw.simple else draw.integer(2, 4)
    n = draw.limit if draw.simple else 9
    w = torch.stack([torch.tensor(draw.integer(1, 4) / 2 * (1 - 2 * draw.integer(0, 1))) for _ in range(d)]).double()
    X = torch.tensor([[draw.integer(-3, 3) for _ in range(d)] for _ in range(n)], dtype=torch.float64)
    X[n // 2 + 1 :: 2] = X[0]
    b = -(X[0] @ w)
    return {"X": X, "y": (X @ w + b > 0).long(), "w": w, "b": b}


def _share_right(X: torch.Tensor, y: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    right = 0
    for row, label in zip(X.tolist(), y.tolist(), strict=True):
        side = math.fsum(v * weight for v, weight in zip([*row, 1.0], [*w.tolist(), float(b)], strict=True)) > 0
        right += side == bool(label)
    return torch.tensor(right / len(X), dtype=torch.float64)


def _averaging_terms(arguments: Arguments) -> int:
    """Return n in the units of X's rounding: truth values are averaged in float32, whatever X is."""
    coarser = torch.finfo(torch.float32).eps / torch.finfo(arguments["X"].dtype).eps
    return math.ceil(len(arguments["X"]) * coarser)


mistake = Mistakes()


@mistake("This counts the rows that are right. A share lies between 0 and 1: divide by the number of rows.")
def count(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum()


@mistake("The count is divided by 4. XOR has four rows, other data has more: divide by the number of rows.")
def quarter(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum() / 4


@mistake("This is a percentage. A share between 0 and 1 is asked for.")
def percent(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 100 * ((X @ w + b > 0) == y).float().mean()


@mistake("This is the share of the rows that are wrong.", any_scale=True)
def error_rate(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) != y).float().mean()


@mistake("A point exactly on the line, Xw + b = 0, is called 1 here. By the rule it is 0: the comparison is strict.")
def not_strict(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b >= 0) == y).float().mean()


@mistake("Xw + b is compared with 1/2. It is the sigmoid that is 1/2 on the line; the sum itself is 0 there.")
def above_half(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0.5) == y).float().mean()


@mistake("b is not used: every line would pass through the origin.")
def no_bias(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w > 0) == y).float().mean()


@mistake("The sign is -1, 0 or 1, the labels are 0 and 1: no point with label 0 can be right this way.")
def signs(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (torch.sign(X @ w + b) == y).float().mean()


@mistake("This is the share of the rows that the line calls 1. They are never compared with y.")
def labels_ignored(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (X @ w + b > 0).float().mean()


@mistake(
    "Only ones that are called 1 count as right. A zero called 0 is right, too: the rule says 0 there, like the labels, not -1."
)
def zeros_forgotten(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) & (y == 1)).float().mean()


@mistake("This looks only at the rows with label 1. Those with label 0 count as well.")
def only_ones(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    called = X @ w + b > 0
    return (called & (y == 1)).sum() / (y == 1).sum().clamp(min=1)


@mistake("This says for each row whether it is right. What share of them is True?")
def not_averaged(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (X @ w + b > 0) == y


@mistake("A column (n, 1) compared with y (n,) gives (n, n): every row with every label. Make both (n,).")
def every_pair(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w[:, None] + b > 0) == y).float().mean()


@mistake("This counts the rows that are wrong. The share of those that are right is asked for.", name="errors")
def errors(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) != y).sum()


@mistake("Xw + b itself, or its sigmoid, is compared with the labels. First apply the rule: is it greater than 0?")
def not_thresholded(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b) == y).float().mean()


@mistake("The rule is turned round: rows with Xw + b < 0 are called 1.", name="reversed")
def reversed_(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b < 0) == y).float().mean()


@mistake("b is subtracted. The rule is Xw + b > 0.")
def bias_subtracted(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w - b > 0) == y).float().mean()


@mistake("This is 1 only if every row is right. The share of the right ones is asked for.")
def all_or_nothing(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).all().float()


@mistake("This is the share of the rows with label 1: every row is called 1, or the line is not asked at all.")
def line_ignored(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return y.float().mean()


@mistake("This looks only at the rows that the line calls 1: that is the precision. Those called 0 count as well.")
def precision(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    called = X @ w + b > 0
    return (called & (y == 1)).sum() / called.sum().clamp(min=1)


@mistake("These are the labels of the rows that are called 0, averaged: their share of errors. All rows count.")
def labels_of_zeros(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return y[X @ w + b <= 0].float().mean()


@mistake("These are the labels of the rows that are called 1, averaged: the precision. All rows count.")
def labels_of_ones(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return y[X @ w + b > 0].float().mean()


@mistake("The share is rounded to two digits. Return it as it is.")
def rounded(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return round(float(((X @ w + b > 0) == y).double().mean()), 2)


@mistake("Only the first row is looked at. All count.")
def first_row(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return float((X[0] @ w + b > 0) == y[0])


@mistake("The mean distance of Xw + b from the labels has nothing to do with the rule. Which rows does it call 1?")
def distances(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 1 - (X @ w + b - y).abs().mean()


@mistake("The sigmoid is compared with the labels by its distance. Apply the rule first: every row is right or wrong.")
def probabilities(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 1 - (torch.sigmoid(X @ w + b) - y).abs().mean()


@mistake("Which rows the line calls 1 comes back. Compare it with y: which share is right?")
def predictions(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return X @ w + b > 0


@mistake("`*` multiplies element by element, and each feature is asked by itself. The rule adds them up: X @ w.")
def feature_by_feature(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X * w + b > 0) == y[:, None]).float().mean()


@mistake("The sigmoid itself is compared with the labels: it is hardly ever exactly 0 or 1. First apply the rule.")
def sigmoid_compared(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (torch.sigmoid(X @ w + b) == y).float().mean()


EXERCISE = Exercise(
    name="linear_accuracy",
    points=2.0,
    parameters=("X", "y", "w", "b"),
    summary="Return the share of the rows of X that get their label from the rule: 1 where Xw + b > 0, else 0.",
    outputs=("accuracy",),
    read=Number("accuracy"),
    cases=(
        Case("some rows right", _partly_right, twice=True),
        Case("all rows right", _all_right),
        Case("all rows wrong", _all_wrong),
        Case("XOR and a line", _corners),
        Case("a single row", _one_point),
        Case("points exactly on the line", _touching, ON_THE_LINE),
        Case("tensors in float64", _partly_right, CARE, torch.float64),
        Case("views with strides", _all_right, CARE, layout="strided"),
        Case("a transposed X", _partly_right, CARE, layout="transposed"),
        Case("tensors that require a gradient", _all_right, CARE, requires_grad=True),
    ),
    reference=_share_right,
    parts={"accuracy": 0.6, ON_THE_LINE: 0.2, CARE: 0.2},
    keeps_dtype=False,
    reduction=_averaging_terms,
    dims=lambda arguments: {"n": arguments["X"].shape[0], "d": arguments["X"].shape[1]},
    factors={
        "accuracy": (
            Cause("count", Law(powers={"n": 1}), "It is a count, not a share: divide by the number of rows."),
            Cause(
                "divided-by-d",
                Law(powers={"n": 1, "d": -1}),
                "The count is divided by the number of features, not by that of rows.",
            ),
            Cause(
                "divided-by-all",
                Law(powers={"d": -1}),
                "The count is divided by the number of elements of X, not by that of rows.",
            ),
            Cause("divided-again", Law(powers={"n": -1}), "It is divided by the number of rows once too often."),
            Cause("halved", Law(two=-1), "It is halved."),
            Cause("sign", Law(-1), "It has a minus."),
        )
    },
    mistakes=mistake.all,
    hints=(
        "First the rule alone: which rows does it call 1? That is one comparison for all rows at once.",
        "Compare these answers with y, row by row: n values True or False. Which share of them is True?",
        "torch has no mean of truth values; turn them into floating-point numbers first.",
    ),
)
