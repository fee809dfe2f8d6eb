"""Three ways to the same gradient, and how far a numerical one can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from grading.figures.style import BLUE, GREY, INK, VERMILLION, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.axes import Axes
    from torch import Tensor

    from grading.figures.style import Picture


# A relative distance of two gradients that counts as none; the text has this rule, too.
_AGREE = 1e-7


@dataclass(frozen=True)
class GradientCheck:
    """One gradient found in three ways, and the error of its numerical form.

    steps: the steps ε (k,). errors: by name, the largest error (k,) at each step. by_hand, autograd, numerical: all entries
    of the gradient, (p,).
    """

    steps: Tensor
    errors: Mapping[str, Tensor]
    by_hand: Tensor
    autograd: Tensor
    numerical: Tensor


@drawing
def gradient_check(measure: Callable[[], GradientCheck]) -> Picture:
    """Draw the error of difference quotients against their step, and every entry of a gradient found in three ways."""
    found = measure()
    figure = new_figure(10.0, 4.4, _message(found))
    left, right = panels(figure, columns=2, width_ratios=[1.45, 1])
    steps, errors = found.steps, found.errors
    autograd_error = float((found.by_hand - found.autograd).abs().max())
    eps = to_numpy(steps)
    for (name, error), style in zip(errors.items(), line_styles(len(errors)), strict=True):
        left.plot(eps, np.maximum(to_numpy(error), 1e-17), **style, label=name)
    unit = float(np.finfo(np.float64).eps)
    left.plot(eps, unit / eps, color=INK, linewidth=0.9, linestyle=":")
    left.plot(eps, eps**2 / 100, color=INK, linewidth=0.9, linestyle=":")
    note: dict[str, Any] = {"textcoords": "offset points", "fontsize": 9, "color": INK}
    left.annotate("round-off:\n1/ε", (eps[0] * 6, unit / eps[0] / 6), xytext=(10, 16), **note)
    left.annotate("truncation:\nε²", (3e-4, 1e-9), xytext=(6, -22), **note)
    left.axhline(max(autograd_error, 1e-17), color=GREY, linewidth=1.4, label="autograd, no step at all")
    left.set(xscale="log", yscale="log", xlabel="step ε", ylabel="largest error of an entry", ylim=(1e-17, 1e6))
    left.set_title("Neither too large nor too small: ε ≈ $10^{-5}$")
    left.legend(loc="upper center", ncols=2)
    _agreement(right, found)
    return figure


def _message(found: GradientCheck) -> str:
    """Say which of the three agree, from what they gave."""
    with_autograd = _apart(found.by_hand, found.autograd)
    hand_numerical, autograd_numerical = (_apart(one, found.numerical) for one in (found.by_hand, found.autograd))
    if max(with_autograd, hand_numerical) < _AGREE:
        return "Three ways to one gradient: by hand, by autograd, by differences with a well chosen step"
    if autograd_numerical < _AGREE:
        return f"Autograd and differences agree; your backward does not fit your forward and objective ({_percent(with_autograd)} apart)"
    if with_autograd < _AGREE:
        return f"Your backward and autograd agree; your numerical_gradient is {_percent(hand_numerical)} away from them"
    return "Three ways, and no two of them give the same gradient"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _apart(one: Tensor, other: Tensor) -> float:
    """Return the relative distance of two gradients, 1 at most; 1, too, where they are not finite."""
    total = float(one.norm() + other.norm())
    if total == 0:
        return 0.0
    apart = float((one - other).norm()) / total
    return apart if apart <= 1 else 1.0  # not finite, too


def _agreement(axes: Axes, found: GradientCheck) -> None:
    hand = to_numpy(found.by_hand)
    axes.plot([hand.min(), hand.max()], [hand.min(), hand.max()], color=GREY, linewidth=0.8)
    ring: dict[str, Any] = {"markersize": 9, "markerfacecolor": "none"}
    axes.plot(hand, to_numpy(found.autograd), "o", color=BLUE, label="autograd", **ring)
    axes.plot(hand, to_numpy(found.numerical), "+", color=VERMILLION, markersize=8, label="central differences")
    axes.set(title=f"All {len(hand)} entries of the gradient", xlabel="by hand", ylabel="by the other two")
    axes.legend(loc="upper left")
