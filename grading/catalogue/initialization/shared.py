"""What the three samplers share."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from grading.catalogue.initialization.sampling import SHARES, Sampler
from grading.catalogue.initialization.weights import SCALE
from grading.judging.exercise import Ban, Exercise, Mistake
from grading.probe.watch import NN_INIT

NO_INIT = Ban(
    frozenset({NN_INIT}),
    "Draw from `torch.rand` or `torch.randn` (or `uniform_`, `normal_`) and bring the numbers to the right scale yourself.",
)


def xavier_std(fan_in: int, fan_out: int) -> float:
    """Return Glorot and Bengio's standard deviation (2010, equation 12)."""
    return math.sqrt(2 / (fan_in + fan_out))


def sampler(
    name: str, points: float, summary: str, sampler: Sampler, wrong: tuple[Mistake, ...], hints: tuple[str, ...]
) -> Exercise:
    """Return an exercise that asks for a matrix of random weights, which is examined by statistics."""
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
    )


def xavier_normal_right(fan_in: int, fan_out: int) -> Tensor:
    """Return weights as Xavier's initialization draws them from a normal distribution."""
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))
