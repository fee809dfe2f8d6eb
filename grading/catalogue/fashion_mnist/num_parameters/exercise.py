"""`num_parameters`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Number
from grading.judging.verdict import Finding
from grading.probe.call import Observation


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


_WRAPS = "Beyond its largest number a count wraps around. Python's own integers have no bound: `int(...)`."
_NARROW = ("int8", "int16", "int32", "uint8", "uint16", "uint32")


def _narrow(arguments: Mapping[str, Any], observation: Observation) -> list[Finding]:
    """Return the finding for a count in a type that large networks overflow."""
    dtype = str(getattr(observation.value, "dtype", "")).removeprefix("torch.")
    if dtype not in _NARROW:
        return []
    facts = (("got", f"an {dtype}" if dtype.startswith("int") else f"a {dtype}"),)
    return [Finding(CARE, "bits", "it counts in a type that is too small for a large network.", facts, _WRAPS)]


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


@mistake(
    "The sum starts at 0 and stays there: sizes holds plain numbers, not pairs. Neighbours in the list make the pairs."
)
def no_pairs(sizes: Sequence[int]) -> int:
    return 0


@mistake("Only the first layer is counted. Does the `return` stand inside the loop?")
def first_layer_only(sizes: Sequence[int]) -> int:
    return sizes[0] * sizes[1] + sizes[1]


@mistake("Only the last layer is counted: each round of the loop overwrites the sum. Add to it.")
def last_layer_only(sizes: Sequence[int]) -> int:
    return sizes[-2] * sizes[-1] + sizes[-1]


@mistake("The first layer, the one that the inputs lead to, is missing.")
def no_first_layer(sizes: Sequence[int]) -> int:
    return sum(a * b + b for a, b in pairwise(sizes[1:]))


@mistake(
    "The sizes are added where they should be multiplied: a layer has a weight for each pair of an input and a unit."
)
def added(sizes: Sequence[int]) -> int:
    return sum(a + b for a, b in pairwise(sizes))


@mistake("Each layer is counted as a × a: the size is multiplied by itself. A layer leads from one size to the next.")
def squares(sizes: Sequence[int]) -> int:
    return sum(a * a + a for a in sizes[:-1])


@mistake("The biases are counted twice.")
def biases_twice(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + 2 * sum(sizes[1:])


@mistake("(a + 1) * (b + 1) adds a bias to both sides. Only the b units have one: (a + 1) * b.")
def bias_on_both_sides(sizes: Sequence[int]) -> int:
    return sum((a + 1) * (b + 1) for a, b in pairwise(sizes))


@mistake("Every layer is connected with every later one here. Only neighbours are.")
def all_pairs(sizes: Sequence[int]) -> int:
    return sum(a * b for i, a in enumerate(sizes) for b in sizes[i + 1 :]) + sum(sizes[1:])


@mistake("From 2,147,483,648 on, a count in 32 bits wraps around. Python's own integers have no bound.")
def in_32_bits(sizes: Sequence[int]) -> Tensor:
    return sum(
        (torch.tensor(a, dtype=torch.int32) * b + b for a, b in pairwise(sizes)), torch.tensor(0, dtype=torch.int32)
    )


@mistake("The sum runs in float32, which cannot tell such large numbers apart. Count in integers.")
def in_single_precision(sizes: Sequence[int]) -> Tensor:
    large = torch.tensor(sizes, dtype=torch.float32)
    return (large[:-1] * large[1:] + large[1:]).sum()


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
        # More parameters than a float32 tells apart, and not so many that nobody could make them.
        Case("wide layers", lambda draw: {"sizes": [7_001, 5_003, 11]}, CARE, torch.float64),
    ),
    reference=_count,
    parts={"count": 0.8, CARE: 0.2},
    keeps_dtype=False,
    conduct=_narrow,
    mistakes=mistake.all,
    hints=(
        "How many numbers are in W1 (d, h), and how many in b1 (h,)?",
        "Go through the pairs of neighbouring sizes: (784, 256), then (256, 10).",
        "`itertools.pairwise(sizes)`, or `zip(sizes[:-1], sizes[1:])`, gives the pairs.",
    ),
)
