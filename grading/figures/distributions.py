"""Weights and gradients of every layer as training goes: histograms of moments, and heat maps over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.style import BLUE, INK, SKY, VERMILLION, drawing, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from grading.figures.style import Picture

BINS = 81


@drawing
def value_histograms(
    record: Callable[[], Mapping[str, Sequence[Tensor]]], moments: Mapping[str, int], title: str
) -> Picture:
    """Draw histograms: a panel for each series that `record()` returns, a curve for each of the `moments`, name to index."""
    snapshots = record()
    columns = (len(snapshots) + 1) // 2
    figure = new_figure(4.1 * columns + 0.6, 4.9, title)
    for axes, (name, series) in zip(panels(figure, 2, columns), snapshots.items(), strict=False):
        chosen = {moment: to_numpy(series[index]).ravel() for moment, index in moments.items()}
        edges = np.linspace(-1, 1, BINS + 1) * _reach(list(chosen.values()))
        for (moment, values), (color, width) in zip(
            chosen.items(), ((SKY, 3.2), (BLUE, 1.8), (INK, 1.2)), strict=False
        ):
            density, _ = np.histogram(values, bins=edges, density=True)
            axes.stairs(np.maximum(density, 1e-12), edges, color=color, linewidth=width, label=moment)
        axes.set(title=name, yscale="log", yticks=[])
        axes.set_ylim(bottom=max(axes.get_ylim()[1] * 1e-5, 1e-12))
        axes.ticklabel_format(axis="x", style="sci", scilimits=(-2, 2))
        axes.yaxis.set_tick_params(which="both", left=False, labelleft=False)
    figure.axes[1].legend(loc="upper left", fontsize=8)
    for row in (0, columns):
        figure.axes[row].set_ylabel("density (log scale)")
    for axes in figure.axes[-columns:]:
        axes.set_xlabel("value")
    return figure


@drawing
def value_heat_maps(
    record: Callable[[], Mapping[str, Sequence[Tensor]]], times: Sequence[float], title: str
) -> Picture:
    """Draw how the values of each series of `record()` are spread at the `times` (epochs): dark where many of them lie.

    The red lines are one standard deviation on either side of zero.
    """
    snapshots = record()
    columns = (len(snapshots) + 1) // 2
    figure = new_figure(4.1 * columns + 0.6, 4.9, title)
    for axes, (name, series) in zip(panels(figure, 2, columns, sharex=True), snapshots.items(), strict=False):
        flat = [to_numpy(values).ravel() for values in series]
        reach = _reach(flat)
        edges = np.linspace(-1, 1, BINS + 1) * reach
        columns_of_density = [np.histogram(values, bins=edges)[0] / len(values) for values in flat]
        density = np.log10(np.maximum(np.stack(columns_of_density, axis=1), 1e-6))
        axes.pcolormesh(times, (edges[1:] + edges[:-1]) / 2, density, cmap="Blues", shading="nearest")
        spread = np.array([values.std() for values in flat])
        for sign in (-1, 1):
            axes.plot(times, sign * spread, color=VERMILLION, linewidth=1.4)
        axes.set(title=name, ylim=(-reach, reach))
        axes.ticklabel_format(axis="y", style="sci", scilimits=(-2, 2))
        axes.grid(visible=False)
    for axes in figure.axes[columns:]:
        axes.set_xlabel("epoch")
    for row in (0, columns):
        figure.axes[row].set_ylabel("value")
    return figure


def _reach(arrays: list[np.ndarray]) -> float:
    """Return a bound that all but one value in a thousand keep, whatever the array."""
    return max(*(float(np.quantile(np.abs(values), 0.999)) for values in arrays), 1e-12)
