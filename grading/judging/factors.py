"""Constant factors: which expression in the sizes explains by how much an output is too large, and of which causes it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, product

import numpy as np

Sizes = Mapping[str, int]
_MOST_POWER = 2
_MOST_CAUSES = 3
_EXACT = 1e-3


@dataclass(frozen=True)
class Law:
    """A factor as people write it: a sign, a power of two, and powers of at most two sizes by their letters."""

    sign: int = 1
    two: int = 0
    powers: Mapping[str, int] = field(default_factory=dict)

    @property
    def simplicity(self) -> int:
        """How many factors it has; fewer are simpler."""
        return (self.sign < 0) + abs(self.two) + sum(map(abs, self.powers.values()))

    def times(self, other: Law) -> Law:
        """Return the product of two factors."""
        letters = {*self.powers, *other.powers}
        powers = {letter: self.powers.get(letter, 0) + other.powers.get(letter, 0) for letter in letters}
        return Law(self.sign * other.sign, self.two + other.two, powers)

    def equals(self, other: Law) -> bool:
        """Tell whether it is the same factor, whatever powers of zero are written down."""
        rest = self.times(Law(other.sign, -other.two, {letter: -power for letter, power in other.powers.items()}))
        return rest.simplicity == 0

    def __str__(self) -> str:
        above = _factors(self.two, self.powers)
        below = _factors(-self.two, {letter: -power for letter, power in self.powers.items()})
        top = ("-" if self.sign < 0 else "") + (" ".join(above) or "1")
        if not below:
            return top
        bottom = " ".join(below) if len(below) == 1 else f"({' '.join(below)})"
        return f"{top}/{bottom}" if len(above) < 2 and len(below) == 1 else f"{top} / {bottom}"


def _factors(two: int, powers: Mapping[str, int]) -> list[str]:
    number = [str(2**two)] if two > 0 else []
    return number + [letter + ("²" if power > 1 else "") for letter, power in powers.items() if power > 0]


@dataclass(frozen=True)
class Cause:
    """One thing that people do and that puts a factor before an output: its name, the factor, and the sentence about it."""

    name: str
    law: Law
    sentence: str


def causes_of(law: Law, causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """Return the fewest of the causes whose factors make up this one; () if none do."""
    for count in range(1, _MOST_CAUSES + 1):
        for chosen in combinations(causes, count):
            together = Law()
            for cause in chosen:
                together = together.times(cause.law)
            if together.equals(law):
                return chosen
    return ()


def law_of(observed: Sequence[tuple[float, Sizes]]) -> Law | None:
    """Return the simplest law that gives the factor of every trial; None if there is none, or two that are equally simple."""
    letters = tuple(observed[0][1])
    if len({factor > 0 for factor, _ in observed}) > 1 or any(
        not sizes.keys() >= set(letters) for _, sizes in observed
    ):
        return None
    exponents = _exponents(letters)
    logarithms = np.log([[2.0, *(float(sizes[letter]) for letter in letters)] for _, sizes in observed])
    wanted = np.log([abs(factor) for factor, _ in observed])
    fitting = exponents[(np.abs(exponents @ logarithms.T - wanted) <= _EXACT).all(1)]
    simplest = [row for row in fitting if np.abs(row).sum() == np.abs(fitting).sum(1).min()]
    if len(simplest) != 1:
        return None
    two, *powers = map(int, simplest[0])
    sign = 1 if observed[0][0] > 0 else -1
    return Law(sign, two, {letter: power for letter, power in zip(letters, powers, strict=True) if power})


@cache
def _exponents(letters: tuple[str, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return the exponents of 2 and of the letters in all laws, a row for each."""
    powers = [
        row
        for row in product(range(-_MOST_POWER, _MOST_POWER + 1), repeat=len(letters))
        if sum(map(bool, row)) <= _MOST_POWER
    ]
    rows = [(two, *row) for two in range(-_MOST_POWER, _MOST_POWER + 1) for row in powers]
    return np.array(rows, dtype=np.int64)
