"""The computational graph of a network with one hidden layer or two, with shapes, with gradients, or with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from grading.figures.style import BLUE, GREEN, GREY, INK, PURPLE, VERMILLION, drawing, new_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.patches import FancyBboxPatch
    from torch import Tensor

    from grading.figures.style import Picture

    Values: TypeAlias = Mapping[str, Tensor]

# Column and row of each node: the forward pass goes to the right, parameters stand above.
ONE_HIDDEN = {
    "X": (0.0, 0.0),
    "W1": (0.75, 1.0),
    "b1": (1.75, 1.0),
    "Z": (1.5, 0.0),
    "H": (3.0, 0.0),
    "W2": (3.75, 1.0),
    "b2": (4.75, 1.0),
    "O": (4.5, 0.0),
    "Y": (5.75, 1.0),
    "L": (6.0, 0.0),
    "s": (7.0, 1.0),
    "J": (7.2, 0.0),
}
TWO_HIDDEN = {
    "X": (0.0, 0.0),
    "W1": (0.55, 1.0),
    "b1": (1.4, 1.0),
    "Z1": (1.2, 0.0),
    "H1": (2.35, 0.0),
    "W2": (2.9, 1.0),
    "b2": (3.75, 1.0),
    "Z2": (3.55, 0.0),
    "H2": (4.7, 0.0),
    "W3": (5.2, 1.0),
    "b3": (5.9, 1.0),
    "O": (5.85, 0.0),
    "Y": (6.7, 1.0),
    "L": (7.05, 0.0),
}
EDGES_OF_ONE = {
    ("X", "Z"): "X W1 + b1",
    ("W1", "Z"): "",
    ("b1", "Z"): "",
    ("Z", "H"): "relu",
    ("H", "O"): "H W2 + b2",
    ("W2", "O"): "",
    ("b2", "O"): "",
    ("O", "L"): "mean of\n(O − Y)²",
    ("Y", "L"): "",
    ("L", "J"): "+",
    ("s", "J"): "",
}
EDGES_OF_TWO = {
    ("X", "Z1"): "X W1 + b1",
    ("W1", "Z1"): "",
    ("b1", "Z1"): "",
    ("Z1", "H1"): "relu",
    ("H1", "Z2"): "H1 W2 + b2",
    ("W2", "Z2"): "",
    ("b2", "Z2"): "",
    ("Z2", "H2"): "relu",
    ("H2", "O"): "H2 W3 + b3",
    ("W3", "O"): "",
    ("b3", "O"): "",
    ("O", "L"): "mean of\n(O − Y)²",
    ("Y", "L"): "",
}
PARAMETERS = ("W1", "b1", "W2", "b2", "W3", "b3")
Place = tuple[float, float]
# Where lines to and from the penalty end: above a weight and what is written over it.
_ABOVE = 1.45
_BACK: dict[str, Any] = {"fontsize": 9, "family": "monospace", "color": VERMILLION}
_THIN: dict[str, Any] = {"linewidth": 1.0}
COLUMN, ROW = 1.18, 1.5  # inches


@drawing
def worked_example(compute: Callable[[], tuple[Values, Values]]) -> Picture:
    """Draw the graph with the numbers that `compute()` gives: values by node, and the gradients beside them.

    One hidden layer (Z, H) or two (Z1, H1, Z2, H2). The title says what the gradients at the ReLUs show.
    """
    values, gradients = compute()
    return _graph(
        {name: matrix_text(value) for name, value in values.items()},
        {name: matrix_text(value) for name, value in gradients.items()},
        message_of(values, gradients),
        row_height=1.85,
    )


def message_of(values: Values, gradients: Values) -> str:
    """Say from the numbers what became of the gradient at each ReLU."""
    for layer in [name.removeprefix("Z") for name in values if name.startswith("Z")]:
        wanted = gradients[f"H{layer}"] * (values[f"Z{layer}"] > 0)
        if gradients[f"Z{layer}"].shape != wanted.shape or not torch.equal(gradients[f"Z{layer}"], wanted):
            return f"grad_Z{layer} is not what the ReLU of Z{layer} lets through of grad_H{layer}"
    if "Z" not in values:
        return "Each ReLU lets pass what its own Z decided on the way forward"
    closed = (values["Z"] <= 0).all(dim=0).nonzero().flatten().tolist()
    if not closed:
        return "What the ReLUs let through goes on to the weights"
    unit = closed[0]
    paths = (gradients["W1"][:, unit], gradients["b1"][unit], gradients["W2"][unit])
    if all(bool((path == 0).all()) for path in paths):
        return f"Hidden unit {unit + 1} is dead: a column of exact zeros, from grad_Z on down"
    return f"Hidden unit {unit + 1} is closed for every example, and yet its weights have a gradient"


@drawing
def computational_graph(
    captions: Mapping[str, str],
    gradients: Mapping[str, str] | None = None,
    title: str = "The forward pass, from left to right",
) -> Picture:
    """Draw the graph with a caption under each name, such as its shape.

    gradients: what to write below a node in the colour of the backward pass, with an arrow between two that have it. The penalty
    s is drawn if it has a caption.
    """
    return _graph(captions, gradients or {}, title, ROW)


def _graph(captions: Mapping[str, str], gradients: Mapping[str, str], title: str, row_height: float) -> Picture:
    places, edges = (TWO_HIDDEN, EDGES_OF_TWO) if "H2" in captions else (ONE_HIDDEN, EDGES_OF_ONE)
    last = max(places[name][0] for name in captions)
    figure = new_figure(COLUMN * last + 1.5, row_height * 2 + 0.6, title)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.55, last + 0.55), ylim=(-0.75, 1.85 if "s" in captions else 1.6))
    nodes = {name: _node(axes, name, places[name], caption) for name, caption in captions.items()}
    for (start, end), label in edges.items():
        if start in nodes and end in nodes:
            _edge(axes, places[start], places[end], label, (nodes[start], nodes[end]))
            if end in gradients and start in gradients:
                _edge_back(axes, places[start], places[end], (nodes[start], nodes[end]))
    if "s" in nodes:
        _penalty_edges(axes, _ABOVE if "W1" in gradients else 1.22)
        if "s" in gradients:
            _penalty_edges_back(axes)
    for name, gradient in gradients.items():
        if name == "s":  # above it stand the arrows of the penalty
            axes.text(places[name][0] - 0.27, places[name][1], gradient, ha="center", va="center", **_BACK)
        else:
            _gradient(axes, places[name], gradient)
    return figure


def matrix_text(values: Tensor, digits: int = 4) -> str:
    """Write a small tensor as rows of numbers, aligned, for a caption."""
    rows = values.detach().reshape(-1, values.shape[-1] if values.dim() else 1).tolist()
    cells = [[f"{value + 0.0:.{digits}g}".replace("-", "−") for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def _node(axes: Axes, name: str, place: Place, caption: str) -> FancyBboxPatch:
    edge = BLUE if name in PARAMETERS else GREEN if name in ("L", "s", "J") else PURPLE if name in "XY" else INK
    box = {"boxstyle": "round,pad=0.32", "facecolor": "none", "edgecolor": edge, "linewidth": 1.4}
    centred: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "fontsize": 9,
        "family": "monospace",
        "linespacing": 1.25,
    }
    text = axes.text(*place, f"{name}\n{caption}" if caption else name, bbox=box, **centred)
    patch = text.get_bbox_patch()
    assert patch is not None  # a text with a box has one
    return patch


def _edge(axes: Axes, start: Place, end: Place, label: str, boxes: tuple[FancyBboxPatch, FancyBboxPatch]) -> None:
    axes.annotate("", xy=end, xytext=start, arrowprops=_arrow(GREY, *boxes), zorder=0.5)
    if label:
        middle = (start[0] + end[0]) / 2
        axes.text(middle, start[1] + 0.05, label, ha="center", va="bottom", fontsize=9, color=INK)


def _edge_back(axes: Axes, start: Place, end: Place, boxes: tuple[FancyBboxPatch, FancyBboxPatch]) -> None:
    """Draw an arrow of the backward pass, a little bent so that it does not lie on the forward one."""
    arrow = {**_arrow(VERMILLION, *reversed(boxes)), "connectionstyle": "arc3,rad=-0.22", "linestyle": "--"}
    axes.annotate("", xy=start, xytext=end, arrowprops=arrow, zorder=0.5)


def _arrow(colour: str, start: FancyBboxPatch, end: FancyBboxPatch) -> dict[str, Any]:
    ends = {"patchA": start, "patchB": end, "shrinkA": 2, "shrinkB": 3}
    return {"arrowstyle": "-|>", "color": colour, "linewidth": 1.2, **ends}


def _penalty_edges(axes: Axes, above: float) -> None:
    """Draw the way of both weights to the penalty, over the heads of the others."""
    end, height = ONE_HIDDEN["s"][0], 1.7
    line: dict[str, Any] = {"color": GREY, "linewidth": 1.0, "linestyle": ":", "zorder": 0.4}
    axes.plot([ONE_HIDDEN["W1"][0]] * 2 + [end], [above, height, height], **line)
    axes.plot([ONE_HIDDEN["W2"][0]] * 2, [above, height], **line)
    axes.annotate("", xy=(end, 1.2), xytext=(end, height), arrowprops={"arrowstyle": "-|>", **_THIN, "color": GREY})
    middle = (ONE_HIDDEN["W2"][0] + end) / 2
    axes.text(middle, height + 0.14, "λ/2 · sum of squares", ha="center", fontsize=9, color=INK)


def _penalty_edges_back(axes: Axes) -> None:
    """Draw the way back from the penalty to both weights, beside the way there."""
    start, height, beside = ONE_HIDDEN["s"][0] + 0.09, 1.78, 0.09
    line: dict[str, Any] = {**_THIN, "color": VERMILLION, "linestyle": "--", "zorder": 0.4}
    axes.plot([start, start, ONE_HIDDEN["W1"][0] - beside], [1.24, height, height], **line)
    for name in ("W1", "W2"):
        x = ONE_HIDDEN[name][0] - beside
        arrow = {"arrowstyle": "-|>", **_THIN, "color": VERMILLION, "linestyle": "--", "shrinkA": 0}
        axes.annotate("", xy=(x, _ABOVE), xytext=(x, height), arrowprops=arrow, zorder=0.4)


def _gradient(axes: Axes, place: Place, gradient: str) -> None:
    x, y = place
    beside: dict[str, Any] = {"y": y - 0.3, "va": "top"} if y == 0 else {"y": y + 0.3, "va": "bottom"}
    axes.text(x, s=gradient, ha="center", linespacing=1.2, **_BACK, **beside)
