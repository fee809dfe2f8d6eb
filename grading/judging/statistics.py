"""Tests of random matrices whose chance of accusing a right sampler is proved, not estimated.

Every test below looks at entries z, divided by the standard deviation that they should have: independent, of mean 0 and
variance 1, normal or uniform. Both are strictly sub-Gaussian, E exp(sz) <= exp(s^2 / 2) for all s (for the uniform one
compare the series: (2k + 1)! >= 6^k k!), and have E z^4 <= 3. The bounds need nothing else, so one set serves both.

Each test alarms on a right sample with probability at most ALARM, and a judgement makes at most TESTS of them, so it is
wrong about right work with probability at most FALSE_ALARMS (the union bound, also called Bonferroni's), however the
tests depend on each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

FALSE_ALARMS = 1e-9
TESTS = 100
ALARM = FALSE_ALARMS / TESTS

# This many entries tell the two laws apart: their distance is 0.057, twice the limit for 20,000 entries 0.051.
_ENOUGH = 30_000
# Rounding to float32 may carry an entry this far, relatively, over the edge of its interval.
_ROUNDING = 1e-5


@dataclass(frozen=True)
class Law:
    """A distribution of mean 0 and variance 1: its distribution function, and the largest |z| that it gives."""

    name: str
    cdf: Callable[[Tensor], Tensor]
    edge: float


NORMAL = Law("normal", torch.special.ndtr, math.inf)
UNIFORM = Law("uniform", lambda z: ((z / math.sqrt(3) + 1) / 2).clamp(0, 1), math.sqrt(3))


def _log() -> float:
    return math.log(1 / ALARM)


def off_centre(z: Tensor) -> bool:
    """Tell whether the mean of N entries is too far from 0.

    The sum is sub-Gaussian with variance N: P(|sum| > t) <= 2 exp(-t^2 / 2N) (Chernoff's bound; Vershynin,
    *High-Dimensional Probability*, section 2.5). Entries that are too large altogether are brought to size 1 first, so that
    a wrong spread is not taken for a wrong mean; that can only make an alarm rarer.
    """
    return float(_shrunk(z).sum().abs()) > math.sqrt(2 * z.numel() * (_log() + math.log(2)))


def spread_limits(count: int) -> tuple[float, float]:
    """Return the interval in which the mean of z^2 over `count` entries lies, at a cost of two alarms.

    With x = log(1 / ALARM), the sum of N squares is above N + 2 sqrt(N x) + 2 x or below N - 2 sqrt(N x) with
    probability at most exp(-x) each. The first is Laurent and Massart (2000), Lemma 1, whose proof uses only
    E exp(s z^2) <= (1 - 2 s)^(-1/2), true of every strictly sub-Gaussian z. The second: for s > 0,
    E exp(-s z^2) <= 1 - s + s^2 E z^4 / 2 <= exp(-s + s^2 E z^4 / 2), and the best s gives sqrt(2 N x E z^4) below N. For
    the uniform law, E z^4 = 9/5, that is within 2 sqrt(N x); for the normal one Laurent and Massart give 2 sqrt(N x).
    """
    return 1 - 2 * math.sqrt(_log() / count), 1 + 2 * math.sqrt(_log() / count) + 2 * _log() / count


def wrong_spread(z: Tensor) -> bool:
    """Tell whether the mean square of the entries is too far from 1."""
    low, high = spread_limits(z.numel())
    return not low <= float(z.square().mean()) <= high


def distance(z: Tensor, law: Law) -> float:
    """Return Kolmogorov and Smirnov's distance: the largest between the empirical distribution function and the law's."""
    # NumPy's sort returns no indices, and is many times faster for it.
    ordered = law.cdf(torch.from_numpy(np.sort(z.flatten().numpy())))
    steps = torch.arange(len(ordered) + 1, dtype=ordered.dtype) / len(ordered)
    return float(torch.maximum((steps[1:] - ordered).max(), (ordered - steps[:-1]).max()))


def distance_limit(count: int) -> float:
    """Return the distance that `count` entries stay within.

    P(distance > e) <= 2 exp(-2 N e^2) for every N and every law: the inequality of Dvoretzky, Kiefer and Wolfowitz with
    Massart's constant (*Annals of Probability* 18, 1990).
    """
    return math.sqrt((_log() + math.log(2)) / (2 * count))


def beyond_edge(z: Tensor, law: Law) -> bool:
    """Tell whether an entry lies outside of what the law gives, which never happens to a right sample."""
    return float(z.abs().max()) > law.edge * (1 + _ROUNDING)


def short_of_edge(z: Tensor, law: Law) -> bool:
    """Tell whether even the largest of N entries of a bounded law stays too far from the edge.

    If |z| / edge is uniform on [0, 1], then P(all N below r) = r^N; it is ALARM at r = ALARM^(1 / N).
    """
    if math.isinf(law.edge):
        return False
    return float(z.abs().max()) < law.edge * math.exp(-_log() / z.numel()) * (1 - _ROUNDING)


def cut_off(z: Tensor) -> float | None:
    """Return where the tails of a normal sample were cut off, in its own standard deviations before the cut; None if not.

    With x = log(1 / ALARM), P(all N of |z| below r) = (2 Phi(r) - 1)^N is ALARM at the r where 2 Phi(r) - 1 = exp(-x / N). The
    largest entry is measured in the sample's own spread, so that a wrong scale is not taken for a cut; a right sample's
    spread stays below its upper limit (`spread_limits`), by which r is divided, at the cost of one alarm more.
    """
    count = z.numel()
    own = float(z.square().mean().sqrt())
    if not own > 0:
        return None
    ratio = float(z.abs().max()) / own
    share = torch.tensor((1 + math.exp(-_log() / count)) / 2, dtype=torch.float64)
    if ratio >= float(torch.special.ndtri(share)) / math.sqrt(spread_limits(count)[1]):
        return None
    low, high = 0.1, ratio  # the cut lies below the ratio, because the spread that remains is below 1
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle / math.sqrt(variance_within(middle)) < ratio else (low, middle)
    return (low + high) / 2


# One more test, of one large sample, with a chance of its own: still one right answer in ten millions.
RARE = 1e-7
# At this frequency a sum of twelve uniform numbers, the nearest to the normal law that people use, differs most from it.
_FREQUENCY = 2.0


def off_normal(z: Tensor) -> bool:
    """Tell whether the mean of cos(2z) is too far from exp(-2), which it is for a normal z.

    The N cosines c are independent, |c - exp(-2)| <= b = 1 + exp(-2), of variance v = (1 + exp(-8)) / 2 - exp(-4). Bernstein's inequality,
    P(|mean - exp(-2)| > t) <= 2 exp(-N t^2 / (2 v + 2 b t / 3)), is RARE at the t below or sooner, with x = log(2 / RARE). A sum of twelve
    uniform numbers has the mean (sin 1 / 1)^12, which is 0.0087 less; 640,000 entries have t = 0.0050 and their mean an error of 0.0009.
    """
    count, mean = z.numel(), math.exp(-(_FREQUENCY**2) / 2)
    bound, variance = 1 + mean, (1 + mean**4) / 2 - mean**2
    x = math.log(2 / RARE)
    limit = math.sqrt(2 * variance * x / count) + 2 * bound * x / (3 * count)
    return abs(float(torch.cos(_FREQUENCY * z).mean()) - mean) > limit


def gridded(z: Tensor) -> int | None:
    """Return how many different values the entries take if they are fewer than half of the entries; None if not.

    A float32 sample of either law takes a value with probability below p = 2^-22 (`torch.rand` has 2^24 values, and `torch.randn` is
    made of such), so that an entry meets an earlier one with probability below N p, and half of them do with probability below
    2^N (N p)^(N / 2): for 50,000 entries below 0.3^N.
    """
    different = len(torch.unique(z))
    return different if different < z.numel() / 2 else None


def variance_within(cut: float) -> float:
    """Return the variance of a standard normal variable that is known to lie within `cut` of 0."""
    density = math.exp(-cut * cut / 2) / math.sqrt(2 * math.pi)
    return 1 - 2 * cut * density / math.erf(cut / math.sqrt(2))


def related_rows(Z: Tensor) -> tuple[int, int] | None:
    """Return two rows of Z (n, m) that are too much alike (or too much each other's negative), or None.

    Given row i, the product of row j with the unit vector along row i is sub-Gaussian with variance 1:
    P(|product| > t) <= 2 exp(-t^2 / 2), and there are n (n - 1) / 2 pairs. Equal rows give sqrt(m). Entries that are too
    large altogether are brought to size 1 first.
    """
    count = len(Z)
    if count < 2:
        return None
    Z = _shrunk(Z)
    products = (Z @ Z.T).abs() / Z.norm(dim=1, keepdim=True).clamp_min(1e-300)
    products = products.triu(diagonal=1).flatten()
    # Of pairs that are equally near but for rounding the first one, on every machine.
    worst = int((products >= products.max() * (1 - _ROUNDING)).int().argmax())
    limit = math.sqrt(2 * (_log() + math.log(count * (count - 1))))
    return divmod(worst, count) if float(products[worst]) > limit else None


def related(a: Tensor, b: Tensor) -> bool:
    """Tell whether two samples of equal size are much the same (or each other's negative); the bound is `related_rows`'."""
    pair = torch.stack([a.flatten(), b.flatten()])
    if related_rows(pair) is None:
        return False
    # Weaker relations come from rows that repeat each other, which is another fault.
    one, other = pair - pair.mean(dim=1, keepdim=True)
    return abs(float(torch.nn.functional.cosine_similarity(one, other, dim=0))) > 0.5


def _shrunk(Z: Tensor) -> Tensor:
    return Z / Z.square().mean().sqrt().clamp_min(1.0)


def nearest_law(z: Tensor) -> str:
    """Return the name of the law that the entries follow once they are centred and scaled, "other" if it is neither."""
    scale = float(z.std(correction=0))
    if not scale > 0:
        return "constant"
    own = (z - z.mean()).flatten()[:_ENOUGH] / scale
    # Twice the limit, because mean and scale are the sample's own.
    found = {law.name: distance(own, law) for law in (NORMAL, UNIFORM)}
    best = min(found, key=found.__getitem__)
    return best if found[best] < 2 * distance_limit(len(own)) else "other"
