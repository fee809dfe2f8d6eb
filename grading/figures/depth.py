"""What becomes of signals on their way through many layers, at the start of training."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from grading.figures.style import BLUE, GREY, INK, VERMILLION, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from grading.figures.style import Picture

# What lies beyond is of no use to a network, and a curve leaves the picture there. Wider, and curves that differ by a
# factor of five lie on one another.
_RANGE = (1e-6, 1e6)
# A signal whose size stays within this factor through all layers is called flat.
_FLAT = 10.0
# A run whose loss ends below this share of the loss of guessing has learned something.
_LEARNED = 0.9


@drawing
def depth_sweep(
    signals: Callable[[str, str], tuple[Sequence[float], Sequence[float]]],
    activations: Sequence[str],
    initializations: Sequence[str],
) -> Picture:
    """Draw the standard deviation of activations (above) and of gradients (below) by layer, for every pairing.

    `signals(activation, initialization)` returns both, a number for each layer, the first layer first. The title names
    the pairings in which neither changes by more than a factor of ten.
    """
    found = {(activation, start): signals(activation, start) for activation in activations for start in initializations}
    flat = [f"{activation} with {start}" for (activation, start), both in found.items() if all(map(_is_flat, both))]
    figure = new_figure(10.0, 6.2, f"Flat in both directions: {', '.join(flat) or 'no pairing'}")
    grid = panels(figure, 2, len(activations), sharex=True, sharey="row")
    for column, activation in enumerate(activations):
        above, below = grid[column], grid[column + len(activations)]
        for initialization, style in zip(initializations, line_styles(len(initializations)), strict=True):
            for axes, values in zip((above, below), found[activation, initialization], strict=True):
                axes.plot(np.arange(1, len(values) + 1), values, **style, label=initialization)
        above.set(title=f"{activation}: activations", yscale="log", ylim=_RANGE)
        below.set(title=f"{activation}: gradients", yscale="log", ylim=_RANGE, xlabel="layer")
        for axes in (above, below):
            axes.axhline(1, color=GREY, linewidth=0.8, zorder=0.5)
    grid[0].set_ylabel("standard deviation of $H_l$")
    grid[len(activations)].set_ylabel("… of the gradient by $H_l$")
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(initializations))
    return figure


def _is_flat(sizes: Sequence[float]) -> bool:
    return 0 < max(sizes) < _FLAT * min(sizes)


@drawing
def spread_by_layer(networks: Mapping[str, Callable[[], Mapping[str, Sequence[float]]]], title: str) -> Picture:
    """Draw one panel for each network: the curves that it returns, by name, a number for each layer.

    The panels' titles say with what the last curve ends.
    """
    figure = new_figure(8.4, 3.5, title)
    grid = panels(figure, columns=len(networks), sharey=True)
    for axes, (name, measure) in zip(grid, networks.items(), strict=True):
        curves = measure()
        for (label, values), style in zip(curves.items(), line_styles(len(curves)), strict=True):
            axes.plot(np.arange(1, len(values) + 1), values, **style, label=label)
        axes.set(title=f"{name}: {values[-1]:.0e} {label}", xlabel="layer", yscale="log")
    grid[0].set_ylabel("standard deviation")
    grid[0].legend(loc="lower left")
    return figure


@drawing
def sizes_by_layer(predicted: Sequence[float], measured: Sequence[float], what: str) -> Picture:
    """Draw the mean square of a signal by layer, as predicted and as measured in a network, from the input on.

    what: the network, for the title, which ends with the last of both numbers.
    """
    figure = new_figure(7.2, 3.4, f"{what}: {predicted[-1]:.2g} predicted, {measured[-1]:.2g} measured at the end")
    (axes,) = panels(figure)
    axes.plot(np.arange(len(predicted)), predicted, color=BLUE, label="the map, again and again")
    axes.plot(np.arange(len(measured)), measured, "o", color=VERMILLION, markersize=5, label="a network of this width")
    axes.set(xlabel="layer (0 is the input)", ylabel="mean square", yscale="log")
    axes.legend(loc="best")
    return figure


@drawing
def layer_histograms(
    outputs: Mapping[str, Callable[[], Sequence[Tensor]]], layers: Sequence[int], title: str
) -> Picture:
    """Draw histograms of values in [-1, 1]: a row for each entry of `outputs`, a column for each of these layers.

    An entry returns the activations of all layers, the first layer first. The title ends with what is saturated, beyond
    0.97, in the last of the layers.
    """
    found = {name: compute() for name, compute in outputs.items()}
    ends = ", ".join(f"{_saturated(values[layers[-1] - 1]):.0%} with {name}" for name, values in found.items())
    figure = new_figure(10.0, 1.6 * len(outputs) + 0.7, f"{title} {ends}")
    grid = panels(figure, len(outputs), len(layers), sharex=True)
    bins = np.linspace(-1, 1, 61).tolist()
    for row, (name, values) in enumerate(found.items()):
        for column, layer in enumerate(layers):
            axes = grid[row * len(layers) + column]
            heights = to_numpy(values[layer - 1]).ravel()
            axes.hist(heights, bins=bins, color=BLUE, density=True)
            axes.set_title(f"layer {layer}: {_saturated(values[layer - 1]):.0%} saturated", fontsize=9.5)
            axes.set_yticks([])
            axes.grid(visible=False)
        grid[row * len(layers)].set_ylabel(name, fontsize=9.5)
    for axes in grid[-len(layers) :]:
        axes.set_xlabel("activation")
    return figure


def _saturated(activations: Tensor) -> float:
    return float((activations.abs() > 0.97).double().mean())


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

    `train(activation, initialization)` returns a remark for the legend and the losses by step (steps,), none of them for
    what has not been run; `chance` is the loss of guessing. Where the losses are not finite, the curve ends. The panels'
    titles name what has learned.
    """
    figure = new_figure(10.0, 4.1, title)
    grid = panels(figure, columns=len(activations), sharey=True)
    for axes, activation in zip(grid, activations, strict=True):
        learned = []
        for name, style in zip(initializations, line_styles(len(initializations)), strict=True):
            remark, losses = train(activation, name)
            curve = to_numpy(losses)[: len(losses) // average * average].reshape(-1, average).mean(axis=1)
            axes.plot(average * np.arange(1, len(curve) + 1), curve, **style, label=f"{name}, {remark}")
            if len(curve) and curve[-1] < _LEARNED * chance:
                learned.append(name)
        # Above the curves, which would hide it where they stay at guessing.
        axes.axhline(chance, color=INK, linestyle=":", linewidth=1.2, zorder=4)
        axes.set(title=f"{activation}: {_who(learned)}", xlabel="step", ylim=(0, 1.75 * chance))
        axes.legend(loc="upper right")
        axes.margins(x=0)
    grid[0].set_ylabel("training loss")
    place: dict[str, Any] = {
        "xycoords": grid[-1].get_yaxis_transform(),
        "textcoords": "offset points",
        "va": "center",
        "color": INK,
    }
    grid[-1].annotate(f"guessing,\n{chance:.2g}", (1, chance), (5, 0), fontsize=9, **place)
    return figure


def _who(learned: Sequence[str]) -> str:
    """Return who has learned, in words."""
    return f"{', '.join(learned)} {'learns' if len(learned) == 1 else 'learn'}" if learned else "nobody learns"
