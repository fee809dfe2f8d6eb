"""Small training runs, drawn: a unit that starts saturated, a ReLU unit that dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.style import GREY, INK, PALE, VERMILLION, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def saturated_start(train: Callable[[float], Tensor], starts: Sequence[float]) -> Picture:
    """Draw the output of one sigmoid unit step by step, `train(start)` of shape (steps,), one curve for each start."""
    figure = new_figure(7.6, 3.2, "The more wrong a saturated unit is, the slower it learns")
    (axes,) = panels(figure)
    for start, style in zip(starts, line_styles(len(starts)), strict=True):
        axes.plot(to_numpy(train(start)), **style, label=f"start at z = {start:g}")
    axes.axhline(0, color=GREY, linestyle=":", linewidth=1.2)
    axes.annotate("target", (0, 0), xytext=(4, 3), textcoords="offset points", color=GREY, fontsize=9)
    axes.set(xlabel="gradient step", ylabel="output σ(z)", ylim=(-0.04, 1.04))
    axes.margins(x=0)
    axes.legend(loc="center right")
    return figure


@drawing
def dying_unit(
    x: Tensor, y: Tensor, runs: Mapping[str, Callable[[], tuple[Tensor, Tensor]]], title: str | None = None
) -> Picture:
    """Draw what each training run of one unit ends with: pre-activation over the inputs `x` (n,), and loss by step.

    A run returns the parameters (steps, 2), a row w, b before every step, and the losses (steps,).
    """
    figure = new_figure(8.8, 3.6, title or "One step too large and the unit is off for every input, for ever")
    left, right = panels(figure, columns=2)
    inputs = to_numpy(x)
    histories = {name: run() for name, run in runs.items()}
    first_w, first_b = to_numpy(next(iter(histories.values()))[0][0])
    left.plot(inputs, first_w * inputs + first_b, color=GREY, linestyle=":", label="every run before training")
    left.plot(inputs, to_numpy(y), color=INK, linewidth=6, alpha=0.2, label="target")
    for (name, (parameters, losses)), style in zip(histories.items(), line_styles(len(histories)), strict=True):
        w, b = to_numpy(parameters[-1])
        left.plot(inputs, w * inputs + b, **style)
        right.plot(to_numpy(losses), **style, label=name)
    bottom, top = left.get_ylim()
    left.axhspan(min(bottom, -1.0), 0, color=VERMILLION, alpha=0.08, linewidth=0)
    left.annotate("z < 0: nothing passes a ReLU", (0, 0), xytext=(0, -13), textcoords="offset points", fontsize=9)
    left.set(title="Before training and after", xlabel="input x", ylabel="pre-activation z = wx + b")
    left.set_ylim(min(bottom, -1.0), top + 0.25 * (top - bottom))
    left.legend(loc="upper left")
    right.set(title="How the loss falls, or does not", xlabel="gradient step", ylabel="mean squared error")
    right.set_yscale("log")
    right.set_ylim(bottom=1e-6)
    right.margins(x=0)
    right.legend(loc="lower right")
    return figure


@drawing
def learning_curves(
    runs: Mapping[str, Callable[[], Tensor]], title: str, quantity: str = "loss", step: str = "step"
) -> Picture:
    """Draw the curve (steps,) that each run returns, on a logarithmic axis."""
    figure = new_figure(7.2, 3.2, title)
    (axes,) = panels(figure)
    for (name, train), style in zip(runs.items(), line_styles(len(runs)), strict=True):
        values = train()
        axes.plot(np.arange(1, len(values) + 1), to_numpy(values), **style, label=name)
    axes.set(xlabel=step, ylabel=quantity, yscale="log")
    axes.grid(visible=True, which="major", color=PALE)
    axes.legend()
    return figure
