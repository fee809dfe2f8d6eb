"""Statistics of random weights: the few numbers by which a known mistake is recognized in somebody's answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from grading.judging.cache import cached
from grading.judging.context import Context, LocalAnswer
from grading.judging.exercise import Exercise, Mistake
from grading.judging.statistics import nearest_law, related_rows

# Two summaries of the same sampler agree within this many standard errors; the mistakes of an exercise lie further apart.
_ERRORS = 6.0
# A lesson has some fifty known mistakes of samplers and of what uses them.
_MOST = 512


class Weights(Protocol):
    """Weights over the standard deviation that they should have."""

    @property
    def Z(self) -> Tensor:
        """The standardized weights, a matrix."""
        ...


@dataclass(frozen=True)
class WeightStatistics:
    """What an answer's draws look like.

    problem: what was wrong before any statistics, as plain facts; () if nothing.
    means, spreads, counts: by matrix, the mean and the root mean square of the standardized weights, and their number.
    law: "normal", "uniform", "constant" or "other". repeats: such as "all rows" and "some columns", where
        they repeat each other.
    traits: anything else that must agree.
    """

    problem: tuple[object, ...] = ()
    means: tuple[float, ...] = ()
    spreads: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    law: str = ""
    repeats: tuple[str, ...] = ()
    traits: tuple[object, ...] = ()

    def agrees(self, other: WeightStatistics) -> bool:
        """Tell whether the two could show the same sampler."""
        if (self.problem, self.repeats, self.traits) != (other.problem, other.repeats, other.traits):
            return False
        if self.repeats:
            return True  # few of the weights are independent, so that the moments say little
        if self.law != other.law or len(self.counts) != len(other.counts):
            return False
        rows = zip(self.means, self.spreads, other.means, other.spreads, self.counts, strict=True)
        return all(_near(a, b, c, d, n) for a, b, c, d, n in rows)


def _near(mean: float, spread: float, other_mean: float, other_spread: float, count: int) -> bool:
    scale = max(spread, other_spread, 1e-12)
    error = _ERRORS * scale * math.sqrt(2 / count)
    return abs(mean - other_mean) <= error and abs(spread - other_spread) <= error


def own_scale(Z: Tensor) -> Tensor:
    """Return the matrix with its rows centred, over its own standard deviation.

    Rows that repeat each other then do so whatever their spread, and rows that are constant, as where columns repeat each
    other, have nothing in common.
    """
    scale = (Z - Z.mean()).square().mean().sqrt()
    return (Z - Z.mean(dim=1, keepdim=True)) / scale.clamp_min(1e-300)


def _repeating(Z: Tensor) -> str:
    """Say whether all rows of a matrix go in the direction of the first one, or some go in that of others; "" if neither."""
    if related_rows(Z) is None:
        return ""
    cosines = torch.nn.functional.cosine_similarity(Z[:1], Z, dim=1).abs()
    return "all" if bool((cosines > 0.9).all()) else "some"


def summarize(blocks: Sequence[Weights]) -> WeightStatistics:
    """Return the statistics of these matrices."""
    repeats = {
        f"{share} {word}"
        for block in blocks
        for word, Z in (("rows", block.Z), ("columns", block.Z.T))
        if min(Z.shape) > 1 and (share := _repeating(own_scale(Z)))
    }
    # Matrices of different spread are brought to the same one before they are put together.
    alike = torch.cat([(block.Z / block.Z.square().mean().sqrt().clamp_min(1e-300)).flatten() for block in blocks])
    return WeightStatistics(
        means=tuple(float(block.Z.mean()) for block in blocks),
        spreads=tuple(float(block.Z.square().mean().sqrt()) for block in blocks),
        counts=tuple(block.Z.numel() for block in blocks),
        law=nearest_law(alike),
        repeats=tuple(sorted(repeats)),
    )


def name_mistake(
    exercise: Exercise,
    statistics: WeightStatistics,
    summarize_answer: Callable[[Context], WeightStatistics],
    context: Context,
) -> Mistake | None:
    """Return the one known mistake whose statistics agree with this one, or None if none or several do."""
    where = (context.device, context.seed, context.hidden)
    found = [
        mistake
        for mistake in exercise.mistakes
        if statistics.agrees(_statistics_of(mistake.wrong, summarize_answer, exercise, *where))
    ]
    return found[0] if len(found) == 1 else None


@cached(_MOST)
def _statistics_of(
    wrong: Callable[..., object],
    summarize_answer: Callable[[Context], WeightStatistics],
    exercise: Exercise,
    device: torch.device,
    seed: int,
    hidden: bool,
) -> WeightStatistics:
    return summarize_answer(Context(exercise, LocalAnswer(wrong), device, seed, hidden))
