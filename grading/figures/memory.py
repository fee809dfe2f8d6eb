"""How much memory a step of training takes, beside a prediction with the same network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from grading.figures.style import drawing, line_styles, new_figure, panels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grading.figures.style import Picture

KIB = 1024
MIB = 1024 * KIB


@drawing
def memory_of_training(
    histories: Mapping[str, Sequence[int]],
    by_batch: Mapping[str, Mapping[int, int]],
    by_depth: Mapping[str, Mapping[int, int]],
) -> Picture:
    """Draw the bytes that are alive operation by operation, and their peak against the batch size and against the depth.

    Each argument has one entry for each way of running the network, such as "training" and "prediction". The parameters
    themselves are not counted.
    """
    figure = new_figure(10.0, 3.6, "Training keeps every activation until the backward pass has used it")
    left, middle, right = panels(figure, columns=3, width_ratios=[1.35, 1, 1])
    styles = line_styles(len(histories))
    for (name, history), style in zip(histories.items(), styles, strict=True):
        left.plot(np.asarray(history) / MIB, **style, label=name)
    left.set(title="One step, operation by operation", xlabel="operation", ylabel="bytes alive in MiB")
    left.legend(loc="upper right")
    for axes, peaks, what in ((middle, by_batch, "batch size"), (right, by_depth, "depth")):
        for (name, values), style in zip(peaks.items(), styles, strict=True):
            axes.plot(list(values), np.asarray(list(values.values())) / MIB, **style, marker="o", label=name)
        label = {"batch size": "batch size n", "depth": "hidden layers"}[what]
        axes.set(title=f"The peak against the {what}", xlabel=label, ylabel="peak in MiB")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.set_ylim(bottom=0)
        axes.set_xlim(left=0)
    return figure
