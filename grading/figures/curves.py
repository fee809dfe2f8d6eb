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
# Slopes closer to each other than this are the same in a picture.
CLOSE = 1e-3


@drawing
def hinges(relu: Elementwise, units: Sequence[tuple[float, float]]) -> Picture:
    """Draw relu(w x + b) for each (w, b) and mark where it bends, at x = -b / w."""
    x = _points_around_zero(3)
    bent = all(np.allclose(to_numpy(relu(w * x + b)), np.maximum(w * x.numpy() + b, 0), atol=1e-4) for w, b in units)
    told = "A ReLU unit is a hinge: the bias places the kink, the weight sets the slope"
    figure = new_figure(7.2, 3.0, told if bent else "Your relu does not make hinges yet")
    (axes,) = panels(figure)
    for (w, b), style in zip(units, line_styles(len(units)), strict=True):
        label = f"w = {signed(w)}, b = {signed(b)}: kink at x = {signed(-b / w)}"
        axes.plot(x.numpy(), to_numpy(relu(w * x + b)), **style, label=label)
        axes.plot([-b / w], [0], marker="o", color=style["color"], clip_on=False, zorder=5)
    axes.set(xlabel="input x", ylabel="output relu(wx + b)", ylim=(-0.1, 3))
    axes.legend(loc="upper center")
    return figure


@drawing
def function_and_derivative(
    functions: Mapping[str, tuple[Elementwise, Elementwise]], title: str | None = None, flat: float | None = None
) -> Picture:
    """Draw each function of `functions` on the left and its derivative on the right, over [-6, 6].

    With `flat`, the regions where the slope of the last function is below that number are shaded. Without a title, the
    figure says what these slopes are.
    """
    x = _points_around_zero(6)
    slopes_of = {name: to_numpy(derivative(x)) for name, (_, derivative) in functions.items()}
    figure = new_figure(8.4, 3.3, title or _slopes_in_words(slopes_of, x.numpy(), flat))
    left, right = panels(figure, columns=2)
    for (name, (function, _)), style in zip(functions.items(), line_styles(len(functions)), strict=True):
        left.plot(x.numpy(), to_numpy(function(x)), **style, label=name)
        slopes = slopes_of[name]
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
    """Lay the derivative by hand over `reference(function, x)` for each pair (function, derivative by hand).

    Single points at which the two differ, as they may at a kink, are circled and told with both slopes.
    """
    x = _points_around_zero(6)
    pairs = {
        name: (to_numpy(derivative(x)), to_numpy(reference(function, x)))
        for name, (function, derivative) in derivatives.items()
    }
    figure = new_figure(9.9, 3.2, _agreement_in_words(pairs))
    for axes, (name, (by_hand, by_autograd)) in zip(
        panels(figure, columns=len(pairs), sharey=True), pairs.items(), strict=True
    ):
        _plot_with_gaps(axes, x.numpy(), by_hand, color=SKY, linewidth=6, label="by hand")
        _plot_with_gaps(axes, x.numpy(), by_autograd, color=INK, linewidth=1.4, linestyle="--", label="autograd")
        apart = _apart(by_hand, by_autograd)
        if np.count_nonzero(apart) == 1:
            place = int(np.flatnonzero(apart)[0])
            axes.plot(x[apart].numpy(), by_autograd[apart], "o", color=VERMILLION, fillstyle="none", markersize=10)
            said = f"{by_hand[place]:.2g} by hand, {by_autograd[place]:.2g} by autograd"
            axes.set_title(f"{name}: only at x = {signed(float(x[place]))} not the same,\n{said}", fontsize=9.5)
        else:
            axes.set_title(
                f"{name}: off by at most {_short(float(np.abs(by_hand - by_autograd).max()))}\n", fontsize=9.5
            )
        axes.set(xlabel="x", ylabel="slope φ′(x)", ylim=(-0.08, 1.12))
        axes.set_xticks([-6, -3, 0, 3, 6])
        axes.label_outer()
    figure.axes[0].legend(loc="upper left", bbox_to_anchor=(0, 0.85))
    return figure


@drawing
def shortcut_misused(sigmoid: Elementwise, sigmoid_grad: Elementwise) -> Picture:
    """Draw a(1 - a) fed with the activation beside the same formula fed with the pre-activation."""
    z = torch.linspace(-4, 4, 801)
    a, slope = sigmoid(z), sigmoid_grad(z)
    off = float(np.abs(to_numpy(slope) - to_numpy(a * (1 - a))).max())
    told = "a (1 − a) is a slope only if a is the activation"
    figure = new_figure(7.2, 3.0, told if off < CLOSE else f"Your σ′ and your a (1 − a) differ by up to {off:.2g}")
    (axes,) = panels(figure)
    axes.plot(z.numpy(), to_numpy(slope), color=SKY, linewidth=6, label="σ′(z)")
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
    ranges = {
        name: np.quantile(to_numpy(chain_factors(derivative, depth)), (0.1, 0.5, 0.9), axis=1)
        for name, derivative in derivatives.items()
    }
    left = ", ".join(f"{name} {_short(middle[-1])}" for name, (_, middle, _) in ranges.items())
    figure = new_figure(7.6, 3.9, f"What {depth} slopes leave of a gradient of 1: {left}")
    (axes,) = panels(figure)
    layers = np.arange(1, depth + 1)
    axes.axhline(1, color=GREY, linestyle=":", label="ReLU, a path whose units are all on")
    for (name, (low, middle, high)), style in zip(ranges.items(), line_styles(len(ranges)), strict=True):
        axes.fill_between(layers, low, high, color=style["color"], alpha=0.18, linewidth=0)
        axes.plot(layers, middle, **style, label=f"{name}, median of random chains (band: middle 80 %)")
    axes.plot(layers, 0.25**layers, color=INK, linewidth=1.2, label="bound for the sigmoid, $4^{-L}$")
    axes.set(yscale="log", xlabel="number of layers L", ylabel="product of L slopes φ′(z)", xlim=(1, depth))
    axes.set_xticks([1, *range(5, depth + 1, 5)])
    axes.set_ylim(top=8)
    axes.legend(loc="lower left")
    return figure


def _slopes_in_words(slopes: Mapping[str, NDArray[Any]], x: NDArray[Any], flat: float | None) -> str:
    """Return the values of the slopes as a title."""
    if len(slopes) > 1:
        return "Slopes: " + ", ".join(
            f"{name} from {_short(found.min())} to {_short(found.max())}" for name, found in slopes.items()
        )
    [(name, found)] = slopes.items()
    values = np.unique(found.round(6))
    if len(values) == 2:
        return f"The slope of your {name} is {values[0]:g} or {values[1]:g}, nothing in between"
    told = f"The slope of your {name} is at most {found.max():.3g}"
    steep = np.abs(x[found >= flat]) if flat is not None else x[:0]
    return f"{told}, and below {flat:g} for |x| > {steep.max():.1f}" if len(steep) else told


def _agreement_in_words(pairs: Mapping[str, tuple[NDArray[Any], NDArray[Any]]]) -> str:
    """Return as a title how well two derivatives agree, for all functions together."""
    worst = max(int(np.count_nonzero(_apart(*pair))) for pair in pairs.values())
    if worst == 0:
        return "Derivatives by hand lie on those of autograd"
    if worst == 1:
        return "Derivatives by hand lie on those of autograd, but for single points"
    return "Derivatives by hand and by autograd differ"


def _apart(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where two slopes differ; a slope that is not a number differs from every one."""
    apart: NDArray[np.bool_] = ~(np.abs(first - second) < CLOSE)
    return apart


def _short(number: float) -> str:
    """Return a number in two digits: 0.25, 1, 4e-16."""
    return f"{number:.0e}" if 0 < abs(number) < CLOSE else f"{number:.2g}"


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
