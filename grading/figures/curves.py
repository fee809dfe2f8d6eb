"""Curves of activation functions, their derivatives, and what becomes of a derivative on its way through layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch

from grading.figures.style import (
    BLUE,
    GREY,
    INK,
    PALE,
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

    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from torch import Tensor

    from grading.figures.style import Picture

    Elementwise: TypeAlias = Callable[[Tensor], Tensor]

# A step between neighbouring samples larger than this is a jump of the function, not a steep slope.
JUMP = 0.5


@drawing
def hinges(relu: Elementwise, units: Sequence[tuple[float, float]]) -> Picture:
    """Draw relu(w x + b) for each (w, b) and mark where it bends, at x = -b / w."""
    figure = new_figure(7.2, 3.0, "A ReLU unit is a hinge: the bias places the kink, the weight sets the slope")
    (axes,) = panels(figure)
    x = _points_around_zero(3)
    for (w, b), style in zip(units, line_styles(len(units)), strict=True):
        label = f"w = {signed(w)}, b = {signed(b)}: kink at x = {signed(-b / w)}"
        axes.plot(x.numpy(), to_numpy(relu(w * x + b)), **style, label=label)
        axes.plot([-b / w], [0], marker="o", color=style["color"], clip_on=False, zorder=5)
    axes.set(xlabel="input x", ylabel="output relu(wx + b)", ylim=(-0.1, 3))
    axes.legend(loc="upper center")
    return figure


@drawing
def function_and_derivative(
    functions: Mapping[str, tuple[Elementwise, Elementwise]], title: str, flat: float | None = None
) -> Picture:
    """Draw each function of `functions` on the left and its derivative on the right, over [-6, 6].

    With `flat`, the regions where the slope of the last function is below that number are shaded.
    """
    figure = new_figure(8.4, 3.3, title)
    left, right = panels(figure, columns=2)
    x = _points_around_zero(6)
    for (name, (function, derivative)), style in zip(functions.items(), line_styles(len(functions)), strict=True):
        left.plot(x.numpy(), to_numpy(function(x)), **style, label=name)
        slopes = to_numpy(derivative(x))
        _plot_with_gaps(right, x.numpy(), slopes, **style)
    if flat is not None:
        for axes in (left, right):
            shade: dict[str, Any] = {"color": GREY, "alpha": 0.14, "linewidth": 0}
            whole_height = axes.get_xaxis_transform()
            region = slopes < flat
            axes.fill_between(
                x.numpy(), 0, 1, where=region, label=f"slope below {flat:g}", transform=whole_height, **shade
            )
    bottom, top = left.get_ylim()
    left.set(title="The function", xlabel="pre-activation x", ylabel="activation φ(x)", ylim=(bottom, min(top, 2.6)))
    right.set(title="Its derivative", xlabel="pre-activation x", ylabel="slope φ′(x)")
    left.legend(loc="upper left")
    return figure


@drawing
def derivatives_agree(
    derivatives: Mapping[str, tuple[Elementwise, Elementwise]], reference: Callable[[Elementwise, Tensor], Tensor]
) -> Picture:
    """Lay the derivative by hand over `reference(function, x)` for each pair (function, derivative by hand)."""
    figure = new_figure(8.8, 3.0, "Derivatives by hand lie on those of autograd")
    x = _points_around_zero(6)
    for axes, (name, (function, derivative)) in zip(
        panels(figure, columns=len(derivatives), sharey=True), derivatives.items(), strict=True
    ):
        by_hand, by_autograd = to_numpy(derivative(x)), to_numpy(reference(function, x))
        _plot_with_gaps(axes, x.numpy(), by_hand, color=SKY, linewidth=6, label="by hand")
        _plot_with_gaps(axes, x.numpy(), by_autograd, color=INK, linewidth=1.4, linestyle="--", label="autograd")
        difference = float(np.abs(by_hand - by_autograd).max())
        axes.set(title=f"{name}: off by at most {difference:.1g}", xlabel="x", ylabel="slope φ′(x)", ylim=(-0.08, 1.12))
        axes.set_xticks([-6, -3, 0, 3, 6])
        axes.label_outer()
    figure.axes[0].legend(loc="upper left", bbox_to_anchor=(0, 0.85))
    return figure


@drawing
def shortcut_misused(sigmoid: Elementwise, sigmoid_grad: Elementwise) -> Picture:
    """Draw a(1 - a) fed with the activation beside the same formula fed with the pre-activation."""
    figure = new_figure(7.2, 3.0, "a (1 − a) is a slope only if a is the activation")
    (axes,) = panels(figure)
    z = torch.linspace(-4, 4, 801)
    a = sigmoid(z)
    axes.plot(z.numpy(), to_numpy(sigmoid_grad(z)), color=SKY, linewidth=6, label="σ′(z)")
    axes.plot(z.numpy(), to_numpy(a * (1 - a)), color=INK, linewidth=1.4, label="a (1 − a) with a = σ(z)")
    axes.plot(z.numpy(), to_numpy(z * (1 - z)), color=VERMILLION, linestyle="--", label="a (1 − a) with a = z, the bug")
    axes.set(xlabel="pre-activation z", ylabel="slope", ylim=(-0.6, 0.6))
    axes.legend(loc="upper left")
    return figure


@drawing
def vanishing(
    chain_factors: Callable[[Elementwise, int], Tensor], derivatives: Mapping[str, Elementwise], depth: int = 20
) -> Picture:
    """Draw how φ′(z₁) ⋯ φ′(z_L) shrinks with L, as the median of many chains and the middle 80 % of them.

    `chain_factors(derivative, depth)` returns the running products of many chains, shape (depth, chains). The bound
    4^-L of the sigmoid and the constant 1 of an open ReLU path are drawn beside them.
    """
    figure = new_figure(7.6, 3.9, "Each sigmoid slope takes at least three quarters of the gradient")
    (axes,) = panels(figure)
    layers = np.arange(1, depth + 1)
    axes.axhline(1, color=GREY, linestyle=":", label="ReLU, a path whose units are all on")
    for (name, derivative), style in zip(derivatives.items(), line_styles(len(derivatives)), strict=True):
        low, middle, high = np.quantile(to_numpy(chain_factors(derivative, depth)), (0.1, 0.5, 0.9), axis=1)
        axes.fill_between(layers, low, high, color=style["color"], alpha=0.18, linewidth=0)
        axes.plot(layers, middle, **style, label=f"{name}, median of random chains (band: middle 80 %)")
    axes.plot(layers, 0.25**layers, color=INK, linewidth=1.2, label="bound for the sigmoid, $4^{-L}$")
    axes.set(yscale="log", xlabel="number of layers L", ylabel="product of L slopes φ′(z)", xlim=(1, depth))
    axes.set_xticks([1, *range(5, depth + 1, 5)])
    axes.set_ylim(top=8)
    axes.legend(loc="lower left")
    return figure


def _points_around_zero(limit: int) -> Tensor:
    """Return the hundredths from -limit to limit; 0 is exactly among them, which torch.linspace does not promise."""
    return torch.arange(-100 * limit, 100 * limit + 1) / 100


def _plot_with_gaps(axes: Axes, x: NDArray[Any], y: NDArray[Any], **style: Any) -> None:
    """Plot a curve, leaving a gap where it jumps, so that a step is not drawn as a steep slope."""
    jumps = np.flatnonzero(np.abs(np.diff(y)) > JUMP) + 1
    axes.plot(np.insert(x, jumps, np.nan), np.insert(y, jumps, np.nan), **style)
    for jump in jumps:
        axes.plot(x[[jump - 1, jump]], y[[jump - 1, jump]], color=PALE, linewidth=1, zorder=0.5)
        # The sample nearest to the jump is the value there: a full dot for it, a hollow one for the limit.
        inside, outside = (jump - 1, jump) if abs(x[jump - 1]) < abs(x[jump]) else (jump, jump - 1)
        color = style.get("color", BLUE)
        axes.plot(x[inside], y[inside], "o", color=color, markersize=5)
        axes.plot(x[inside], y[outside], "o", markeredgecolor=color, markerfacecolor="white", markersize=5)
