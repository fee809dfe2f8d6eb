"""Where the inputs of the checks come from: seeded draws, the same on every machine."""

from __future__ import annotations

import math

import torch

from grading.seeds import number_from

# Values that lie beyond what exp can take in float32 (88) and in float64 (709), and ordinary ones beside them. Those of the first
# row are drawn wherever there is room: what goes wrong at one of them goes wrong on every draw.
_ALWAYS = (-1000.0, 1000.0, 0.0, -100.0, 100.0)
_SOMETIMES = (-750.0, -30.0, -7.5, 7.5, 30.0, 750.0)
# So many values have room for four that are there on every draw.
_ROOM = 6


class Draw:
    """A source of inputs, all on the CPU and in float64.

    With `simple`, sizes are at most `limit` and values are small halves: that is how the smallest failing input is found.
    """

    def __init__(self, label: str, seed: int, *, simple: bool = False, limit: int = 1) -> None:
        self._generator = torch.Generator().manual_seed(number_from(f"{label}/{seed}/{simple}/{limit}"))
        self.simple = simple
        self.limit = limit

    def integer(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included."""
        return int(torch.randint(low, high + 1, (), generator=self._generator))

    def sizes(self, count: int, low: int = 2, high: int = 7) -> list[int]:
        """Return sizes that differ from each other, so that swapped axes show (in a simple draw they may be equal)."""
        if self.simple:
            return [self.integer(1, self.limit) for _ in range(count)]
        order = torch.randperm(high - low + 1, generator=self._generator)
        return [low + int(i) for i in order[:count]]

    def normal(self, *shape: int, scale: float = 1.0) -> torch.Tensor:
        """Return normal values, none of them an integer; small halves in a simple draw."""
        if self.simple:
            return self._halves(shape)
        return torch.randn(shape, generator=self._generator, dtype=torch.float64) * scale

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> torch.Tensor:
        """Return values spread evenly from low to high."""
        return low + (high - low) * torch.rand(shape, generator=self._generator, dtype=torch.float64)

    def wide(self, *shape: int) -> torch.Tensor:
        """Return values on both sides of zero. Where there is room, some lie beyond 6 and some within 0.01, of both signs."""
        if self.simple:
            return self._halves(shape)
        signs = torch.randint(0, 2, shape, generator=self._generator) * 2 - 1
        values = signs * torch.exp(self.uniform(*shape, low=-4.0, high=2.2))
        if values.numel() >= _ROOM:
            far, near = self.uniform(2, low=6.5, high=9.0), self.uniform(2, low=0.002, high=0.009)
            places = self.permutation(values.numel())[:4]
            values.view(-1)[places] = torch.cat([far, near]) * torch.tensor([1.0, -1.0, 1.0, -1.0])
        return values

    def extreme(self, *shape: int) -> torch.Tensor:
        """Return values up to a thousand in size in a random order; where there is room, those of both signs and zero."""
        count = math.prod(shape)
        more = max(count - len(_ALWAYS), 0)
        orders = [self.permutation(len(_SOMETIMES)) for _ in range(more // len(_SOMETIMES) + 1)]
        pool = torch.tensor([*_ALWAYS, *_SOMETIMES], dtype=torch.float64)
        chosen = torch.cat([torch.arange(len(_ALWAYS)), len(_ALWAYS) + torch.cat(orders)])[:count]
        return pool[chosen[self.permutation(count)]].reshape(shape)

    def labels(self, count: int, classes: int) -> torch.Tensor:
        """Return `count` labels below `classes` as int64; every label appears if there is room."""
        first = torch.randperm(classes, generator=self._generator)
        more = torch.randint(0, classes, (max(count - classes, 0),), generator=self._generator)
        return torch.cat([first, more])[:count][torch.randperm(count, generator=self._generator)]

    def permutation(self, count: int) -> torch.Tensor:
        """Return the numbers below `count` in a random order."""
        return torch.randperm(count, generator=self._generator)

    def _halves(self, shape: tuple[int, ...]) -> torch.Tensor:
        return torch.randint(-4, 5, shape, generator=self._generator).double() / 2
