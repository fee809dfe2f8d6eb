"""What a model plots while it trains, as the points of a d2l board and as means over an epoch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Point(NamedTuple):
    """A point of a curve, under the names that d2l gives it."""

    x: float
    y: Any  # a number; a tensor of one element while it waits for others


class Curves:
    """The curves of a `d2l.ProgressBoard`, kept in the board's own attributes: whatever reads a board reads these.

    A value stays where it was computed until its point is due, because reading one out of a GPU waits for all of its work.
    """

    def __init__(self, board: Any) -> None:
        self._board = board
        board.raw_points, board.data = OrderedDict(), OrderedDict()

    def add(self, x: float, value: Any, label: str, every: int) -> bool:
        """Note a value; the mean of `every` of them, in x and in value, is a point. Return whether there is a new one."""
        waiting: list[Point] = self._board.raw_points.setdefault(label, [])
        line: list[Point] = self._board.data.setdefault(label, [])
        waiting.append(Point(x, value.detach() if isinstance(value, Tensor) else value))
        if len(waiting) < every:
            return False
        count = len(waiting)
        line.append(Point(sum(one.x for one in waiting) / count, sum(numbers([one.y for one in waiting])) / count))
        waiting.clear()
        return True

    def cut(self, x: float) -> None:
        """Forget what lies beyond x."""
        for line in self._board.data.values():
            line[:] = [point for point in line if point.x <= x]
        for waiting in self._board.raw_points.values():
            waiting.clear()


def numbers(values: Sequence[Any]) -> list[float]:
    """Return values, each a number or a tensor of one element, as numbers; those on one device are read at once."""
    tensors = [value for value in values if isinstance(value, Tensor)]
    if len(tensors) == len(values) and len({one.device for one in tensors}) == 1:
        found: list[float] = torch.stack([one.reshape(()) for one in tensors]).tolist()
        return found
    return [float(value) for value in values]


def mean_over_examples(means: Sequence[tuple[Any, int]]) -> float:
    """Return the mean over all examples from pairs of a batch's mean and its number of examples."""
    sizes = [size for _, size in means]
    values = numbers([value for value, _ in means])
    return sum(value * size for value, size in zip(values, sizes, strict=True)) / sum(sizes)


def examples_in(batch: Any) -> int:
    """Return the number of examples in a batch: the length of its last part, the labels; 1 if that has none."""
    last = batch[-1] if isinstance(batch, Sequence) and len(batch) else batch
    return len(last) if isinstance(last, Tensor) and last.dim() and len(last) else 1
