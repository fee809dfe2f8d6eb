"""What lesson 02 asks before it shows the answer."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from grading.catalogue.questions import Kind, Questions

ask = Questions()


@ask(
    "Twenty sigmoid layers with standard normal pre-activations: how much of a gradient is left, as a power of ten?",
    kind=Kind.NUMBER,
    within=0.15,
    why="At best a quarter is left in each layer, and a typical slope is about a fifth. A fifth to the power of 20 is 10^-14.",
)
def twenty_sigmoid_slopes() -> int:
    z = torch.randn(20, 1000, generator=torch.Generator().manual_seed(5))
    a = torch.sigmoid(z)
    return round(math.log10(float((a * (1 - a)).prod(dim=0).median())))


@ask(
    "Twice the units: which part of the error is left for the smooth wave?",
    kind=Kind.NUMBER,
    within=0.1,
    why="The error of a chord grows with the square of its length, and half of it squared is a quarter.",
)
def error_left_wave() -> float:
    return _error(torch.sin, 64) / _error(torch.sin, 32)


@ask(
    "Twice the units: which part of the error is left for the square root on [0, 1]?",
    kind=Kind.NUMBER,
    within=0.1,
    why="The worst error sits in the first interval, of length h, and is the root of h over 4. Half of h leaves 1 over root 2.",
)
def error_left_root() -> float:
    return _error(torch.sqrt, 64) / _error(torch.sqrt, 32)


@ask(
    "Six tents in a row: how many linear pieces?",
    kind=Kind.NUMBER,
    why="Each tent runs through what comes in twice, so every one doubles the pieces: 2 to the power of 6, from 12 units.",
)
def pieces_of_six_tents() -> int:
    x = torch.linspace(0, 1, 2**10 + 1, dtype=torch.float64)
    for _ in range(6):
        x = torch.relu(2 * x) - torch.relu(4 * x - 2)
    return int((x.diff().sign().diff() != 0).sum()) + 1


def _error(function: Callable[[Tensor], Tensor], intervals: int) -> float:
    """Return the largest distance of a function on [0, 1] from its chords between evenly spread points."""
    x = torch.linspace(0, 1, 16 * intervals + 1, dtype=torch.float64)
    ends = function(x[::16])
    share = torch.arange(16, dtype=torch.float64) / 16
    chords = ends[:-1, None] + share * ends.diff()[:, None]  # (intervals, 16)
    return float((function(x[:-1]).reshape(-1, 16) - chords).abs().max())


QUESTIONS = ask.all
