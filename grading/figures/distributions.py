"""Weights and gradients of every layer as training goes: histograms of moments, and heat maps over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from grading.figures.style import (
    BLUE,
    GREY,
    INK,
    SKY,
    VERMILLION,
    drawing,
    line_styles,
    new_figure,
    panels,
    signed,
    to_numpy,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axis import Axis
    from torch import Tensor

    from grading.figures.style import Picture

BINS = 81
_WIDEST = 9.9  # inches


@drawing
def value_histograms(
    record: Callable[[], Mapping[str, Sequence[Tensor]]], moments: Mapping[str, int], title: str | None = None
) -> Picture:
    """Draw histograms: a panel for each series that `record()` returns, a curve for each of the `moments`, name to index.

    Without a title, it says how the standard deviation of each matrix changes from the first moment to the last.
    """
    snapshots = record()
    columns = (len(snapshots) + 1) // 2
    figure = new_figure(min(4.1 * columns + 0.6, _WIDEST), 4.9, title or _spread(snapshots, [*moments.values()]))
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
        _plain(axes.xaxis)
        axes.yaxis.set_tick_params(which="both", left=False, labelleft=False)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(moments))
    for row in (0, columns):
        figure.axes[row].set_ylabel("density (log scale)")
    for axes in figure.axes[-columns:]:
        axes.set_xlabel("value")
    return figure


@drawing
def value_heat_maps(
    record: Callable[[], Mapping[str, Sequence[Tensor]]], times: Sequence[float] | None = None, title: str | None = None
) -> Picture:
    """Draw how the values of each series of `record()` are spread at the `times` (epochs; without them 0, 1, 2 and so on).

    It is dark where many of them lie. The orange lines are one standard deviation on either side of zero. Without a
    title, it says how that changes.
    """
    snapshots = record()
    columns = (len(snapshots) + 1) // 2
    times = range(max(map(len, snapshots.values()))) if times is None else times
    figure = new_figure(min(4.1 * columns + 0.6, _WIDEST), 4.9, title or _spread(snapshots, [0, -1]))
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
        _plain(axes.yaxis)
        axes.grid(visible=False)
    for axes in figure.axes[columns:]:
        axes.set_xlabel("epoch")
    for row in (0, columns):
        figure.axes[row].set_ylabel("value")
    return figure


@drawing
def moved_weights(record: Callable[[], Mapping[str, Sequence[Tensor]]], sigma: float) -> Picture:
    """Draw which share of the entries of each matrix of `record()` has moved by more than a distance, from first to last moment.

    Distances are in units of `sigma`, the standard deviation that the entries began with.
    """
    moved = {
        name: np.sort(np.abs(to_numpy(series[-1]) - to_numpy(series[0])).ravel()) / sigma
        for name, series in record().items()
        if series[0].dim() == 2
    }
    shares = ", ".join(f"{np.mean(values > 0.5):.0%} of {name}" for name, values in moved.items())
    figure = new_figure(7.6, 3.2, f"Moved by more than half a standard deviation: {shares}")
    (axes,) = panels(figure)
    distances = np.linspace(0, 5, 201)
    for (name, values), style in zip(moved.items(), line_styles(len(moved)), strict=True):
        axes.plot(distances, 1 - np.searchsorted(values, distances, side="right") / len(values), **style, label=name)
    axes.axvline(0.5, color=GREY, linestyle=":", linewidth=1.2)
    axes.set(xlabel="distance, in units of σ", ylabel="share that moved farther", ylim=(0, 1))
    axes.legend(loc="upper right")
    return figure


def _plain(axis: Axis) -> None:
    """Let an axis name three values in full, without a power of ten beside it that would push a title aside."""
    axis.set_major_locator(MaxNLocator(2, symmetric=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: signed(float(f"{value:.2g}"))))


def _reach(arrays: list[np.ndarray]) -> float:
    """Return a bound that all but one value in a thousand keep, whatever the array."""
    return max(*(float(np.quantile(np.abs(values), 0.999)) for values in arrays), 1e-12)


def _spread(snapshots: Mapping[str, Sequence[Tensor]], moments: Sequence[int]) -> str:
    """Say how the standard deviation of each matrix, or of all if there is none, changes from the first moment to the last."""
    matrices = {name: series for name, series in snapshots.items() if series[0].dim() > 1}
    changes = []
    for name, series in (matrices or snapshots).items():
        first, last = (float(to_numpy(series[index]).std()) for index in (moments[0], moments[-1]))
        changes.append(f"{name} {first:.2g} to {last:.2g}")
    return f"Standard deviations: {', '.join(changes)}"
