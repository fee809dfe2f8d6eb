"""How much memory a step of training takes, beside a prediction with the same network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from grading.figures.meter import bytes_alive
from grading.figures.style import INK, drawing, line_styles, new_figure, panels
from grading.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from grading.figures.style import Picture

_MODES = {"training": True, "prediction": False}
_BYTES = 4  # of a number in float32


@drawing
def memory_of_training(
    width: int, examples: int, layers: int, batch_sizes: Sequence[int], depths: Sequence[int]
) -> Picture:
    """Measure and draw the bytes that are alive operation by operation, and their peak against batch size and depth.

    The network has hidden ReLU layers of that width; parameters and inputs are not counted, gradients of parameters are. The
    dotted lines are batch size × width × hidden layers numbers of four bytes.
    """
    histories = {name: bytes_alive(width, examples, layers, mode) for name, mode in _MODES.items()}
    training, prediction = (max(history) / MEBIBYTE for history in histories.values())
    title = f"A step of training holds {training:.1f} MiB, a prediction {prediction:.1f} MiB"
    figure = new_figure(10.0, 3.6, title)
    left, middle, right = panels(figure, columns=3, width_ratios=[1.35, 1, 1])
    for (name, history), style in zip(histories.items(), line_styles(len(histories)), strict=True):
        left.plot(np.asarray(history) / MEBIBYTE, **style, label=name)
    left.set(title=f"n = {examples:,}, {layers} hidden layers", xlabel="operation", ylabel="bytes alive in MiB")
    left.legend(loc="upper right")
    _peaks(middle, "batch size n", width, {n: (n, layers) for n in batch_sizes})
    _peaks(right, "hidden layers", width, {depth: (examples, depth) for depth in depths})
    middle.legend(loc="upper left")
    return figure


def _peaks(axes: Axes, what: str, width: int, cases: dict[int, tuple[int, int]]) -> None:
    """Draw the peaks of both modes, and what the formula gives, against the keys of the cases (batch size, hidden layers)."""
    for (name, mode), style in zip(_MODES.items(), line_styles(len(_MODES)), strict=True):
        peaks = [max(bytes_alive(width, examples, depth, mode)) / MEBIBYTE for examples, depth in cases.values()]
        axes.plot(list(cases), peaks, **style, marker="o", label=name)
    formula = [examples * width * depth * _BYTES / MEBIBYTE for examples, depth in cases.values()]
    axes.plot(list(cases), formula, color=INK, linestyle=":", linewidth=1.4, label="the formula")
    axes.set(title=f"The peak against {what.removesuffix(' n')}", xlabel=what, ylabel="peak in MiB")
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
