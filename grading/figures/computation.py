"""The computational graph of a network with one hidden layer, with shapes, with gradients, or with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grading.figures.style import BLUE, GREEN, GREY, INK, PURPLE, VERMILLION, drawing, new_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from matplotlib.patches import FancyBboxPatch
    from torch import Tensor

    from grading.figures.style import Picture

# Column and row of each node: the forward pass goes to the right, parameters stand above.
PLACES = {
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
EDGES = {
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
PARAMETERS = ("W1", "b1", "W2", "b2")
COLUMN, ROW = 1.18, 1.5  # inches


@drawing
def worked_example(compute: Callable[[], tuple[Mapping[str, Tensor], Mapping[str, Tensor]]], title: str) -> Picture:
    """Draw the graph with the numbers that `compute()` gives: values by node, and the gradients below them."""
    values, gradients = compute()
    return _graph(
        {name: matrix_text(value) for name, value in values.items()},
        {name: matrix_text(value) for name, value in gradients.items()},
        title,
        row_height=1.85,
    )


@drawing
def computational_graph(
    captions: Mapping[str, str],
    gradients: Mapping[str, str] | None = None,
    title: str = "The forward pass, from left to right",
) -> Picture:
    """Draw the graph with a caption under each name, such as its shape.

    gradients: what to write below a node in the colour of the backward pass. The penalty s is drawn if it has a caption.
    """
    return _graph(captions, gradients or {}, title, ROW)


def _graph(captions: Mapping[str, str], gradients: Mapping[str, str], title: str, row_height: float) -> Picture:
    last = max(PLACES[name][0] for name in captions)
    figure = new_figure(COLUMN * last + 1.5, row_height * 2 + 0.6, title)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set(xlim=(-0.55, last + 0.55), ylim=(-0.75, 1.85 if "s" in captions else 1.6))
    nodes = {name: _node(axes, name, caption) for name, caption in captions.items()}
    for (start, end), label in EDGES.items():
        if start in nodes and end in nodes:
            _edge(axes, start, end, label, nodes)
            if end in gradients and start in gradients:
                _edge_back(axes, start, end, nodes)
    if "s" in nodes:
        _penalty_edges(axes)
    for name, gradient in gradients.items():
        _gradient(axes, name, gradient)
    return figure


def matrix_text(values: Tensor, digits: int = 4) -> str:
    """Write a small tensor as rows of numbers, aligned, for a caption."""
    rows = values.detach().reshape(-1, values.shape[-1] if values.dim() else 1).tolist()
    cells = [[f"{value + 0.0:.{digits}g}".replace("-", "−") for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def _node(axes: Axes, name: str, caption: str) -> FancyBboxPatch:
    edge = BLUE if name in PARAMETERS else GREEN if name in ("L", "s", "J") else PURPLE if name in "XY" else INK
    box = {"boxstyle": "round,pad=0.32", "facecolor": "none", "edgecolor": edge, "linewidth": 1.4}
    centred: dict[str, Any] = {
        "ha": "center",
        "va": "center",
        "fontsize": 9,
        "family": "monospace",
        "linespacing": 1.25,
    }
    text = axes.text(*PLACES[name], f"{name}\n{caption}" if caption else name, bbox=box, **centred)
    patch = text.get_bbox_patch()
    assert patch is not None  # a text with a box has one
    return patch


def _edge(axes: Axes, start: str, end: str, label: str, nodes: Mapping[str, FancyBboxPatch]) -> None:
    arrow = _arrow(GREY, nodes[start], nodes[end])
    axes.annotate("", xy=PLACES[end], xytext=PLACES[start], arrowprops=arrow, zorder=0.5)
    if label:
        middle = (PLACES[start][0] + PLACES[end][0]) / 2
        axes.text(middle, PLACES[start][1] + 0.05, label, ha="center", va="bottom", fontsize=8.5, color=GREY)


def _edge_back(axes: Axes, start: str, end: str, nodes: Mapping[str, FancyBboxPatch]) -> None:
    """Draw an arrow of the backward pass, a little bent so that it does not lie on the forward one."""
    arrow = {**_arrow(VERMILLION, nodes[end], nodes[start]), "connectionstyle": "arc3,rad=-0.22", "linestyle": "--"}
    axes.annotate("", xy=PLACES[start], xytext=PLACES[end], arrowprops=arrow, zorder=0.5)


def _arrow(colour: str, start: FancyBboxPatch, end: FancyBboxPatch) -> dict[str, Any]:
    ends = {"patchA": start, "patchB": end, "shrinkA": 2, "shrinkB": 3}
    return {"arrowstyle": "-|>", "color": colour, "linewidth": 1.2, **ends}


def _penalty_edges(axes: Axes) -> None:
    """Draw the way of both weights to the penalty, over the heads of the others."""
    end, height = PLACES["s"][0], 1.7
    line: dict[str, Any] = {"color": GREY, "linewidth": 1.0, "linestyle": ":", "zorder": 0.4}
    axes.plot([PLACES["W1"][0]] * 2 + [end], [1.22, height, height], **line)
    axes.plot([PLACES["W2"][0]] * 2, [1.22, height], **line)
    axes.annotate(
        "", xy=(end, 1.2), xytext=(end, height), arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.0}
    )
    axes.text((PLACES["W2"][0] + end) / 2, height + 0.03, "λ/2 · sum of squares", ha="center", fontsize=8.5, color=GREY)


def _gradient(axes: Axes, name: str, gradient: str) -> None:
    x, y = PLACES[name]
    place: dict[str, Any] = {"y": y - 0.3, "va": "top"} if y == 0 else {"y": y + 0.3, "va": "bottom"}
    axes.text(x, s=gradient, ha="center", fontsize=8.5, family="monospace", color=VERMILLION, linespacing=1.2, **place)
