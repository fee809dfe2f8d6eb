"""What a network of two inputs says everywhere in the plane, while it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from grading.figures.decision import BLUE_TO_RED
from grading.figures.style import BLUE, DARK, GREY, SKY, VERMILLION, drawing, line_styles, new_figure, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def surface_as_it_learns(
    train: Callable[[], tuple[Callable[[int, Tensor], Tensor], Tensor]], steps: Sequence[int], X: Tensor, y: Tensor
) -> Picture:
    """Draw the output over the plane after some steps, and below it the loss of every step with these steps marked.

    train() returns predict and losses: predict(step, points (m, 2)) gives the outputs (m,) or (m, 1) of the network as it
    was after `step` steps, losses (t,) the loss before each step. X (n, 2), y (n,) of 0 and 1: the examples.
    """
    predict, losses = train()
    chosen = list(steps)
    with torch.no_grad():
        correct = int((predict(chosen[-1], X).flatten().round() == y.flatten()).sum())
    figure = new_figure(1.88 * len(chosen) + 0.6, 4.4, _message(correct, len(X), chosen[-1]))
    grid = figure.add_gridspec(2, len(chosen), height_ratios=[1.25, 1])
    across = torch.linspace(-0.4, 1.4, 121, dtype=X.dtype, device=X.device)
    up, right = torch.meshgrid(across, across, indexing="ij")
    points = torch.stack((right.flatten(), up.flatten()), dim=1)
    for column, step in enumerate(chosen):
        axes = figure.add_subplot(grid[0, column])
        with torch.no_grad():
            values = to_numpy(predict(step, points).reshape(up.shape))
        _surface(axes, to_numpy(across), values, X, y)
        axes.set(title=f"after {step:,} steps", xlabel="$x_1$", ylabel="$x_2$" if column == 0 else "")
    below = figure.add_subplot(grid[1, :])
    loss = to_numpy(losses)
    below.plot(np.arange(len(loss)), loss, color=BLUE)
    for step in chosen:
        below.plot(step, loss[min(step, len(loss) - 1)], "o", color=VERMILLION, markersize=7, zorder=3)
    below.set(xlabel="step of gradient descent", ylabel="mean squared error", yscale="log")
    below.margins(x=0.01)
    return figure


def _message(right: int, examples: int, steps: int) -> str:
    if right == examples:
        return "The network folds the plane until the four points come right"
    return f"After {steps:,} steps {right} of the {examples} points come right"


@drawing
def training_runs(runs: Mapping[str, Callable[[], Tensor]], solved: float) -> Picture:
    """Draw the losses (t,) that each run returns, step by step, the first one wide so that another can lie on it.

    The title says whether the second run is the first one again, and when the others come below the loss `solved`.
    """
    losses = {name: to_numpy(run()) for name, run in runs.items()}
    figure = new_figure(8.6, 3.6, _retraced(losses, solved))
    axes = figure.subplots()
    for place, ((name, values), style) in enumerate(zip(losses.items(), line_styles(len(losses)), strict=True)):
        look: dict[str, Any] = {"color": SKY, "linewidth": 7, "alpha": 0.6} if place == 0 else style
        axes.plot(values, **look, label=name)
    axes.axhline(solved, color=GREY, linewidth=0.9, linestyle=":")
    axes.set(xlabel="step", ylabel="mean squared error", yscale="log")
    axes.margins(x=0.01)
    axes.legend()
    return figure


def _retraced(losses: Mapping[str, NDArray[np.float64]], solved: float) -> str:
    """Say from the losses of the runs what they show."""
    own, again, *others = losses.values()
    same = own.shape == again.shape and np.allclose(own, again, rtol=1e-6, atol=1e-12)
    told = "PyTorch retraces your steps" if same else "PyTorch's steps and yours part"
    when = []
    for name, values in zip(list(losses)[1:], [again, *others], strict=True):
        below = np.flatnonzero(values < solved)
        when.append(f"{name.partition(',')[0]} {f'after {below[0]} steps' if below.size else 'never'}")
    return f"{told}. Below {solved:g}: {', '.join(when)}"


def _surface(axes: Axes, across: Any, values: Any, X: Tensor, y: Tensor) -> None:
    axes.pcolormesh(across, across, values, cmap=BLUE_TO_RED, vmin=0, vmax=1, shading="gouraud")
    if values.min() < 0.5 < values.max():
        axes.contour(across, across, values, levels=[0.5], colors=[DARK], linewidths=1.4)
    for label, marker, colour in ((0, "o", BLUE), (1, "s", VERMILLION)):
        chosen = to_numpy(X[y.flatten() == label])
        axes.plot(chosen[:, 0], chosen[:, 1], marker, color=colour, markeredgecolor="white", markersize=8)
    axes.set(aspect="equal", xticks=[0, 1], yticks=[0, 1])
    axes.grid(visible=False)
