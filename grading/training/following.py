"""Any training, followed while it goes on: its numbers drawn live, stopped by ■, and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grading.training.curves import Point
from grading.training.live import STOCK_COLORS, LiveBoard


@dataclass
class _Board:
    """What `LiveBoard` draws, under the names of a `d2l.ProgressBoard`."""

    xlabel: str
    data: OrderedDict[str, list[Point]] = field(default_factory=OrderedDict)
    ylabel: str = ""
    xlim: Any = None
    ylim: Any = None
    xscale: str = "linear"
    yscale: str = "linear"
    display: bool = True
    fig: Any = None
    axes: Any = None
    figsize: tuple[float, float] = (5.0, 3.0)
    colors: list[str] = field(default_factory=lambda: [*STOCK_COLORS])


def follow(steps: Iterable[Mapping[str, float]], by: str = "epoch") -> dict[str, list[float]]:
    """Go through a training that yields its numbers after each step; return them by name, a value a step.

    steps: usually a generator that trains an epoch between one `yield` and the next. `by` names a step. In a notebook the numbers
    are drawn as they come; when all are there, a line of text takes the picture's place. ■ stops the training: what there is
    by then is returned, and a line says how far it came.
    """
    history: dict[str, list[float]] = {}
    board = _Board(by)
    live = LiveBoard(board)
    done = 0
    stopped = ""
    try:
        for values in steps:
            done += 1
            for name, value in values.items():
                history.setdefault(name, []).append(float(value))
                board.data.setdefault(name, []).append(Point(done, float(value)))
            live.offer()
    except KeyboardInterrupt:
        stopped = f"Stopped in {by} {done + 1}. What there is so far is kept."
    live.replace_by(stopped or _summary(history, done, by))
    if stopped:
        print(stopped)
    return history


def _summary(history: Mapping[str, list[float]], done: int, by: str) -> str:
    ends = ", ".join(f"{name} {values[-1]:.3g}" for name, values in history.items() if values)
    return f"{done} × {by} done; at the end {ends}" if ends else f"no {by} done"
