"""`relu_interpolant`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _knots(source: Source) -> Arguments:
    count = int(source.g.choice([2, 3, 4, 6, 12]))
    gaps = torch.from_numpy(source.g.uniform(0.05, 3.0, count))
    return {"knots": torch.cumsum(gaps, 0) + source.number(-8, 4), "values": source.values(count, scale=2.0)}


def _points(knots: Tensor) -> np.ndarray[Any, Any]:
    x = knots.detach().double().numpy()
    return np.sort(np.concatenate([x, x[:-1] + np.diff(x) * 0.3, x[:-1] + np.diff(x) * 0.77]))


def _network_values(happened: Happened) -> list[Tensor]:
    if not all(isinstance(one, Tensor) for one in happened.value):
        raise TypeError("parameters that are not tensors")
    w1, b1, w2, b2 = (one.double() for one in happened.value)
    if not w1.shape == b1.shape == w2.shape or w1.dim() != 1 or b2.numel() != 1:
        raise ValueError("the parameters do not fit together")
    x = torch.from_numpy(_points(happened.before["knots"][0]))
    return [torch.relu(torch.outer(x, w1) + b1) @ w2 + b2.reshape(())]


def _interpolated(a: Arguments) -> list[Tensor]:
    return [torch.from_numpy(np.interp(_points(a["knots"]), a["knots"].numpy(), a["values"].numpy()))]


def _bends(a: Arguments) -> float:
    slopes = torch.diff(a["values"]) / torch.diff(a["knots"])
    return float(slopes.abs().sum() * a["knots"].abs().max() * 2)


CONTRACT = Contract(_knots, (_interpolated,), _network_values, keeps=False, terms=_bends)


right, wrong = answers_to("relu_interpolant")


@right("changes of slope, one hinge an interval")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = (values[1:] - values[:-1]) / (knots[1:] - knots[:-1])
    w2 = torch.cat([slopes[:1], slopes[1:] - slopes[:-1]])
    return torch.ones_like(knots[:-1]), -knots[:-1], w2, values[0]


@right("a hinge at every knot, the last one flat")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    changes = torch.diff(slopes, prepend=slopes.new_zeros(1), append=slopes[-1:] * 0)
    return torch.ones_like(knots), -knots, changes, values[0]


@right("from the right, with hinges that open to the left")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    backwards = -slopes.flip(0)
    w2 = torch.cat([backwards[:1], backwards[1:] - backwards[:-1]])
    return -torch.ones_like(w2), knots[1:].flip(0), w2, values[-1]


@right("scaled hinges")
def _(knots: Tensor, values: Tensor) -> Any:
    gaps = knots[1:] - knots[:-1]
    slopes = (values[1:] - values[:-1]) / gaps
    changes = torch.cat([slopes[:1], slopes[1:] - slopes[:-1]])
    return 1 / gaps, -knots[:-1] / gaps, changes * gaps, values[0]


@right("a loop over the intervals")
def _(knots: Tensor, values: Tensor) -> Any:
    weights, previous = [], torch.zeros((), dtype=knots.dtype, device=knots.device)
    for i in range(len(knots) - 1):
        slope = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
        weights.append(slope - previous)
        previous = slope
    return [torch.ones_like(knots[:-1]), -knots[:-1], torch.stack(weights), values[0].clone()]


@right("by solving the triangular system")
def _(knots: Tensor, values: Tensor) -> Any:
    A = (knots[1:, None] - knots[None, :-1]).clamp(min=0).double()
    w2 = torch.linalg.solve(A, (values[1:] - values[0]).double()[:, None])[:, 0]
    return torch.ones_like(w2), -knots[:-1].double(), w2, values[0].double()


@right("the first slope from a pair of hinges")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    one = torch.ones_like(knots[:1])
    w1 = torch.cat([one, -one, torch.ones_like(knots[1:-1])])
    b1 = torch.cat([-knots[:1], knots[:1], -knots[1:-1]])
    w2 = torch.cat([slopes[:1], -slopes[:1], torch.diff(slopes)])
    return w1, b1, w2, values[0]


@wrong("the last value as the bias", "last-value")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2), -knots[:-1], w2, values[-1]


@wrong("second differences of the values")
def _(knots: Tensor, values: Tensor) -> Any:
    steps = torch.diff(values)
    w2 = torch.cat([steps[:1], torch.diff(steps)]) / torch.diff(knots)
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@wrong("slopes the wrong way up", "inverted-slopes")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(knots) / torch.diff(values)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@wrong("a constant network")
def _(knots: Tensor, values: Tensor) -> Any:
    zero = torch.zeros_like(knots[:-1])
    return zero, zero, zero, values[0]


@wrong("one straight line")
def _(knots: Tensor, values: Tensor) -> Any:
    slope = (values[-1:] - values[:1]) / (knots[-1:] - knots[:1])
    return torch.ones_like(slope), -knots[:1], slope, values[0]


@wrong("three of the four")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    return torch.ones_like(slopes), -knots[:-1], slopes


@wrong("shapes that do not fit")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(knots), -knots, w2, values[0]


@wrong("the order of the parameters")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return -knots[:-1], torch.ones_like(w2), w2, values[0]


@wrong("changes of slope with the sign turned", "changes-reversed")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], slopes[:-1] - slopes[1:]])
    return torch.ones_like(w2), -knots[:-1], w2, values[0]


@wrong("a hinge left out")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2)[:-1], -knots[:-2], w2[:-1], values[0]


@wrong("a bias missing")
def _(knots: Tensor, values: Tensor) -> Any:
    slopes = torch.diff(values) / torch.diff(knots)
    w2 = torch.cat([slopes[:1], torch.diff(slopes)])
    return torch.ones_like(w2), torch.zeros_like(w2), w2, values[0]
