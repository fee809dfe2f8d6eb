"""A function of one variable approximated by ReLU networks, drawn hinge by hinge and width by width."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch

from grading.figures.style import (
    BLUE,
    GREY,
    INK,
    SKY,
    VERMILLION,
    drawing,
    line_styles,
    new_figure,
    panels,
    signed,
    to_numpy,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from grading.figures.style import Picture

    Network: TypeAlias = tuple[Tensor, Tensor, Tensor, Tensor]
    Elementwise: TypeAlias = Callable[[Tensor], Tensor]


@drawing
def sum_of_hinges(
    knots: Tensor, values: Tensor, build: Callable[[Tensor, Tensor], Network], relu: Elementwise
) -> Picture:
    """Draw each weighted hinge w2[j] relu(x w1[j] + b1[j]), and beside it their sum with b2 and the given points."""
    w1, b1, w2, b2 = build(knots, values)
    missed = float((relu(knots[:, None] * w1 + b1) @ w2 + b2 - values).detach().abs().max())
    told = f"Your hinges add up to a line through all {len(knots)} points"
    figure = new_figure(8.8, 3.4, told if missed < 1e-3 else f"Your hinges miss a given point by {missed:.2g}")
    left, right = panels(figure, columns=2)
    x = torch.linspace(float(knots[0]), float(knots[-1]), 601, dtype=knots.dtype, device=knots.device)
    hidden = relu(x[:, None] * w1 + b1) * w2  # (n, k), one column a weighted unit
    for column, style in zip(hidden.T, line_styles(hidden.shape[1]), strict=True):
        left.plot(to_numpy(x), to_numpy(column), **style)
    right.plot(to_numpy(x), to_numpy(hidden.sum(dim=1) + b2), color=BLUE, label="network")
    right.plot(to_numpy(knots), to_numpy(values), "o", color=INK, markersize=7, label="given points")
    left.set(title=f"{hidden.shape[1]} weighted units", xlabel="input x", ylabel="w2 · relu(x w1 + b1)")
    right.set(title="Their sum plus b2", xlabel="input x", ylabel="output")
    right.legend()
    return figure


@drawing
def growing_network(
    function: Elementwise, network: Callable[[int], Elementwise], widths: Sequence[int], interval: tuple[float, float]
) -> Picture:
    """Draw `function` and `network(width)` for each width, with the largest error on the interval in each title."""
    columns = 1 if len(widths) % 2 else 2
    rows = len(widths) // columns
    x = torch.linspace(*interval, 2001, dtype=torch.float64)
    target = to_numpy(function(x))
    outputs = [to_numpy(network(width)(x)) for width in widths]
    errors = [float(np.abs(output - target).max()) for output in outputs]
    told = f"With {widths[0]} units off by {errors[0]:.2g}, with {widths[-1]} by {errors[-1]:.2g}"
    figure = new_figure(8.4, 2.3 * rows + 0.7, told)
    for axes, width, output, error in zip(
        panels(figure, rows, columns, sharex=True, sharey=True), widths, outputs, errors, strict=True
    ):
        axes.plot(x.numpy(), target, color=SKY, linewidth=5, alpha=0.75, label="f(x)")
        axes.plot(x.numpy(), output, color=INK, linewidth=1.5, label="network")
        axes.set(title=f"{width} units: off by at most {error:.2g}")
        axes.set(xlabel="input x", ylabel="output")
        axes.label_outer()
    figure.axes[0].legend(loc="best")
    return figure


@drawing
def error_against_width(
    largest_error: Callable[[Elementwise, int], float],
    functions: Mapping[str, tuple[Elementwise, float]],
    widths: Sequence[int],
) -> Picture:
    """Draw the largest error against the number of units on two logarithmic axes, a straight line for each power law.

    `functions` gives for each name the function and the exponent p of the predicted law, width to the power p.
    """
    measured = {
        name: np.array([largest_error(function, width) for width in widths])
        for name, (function, _) in functions.items()
    }
    left = ", ".join(f"{name} {errors[-1] / errors[-2]:.2f}" for name, errors in measured.items())
    figure = new_figure(8.4, 3.9, f"What is left of the error with {widths[-1] / widths[-2]:g} times the units: {left}")
    (axes,) = panels(figure)
    units = np.asarray(widths, dtype=float)
    for (name, (_, power)), color in zip(functions.items(), (BLUE, VERMILLION, GREY), strict=False):
        errors = measured[name]
        law = errors[-1] * (units / units[-1]) ** power
        axes.plot(units, law, color=color, linewidth=1, label=f"slope {signed(power)}")
        axes.plot(units, errors, "o", color=color, markersize=6, label=name)
    axes.set(xlabel="number of hidden units k", ylabel="largest error on the interval")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xticks(units, [f"{width}" for width in widths])
    axes.minorticks_off()
    axes.legend(ncols=2, loc="lower left")
    return figure
