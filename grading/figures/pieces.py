"""How many linear pieces a ReLU network has along a line: real networks against what their width and depth allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.style import INK, drawing, line_styles, new_figure, panels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grading.figures.style import Picture

MOST_TENTS = 9


@drawing
def linear_pieces(
    count: Callable[[int, int], Sequence[int]],
    tents: Callable[[int], int],
    units: Sequence[int],
    depths: Sequence[int],
) -> Picture:
    """Draw the pieces of random networks against their hidden units, beside the bound (h + 1) to the power of L.

    `count(width, depth)` returns the pieces of several networks of `depth` layers of `width` units; `tents(depth)` those
    of a network made for the purpose, with two units a layer. `units` are numbers of hidden units in all, multiples of
    every depth.
    """
    found = {depth: np.array([list(count(total // depth, depth)) for total in units]) for depth in depths}
    shares = np.concatenate([(pieces / np.array(units)[:, None]).ravel() for pieces in found.values()])
    told = f"Drawn at random: {shares.min():.1f} to {shares.max():.1f} pieces per hidden unit, at any depth"
    figure = new_figure(8.8, 4.4, told)
    (axes,) = panels(figure)
    for depth, style in zip(depths, line_styles(len(depths)), strict=True):
        name = f"{depth} {'layer' if depth == 1 else 'layers'}"
        widths = np.array(units, dtype=float) / depth
        axes.plot(units, np.median(found[depth], axis=1), **style, marker="o", label=f"{name}, random")
        axes.plot(
            units, (widths + 1) ** depth, color=style["color"], linewidth=1, linestyle=":", label=f"{name}, bound"
        )
    layers = np.arange(1, min(units[-1] // 2, MOST_TENTS) + 1)
    axes.plot(
        2 * layers, [tents(int(layer)) for layer in layers], "^", color=INK, label="tents in a row, 2 units a layer"
    )
    axes.set(xlabel="hidden units in all", ylabel="linear pieces along a line", yscale="log")
    axes.set_xscale("log", base=2)
    ticks = [2, 4, 8, *units]
    axes.set_xticks(ticks, [f"{tick}" for tick in ticks])
    axes.minorticks_off()
    axes.legend(loc="upper left", ncols=2)
    return figure
