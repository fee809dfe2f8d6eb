"""`collapse`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Tensors


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


mistake = Mistakes()


@mistake("b1 has h numbers and b2 has q. b1 passes through the second layer, too, before it meets b2.")
def biases_added(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 + b2


@mistake("W2 @ W1 belongs to examples in columns. Here they are rows: X meets W1 before W2, X W1 W2.")
def factors_swapped(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W2 @ W1, b1 @ W2 + b2


@mistake("b1 is lost. It goes through the second layer like all that comes out of the first.")
def first_bias_lost(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b2


@mistake("b2 is lost. It is added at the very end.")
def second_bias_lost(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2


@mistake("b1 W2 and b2 are multiplied. The second layer adds b2.")
def biases_multiplied(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2 * b2


@mistake("This W is (q, d), as nn.Linear stores it. In X W, with examples in rows, it is (d, q).")
def transposed(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return (W1 @ W2).T, b1 @ W2 + b2


@mistake("Only W is returned. An affine map has a b, too.")
def only_weights(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2


@mistake("The two are right but come in the wrong order: W first, then b.")
def pair_swapped(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return b1 @ W2 + b2, W1 @ W2


@mistake("b is a row (1, q). One axis is asked for, as in b2: (q,).")
def bias_row(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1[None, :] @ W2 + b2


@mistake("There is a ReLU in this. The two layers are affine here, with nothing between them.")
def relu_between(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1.clamp(min=0) @ W2, b1.clamp(min=0) @ W2 + b2


@mistake("b1 goes through the first layer. It is added after that, and goes through the second: b1 W2.")
def b1_through_first(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W1 @ W2 + b2


@mistake("The numbers of b1 are added up. Each goes through its own row of W2: b1 W2.")
def b1_summed(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1.sum() + b2


@mistake("b1 meets the sums of W2 over the wrong axis. b1 W2 has one number for each column of W2.")
def b1_with_column_sums(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, (b1[:, None] * W2).sum() + b2


@mistake("W2 b1 has the factors of the column convention. With examples in rows it is b1 W2.")
def b1_from_the_right(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, W2 @ b1 + b2


@mistake("W2ᵀ W1ᵀ is W transposed, as nn.Linear stores it. In X W it is (d, q), and b is a vector (q,).")
def transposed_with_column(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W2.T @ W1.T, (W2.T @ b1[:, None] + b2[:, None])


@mistake("W1 and W2 meet element by element, by `*` or `+`. One layer after the other is a matrix product: W1 @ W2.")
def elementwise(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 * W2, b1 * W2 + b2


@mistake("`*` multiplies element by element, so this b is a matrix. b1 @ W2 is a vector.")
def b1_elementwise(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1[:, None] * W2 + b2


@mistake("b2 is subtracted. The second layer adds it.")
def b2_subtracted(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2 - b2


@mistake("b is zero here. The biases do not vanish: b1 goes through the second layer, and b2 is added.")
def no_bias(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, torch.zeros_like(b2)


@mistake("W1 alone comes back for W. The second layer is a part of the map as well: W1 W2.")
def first_weights(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1.clone(), b1 @ W2 + b2


@mistake("b has been added to W. The two are different things: X meets W, b is added to the result.")
def bias_in_the_weights(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2 + b1 @ W2 + b2, b1 @ W2 + b2


@mistake("The ReLU in W belongs to networks that bend. The two layers are affine here, with nothing between them.")
def relu_in_the_weights(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1.clamp(min=0) @ W2, b1 @ W2 + b2


@mistake("A column (q, 1) plus b2 (q,) is a table (q, q). b1 @ W2 is a vector already, and so is b.")
def bias_table(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, W2.T @ b1[:, None] + b2


EXERCISE = Exercise(
    name="collapse",
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
    mistakes=mistake.all,
    hints=(
        "Multiply (X W1 + b1) W2 + b2 out. Which terms contain X, and which do not?",
        "What comes out for X = 0? That is b, and b1 has a part in it.",
        "W must take (n, d) to (n, q), so it is (d, q). Of the four ways to multiply W1 and W2, one gives that shape.",
    ),
)
