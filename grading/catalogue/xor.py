"""Lesson 01: one neuron, the share of points that a line gets right, two affine maps in one, and why no line does XOR."""

from __future__ import annotations

import math

import torch

from grading.catalogue import xor_mistakes as mistakes
from grading.catalogue.xor_network import XOR_NETWORK
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise
from grading.judging.read import Number, Tensors

LESSON = "01-xor"
EXTREMES = "extremes"
ON_THE_LINE = "on the line"


def _neuron(draw: Draw, n: int, d: int) -> Arguments:
    # Weights of this size keep most of the weighted sums where the sigmoid is not flat.
    return {"x": draw.wide(n, d), "w": draw.normal(d, scale=0.5), "b": draw.normal()}


def _some_rows(draw: Draw) -> Arguments:
    return _neuron(draw, *draw.sizes(2))


def _one_row(draw: Draw) -> Arguments:
    return _neuron(draw, 1, draw.integer(3, 6))


def _one_feature(draw: Draw) -> Arguments:
    return _neuron(draw, draw.integer(3, 6), 1)


def _many_features(draw: Draw) -> Arguments:
    return _neuron(draw, 3, 30)


def _extreme_rows(draw: Draw) -> Arguments:
    """Weighted sums that reach from -1000 to 1000 at least: within a row nothing cancels."""
    n = draw.limit if draw.simple else 11
    w = draw.normal(3)
    w = w + torch.sign(w)
    sizes = draw.extreme(n, 1) * draw.uniform(n, 3, low=1.0, high=1.1)
    return {"x": sizes * torch.sign(w), "w": w, "b": draw.normal()}


def _weighted_sigmoid(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    z = torch.einsum("nd,d->n", x, w) + b
    return 1 / (1 + torch.exp(-z))


NEURON = Exercise(
    name="neuron",
    lesson=LESSON,
    points=1.5,
    parameters=("x", "w", "b"),
    summary="Return the sigmoid of the weighted sum of every row of x: one number a row.",
    outputs=("result",),
    read=Tensors(("result",)),
    cases=(
        Case("ordinary values", _some_rows, twice=True),
        Case("a batch of one", _one_row),
        Case("a single feature", _one_feature),
        Case("thirty features", _many_features),
        Case("weighted sums beyond 1000", _extreme_rows, EXTREMES),
        Case("weighted sums beyond 1000 in float64", _extreme_rows, EXTREMES, torch.float64),
        Case("tensors in float64", _some_rows, CARE, torch.float64),
        Case("views with strides", _some_rows, CARE, layout="strided"),
        Case("a transposed x", _some_rows, CARE, layout="transposed"),
        Case("tensors that require a gradient", _some_rows, CARE, requires_grad=True, connected=True),
        Case("other values", _some_rows, hidden=True),
        Case("more weighted sums beyond 1000", _extreme_rows, EXTREMES, hidden=True),
    ),
    reference=_weighted_sigmoid,
    parts={"result": 0.6, EXTREMES: 0.2, CARE: 0.2},
    reduction=lambda arguments: int(arguments["x"].shape[1]),
    dims=lambda arguments: {"n": arguments["x"].shape[0], "d": arguments["x"].shape[1]},
    mistakes=mistakes.NEURON,
    hints=(
        "For one row: multiply each of its d numbers by its weight, add up, add b. That is one number; squash it.",
        "All rows at once is a product of a matrix (n, d) and a vector (d,). What shape has it?",
        "`@` multiplies a matrix by a vector, and b is added to every element. torch.sigmoid is welcome here.",
        "`torch.sigmoid(x @ w + b)`.",
    ),
)


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
    n = draw.limit if draw.simple else draw.integer(11, 17)
    X, w, b, z = _line(draw, n, draw.sizes(1, 3, 6)[0])
    wrong = draw.uniform(n) < wrong_share
    wrong[0] = wrong_share > 0
    return {"X": X, "y": ((z > 0) ^ wrong).long(), "w": w, "b": b}


def _partly_right(draw: Draw) -> Arguments:
    return _labelled(draw, 0.3)


def _all_right(draw: Draw) -> Arguments:
    return _labelled(draw, 0.0)


def _all_wrong(draw: Draw) -> Arguments:
    return _labelled(draw, 2.0)


def _one_point(draw: Draw) -> Arguments:
    X, w, b, z = _line(draw, 2, draw.integer(3, 5))
    return {"X": X[:1], "y": (z[:1] > 0).long(), "w": w, "b": b}


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


def _touching_mislabelled(draw: Draw) -> Arguments:
    """The same with a point on the line whose label is 1, which the rule does not give it."""
    arguments = _touching(draw)
    arguments["y"][0] = 1
    return arguments


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


LINEAR_ACCURACY = Exercise(
    name="linear_accuracy",
    lesson=LESSON,
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
        Case("other rows", _partly_right, hidden=True),
        Case("other points exactly on the line", _touching_mislabelled, ON_THE_LINE, hidden=True),
    ),
    reference=_share_right,
    parts={"accuracy": 0.6, ON_THE_LINE: 0.2, CARE: 0.2},
    keeps_dtype=False,
    reduction=_averaging_terms,
    dims=lambda arguments: {"n": arguments["X"].shape[0], "d": arguments["X"].shape[1]},
    mistakes=mistakes.LINEAR_ACCURACY,
    hints=(
        "First the rule alone: which rows does it call 1? That is one comparison for all rows at once.",
        "Compare these answers with y, row by row: n values True or False. Which share of them is True?",
        "torch has no mean of truth values; turn them into floating-point numbers first.",
        "`((X @ w + b > 0) == y).float().mean()`.",
    ),
)


def _affine_pair(draw: Draw, d: int, h: int, q: int) -> Arguments:
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, q), "b2": (q,)}
    return {name: draw.normal(*shape, scale=3.0) for name, shape in shapes.items()}


def _some_layers(draw: Draw) -> Arguments:
    return _affine_pair(draw, *draw.sizes(3, 3, 7))


def _narrow_layers(draw: Draw) -> Arguments:
    return _affine_pair(draw, draw.integer(3, 5), 1, 2)


def _one_output(draw: Draw) -> Arguments:
    return _affine_pair(draw, 2, draw.integer(3, 6), 1)


def _square_layers(draw: Draw) -> Arguments:
    size = draw.limit if draw.simple else 3
    return _affine_pair(draw, size, size, size)


def _wide_layers(draw: Draw) -> Arguments:
    return _affine_pair(draw, 6, 80, 4)


def _read_off(
    W1: torch.Tensor, b1: torch.Tensor, W2: torch.Tensor, b2: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (W, b) from what the two maps do to the origin and to the unit vectors, with no product of matrices."""

    def both(x: torch.Tensor) -> torch.Tensor:
        hidden = (x[:, None] * W1).sum(0) + b1
        return (hidden[:, None] * W2).sum(0) + b2

    d = W1.shape[0]
    b = both(torch.zeros(d, dtype=W1.dtype))
    return torch.stack([both(unit) - b for unit in torch.eye(d, dtype=W1.dtype)]), b


COLLAPSE = Exercise(
    name="collapse",
    lesson=LESSON,
    points=1.5,
    parameters=("W1", "b1", "W2", "b2"),
    summary="Return (W, b) with XW + b = (X W1 + b1) W2 + b2 for every X.",
    outputs=("W", "b"),
    read=Tensors(("W", "b")),
    cases=(
        Case("ordinary layers", _some_layers, twice=True),
        Case("a hidden layer of one unit", _narrow_layers),
        Case("a single output", _one_output),
        Case("square weights", _square_layers),
        Case("eighty hidden units", _wide_layers),
        Case("layers in float64", _some_layers, CARE, torch.float64),
        Case("views with strides", _some_layers, CARE, layout="strided"),
        Case("transposed weights", _some_layers, CARE, layout="transposed"),
        Case("weights that require a gradient", _some_layers, CARE, requires_grad=True, connected=True),
        Case("other layers", _some_layers, hidden=True),
    ),
    reference=_read_off,
    reduction=lambda arguments: 2 * int(arguments["W1"].shape[1]),
    like={"b": "b2"},
    passable=all,
    dims=lambda arguments: {
        "d": arguments["W1"].shape[0],
        "h": arguments["W1"].shape[1],
        "q": arguments["W2"].shape[1],
    },
    mistakes=mistakes.COLLAPSE,
    hints=(
        "Multiply (X W1 + b1) W2 + b2 out. Which terms contain X, and which do not?",
        "What comes out for X = 0? That is b, and b1 has a part in it.",
        "W must take (n, d) to (n, q), so it is (d, q). Of the four ways to multiply W1 and W2, one gives that shape.",
        "`W1 @ W2` and `b1 @ W2 + b2`.",
    ),
)


WHY_NO_LINE = Exercise(
    name="why-no-line",
    lesson=LESSON,
    points=2.0,
    parameters=(),
    summary="Prove that no line separates the two classes of XOR.",
    manual=True,
    rubric=(
        "0.5 points: states for an arbitrary line what each of the four points demands of w1, w2 and b.",
        "1 point: derives a contradiction that holds for all w1, w2 and b, by algebra or by geometry.",
        "0.5 points: says what is assumed and what follows, treats points on the line, and concludes in a sentence.",
        "Examples of lines that fail, or the scan of a grid, are no proof and earn nothing.",
    ),
    hints=(
        "Suppose that there were such a line. What does each of the four points then say about w1, w2 and b?",
        "You have four inequalities, two of them strict. Add the two that come from the ones.",
        "Add the two that come from the zeros as well, and compare the two sums.",
        "Ones: w2 + b > 0 and w1 + b > 0; the sum is w1 + w2 + 2b > 0. Zeros: b <= 0 and w1 + w2 + b <= 0; the sum is "
        "w1 + w2 + 2b <= 0. The same number cannot be both, so there is no such line.",
    ),
)

EXERCISES = (NEURON, LINEAR_ACCURACY, WHY_NO_LINE, COLLAPSE, XOR_NETWORK)
