"""`relu_interpolant`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Reading, Tensors, Truth, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation


def _probe_points(knots: torch.Tensor, count: int = 7) -> torch.Tensor:
    """Return points from the first knot to the last: the knots, and `count` between neighbours. Shape (m,)."""
    steps = torch.arange(count, dtype=knots.dtype) / count
    inner = (knots[:-1, None] + (knots[1:] - knots[:-1])[:, None] * steps).flatten()
    return torch.cat([inner, knots[-1:]])


def _interpolate(knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Return the piecewise linear interpolant at the probe points, by barycentric weights of each interval."""
    x = _probe_points(knots)
    right = torch.searchsorted(knots, x).clamp(1, len(knots) - 1)
    x0, x1, y0, y1 = knots[right - 1], knots[right], values[right - 1], values[right]
    t = (x - x0) / (x1 - x0)
    return (1 - t) * y0 + t * y1


def _read_interpolant(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    value = observation.value
    missing = nothing_returned(value)
    if missing:
        return missing
    names = ("w1", "b1", "w2", "b2")
    found = Tensors(names)(observation, arguments, truth)
    if isinstance(found, Finding):
        return found
    parts: dict[str, torch.Tensor] = {}
    for name in names:
        part = torch.as_tensor(found[name]) if isinstance(found[name], int | float) else found[name]
        if not isinstance(part, torch.Tensor):
            return Finding("", "type", f"{name} should be a tensor.")
        parts[name] = part
    w1, b1, w2, b2 = parts.values()
    if b2.numel() != 1 or not (w1.shape == b1.shape == w2.shape) or w1.dim() != 1:
        shapes = ", ".join(f"{name} {tuple(part.shape)}" for name, part in parts.items())
        facts = (("expected", "w1 (k,), b1 (k,), w2 (k,), b2 ()"), ("got", shapes))
        advice = (
            "Each hidden unit has one entry in w1, in b1 and in w2; b2 is one number. In this order they are returned."
        )
        return Finding("", "shape", "the parameters do not fit together.", facts, advice)
    x = _probe_points(arguments["knots"].double())
    hidden = (x[:, None] * w1.double() + b1.double()).clamp(min=0)
    return {"network": hidden @ w2.double() + b2.double().reshape(())}


def _knots(draw: Draw, count: int) -> Arguments:
    gaps = draw.uniform(count, low=0.3, high=1.7)
    return {"knots": torch.cumsum(gaps, 0) - 2.1, "values": draw.normal(count, scale=2.0)}


def _some_knots(draw: Draw) -> Arguments:
    return _knots(draw, draw.integer(2, 3) if draw.simple else draw.integer(4, 9))


def _two_knots(draw: Draw) -> Arguments:
    return _knots(draw, 2)


def _many_knots(draw: Draw) -> Arguments:
    return _knots(draw, 60)


mistake = Mistakes()


def _hinges(knots: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor) -> tuple[torch.Tensor, ...]:
    return torch.ones_like(knots[:-1]), -knots[:-1], weights, bias


def _slopes(knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    return (values[1:] - values[:-1]) / (knots[1:] - knots[:-1])


@mistake(
    "The weights are the slopes themselves. Hinges add up: each one need only bring the change of slope at its knot."
)
def slopes(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return _hinges(knots, _slopes(knots, values), values[0])


def _changes(knots: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    slopes = _slopes(knots, values)
    return torch.cat([slopes[:1], slopes[1:] - slopes[:-1]])


@mistake("The network starts at 0 instead of at values[0]. What is b2 for?")
def no_bias(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return _hinges(knots, _changes(knots, values), torch.zeros_like(values[0]))


@mistake("relu(x + knot) bends at minus the knot. Which bias makes the hinge start at the knot?")
def sign(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return torch.ones_like(knots[:-1]), knots[:-1], _changes(knots, values), values[0]


@mistake("The differences of the values are not slopes yet: divide by the distances between the knots.")
def unit_gaps(knots: torch.Tensor, values: torch.Tensor) -> Any:
    slopes = values[1:] - values[:-1]
    return _hinges(knots, torch.cat([slopes[:1], slopes[1:] - slopes[:-1]]), values[0])


@mistake("The first interval is flat. The first hinge brings the whole first slope.")
def first_slope(knots: torch.Tensor, values: torch.Tensor) -> Any:
    slopes = _slopes(knots, values)
    return _hinges(knots, torch.cat([torch.zeros_like(slopes[:1]), slopes[1:] - slopes[:-1]]), values[0])


@mistake("Every hinge starts one knot late. The slope changes at the left end of an interval.")
def shifted(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return torch.ones_like(knots[1:]), -knots[1:], _changes(knots, values), values[0]


@mistake("The weights are the values at the knots. A hinge brings a change of slope, not a height.")
def values_as_weights(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return torch.ones_like(knots), -knots, values, torch.zeros_like(values[0])


@mistake(
    "The weights are the values at the knots, on top of values[0]. A hinge brings a change of slope, not a height."
)
def values_from_the_first(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return _hinges(knots, values[1:], values[0])


@mistake("The slope is upside down: it is a difference of values over a difference of knots.")
def inverted_slopes(knots: torch.Tensor, values: torch.Tensor) -> Any:
    slopes = 1 / _slopes(knots, values)
    return _hinges(knots, torch.cat([slopes[:1], slopes[1:] - slopes[:-1]]), values[0])


@mistake("The changes of slope have the wrong sign: the new slope minus the old one.")
def changes_reversed(knots: torch.Tensor, values: torch.Tensor) -> Any:
    slopes = _slopes(knots, values)
    return _hinges(knots, torch.cat([slopes[:1], slopes[:-1] - slopes[1:]]), values[0])


@mistake("The network starts at the last value. At the first knot no hinge is on yet: b2 is values[0].")
def last_value(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return _hinges(knots, _changes(knots, values), values[-1])


@mistake(
    "The first interval's width is used for all. The knots need not be evenly spaced: each slope has its own width."
)
def one_width(knots: torch.Tensor, values: torch.Tensor) -> Any:
    slopes = (values[1:] - values[:-1]) / (knots[1] - knots[0])
    return _hinges(knots, torch.cat([slopes[:1], slopes[1:] - slopes[:-1]]), values[0])


@mistake(
    "The hats all have the width of the first interval. The knots need not be evenly spaced: each side has its own width."
)
def hats_of_one_width(knots: torch.Tensor, values: torch.Tensor) -> Any:
    h = knots[1] - knots[0]
    b1 = torch.cat((h - knots, -knots, -h - knots))
    return torch.ones_like(b1), b1, torch.cat((values / h, -2 * values / h, values / h)), torch.zeros_like(values[0])


@mistake(
    "The output weights are the second differences of the values. Divide by the distances of the knots, and keep the first slope."
)
def second_differences(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return torch.ones_like(knots[2:]), -knots[1:-1], values.diff().diff(), values[0]


@mistake("The slope is in w1 and in w2. It is needed once.")
def slope_twice(knots: torch.Tensor, values: torch.Tensor) -> Any:
    changes = _changes(knots, values)
    return changes, -changes * knots[:-1], changes, values[0]


@mistake(
    "w1 holds the slopes and b1 minus the knots: the hinge then bends at knot / slope. Keep w1 = 1, or multiply b1 too."
)
def slope_without_bias(knots: torch.Tensor, values: torch.Tensor) -> Any:
    changes = _changes(knots, values)
    return changes, -knots[:-1], torch.ones_like(changes), values[0]


@mistake("b2 is added up from all values, or their mean. At the first knot no hinge is on yet: b2 is values[0].")
def mean_of_values(knots: torch.Tensor, values: torch.Tensor) -> Any:
    return _hinges(knots, _changes(knots, values), values.mean())


EXERCISE = Exercise(
    name="relu_interpolant",
    points=3.0,
    parameters=("knots", "values"),
    summary="Return (w1, b1, w2, b2) of the one-hidden-layer ReLU network that joins the points (knots, values) by straight lines.",
    outputs=("network",),
    read=_read_interpolant,
    cases=(
        Case("ordinary knots", _some_knots, twice=True),
        Case("two knots", _two_knots),
        Case("sixty knots", _many_knots),
        Case("knots in float64", _some_knots, CARE, torch.float64),
        Case("a view with strides", _some_knots, CARE, layout="strided"),
    ),
    reference=_interpolate,
    places=lambda arguments: _probe_points(arguments["knots"].double()),
    keeps_dtype=False,
    reduction=lambda arguments: 4 * len(arguments["knots"]),
    mistakes=mistake.all,
    hints=(
        "To the right of its knot, relu(x - knot) has slope 1; to the left it is 0. What does a sum of such hinges look like?",
        "Right of knot i the slope must be (values[i+1] - values[i]) / (knots[i+1] - knots[i]). The hinges to its left bring part of it.",
        "The weight of a hinge is the change of slope at its knot; the first one brings the whole first slope. And b2 lifts it all.",
    ),
)
