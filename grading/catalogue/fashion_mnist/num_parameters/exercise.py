"""`num_parameters`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case, Exercise, Mistakes
from grading.judging.read import Number


def _network_sizes(draw: Draw) -> Arguments:
    return {"sizes": draw.sizes(3, 2, 40)}


def _deep_sizes(draw: Draw) -> Arguments:
    return {"sizes": draw.sizes(6, 2, 30)}


def _affine_sizes(draw: Draw) -> Arguments:
    return {"sizes": draw.sizes(2, 2, 40)}


def _repeated_sizes(draw: Draw) -> Arguments:
    d, h, q = draw.sizes(3, 3, 20)
    return {"sizes": [d, h, h, h, q]}


def _count(sizes: list[int]) -> Tensor:
    # The same number, gathered by units: each has a weight for every unit before it, and a bias.
    return torch.tensor(float(sum((before + 1) * units for before, units in pairwise(sizes))), dtype=torch.float64)


mistake = Mistakes()


def _count_weights(sizes: Sequence[int]) -> int:
    return sum(a * b for a, b in pairwise(sizes))


@mistake("These are the weights alone. Every unit after the inputs has a bias, too.")
def no_biases(sizes: Sequence[int]) -> int:
    return _count_weights(sizes)


@mistake("This gives the inputs a bias each. The inputs are data; only the units that compute something have one.")
def input_biases(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + sum(sizes)


@mistake("The biases are counted at the wrong end: b1 has one entry for each unit that the layer leads to, not from.")
def fan_in_biases(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + sum(sizes[:-1])


@mistake("The biases of the output layer are missing: b2 has one entry for each output.")
def hidden_biases(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + sum(sizes[1:-1])


@mistake("This counts one bias for each layer. The bias of a layer is a vector with an entry for each of its units.")
def one_bias_a_layer(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + len(sizes) - 1


@mistake("These are the units. A parameter belongs to each connection between two of them.")
def units(sizes: Sequence[int]) -> int:
    return sum(sizes)


@mistake("This multiplies all the sizes. Only neighbouring layers are connected, so only neighbours are multiplied.")
def product(sizes: Sequence[int]) -> int:
    count = 1
    for size in sizes:
        count *= size
    return count


@mistake("The last layer, the one that leads to the outputs, is missing.")
def no_output_layer(sizes: Sequence[int]) -> int:
    return sum(a * b + b for a, b in pairwise(sizes[:-1]))


EXERCISE = Exercise(
    name="num_parameters",
    points=0.5,
    parameters=("sizes",),
    summary="Return the number of weights and biases of an MLP with these layer sizes.",
    outputs=("count",),
    read=Number("count"),
    cases=(
        Case("one hidden layer", _network_sizes, dtype=torch.float64),
        Case("several hidden layers", _deep_sizes, dtype=torch.float64),
        Case("no hidden layer", _affine_sizes, dtype=torch.float64),
        Case("layers of the same size", _repeated_sizes, dtype=torch.float64),
        Case("784, 256 and 10", lambda draw: {"sizes": [784, 256, 10]}, dtype=torch.float64),
    ),
    reference=_count,
    parts={"count": 1.0},
    keeps_dtype=False,
    mistakes=mistake.all,
    hints=(
        "How many numbers are in W1 (d, h), and how many in b1 (h,)?",
        "Go through the pairs of neighbouring sizes: (784, 256), then (256, 10).",
        "`itertools.pairwise(sizes)`, or `zip(sizes[:-1], sizes[1:])`, gives the pairs.",
    ),
)
