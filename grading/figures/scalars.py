"""A graph of single numbers: values in the boxes, slopes on the arrows, and gradients carried back along them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from grading.figures.style import BLUE, GREEN, GREY, INK, VERMILLION, drawing, new_figure, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.patches import FancyBboxPatch

    from grading.figures.style import Picture

COLUMN, ROW = 2.3, 0.98  # inches
_MOST_DIGITS = 4
_GAP = 0.05


@drawing
def scalar_graph(
    nodes: Mapping[str, tuple[float, float, float]],
    slopes: Mapping[tuple[str, str], float],
    title: str,
    backward: bool = False,
) -> Picture:
    """Draw numbers that are computed from each other, with the slope of each step on its arrow.

    nodes: by what stands in the box, such as "u = p + r": column, row counted from below, and value. The last one is the result.
    slopes: by the two boxes that an arrow connects, how fast the second changes with the first. backward: write below each box how
    fast the result changes with it, found by going back along the arrows.
    """
    gradients = gradients_back(tuple(nodes), slopes) if backward else {}
    columns, rows = (max(place[index] for place in nodes.values()) for index in (0, 1))
    lowest = min(row for _, row, _ in nodes.values())
    figure = new_figure(COLUMN * columns + 1.7, ROW * (rows - lowest + 1) + 0.75, title)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.42, columns + 0.42), ylim=(lowest - (0.62 if backward else 0.45), rows + 0.42))
    boxes = {name: _box(axes, name, place, name == tuple(nodes)[-1]) for name, place in nodes.items()}
    for (start, end), slope in slopes.items():
        _arrow(axes, nodes, boxes, (start, end))
        way = gradients[end] * slope if backward else None
        _numbers_on(axes, nodes, (start, end), slope, way, gradients.get(end))
    for name, gradient in gradients.items():
        column, row, _ = nodes[name]
        if all(end != name for _, end in slopes):  # what an arrow only leaves has its room on the other side
            column -= 0.03
        label = f"gradient {_short(gradient)}"
        axes.text(column, row - 0.29, label, ha="center", va="top", fontsize=9.5, color=VERMILLION, weight="bold")
    return figure


def gradients_back(order: tuple[str, ...], slopes: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """Return how fast the last of these numbers changes with each: along an arrow multiply, where arrows leave add."""
    found = {order[-1]: 1.0}
    for name in reversed(order[:-1]):
        found[name] = sum(
            found[end] * slope for (start, end), slope in slopes.items() if start == name and end in found
        )
    return found


def _box(axes: Axes, name: str, place: tuple[float, float, float], last: bool) -> FancyBboxPatch:
    column, row, value = place
    edge = GREEN if last else BLUE if "=" not in name else INK
    box = {"boxstyle": "round,pad=0.35", "facecolor": "none", "edgecolor": edge, "linewidth": 1.5}
    text = axes.text(
        column, row, f"{name}\n{_short(value)}", ha="center", va="center", fontsize=10, linespacing=1.35, bbox=box
    )
    patch = text.get_bbox_patch()
    assert patch is not None  # a text with a box has one
    return patch


def _arrow(axes: Axes, nodes: Mapping[str, Any], boxes: Mapping[str, FancyBboxPatch], ends: tuple[str, str]) -> None:
    start, end = ends
    look = {"arrowstyle": "-|>", "color": GREY, "linewidth": 1.3, "shrinkA": 2, "shrinkB": 3}
    look |= {"patchA": boxes[start], "patchB": boxes[end]}
    axes.annotate("", xy=nodes[end][:2], xytext=nodes[start][:2], arrowprops=look, zorder=0.5)


def _numbers_on(
    axes: Axes,
    nodes: Mapping[str, Any],
    ends: tuple[str, str],
    slope: float,
    way: float | None,
    above: float | None,
) -> None:
    """Write the slope along an arrow, above it, and below it what is carried back."""
    (x0, y0), (x1, y1) = nodes[ends[0]][:2], nodes[ends[1]][:2]
    across, up = (x1 - x0) * COLUMN, (y1 - y0) * ROW
    angle = math.atan2(up, across)
    # In the middle of what the two boxes leave free.
    free = (_half_width(ends[0]) + across - _half_width(ends[1])) / 2 / across
    at: dict[str, Any] = {"ha": "center", "fontsize": 9.5, "rotation": math.degrees(angle), "rotation_mode": "anchor"}
    back = "" if above is None or way is None else f"{_short(above)} · {_factor(slope)} = {_short(way)}"
    for side, va, color, text in ((1, "bottom", INK, f"× {_factor(slope)}"), (-1, "top", VERMILLION, back)):
        x = x0 + free * (x1 - x0) - side * _GAP * math.sin(angle) / COLUMN
        y = y0 + free * (y1 - y0) + side * _GAP * math.cos(angle) / ROW
        axes.text(x, y, text, va=va, color=color, **at)


def _factor(number: float) -> str:
    return f"({_short(number)})" if number < 0 else _short(number)


def _half_width(name: str) -> float:
    return 0.14 + 0.043 * len(name)


def _short(number: float) -> str:
    return signed(float(f"{number:.{_MOST_DIGITS}g}"))
