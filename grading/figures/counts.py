"""How many parameters a network has, and where they sit; how long an epoch takes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from grading.figures.style import INK, PALETTE, drawing, new_figure, panels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grading.figures.style import Picture


@drawing
def parameter_counts(num_parameters: Callable[[list[int]], int], networks: Sequence[list[int]]) -> Picture:
    """Draw the parameters of networks, given by their layer sizes, as bars made of one piece for each layer.

    A piece is `num_parameters` of two neighbouring sizes; the number at the end of a bar is that of the whole network.
    """
    shares = [
        float(num_parameters(sizes[:2])) / max(float(num_parameters(sizes)), 1.0)
        for sizes in networks
        if len(sizes) > 2
    ]
    title = f"With a hidden layer, the first layer holds {min(shares):.0%} to {max(shares):.0%} of the parameters"
    figure = new_figure(8.4, 0.5 * len(networks) + 1.4, title)
    (axes,) = panels(figure)
    deepest = max(range(len(networks)), key=lambda row: len(networks[row]))
    for row, sizes in enumerate(networks):
        start = 0.0
        for layer, pair in enumerate(pairwise(sizes)):
            piece = float(num_parameters(list(pair)))
            label = f"layer {layer + 1}" if row == deepest else None
            axes.barh(row, piece, left=start, color=PALETTE[layer % len(PALETTE)], height=0.62, label=label)
            start += piece
        total = f"{float(num_parameters(sizes)):,.0f}"
        axes.annotate(total, (start, row), xytext=(5, 0), textcoords="offset points", va="center", color=INK)
    axes.set_yticks(range(len(networks)), [" – ".join(map(str, sizes)) for sizes in networks])
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.set(xlabel="weights and biases", ylabel="layer sizes")
    axes.locator_params(axis="x", nbins=6)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper right")
    return figure


@drawing
def seconds_per_epoch(trainers: Mapping[str, Callable[[], float]]) -> Picture:
    """Draw how many seconds each trainer needs for an epoch; the title compares the first with the last."""
    seconds = {name: measure() for name, measure in trainers.items()}
    first, last = next(iter(seconds)), next(reversed(seconds))
    ratio = seconds[first] / max(seconds[last], 1e-9)
    figure = new_figure(
        7.6, 0.5 * len(seconds) + 1.3, f"An epoch of {first} takes {ratio:.2g} times as long as one of {last}"
    )
    (axes,) = panels(figure)
    for row, value in enumerate(seconds.values()):
        axes.barh(row, value, color=PALETTE[row % len(PALETTE)], height=0.55)
        axes.annotate(f"{value:.2f} s", (value, row), xytext=(5, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(seconds)), list(seconds))
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.set(xlabel="seconds for an epoch, validation and drawing included", ylabel="trainer")
    axes.grid(visible=False, axis="y")
    return figure
