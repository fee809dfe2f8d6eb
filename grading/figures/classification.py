"""What a classifier confuses with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.style import CARD, DARK, INK, drawing, new_figure, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def confusion_matrix(
    predict: Callable[[], Tensor], labels: Tensor, names: Sequence[str], title: str | None = None
) -> Picture:
    """Draw how many percent of each class (a row) are called what (a column); `predict()` (n,) and labels (n,).

    Without a title, it names the class that is right most often and the one that is right least often.
    """
    predicted = predict()
    q = len(names)
    counts = np.zeros((q, q))
    np.add.at(counts, (to_numpy(labels).astype(int), to_numpy(predicted).astype(int)), 1)
    percent = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = new_figure(7.4, 6.2, title or _extremes(percent, names))
    axes = figure.subplots()
    # The diagonal is left out of the colours: it would drown the mistakes, which are what one looks for.
    mistakes = np.where(np.eye(q, dtype=bool), np.nan, percent)
    shades = axes.imshow(mistakes, cmap="Oranges", vmin=0, vmax=max(float(np.nanmax(mistakes)), 1.0))
    dark = 0.6 * float(np.nanmax(mistakes))
    for row in range(q):
        for column in range(q):
            value = percent[row, column]
            if value >= 0.5:
                weight = "bold" if row == column else "normal"
                # The diagonal has no colour: what is written there stands on the page.
                color = INK if row == column else CARD if value > dark else DARK
                axes.text(column, row, f"{value:.0f}", ha="center", va="center", color=color, fontsize=9, weight=weight)
    axes.set_xticks(range(q), names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(q), names)
    axes.set(xlabel="predicted", ylabel="true class")
    axes.grid(visible=False)
    figure.colorbar(shades, ax=axes, label="percent of the true class", shrink=0.8)
    return figure


def _extremes(percent: np.ndarray, names: Sequence[str]) -> str:
    right = percent.diagonal()
    worst, best = int(right.argmin()), int(right.argmax())
    return f"Right most often: {names[best]}, {right[best]:.0f} %; least often: {names[worst]}, {right[worst]:.0f} %"
