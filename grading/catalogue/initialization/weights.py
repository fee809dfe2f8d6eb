"""Findings about random weights, from the tests of `grading.judging.statistics`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from grading.catalogue.initialization.weight_statistics import own_scale, summarize
from grading.judging.statistics import (
    NORMAL,
    Law,
    beyond_edge,
    cut_off,
    distance,
    distance_limit,
    gridded,
    off_centre,
    off_normal,
    related_rows,
    short_of_edge,
    variance_within,
    wrong_spread,
)
from grading.judging.verdict import Finding

SCALE = "scale"
DISTRIBUTION = "distribution"


@dataclass(frozen=True)
class Block:
    """A matrix of weights `W (fan_in, fan_out)` in float64, the standard deviation it should have, and a label."""

    label: str
    std: float
    W: Tensor

    @property
    def Z(self) -> Tensor:
        """The weights over their right standard deviation."""
        return self.W / self.std


def pooled(blocks: Sequence[Block]) -> Tensor:
    """Return the standardized entries of all blocks, shape (N,)."""
    return torch.cat([block.Z.flatten() for block in blocks])


def examine_relations(blocks: Sequence[Block]) -> list[Finding]:
    """Return the finding for rows or columns that repeat each other; two tests a block of some size."""
    for block in blocks:
        for word, Z in (("rows", block.Z), ("columns", block.Z.T)):
            pair = related_rows(Z) if min(Z.shape) > 1 else None
            # Rows that have nothing in common but a mean are left to the test of the mean.
            pair = pair and related_rows(own_scale(Z))
            if pair is None:
                continue
            facts = (("with", block.label), (word, f"{pair[0]} and {pair[1]} are nearly the same, up to a factor"))
            advice = "Every weight needs a draw of its own, otherwise units start alike and stay alike."
            return [Finding("", "dependent", f"its {word} are not independent.", facts, advice)]
    return []


def examine_centre(blocks: Sequence[Block]) -> list[Finding]:
    """Return the finding for a mean that is not 0; one test a block and one for all."""
    for block in blocks:
        if off_centre(block.Z):
            facts = (
                ("expected", f"mean 0, standard deviation {rough(block.std)}"),
                ("got", f"mean {rough(float(block.W.mean()))}, standard deviation {rough(_std(block.W))}"),
                ("input", block.label),
            )
            return [Finding(SCALE, "mean", "the weights are not centred at 0.", facts)]
    if off_centre(pooled(blocks)):
        return [Finding(SCALE, "mean", "over many draws, the weights are not centred at 0.")]
    return []


def examine_spread(blocks: Sequence[Block], formula: str) -> list[Finding]:
    """Return the finding for a wrong standard deviation; two tests a block and two for all."""
    title = "the standard deviation is wrong."
    off = next((block for block in blocks if wrong_spread(block.Z)), None)
    if off is not None:
        facts = (
            ("expected", f"{rough(off.std)}, which is {formula}"),
            ("got", rough(_rms(off.W))),
            ("input", off.label),
        )
        return [Finding(SCALE, "spread", title, facts, _factor(blocks))]
    everything = pooled(blocks)
    if wrong_spread(everything):
        got = f"{rough(_rms(everything))} times as much, over {len(everything)} weights"
        return [Finding(SCALE, "spread", title, (("expected", formula), ("got", got)))]
    return []


# A cut nearer than this takes so much of the spread that the scale is at fault, too.
_FAR_CUT = 2.5
# What ends nearer than this has no tails at all and is another law, such as the uniform one.
_NEAREST_CUT = 2.0


def examine_scale_and_law(blocks: Sequence[Block], law: Law, formula: str) -> list[Finding]:
    """Return the findings about mean, spread and law.

    Where only the far tails are missing, the scale is at fault if it is wrong for what is left of the law, too: the little
    spread that such a cut takes is next to what a draw may take, and would be found on some draws only.
    """
    cut = cut_off(pooled(blocks)) if law is NORMAL else None
    moments = examine_centre(blocks) or examine_spread(blocks, formula)
    if cut is None or cut < _NEAREST_CUT or (moments and cut < _FAR_CUT):
        return moments or examine_law(blocks, law)
    if moments:
        shrunk = [replace(block, std=block.std * variance_within(cut) ** 0.5) for block in blocks]
        moments = examine_centre(shrunk) or examine_spread(shrunk, formula)
    facts = (("expected", "now and then a large weight"), ("got", f"none beyond {cut:.2g} standard deviations"))
    return [*moments, Finding(DISTRIBUTION, "tails", "the tails of the normal distribution are cut off.", facts)]


def examine_law(blocks: Sequence[Block], law: Law) -> list[Finding]:
    """Return the finding for values that follow another law, or the right one on a slightly wrong interval.

    One test a block and one for all; another one each for a bounded law, whose edges show more than its moments.
    """
    everything = Block("all draws together", 1.0, pooled(blocks)[None])
    for block in (*blocks, everything):
        if distance(block.Z, law) > distance_limit(block.Z.numel()):
            got = summarize([block]).law
            facts = (
                ("expected", f"a {law.name} distribution"),
                ("got", f"a {got} one" if got in {"normal", "uniform"} - {law.name} else "another one"),
                ("with", block.label),
            )
            adverb = {"normal": "normally", "uniform": "uniformly"}[law.name]
            title = f"the standard deviation is right, but the weights are not {adverb} distributed."
            return [Finding(DISTRIBUTION, "law", title, facts)]
    for block in (*blocks, everything):
        if short_of_edge(block.Z, law) or beyond_edge(block.Z, law):
            edge = law.edge * block.std
            facts = (
                ("expected", f"values from {-edge:.5g} to {edge:.5g}"),
                ("got", f"values up to {float(block.W.abs().max()):.5g} in size"),
                ("input", block.label),
            )
            return [Finding(SCALE, "edge", "the interval has slightly the wrong length.", facts)]
    return []


def examine_grid(blocks: Sequence[Block]) -> list[Finding]:
    """Return the finding for weights that take a few values only."""
    for block in blocks:
        different = gridded(block.Z)
        if different is not None:
            facts = (
                ("expected", "hardly any value twice"),
                ("got", f"{different:,} values for {block.W.numel():,} weights"),
            )
            advice = (
                "Whole numbers that are scaled, or rounded ones, leave gaps. `torch.rand` and `torch.randn` leave none."
            )
            return [Finding(DISTRIBUTION, "grid", "the weights take only a few different values.", facts, advice)]
    return []


def examine_large(block: Block) -> list[Finding]:
    """Return the finding for a large sample that is near the normal law and does not follow it."""
    if not off_normal(block.Z):
        return []
    facts = (("expected", "a normal distribution"), ("got", "one that comes near it"), ("with", block.label))
    title = "the standard deviation is right, but the weights are not normally distributed."
    advice = "A sum of uniform numbers, for one, only comes near the normal distribution. `torch.randn` draws from it."
    return [Finding(DISTRIBUTION, "near", title, facts, advice)]


def rough(value: float) -> str:
    """Write a number with three significant digits: more of them would be the noise of the draw."""
    return f"{value:.3g}"


def _rms(W: Tensor) -> float:
    return float(W.square().mean().sqrt())


def _std(W: Tensor) -> float:
    return float(W.std(correction=0))


_FACTORS = {math.sqrt(3): "√3", math.sqrt(2): "√2", 2.0: "2", math.sqrt(6): "√6", 3.0: "3"}


def _factor(blocks: Sequence[Block]) -> str:
    """Say by which simple factor the standard deviation is off, if it is the same one whatever the sizes."""
    ratios = [_rms(block.Z) for block in blocks]
    for value, name in _FACTORS.items():
        for factor, text in ((value, f"{name} times too large"), (1 / value, f"{name} times too small")):
            slack = [3 * math.sqrt(1 / block.W.numel()) + 0.003 for block in blocks]
            if all(abs(ratio / factor - 1) < s for ratio, s in zip(ratios, slack, strict=True)):
                return f"Whatever the sizes, it is {text}."
    return ""
