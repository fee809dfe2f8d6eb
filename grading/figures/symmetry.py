"""Hidden units that start alike, drawn as paths of their incoming weights, beside units that start at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grading.figures.style import DASHES, GREY, INK, PALETTE, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def unit_paths(runs: Mapping[str, Callable[[], tuple[Tensor, Tensor]]], floor: tuple[float, str]) -> Picture:
    """Draw for each run the paths of the hidden units' two incoming weights, and all losses beside them.

    A run returns weights (steps, 2, h) and losses (steps,); `floor` is a loss to mark, with its label. Units that start
    alike lie on one another: the widths of their lines differ, so that all of them show.
    """
    found = {name: train() for name, train in runs.items()}
    figure = new_figure(10.0, 3.6, "Under gradient descent, units that start alike stay alike")
    *planes, losses = panels(figure, columns=len(runs) + 1)
    styles = line_styles(len(runs))
    reach = 1.12 * max(float(weights.abs().max()) for weights, _ in found.values())
    for axes, (name, (weights, _)) in zip(planes, found.items(), strict=True):
        paths = to_numpy(weights)
        count = paths.shape[2]
        for unit in range(count):
            color, width = PALETTE[unit % len(PALETTE)], 1.5 + 2.5 * (count - 1 - unit)
            axes.plot(
                *paths[:, :, unit].T, color=color, linewidth=width, solid_capstyle="round", label=f"unit {unit + 1}"
            )
            axes.plot(*paths[-1, :, unit], "o", color=color, markersize=4 + width)
        axes.plot(
            *paths[0],
            "o",
            markeredgecolor=INK,
            markerfacecolor="white",
            markersize=6,
            zorder=6,
            label="before training",
        )
        apart = float((weights - weights[:, :, :1]).abs().max())
        axes.set(
            title=f"{name} start: at most {apart:.2g} apart", xlabel="weight from $x_1$", ylabel="weight from $x_2$"
        )
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    planes[0].legend(loc="lower right", fontsize=8)
    for (name, (_, values)), style in zip(found.items(), styles, strict=True):
        losses.plot(to_numpy(values), **style, label=f"{name} start")
    height, label = floor
    losses.axhline(height, color=GREY, linestyle=DASHES[2], linewidth=1.2, label=label)
    losses.set(title="Loss", xlabel="gradient step", ylabel="mean squared error", ylim=(-0.01, 0.5))
    losses.margins(x=0)
    losses.legend(loc="upper right")
    return figure
