"""What the elementwise functions share: their inputs, their cases and what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistake
from grading.judging.read import Tensors

EXTREMES = "extremes"


def matrix(draw: Draw) -> Arguments:
    """Draw X (n, d), of unequal sizes and with values beyond ±6."""
    n, d = draw.sizes(2)
    return {"X": draw.wide(n, d)}


def modest(draw: Draw) -> Arguments:
    """Draw X (n, d) with values below 5 in size: in half precision exp(2x) does not overflow there."""
    n, d = draw.sizes(2)
    return {"X": draw.wide(n, d) / 2}


def column(draw: Draw) -> Arguments:
    """Draw X (1, d), a single row."""
    return {"X": draw.wide(1, draw.integer(3, 6))}


def cube(draw: Draw) -> Arguments:
    """Draw X with three axes."""
    return {"X": draw.wide(*draw.sizes(3, 2, 5))}


def scalar(draw: Draw) -> Arguments:
    """Draw X with no axes."""
    return {"X": draw.wide()}


def empty(draw: Draw) -> Arguments:
    """Draw X (0, d), a batch of nothing."""
    return {"X": torch.zeros(0, draw.integer(2, 5), dtype=torch.float64)}


def extremes(draw: Draw) -> Arguments:
    """Draw X (4, 3) with values up to 1000."""
    return {"X": draw.extreme(4, 3)}


def with_zeros(draw: Draw) -> Arguments:
    """Draw X (5, 3) with zeros in every other row."""
    X = draw.wide(5, 3)
    X[::2] = 0.0
    return {"X": X}


def elementwise_cases(*, connected: bool) -> tuple[Case, ...]:
    """Return the cases of a function of one tensor of any shape; `connected` if autograd must pass through it."""
    return (
        Case("ordinary values", matrix, twice=True),
        Case("zeros among the values", with_zeros),
        Case("values up to 1000", extremes, EXTREMES),
        Case("values up to 1000 in float64", extremes, EXTREMES, torch.float64),
        Case("a tensor with three axes", cube, CARE),
        Case("a 0-dimensional tensor", scalar, CARE),
        Case("a single row", column, CARE),
        Case("an empty batch", empty, CARE),
        Case("a tensor in float64", matrix, CARE, torch.float64),
        Case("a tensor in float16", modest, CARE, torch.float16),
        Case("a tensor in bfloat16", modest, CARE, torch.bfloat16),
        Case("a view with strides", matrix, CARE, layout="strided"),
        Case("a transposed tensor", matrix, CARE, layout="transposed"),
        Case("a tensor that requires a gradient", matrix, CARE, requires_grad=True, connected=connected),
    )


def elementwise(
    name: str,
    points: float,
    summary: str,
    reference: Callable[..., Any],
    ban: Ban,
    mistakes: tuple[Mistake, ...],
    hints: tuple[str, ...],
    *,
    connected: bool = False,
) -> Exercise:
    """Return an exercise that asks for a function of one tensor, element by element; `connected` as in `elementwise_cases`."""
    return Exercise(
        name=name,
        points=points,
        parameters=("X",),
        summary=summary,
        outputs=("result",),
        read=Tensors(("result",)),
        cases=elementwise_cases(connected=connected),
        reference=reference,
        parts={"result": 0.6, EXTREMES: 0.2, CARE: 0.2},
        mistakes=mistakes,
        hints=hints,
        ban=ban,
        like={"result": "X"},
    )


def stable_sigmoid(X: torch.Tensor) -> torch.Tensor:
    """Return the sigmoid of every element, without overflow."""
    e = torch.exp(-X.abs())
    return torch.where(X >= 0, 1 / (1 + e), e / (1 + e))


def tanh_stable(X: torch.Tensor) -> torch.Tensor:
    """Return tanh of every element, without overflow."""
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - e) / (1 + e)
