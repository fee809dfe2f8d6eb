"""Curves in panels side by side, and methods beside a baseline: what a lesson measures, with the message that it has found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import NullLocator

from grading.figures.style import BLUE, GREY, INK, SKY, VERMILLION, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from torch import Tensor

    from grading.figures.style import Picture

_WIDTH, _HEIGHT, _WIDEST = 4.4, 3.4, 10.0
_COLUMNS = 3


@dataclass(frozen=True)
class Panel:
    """One panel: curves over the same axis.

    title, xlabel, ylabel: what they say. curves: by name, x and y (k,). scale: "" or "x", "y", "xy" for logarithmic axes.
    ylim: the lowest and the highest y, if not what the curves reach.
    dots: whether the points are marked, for a few measurements; lines: whether they are joined. marks: by name, an x where a thin
        line stands.
    """

    title: str
    xlabel: str
    ylabel: str
    curves: Mapping[str, tuple[Any, Any]]
    scale: str = ""
    dots: bool = False
    lines: bool = True
    marks: Mapping[str, float] = field(default_factory=dict)
    ylim: tuple[float, float] | None = None


@drawing
def curve_panels(measure: Callable[[], tuple[str, Sequence[Panel]]]) -> Picture:
    """Draw panels side by side; `measure()` returns the title, which says what was found, and the panels."""
    title, shown = measure()
    figure = new_figure(min(_WIDTH * len(shown) + (3.0 if len(shown) == 1 else 0), _WIDEST), _HEIGHT, title)
    names = [list(panel.curves) for panel in shown]
    for axes, panel, own, following in zip(
        panels(figure, columns=len(shown)), shown, names, [*names[1:], []], strict=True
    ):
        _draw(axes, panel)
        # The same names get the same lines: one legend, in the last panel that has them.
        if len(own) > 1 and own != following:
            axes.legend()
    return figure


def _draw(axes: Axes, panel: Panel) -> None:
    for (name, (x, y)), style in zip(panel.curves.items(), line_styles(len(panel.curves)), strict=True):
        marker: dict[str, Any] = {"marker": "o", "markersize": 4} if panel.dots else {}
        joined = style if panel.lines else {"color": style["color"], "linestyle": ""}
        axes.plot(_numbers(x), _numbers(y), **joined, **marker, label=name)
    for (name, x), place in zip(panel.marks.items(), (0.97, 0.87, 0.77), strict=False):
        axes.axvline(x, color=GREY, linestyle=":", linewidth=1.4)
        axes.annotate(name, (x, place), (4, 0), axes.get_xaxis_transform(), "offset points", fontsize=9, va="top")
    axes.set(title=panel.title, xlabel=panel.xlabel, ylabel=panel.ylabel)
    if "x" in panel.scale:
        axes.set_xscale("log")
    if "y" in panel.scale:
        axes.set_yscale("log")
    if "x" in panel.scale and panel.dots:
        places = _numbers(next(iter(panel.curves.values()))[0])
        axes.set_xticks(places, [f"{place:g}" for place in places])
        axes.xaxis.set_minor_locator(NullLocator())
    if panel.ylim is not None:
        axes.set_ylim(*panel.ylim)


def _numbers(values: Any) -> NDArray[np.float64]:
    return to_numpy(values) if hasattr(values, "detach") else np.asarray(values, dtype=float)


@drawing
def methods_beside_a_baseline(
    train: Callable[[], Mapping[str, Tensor]], baseline: str, title: Callable[[Mapping[str, Tensor]], str], ylabel: str
) -> Picture:
    """Draw a panel for each method, its band over that of the baseline, and all of their ends in the last panel.

    `train()` returns by method a tensor (seeds, epochs); a band reaches from the worst seed to the best. `title` makes the message of
    what was found.
    """
    results = train()
    others = [name for name in results if name != baseline]
    rows = max(1, -(-len(others) // _COLUMNS))
    figure = new_figure(_WIDEST, 2.5 * rows + 0.5, title(results))
    grid = figure.add_gridspec(rows, _COLUMNS + 1, width_ratios=(*[1.0] * _COLUMNS, 1.2))
    low = min(float(to_numpy(result)[:, -1].min()) for result in results.values())
    high = max(float(to_numpy(result).max()) for result in results.values())
    for place, name in enumerate(others):
        axes = figure.add_subplot(grid[place // _COLUMNS, place % _COLUMNS])
        _band(axes, to_numpy(results[baseline]), GREY, baseline)
        _band(axes, to_numpy(results[name]), BLUE, "the one above")
        axes.set(title=name, xlabel="epoch", ylim=(low - 0.6 * (high - low), high + 0.1 * (high - low)))
        axes.set_ylabel(ylabel if place % _COLUMNS == 0 else "")
        axes.tick_params(labelleft=place % _COLUMNS == 0)
        if place == 0:
            axes.legend(loc="lower right")
    _ends(figure.add_subplot(grid[:, _COLUMNS]), results, baseline)
    return figure


def _band(axes: Axes, values: NDArray[np.float64], color: str, name: str) -> None:
    epochs = np.arange(1, values.shape[1] + 1)
    axes.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=color, alpha=0.3, linewidth=0)
    axes.plot(epochs, values.mean(axis=0), color=color, label=name)


def _ends(axes: Axes, results: Mapping[str, Tensor], baseline: str) -> None:
    ordered = sorted(results, key=lambda name: float(to_numpy(results[name])[:, -1].mean()))
    for row, name in enumerate(ordered):
        last = to_numpy(results[name])[:, -1]
        axes.plot(last, np.full(len(last), row), "o", color=GREY if name == baseline else SKY, markersize=5)
        axes.plot(
            [last.mean()], [row], "|", color=INK if name == baseline else VERMILLION, markersize=13, markeredgewidth=2
        )
    axes.set_yticks(range(len(ordered)), ordered)
    axes.set(title="after the last epoch", xlabel="a dot a seed, a bar their mean")
