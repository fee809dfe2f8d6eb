"""How much memory a step of training takes, beside a prediction with the same network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from grading.figures.style import INK, drawing, line_styles, new_figure, panels
from grading.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grading.figures.style import Picture


@drawing
def memory_of_training(
    histories: Mapping[str, Callable[[], Sequence[int]]],
    by_batch: Mapping[str, Callable[[], Mapping[int, int]]],
    by_depth: Mapping[str, Callable[[], Mapping[int, int]]],
    estimates: tuple[Mapping[int, int], Mapping[int, int]] | None = None,
) -> Picture:
    """Draw the bytes that are alive operation by operation, and their peak against the batch size and against the depth.

    Each argument has one entry, a function that measures, for each way of running the network, such as "training" and
    "prediction". The parameters themselves are not counted. estimates: the bytes that a formula gives, against the batch
    size and against the depth, drawn as dotted lines.
    """
    figure = new_figure(10.0, 3.6, "Training keeps every activation until the backward pass has used it")
    left, middle, right = panels(figure, columns=3, width_ratios=[1.35, 1, 1])
    styles = line_styles(len(histories))
    for (name, measure), style in zip(histories.items(), styles, strict=True):
        left.plot(np.asarray(measure()) / MEBIBYTE, **style, label=name)
    left.set(title="One step, operation by operation", xlabel="operation", ylabel="bytes alive in MiB")
    left.legend(loc="upper right")
    formulas = estimates or ({}, {})
    cases = ((middle, by_batch, formulas[0], "batch size"), (right, by_depth, formulas[1], "depth"))
    for axes, peaks, formula, what in cases:
        for (name, measure_peaks), style in zip(peaks.items(), styles, strict=True):
            values = measure_peaks()
            axes.plot(list(values), np.asarray(list(values.values())) / MEBIBYTE, **style, marker="o", label=name)
        if formula:
            heights = np.asarray(list(formula.values())) / MEBIBYTE
            axes.plot(list(formula), heights, color=INK, linestyle=":", linewidth=1.4, label="n · h · L numbers")
        label = {"batch size": "batch size n", "depth": "hidden layers"}[what]
        axes.set(title=f"The peak against the {what}", xlabel=label, ylabel="peak in MiB")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
    if estimates:
        middle.legend(loc="upper left")
    return figure
