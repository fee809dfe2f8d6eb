"""Points with two labels, the lines that try to separate them, and a map of all lines at once."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import torch
from matplotlib.colors import BoundaryNorm, ListedColormap

from grading.figures.style import BLUE, CARD, DARK, GREY, INK, VERMILLION, drawing, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from torch import Tensor

    from grading.figures.style import Picture

MARKERS = (("o", BLUE), ("s", VERMILLION))
# What the functions of two bits are called, by their values at 00, 01, 10, 11.
NAMES = {
    "0000": "never",
    "0001": "AND",
    "0011": "x1",
    "0101": "x2",
    "0110": "XOR",
    "0111": "OR",
    "1000": "NOR",
    "1001": "equal",
    "1010": "not x2",
    "1100": "not x1",
    "1110": "NAND",
    "1111": "always",
}


@drawing
def labelled_points(
    X: Tensor, labels: Mapping[str, Tensor], lines: Mapping[str, tuple[float, float]], title: str
) -> Picture:
    """Draw the points X (n, 2), one panel for each set of labels (n,), and lines {name: (angle, b)} with their sides.

    A line is x1 cos(angle) + x2 sin(angle) + b = 0, the angle in degrees; its arrow points to the side called 1.
    """
    figure = new_figure(3.7 * len(labels), 4.0, title)
    for axes, (name, y) in zip(panels(figure, columns=len(labels), sharey=True), labels.items(), strict=True):
        for letter, (angle, b) in lines.items():
            _line(axes, letter, angle, b)
        draw_points(axes, X, y)
        axes.set(title=name, xlabel="input $x_1$", xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), aspect="equal")
        axes.set(xticks=(0, 1), yticks=(0, 1))
    figure.axes[0].set_ylabel("input $x_2$")
    handles, names = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower left", ncols=2)
    return figure


@drawing
def map_of_lines(
    accuracy_map: Callable[[Tensor], Tensor],
    angles: Tensor,
    offsets: Tensor,
    X: Tensor,
    labels: Mapping[str, Tensor],
    lines: Mapping[str, tuple[float, float]],
) -> Picture:
    """Draw `accuracy_map(y)`, of shape (offsets, angles), as a heat map for each set of labels, with its largest value.

    Element [i, j] belongs to the line x1 cos(angle) + x2 sin(angle) + b = 0 with b = offsets[i] and the angle
    angles[j] in degrees. Each point of X has a curve: the lines through it. `lines` are marked by their names.
    """
    maps = {name: to_numpy(accuracy_map(y)) for name, y in labels.items()}
    best = {name: Fraction(float(shares.max())).limit_denominator(len(X)) for name, shares in maps.items()}
    told = ", ".join(f"{share} for {name}" for name, share in best.items())
    figure = new_figure(4.6 * len(labels), 4.2, f"The most that a line can get: {told}")
    grid = panels(figure, columns=len(labels), sharey=True)
    levels = np.arange(len(X) + 1) / len(X)
    shades = ListedColormap(mpl.colormaps["cividis"](0.12 + 0.88 * levels))
    edges = BoundaryNorm((np.arange(len(X) + 2) - 0.5) / len(X), len(X) + 1)
    degrees = to_numpy(angles)
    for axes, (name, shares) in zip(grid, maps.items(), strict=True):
        mesh = axes.pcolormesh(degrees, to_numpy(offsets), shares, cmap=shades, norm=edges, shading="nearest")
        _curves(axes, X, degrees)
        for letter, (angle, b) in lines.items():
            axes.text(
                angle,
                b,
                letter,
                ha="center",
                va="center",
                fontweight="bold",
                color=DARK,
                bbox={"facecolor": CARD, "pad": 2.0},
            )
        axes.set(title=f"{name}: at most {best[name]}", xlabel="direction of w, in degrees", xticks=range(0, 361, 90))
        axes.set(ylim=(float(offsets[0]), float(offsets[-1])))
        axes.grid(visible=False)
    grid[0].set_ylabel("offset b")
    bar = figure.colorbar(mesh, ax=grid, ticks=levels, label="share of points on their right side")
    bar.ax.set_yticklabels([str(Fraction(float(level)).limit_denominator(len(X))) for level in levels])
    return figure


@drawing
def functions_of_two_bits(best_line: Callable[[Tensor], tuple[float, float, float]], X: Tensor) -> Picture:
    """Draw every labelling of the four points with the best line for it, `best_line(y)` giving (share, angle, b).

    The angle is in degrees. Where the share is less than 1 there is nothing to draw, and the panel is framed.
    """
    labellings = [torch.tensor(bits) for bits in product((0, 1), repeat=len(X))]
    found = [best_line(y) for y in labellings]
    done = sum(share == 1 for share, _, _ in found)
    figure = new_figure(9.2, 3.3, f"A line computes {done} of the {len(found)} functions of two bits")
    grid = panels(figure, 2, 8, sharex=True, sharey=True)
    for axes, y, (share, angle, b) in zip(grid, labellings, found, strict=True):
        if share == 1:
            _line(axes, "", angle, b, shade=True)
        draw_points(axes, X, y, size=6)
        name = NAMES.get("".join(map(str, y.tolist())), "")
        short = Fraction(share).limit_denominator(len(X))
        axes.set_title(name if share == 1 else f"{name}: {short}", fontsize=9, color=INK if share == 1 else VERMILLION)
        axes.set(xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), aspect="equal", xticks=(), yticks=())
        axes.set(xlabel="$x_1$", ylabel="$x_2$")
        axes.label_outer()
        if share < 1:
            axes.spines[:].set(visible=True, color=VERMILLION, linewidth=2)
    return figure


def draw_points(axes: Axes, X: Tensor, y: Tensor, size: float = 10) -> None:
    """Draw points (n, 2) with label 0 as circles and with label 1 as squares."""
    for label, (marker, colour) in enumerate(MARKERS):
        points = to_numpy(X[y.flatten() == label])
        style: dict[str, Any] = {"markeredgecolor": "white", "markersize": size, "zorder": 3}
        axes.plot(points[:, 0], points[:, 1], marker, color=colour, label=f"y = {label}", **style)


def _line(axes: Axes, name: str, angle: float, b: float, *, shade: bool = False) -> None:
    """Draw the line x · w + b = 0 for the unit vector w of that angle in degrees, with its name and an arrow along w."""
    w = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    along = np.array([-w[1], w[0]])
    # The foot of the perpendicular from the centre of the square, so that names stay within the panel.
    foot = np.full(2, 0.5) - (w @ np.full(2, 0.5) + b) * w
    ends = np.stack([foot - 3 * along, foot + 3 * along])
    axes.plot(ends[:, 0], ends[:, 1], color=INK, linewidth=1.4, scalex=False, scaley=False)
    if shade:
        far = ends + 6 * w
        axes.fill(*np.vstack([ends, far[::-1]]).T, color=VERMILLION, alpha=0.13, linewidth=0)
        return
    start = foot + 0.72 * along
    axes.annotate("", start + 0.26 * w, start, arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.4})
    axes.annotate(name, start - 0.13 * w, ha="center", va="center", fontweight="bold", annotation_clip=True)


def _curves(axes: Axes, X: Tensor, degrees: np.ndarray[Any, Any]) -> None:
    """Draw for each point the offsets b with which the line goes through it."""
    w = np.stack([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    for point in to_numpy(X):
        axes.plot(degrees, -point @ w, color=CARD, linewidth=1.5)
