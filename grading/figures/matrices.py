"""Whole weight matrices and bias vectors, or their gradients, as pictures, at several moments of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.images import BLUE_TO_RED
from grading.figures.style import drawing, new_figure, panels, signed, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def matrix_heat_maps(
    record: Callable[[], Mapping[str, Sequence[Tensor]]], moments: Mapping[str, int], what: str
) -> Picture:
    """Draw every matrix (a, b) and vector (b,) of `record()` with a row of pixels for each of its b units, a column for a moment.

    moments: names, and indices into each series. One colour scale for each parameter, over all moments, up to the 0.995 quantile.
    `what` says what the values are; the title says how their largest size changes from the first moment to the last.
    """
    series = {name: [_upright(values[index]) for index in moments.values()] for name, values in record().items()}
    heights = [1.0 if pictures[0].shape[0] == 1 else 2.6 for pictures in series.values()]
    figure = new_figure(9.6, 0.62 * sum(heights) + 1.3, _growth(series, what))
    grid = panels(figure, len(series), len(moments), height_ratios=heights)
    for row, (name, pictures) in enumerate(series.items()):
        axes_of_row = grid[row * len(moments) : (row + 1) * len(moments)]
        reach = max(max(float(np.quantile(np.abs(picture), 0.995)) for picture in pictures), 1e-12)
        for axes, moment, picture in zip(axes_of_row, moments, pictures, strict=True):
            shades = axes.imshow(
                picture, cmap=BLUE_TO_RED, vmin=-reach, vmax=reach, aspect="auto", interpolation="nearest"
            )
            axes.grid(visible=False)
            axes.set(xticks=[], yticks=[])
            if row == 0:
                axes.set_title(moment)
        axes_of_row[0].set_ylabel(name, rotation=0, ha="right", va="center")
        bar = figure.colorbar(shades, ax=axes_of_row, pad=0.01, fraction=0.03, ticks=[-reach, 0, reach])
        bar.ax.set_yticklabels([signed(float(f"{value:.2g}")) for value in (-reach, 0, reach)])
    return figure


def _upright(values: Tensor) -> np.ndarray:
    """Return a matrix (a, b) as (b, a), a row for each unit that it leads to, and a vector (b,) as one row."""
    array = to_numpy(values)
    return array.T if array.ndim == 2 else array[None]


def _growth(series: Mapping[str, Sequence[np.ndarray]], what: str) -> str:
    sizes = {name: [float(np.abs(picture).max()) for picture in pictures] for name, pictures in series.items()}
    return f"Largest {what}: " + ", ".join(f"{name} {size[0]:.2g} to {size[-1]:.2g}" for name, size in sizes.items())
