"""What the three samplers share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from grading.catalogue.initialization.sampling import SHARES, TAILS_CUT_OFF, Sampler
from grading.catalogue.initialization.weights import SCALE
from grading.judging.exercise import Ban, Exercise, Mistake, Mistakes
from grading.probe.watch import NN_INIT

NO_INIT = Ban(
    frozenset({NN_INIT}),
    "Draw from `torch.rand` or `torch.randn` (or `uniform_`, `normal_`) and bring the numbers to the right scale yourself.",
)


def xavier_std(fan_in: int, fan_out: int) -> float:
    """Return Glorot and Bengio's standard deviation (2010, equation 12)."""
    return math.sqrt(2 / (fan_in + fan_out))


def sampler(
    name: str,
    points: float,
    summary: str,
    sampler: Sampler,
    wrong: tuple[Mistake, ...],
    hints: tuple[str, ...],
    right: Callable[[int, int], Tensor] | None = None,
) -> Exercise:
    """Return an exercise that asks for a matrix of random weights, which is examined by statistics; right: see `Exercise`."""
    return Exercise(
        name=name,
        points=points,
        parameters=("fan_in", "fan_out"),
        summary=summary,
        outputs=(SCALE,),
        parts=SHARES,
        mistakes=wrong,
        hints=hints,
        ban=NO_INIT,
        keeps_dtype=False,
        examine=sampler,
        right=right,
    )


def truncated(mistake: Mistakes, std: Callable[[int, int], float]) -> None:
    """Declare the mistake of cutting off the tails of a normal sample."""

    def redrawn(fan_in: int, fan_out: int) -> Tensor:
        W = torch.randn(fan_in, fan_out)
        while bool((far := W.abs() > 2).any()):
            W[far] = torch.randn(int(far.sum()))
        return W * std(fan_in, fan_out)

    mistake(
        "What lies far out is missing: drawn again, clamped, or never there, as in a sum of a few uniform numbers. "
        "A normal sample has tails.",
        name=TAILS_CUT_OFF,
    )(redrawn)


def of_fixed_size(mistake: Mistakes, draw: Callable[[int, int], Tensor]) -> None:
    """Declare the mistakes of scaling unit draws by a number that does not depend on the sizes."""
    for std in (0.01, 0.02, 0.05, 0.1, 1.0, 10.0):
        mistake(
            f"The weights have the standard deviation {std:g}, whatever the sizes. It should follow from them.",
            name=f"always-{std:g}",
        )(lambda fan_in, fan_out, std=std: draw(fan_in, fan_out) * std)


def unit_uniform(fan_in: int, fan_out: int) -> Tensor:
    """Return a uniform sample around 0 with standard deviation 1."""
    return (2 * torch.rand(fan_in, fan_out) - 1) * math.sqrt(3)


def scaled(
    mistake: Mistakes, draw: Callable[[int, int], Tensor], wrong: Mapping[str, tuple[str, Callable[[int, int], float]]]
) -> None:
    """Declare the mistakes of a wrong standard deviation: by name, the explanation and the deviation of both sizes."""
    for name, (explanation, std) in wrong.items():
        mistake(explanation, name=name)(lambda fan_in, fan_out, std=std: draw(fan_in, fan_out) * std(fan_in, fan_out))


def xavier_normal_right(fan_in: int, fan_out: int) -> Tensor:
    """Return weights as Xavier's initialization draws them from a normal distribution."""
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))
