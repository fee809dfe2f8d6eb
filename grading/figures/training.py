"""Small training runs, drawn: a unit that starts saturated, a ReLU unit that dies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from grading.figures.style import GREY, INK, PALE, VERMILLION, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def saturated_start(train: Callable[[float], Tensor], starts: Sequence[float]) -> Picture:
    """Draw the output of one sigmoid unit step by step, `train(start)` of shape (steps,), one curve for each start."""
    outputs = {start: to_numpy(train(start)) for start in starts}
    told = ", ".join(f"{_steps_until(values, 0.1)} from z = {start:g}" for start, values in outputs.items())
    figure = new_figure(7.6, 3.2, f"Steps until the output is below 0.1: {told}")
    (axes,) = panels(figure)
    for (start, values), style in zip(outputs.items(), line_styles(len(starts)), strict=True):
        axes.plot(values, **style, label=f"start at z = {start:g}")
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
    inputs = to_numpy(x)
    histories = {name: run() for name, run in runs.items()}
    dead = [name for name, (parameters, losses) in histories.items() if _is_dead(inputs, parameters, losses)]
    told = f"Off for every input, and nothing changes any more: {', '.join(dead)}" if dead else "No unit died"
    figure = new_figure(8.8, 3.6, title or told)
    left, right = panels(figure, columns=2)
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


def _steps_until(values: NDArray[Any], level: float) -> str:
    """Return the first step at which the values are below the level, in words."""
    below = np.flatnonzero(values < level)
    return f"{below[0]}" if len(below) else f"more than {len(values)}"


def _is_dead(inputs: NDArray[Any], parameters: Tensor, losses: Tensor) -> bool:
    """Return whether the unit ends off for all inputs, with a last step that changed nothing."""
    w, b = to_numpy(parameters[-1])
    return bool((w * inputs + b <= 0).all() and float(losses[-1]) == float(losses[-2]))
