"""What the elementwise functions share: their inputs, their cases and what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, GRADIENT, Arguments, Ban, Case, Exercise, Mistake, Mistakes
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


def huge(draw: Draw) -> Arguments:
    """Draw X (2, 3) whose squares no float32 can hold."""
    return {"X": torch.tensor([[1e30, -1e30, 3e25], [-2e22, 5e20, -1e30]], dtype=torch.float64)}


# Nearer to zero than any threshold that somebody may have in mind.
_TINY = (1e-7, -1e-7, 5e-4)


def with_zeros(draw: Draw) -> Arguments:
    """Draw X (5, 3) with zeros in every other row, and values next to zero."""
    X = draw.wide(5, 3)
    X[::2] = 0.0
    X[1] = torch.tensor(_TINY)
    return {"X": X}


def small_scalar(draw: Draw) -> Arguments:
    """Draw X with no axes, for half precision."""
    return {"X": draw.wide() / 2}


def without_zeros(draw: Draw) -> Arguments:
    """Draw X (4, 3) with values up to 1000 and none at 0, where several slopes are right."""
    X = draw.extreme(4, 3)
    return {"X": torch.where(X == 0, 0.5, X)}


def elementwise_cases(*, connected: bool) -> tuple[Case, ...]:
    """Return the cases of a function of one tensor of any shape; `connected` if autograd must pass through it."""
    differentiated = (
        Case("a tensor that requires a gradient", matrix, GRADIENT, gradient=True),
        Case("values up to 1000 that require a gradient", without_zeros, GRADIENT, gradient=True),
    )
    return (
        Case("ordinary values", matrix, twice=True),
        Case("zeros among the values", with_zeros),
        Case("values up to 1000", extremes, EXTREMES),
        Case("values up to 1000 in float64", extremes, EXTREMES, torch.float64),
        Case("values whose squares overflow", huge, EXTREMES),
        Case("a tensor with three axes", cube, CARE),
        Case("a 0-dimensional tensor", scalar, CARE),
        Case("a single row", column, CARE),
        Case("an empty batch", empty, CARE),
        Case("a tensor in float64", matrix, CARE, torch.float64),
        Case("a tensor in float16", modest, CARE, torch.float16),
        Case("a tensor in bfloat16", modest, CARE, torch.bfloat16),
        Case("a view with strides", matrix, CARE, layout="strided"),
        Case("a transposed tensor", matrix, CARE, layout="transposed"),
        Case("a 0-dimensional tensor in float16", small_scalar, CARE, torch.float16),
        *(
            differentiated
            if connected
            else (Case("a tensor that requires a gradient", matrix, CARE, requires_grad=True),)
        ),
    )


_WITH_GRADIENT = {"result": 0.5, EXTREMES: 0.15, GRADIENT: 0.15, CARE: 0.2}


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
        parts=_WITH_GRADIENT if connected else {"result": 0.6, EXTREMES: 0.2, CARE: 0.2},
        mistakes=mistakes,
        hints=hints,
        ban=ban,
        like={"result": "X"},
        any_device=True,
    )


def rounding(mistake: Mistakes, right: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Declare the mistake of rounding the right result; from five decimals on, nobody can tell it from a float32's own error."""
    for decimals in (1, 2, 3, 4):
        explanation = (
            f"The result is rounded to {decimals} decimal{'s' if decimals > 1 else ''}. Rounding is for printing: here it costs "
            "digits, and a rounded function has slope 0 wherever it has one."
        )

        def rounded(X: torch.Tensor, decimals: int = decimals) -> torch.Tensor:
            return torch.round(right(X), decimals=decimals)

        mistake(explanation, name=f"rounded-to-{decimals}")(rounded)


def shape_lost(mistakes: Mistakes, right: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Declare the mistakes of a right result that has lost the shape of X."""

    @mistakes("All elements stand in one row: the shape of X is lost. Give it back at the end, or never take it away.")
    def flattened(X: torch.Tensor) -> torch.Tensor:
        return right(X).flatten()

    @mistakes("The elements are added up to one number. Each element of X has a result of its own.")
    def summed(X: torch.Tensor) -> torch.Tensor:
        return right(X).sum()

    @mistakes("The mean of all elements is returned, one number. Each element of X has a result of its own.")
    def averaged(X: torch.Tensor) -> torch.Tensor:
        return right(X).mean()


def decided_once(
    mistakes: Mistakes,
    above: Callable[[torch.Tensor], torch.Tensor],
    below: Callable[[torch.Tensor], torch.Tensor],
) -> None:
    """Declare the mistakes of choosing once for the whole tensor between two formulas, which each element has to choose."""
    conditions: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        "all": lambda X: (X > 0).all(),
        "any": lambda X: (X > 0).any(),
        "sum": lambda X: X.sum() > 0,
    }
    for name, condition in conditions.items():

        def at_once(X: torch.Tensor, condition: Callable[[torch.Tensor], torch.Tensor] = condition) -> torch.Tensor:
            return above(X) if bool(condition(X)) else below(X)

        mistakes(
            "One condition decides for the whole tensor. Each element needs its own: a mask, or `torch.where`.",
            name=f"decided-once-{name}",
        )(at_once)


def plain_sigmoid(X: torch.Tensor) -> torch.Tensor:
    """Return the sigmoid by its definition, which overflows inside for very negative x."""
    return 1 / (1 + torch.exp(-X))


def stable_sigmoid(X: torch.Tensor) -> torch.Tensor:
    """Return the sigmoid of every element, without overflow."""
    e = torch.exp(-X.abs())
    return torch.where(X >= 0, 1 / (1 + e), e / (1 + e))


def tanh_stable(X: torch.Tensor) -> torch.Tensor:
    """Return tanh of every element, without overflow."""
    e = torch.exp(-2 * X.abs())
    return torch.sign(X) * (1 - e) / (1 + e)
