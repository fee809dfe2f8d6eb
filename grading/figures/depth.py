"""What becomes of signals on their way through many layers, at the start of training."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from grading.figures.style import BLUE, GREY, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from grading.figures.style import Picture

# What lies beyond is of no use to a network, and a curve may leave the picture there.
_RANGE = (1e-16, 1e16)


@drawing
def depth_sweep(
    signals: Callable[[str, str], tuple[Sequence[float], Sequence[float]]],
    activations: Sequence[str],
    initializations: Sequence[str],
) -> Picture:
    """Draw the standard deviation of activations (above) and of gradients (below) by layer, for every pairing.

    `signals(activation, initialization)` returns both, a number for each layer, the first layer first.
    """
    figure = new_figure(10.0, 6.2, "A deep network starts well where both curves are flat")
    grid = panels(figure, 2, len(activations), sharex=True, sharey="row")
    for column, activation in enumerate(activations):
        above, below = grid[column], grid[column + len(activations)]
        for initialization, style in zip(initializations, line_styles(len(initializations)), strict=True):
            for axes, values in zip((above, below), signals(activation, initialization), strict=True):
                axes.plot(np.arange(1, len(values) + 1), values, **style, label=initialization)
        above.set(title=f"{activation}: activations", yscale="log", ylim=_RANGE)
        below.set(title=f"{activation}: gradients", yscale="log", ylim=_RANGE, xlabel="layer")
        for axes in (above, below):
            axes.axhline(1, color=GREY, linewidth=0.8, zorder=0.5)
    grid[0].set_ylabel("standard deviation of $H_l$")
    grid[len(activations)].set_ylabel("… of the gradient by $H_l$")
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(initializations))
    return figure


@drawing
def spread_by_layer(networks: Mapping[str, Callable[[], Mapping[str, Sequence[float]]]], title: str) -> Picture:
    """Draw one panel for each network: the curves that it returns, by name, a number for each layer."""
    figure = new_figure(8.4, 3.3, title)
    grid = panels(figure, columns=len(networks), sharey=True)
    for axes, (name, measure) in zip(grid, networks.items(), strict=True):
        curves = measure()
        for (label, values), style in zip(curves.items(), line_styles(len(curves)), strict=True):
            axes.plot(np.arange(1, len(values) + 1), values, **style, label=label)
        axes.set(title=name, xlabel="layer", yscale="log", ylim=(_RANGE[0], 10))
    grid[0].set_ylabel("standard deviation")
    grid[0].legend(loc="lower left")
    return figure


@drawing
def layer_histograms(
    outputs: Mapping[str, Callable[[], Sequence[Tensor]]], layers: Sequence[int], title: str
) -> Picture:
    """Draw histograms of values in [-1, 1]: a row for each entry of `outputs`, a column for each of these layers.

    An entry returns the activations of all layers, the first layer first.
    """
    figure = new_figure(10.0, 1.6 * len(outputs) + 0.7, title)
    grid = panels(figure, len(outputs), len(layers), sharex=True)
    bins = np.linspace(-1, 1, 61).tolist()
    for row, (name, compute) in enumerate(outputs.items()):
        values = compute()
        for column, layer in enumerate(layers):
            axes = grid[row * len(layers) + column]
            heights = to_numpy(values[layer - 1]).ravel()
            saturated = float((np.abs(heights) > 0.97).mean())
            axes.hist(heights, bins=bins, color=BLUE, density=True)
            axes.set_title(f"layer {layer}: {saturated:.0%} saturated", fontsize=9.5)
            axes.set_yticks([])
            axes.grid(visible=False)
        grid[row * len(layers)].set_ylabel(name, fontsize=9.5)
    for axes in grid[-len(layers) :]:
        axes.set_xlabel("activation")
    return figure


@drawing
def length_maps(
    mean_square: Callable[[str, float, Tensor], Tensor],
    activations: Sequence[str],
    gains: Mapping[str, float],
    top: float = 1.5,
) -> Picture:
    """Draw the mean square of a layer's activations against that of the layer before, with the path of ten layers.

    `mean_square(activation, gain, q)` maps mean squares q (m,) to mean squares (m,), for weights of variance gain / fan_in;
    `gains` names those to draw.
    """
    figure = new_figure(10.0, 3.9, "One layer as a map of sizes: only on the diagonal does a signal keep its size")
    q = torch.linspace(0, top, 151, dtype=torch.float64)
    for axes, activation in zip(panels(figure, columns=len(activations), sharey=True), activations, strict=True):
        axes.plot([0, top], [0, top], color=GREY, linewidth=1.2)
        for (name, gain), style in zip(gains.items(), line_styles(len(gains)), strict=True):
            axes.plot(q.numpy(), to_numpy(mean_square(activation, gain, q)), **style, label=name)
            corners = _staircase(partial(mean_square, activation, gain))
            axes.plot(*corners, color=style["color"], linewidth=0.8)
        axes.set(title=activation, xlabel="mean square before", xlim=(0, top), ylim=(0, top))
        axes.set_aspect("equal")
    figure.axes[0].set_ylabel("mean square after")
    figure.axes[0].legend(loc="upper left")
    return figure


def _staircase(step: Callable[[Tensor], Tensor], layers: int = 10) -> tuple[list[float], list[float]]:
    """Return the corners of the path of a signal of mean square 1 through ten layers."""
    size = torch.ones(1, dtype=torch.float64)
    across, up = [1.0], [0.0]
    for _ in range(layers):
        after = step(size)
        across += [float(size), float(after)]
        up += [float(after), float(after)]
        size = after
    return across, up


@drawing
def training_by_initialization(
    train: Callable[[str, str], tuple[str, Tensor]],
    activations: Sequence[str],
    initializations: Sequence[str],
    chance: float,
    title: str,
    average: int = 8,
) -> Picture:
    """Draw the training loss of every pairing, one panel for each activation, as means of `average` steps.

    `train(activation, initialization)` returns a remark for the legend and the losses by step (steps,); `chance` is the loss
    of guessing. Where the losses are not finite, the curve ends.
    """
    figure = new_figure(10.0, 3.9, title)
    grid = panels(figure, columns=len(activations), sharey=True)
    for axes, activation in zip(grid, activations, strict=True):
        axes.axhline(chance, color=GREY, linestyle=":", linewidth=1.2)
        for name, style in zip(initializations, line_styles(len(initializations)), strict=True):
            remark, losses = train(activation, name)
            curve = to_numpy(losses)[: len(losses) // average * average].reshape(-1, average).mean(axis=1)
            axes.plot(average * np.arange(1, len(curve) + 1), curve, **style, label=f"{name}, {remark}")
        axes.set(title=activation, xlabel="step", ylim=(0, 1.75 * chance))
        axes.legend(loc="upper right", fontsize=8)
        axes.margins(x=0)
    grid[0].set_ylabel("training loss")
    grid[0].annotate(
        "guessing", (1, chance), (-4, -12), grid[0].get_yaxis_transform(), "offset points", ha="right", color=GREY
    )
    return figure
