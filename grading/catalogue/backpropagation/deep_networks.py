"""Deep networks of sigmoids: how they are drawn and run, for `deep_forward` and `deep_backward`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import Arguments
from grading.judging.read import describe, nothing_returned
from grading.judging.verdict import Finding

TensorList = list[Tensor]


def network(draw: Draw, n: int, sizes: Sequence[int]) -> Arguments:
    """Draw a batch of n inputs and a network whose pre-activations are about two in size: its sigmoids bend, and are not saturated."""
    scales = [1.6, *[4.0] * (len(sizes) - 2)]
    return {
        "X": draw.normal(n, sizes[0], scale=1.5),
        "weights": [
            draw.normal(a, b, scale=scale / a**0.5) for scale, (a, b) in zip(scales, pairwise(sizes), strict=True)
        ],
        "biases": [draw.normal(b) for b in sizes[1:]],
    }


def two_layers(draw: Draw) -> Arguments:
    """Draw a network with two layers."""
    if draw.simple:
        n, *sizes = draw.sizes(4)
        return network(draw, n, sizes)
    return network(draw, draw.integer(2, 3), draw.sizes(3, 4, 7))


def three_layers(draw: Draw) -> Arguments:
    """Draw a network with three layers of different widths."""
    if draw.simple:
        return two_layers(draw)
    return network(draw, draw.integer(2, 3), draw.sizes(4, 4, 8))


def one_layer(draw: Draw) -> Arguments:
    """Draw a network with a single layer."""
    if draw.simple:
        n, *sizes = draw.sizes(3)
        return network(draw, n, sizes)
    return network(draw, draw.integer(2, 3), draw.sizes(2, 4, 8))


def five_layers(draw: Draw) -> Arguments:
    """Draw a network with five layers."""
    return network(draw, 2, [*draw.sizes(5, 3, 7), 3])


def equal_layers(draw: Draw) -> Arguments:
    """Draw a network whose layers all have the same width; a wrong layer still has a fitting shape."""
    if draw.simple:
        return network(draw, 1, [draw.integer(1, draw.limit)] * 3)
    width = draw.integer(4, 6)
    return network(draw, 3, [width] * 4)


def one_example(draw: Draw) -> Arguments:
    """Draw a network with three layers and one example."""
    return network(draw, 1, draw.sizes(4, 2, 6))


def run_layers(X: Tensor, weights: TensorList, biases: TensorList) -> TensorList:
    """Return X and the activations of every layer."""
    found = [X]
    for W, b in zip(weights, biases, strict=True):
        found.append(torch.sigmoid(torch.addmm(b, found[-1], W)))
    return found


def tensor_list(value: Any, count: int, meaning: str) -> list[Any] | Finding:
    """Return the items of a list or tuple of this length, or a finding."""
    missing = nothing_returned(value)
    if missing:
        return missing
    if isinstance(value, list | tuple) and len(value) == count:
        return list(value)
    return Finding(
        "", "type", f"it should return {meaning}.", (("expected", f"a list of {count}"), ("got", describe(value)))
    )


def widths(arguments: Arguments) -> list[int]:
    """Return the width of every layer, inputs first."""
    return [arguments["weights"][0].shape[0], *(W.shape[1] for W in arguments["weights"])]
