"""How many parameters a network has, and where they sit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from grading.figures.style import INK, PALETTE, drawing, new_figure, panels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from grading.figures.style import Picture


@drawing
def parameter_counts(num_parameters: Callable[[list[int]], int], networks: Sequence[list[int]]) -> Picture:
    """Draw the parameters of networks, given by their layer sizes, as bars made of one piece for each layer.

    A piece is `num_parameters` of two neighbouring sizes; the number at the end of a bar is that of the whole network.
    """
    figure = new_figure(8.4, 0.5 * len(networks) + 1.4, "Most parameters sit in the first layer")
    (axes,) = panels(figure)
    for row, sizes in enumerate(networks):
        start = 0.0
        for layer, pair in enumerate(pairwise(sizes)):
            piece = float(num_parameters(list(pair)))
            label = f"layer {layer + 1}" if len(sizes) == max(map(len, networks)) else None
            axes.barh(row, piece, left=start, color=PALETTE[layer % len(PALETTE)], height=0.62, label=label)
            start += piece
        total = f"{float(num_parameters(sizes)):,.0f}"
        axes.annotate(total, (start, row), xytext=(5, 0), textcoords="offset points", va="center", color=INK)
    axes.set_yticks(range(len(networks)), [" – ".join(map(str, sizes)) for sizes in networks])
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.set(xlabel="weights and biases", ylabel="layer sizes")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper right")
    return figure
