"""Gradient descent at a cliff, and a training run that is saved by clipping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.style import DARK, GREY, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def descent_at_a_cliff(
    loss: Callable[[Tensor], Tensor], grid: tuple[Tensor, Tensor], paths: Mapping[str, Callable[[], Tensor]], title: str
) -> Picture:
    """Draw paths (steps, 2) of gradient descent over the contours of `loss`, a function of points (..., 2).

    `grid` holds the values on the two axes. The panels' titles say which paths leave them.
    """
    figure = new_figure(8.6, 3.9, title)
    first, second = grid
    points = first.new_empty(len(second), len(first), 2)
    points[..., 0], points[..., 1] = first[None, :], second[:, None]
    heights = np.log10(to_numpy(loss(points)) + 1e-3)
    ends = [(float(values[0]), float(values[-1])) for values in grid]
    areas = panels(figure, columns=len(paths), sharey=True)
    for axes, (name, walk), style in zip(areas, paths.items(), line_styles(len(paths)), strict=True):
        shown = axes.contourf(to_numpy(first), to_numpy(second), heights, levels=24, cmap="cividis_r")
        track = to_numpy(walk())
        axes.plot(*track.T, color="white", linewidth=2.6)
        axes.plot(*track.T, marker="o", markersize=4, linewidth=1.2, color=style["color"], markeredgecolor="white")
        axes.plot(*track[0], "o", markersize=8, markerfacecolor="white", markeredgecolor=DARK, zorder=6)
        low, high = np.transpose(ends)
        stays = bool(((low <= track) & (track <= high)).all())
        axes.set(
            title=f"{name}: {'stays in' if stays else 'leaves'} the picture", xlabel="$w_1$", xlim=ends[0], ylim=ends[1]
        )
        axes.grid(visible=False)
    areas[0].set_ylabel("$w_2$")
    figure.colorbar(shown, ax=areas, label="loss, as a power of 10")
    return figure


@drawing
def clipped_training(
    runs: Mapping[str, Callable[[], tuple[Tensor, Tensor]]], max_norm: float, chance: float
) -> Picture:
    """Draw what each run returns: the gradient norms before clipping (steps,) on the left, the losses (steps,) on the right."""
    found = {name: tuple(map(to_numpy, run())) for name, run in runs.items()}
    told = ", ".join(f"{_in_words(float(losses[-1]))} ({name})" for name, (_, losses) in found.items())
    figure = new_figure(9.6, 3.6, f"Loss at the end: {told}")
    left, right = panels(figure, columns=2)
    for (name, both), style in zip(found.items(), line_styles(len(runs)), strict=True):
        for axes, values in zip((left, right), both, strict=True):
            finite = np.flatnonzero(np.isfinite(values))
            axes.plot(finite + 1, values[finite], **style, label=name)
            if 0 < len(finite) < len(values):
                axes.plot(finite[-1:] + 1, values[finite[-1:]], "X", color=style["color"], markersize=9)
                text = f"not a number from step {finite[-1] + 2} on"
                axes.annotate(
                    text, (finite[-1] + 1, values[finite[-1]]), (10, -3), textcoords="offset points", fontsize=9
                )
    left.axhline(max_norm, color=GREY, linestyle=":", linewidth=1.4)
    left.annotate(
        f"max_norm = {max_norm:g}", (1, max_norm), xytext=(4, 4), textcoords="offset points", color=GREY, fontsize=9
    )
    left.set(title="Norm of all gradients, before clipping", xlabel="step", ylabel="norm", yscale="log")
    right.axhline(chance, color=GREY, linestyle=":", linewidth=1.2)
    right.annotate(
        "guessing", (1, chance), (-4, 4), right.get_yaxis_transform(), "offset points", ha="right", color=GREY
    )
    right.set(title="Training loss", xlabel="step", ylabel="loss", yscale="log")
    right.legend(loc="center right")
    return figure


def _in_words(loss: float) -> str:
    """Return a loss in two digits, or say that it is not a number."""
    return f"{loss:.2g}" if np.isfinite(loss) else "not a number"
