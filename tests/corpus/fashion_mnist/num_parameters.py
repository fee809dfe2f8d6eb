"""`num_parameters`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source
from tests.corpus.readings import read_number

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _sizes(source: Source) -> Arguments:
    sizes = [int(n) for n in source.g.integers(1, 60, int(source.g.integers(2, 7)))]
    return {"sizes": tuple(sizes) if source.chance(0.5) else sizes}


def _count(a: Arguments) -> list[Tensor]:
    modules = [nn.Linear(m, k, device="meta") for m, k in zip(a["sizes"], a["sizes"][1:], strict=False)]
    return [torch.tensor(float(sum(p.numel() for module in modules for p in module.parameters())), dtype=torch.float64)]


CONTRACT = Contract(_sizes, (_count,), read_number, keeps=False)


right, wrong = answers_to("num_parameters")


@right("a sum over pairs of neighbours")
def _(sizes: Sequence[int]) -> int:
    return sum(a * b + b for a, b in pairwise(sizes))


@right("a loop over indices")
def _(sizes: Sequence[int]) -> int:
    count = 0
    for i in range(1, len(sizes)):
        count += sizes[i - 1] * sizes[i]
        count += sizes[i]
    return count


@right("zip, weights and biases apart")
def _(sizes: Sequence[int]) -> int:
    weights = sum(a * b for a, b in zip(sizes, sizes[1:], strict=False))  # noqa: RUF007
    return weights + sum(sizes[1:])


@right("a network, counted")
def _(sizes: Sequence[int]) -> int:
    net = nn.Sequential(*(nn.Linear(a, b) for a, b in pairwise(sizes)))
    return sum(p.numel() for p in net.parameters())


@right("NumPy's dot product")
def _(sizes: Sequence[int]) -> Any:
    s = np.array(sizes)
    return np.dot(s[:-1] + 1, s[1:])


@right("a 0-dimensional tensor")
def _(sizes: Sequence[int]) -> Tensor:
    s = torch.tensor(sizes)
    return ((s[:-1] + 1) * s[1:]).sum()


@right("recursion")
def _(sizes: Sequence[int]) -> int:
    def count(rest: list[int]) -> int:
        return (rest[0] + 1) * rest[1] + count(rest[1:]) if len(rest) > 1 else 0

    return count(list(sizes))


@right("reduce")
def _(sizes: Sequence[int]) -> int:
    return int(reduce(lambda state, size: (state[0] + (state[1] + 1) * size, size), sizes[1:], (0, sizes[0]))[0])


@wrong("only the first layer", "first-layer-only")
def _(sizes: Sequence[int]) -> int:
    return sizes[0] * sizes[1] + sizes[1]


@wrong("first times last")
def _(sizes: Sequence[int]) -> int:
    return (sizes[0] + 1) * sizes[-1]


@wrong("squares of the sizes")
def _(sizes: Sequence[int]) -> int:
    return sum(a * a + a for a in sizes[1:])


@wrong("every layer connected with every later one", "all-pairs")
def _(sizes: Sequence[int]) -> int:
    return sum(a * b for i, a in enumerate(sizes) for b in sizes[i + 1 :]) + sum(sizes[1:])


@wrong("three sizes only")
def _(sizes: Sequence[int]) -> int:
    d, h, q = sizes
    return d * h + h + h * q + q


@wrong("returns inside the loop", "first-layer-only")
def _(sizes: Sequence[int]) -> int:
    count = 0
    for a, b in pairwise(sizes):
        count += a * b + b
        return count
    return count


@wrong("biases twice", "biases-twice")
def _(sizes: Sequence[int]) -> int:
    return sum(a * b + 2 * b for a, b in pairwise(sizes))


@wrong("in thousands")
def _(sizes: Sequence[int]) -> float:
    return round(sum(a * b + b for a, b in pairwise(sizes)) / 1000, 1)


@wrong("a list, one count for each layer")
def _(sizes: Sequence[int]) -> list[int]:
    return [a * b + b for a, b in pairwise(sizes)]


@wrong("eats its argument")
def _(sizes: Any) -> int:
    count = 0
    while len(sizes) > 1:
        a = sizes.pop(0)
        count += a * sizes[0] + sizes[0]
    return count


@wrong("the list is emptied")
def _(sizes: Any) -> int:
    total, before = 0, sizes.pop(0)
    while sizes:
        units = sizes.pop(0)
        total, before = total + before * units + units, units
    return total


@wrong("NumPy's integers of 32 bits")
def _(sizes: Any) -> Any:
    with np.errstate(over="ignore"):
        return sum((np.int32(a) * np.int32(b) + np.int32(b) for a, b in pairwise(sizes)), np.int32(0))
