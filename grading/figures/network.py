"""Diagrams of fully connected networks, from nothing but the sizes of their layers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.collections import LineCollection
from matplotlib.patches import Circle

from grading.figures.style import BLUE, GREY, INK, VERMILLION, drawing, new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from grading.figures.style import Picture

MOST_SHOWN = 10  # a larger layer is drawn as its first and last units, with an ellipsis between
ENDS = 3
RADIUS = 0.15
STEP = 0.44  # inches between units of a layer
GAP = 2.3  # inches between layers


@drawing
def network_diagram(layer_sizes: Sequence[int], title: str | None = None, counted: bool = False) -> Picture:
    """Draw a multilayer perceptron with these layer sizes, inputs on the left, with the shapes of all its tensors.

    A layer of more than ten units is drawn as its first and last three, with an ellipsis between. counted: name activations
    A0, A1, … and weights W0, W1, … as two lists count them, in place of X, H and O.
    """
    sizes = " – ".join(f"{size:,}" for size in layer_sizes)
    columns = [_places(size) for size in layer_sizes]
    width, height = GAP * (len(layer_sizes) - 1) + 1.6, STEP * max(len(column) for column in columns)
    figure = new_figure(width, height + 1.0, title or f"A multilayer perceptron, {sizes}")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.8, width - 0.8), ylim=(-height / 2 - 0.5, height / 2 + 0.1), aspect="equal")
    for layer, (left, right) in enumerate(pairwise(columns)):
        _draw_weights(axes, layer, left, right)
    colours = [BLUE, *([INK] * (len(layer_sizes) - 2)), VERMILLION]
    for layer, column in enumerate(columns):
        _draw_units(axes, layer, column, colours[layer])
        _label(axes, layer, layer_sizes, colours[layer], counted)
    return figure


def _places(size: int) -> list[float | None]:
    """Return the heights of the units drawn for a layer, top first; None stands for the ellipsis."""
    count = size if size <= MOST_SHOWN else 2 * ENDS + 1
    heights: list[float | None] = [STEP * ((count - 1) / 2 - unit) for unit in range(count)]
    if size > MOST_SHOWN:
        heights[ENDS] = None
    return heights


def _draw_weights(axes: Axes, layer: int, left: list[float | None], right: list[float | None]) -> None:
    ends = [
        [(GAP * layer + RADIUS, a), (GAP * (layer + 1) - RADIUS, b)]
        for a in left
        for b in right
        if a is not None and b is not None
    ]
    axes.add_collection(LineCollection(ends, colors=GREY, linewidths=0.6, alpha=0.55, zorder=1))


def _draw_units(axes: Axes, layer: int, column: list[float | None], colour: str) -> None:
    for y in column:
        if y is None:
            axes.text(GAP * layer, 0, "⋮", ha="center", va="center", fontsize=15, color=colour)
        else:
            unit = Circle((GAP * layer, y), RADIUS, facecolor="none", edgecolor=colour, linewidth=1.6, zorder=2)
            axes.add_patch(unit)


def _label(axes: Axes, layer: int, layer_sizes: Sequence[int], colour: str, counted: bool) -> None:
    """Write the letters and shapes of the course's notation: activations under a layer, parameters before it."""
    last = len(layer_sizes) - 1
    bottom = axes.get_ylim()[0]
    hidden = "H" if last == 2 else f"H{layer}"
    letter = f"A{layer}" if counted else "X" if layer == 0 else "O" if layer == last else hidden
    size = layer_sizes[layer]
    axes.text(GAP * layer, bottom + 0.17, f"{letter} (n, {size})", ha="center", color=colour)
    if layer > 0:
        number = layer - 1 if counted else layer
        shapes = f"W{number} ({layer_sizes[layer - 1]}, {size})\nb{number} ({size},)"
        axes.text(GAP * (layer - 0.5), bottom, shapes, ha="center", va="bottom", color=GREY, fontsize=9)
