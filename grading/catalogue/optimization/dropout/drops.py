"""What a call of dropout shows, and what tells one wrong answer from another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from grading.judging.statistics import ALARM
from grading.judging.verdict import Finding

EACH_ITSELF = "each by itself"


def hoeffding(count: int, events: int = 1) -> float:
    """Return how far the share of `count` independent events may lie from its probability: P(more) <= 2 exp(-2 N t²) = ALARM.

    events: how many such shares are looked at, all of which stay within with that probability.
    """
    return math.sqrt(math.log(2 * events / ALARM) / (2 * count))


@dataclass(frozen=True)
class Drop:
    """One call on X with a probability p, and what came back.

    ratios: what was returned over X, element by element; 0 where an element was dropped.
    """

    p: float
    ratios: Tensor

    @property
    def zeros(self) -> Tensor:
        """Mark the elements that were dropped."""
        return self.ratios == 0

    @property
    def share(self) -> float:
        """The share of the elements that were dropped."""
        return float(self.zeros.double().mean())

    @property
    def label(self) -> str:
        """Say what was asked for."""
        return f"X {tuple(self.ratios.shape)}, p = {self.p:g}"

    @property
    def kept_at(self) -> tuple[float, ...]:
        """The different ratios of what was kept, rounded; more than a few are cut off."""
        kept = self.ratios[~self.zeros].flatten()
        return tuple(sorted({round(float(one), 3) for one in kept[:200]}))[:4]


@dataclass(frozen=True)
class Signature:
    """What an answer shows, to be compared with what a known mistake shows: its faults, its ratios, its shares of zeros.

    exact: whether every share is as near to p as a share can be, which chance does not give.
    """

    faults: tuple[tuple[str, ...], ...]
    kept_at: tuple[tuple[float, ...], ...] = ()
    shares: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    exact: bool = False

    def agrees(self, other: Signature) -> bool:
        """Tell whether both could be the same answer with other draws."""
        if (self.faults, self.kept_at, self.counts) != (other.faults, other.kept_at, other.counts):
            return False
        if self.exact != other.exact:
            return False
        # Elements that depend on each other say little about a rate.
        depend = any(fault[0] == EACH_ITSELF for fault in self.faults)
        rows = zip(self.shares, other.shares, self.counts, strict=True)
        return depend or all(abs(a - b) <= 2 * hoeffding(n) for a, b, n in rows)


def signature(findings: Sequence[Finding], drops: Sequence[Drop]) -> Signature:
    """Summarize what was found and what was seen."""
    faults = []
    for one in findings:
        told = (one.title, *(fact for name, fact in one.facts if name in ("error", "got"))) if one.part == "" else ()
        faults.append((one.part, one.kind, *(() if one.kind == "degenerate" else told)))
    return Signature(
        tuple(sorted(faults)),
        tuple(drop.kept_at for drop in drops),
        tuple(drop.share for drop in drops),
        tuple(drop.ratios.numel() for drop in drops),
        all(int(drop.zeros.sum()) == round(drop.p * drop.ratios.numel()) for drop in drops),
    )
