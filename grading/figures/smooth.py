"""Smooth relatives of ReLU: PyTorch's functions, and the learner's on top of them as soon as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch

from grading.figures.style import GREY, INK, drawing, line_styles, new_figure, panels, signed, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from grading.figures.style import Picture

    Elementwise: TypeAlias = Callable[[Tensor], Tensor]

REACH = 4


@drawing
def smooth_units(functions: Mapping[str, tuple[Elementwise, Elementwise]]) -> Picture:
    """Draw for each name PyTorch's function with its slope, beside ReLU, and where it is lowest.

    An entry is (the learner's function, PyTorch's). A learner's function that is not written yet is left out.
    """
    x = torch.arange(-100 * REACH, 100 * REACH + 1, dtype=torch.float64) / 100
    curves = {name: _with_slope(library, x) for name, (_, library) in functions.items()}
    told = ", ".join(
        f"{name} at x = {signed(round(float(x[values.argmin()]), 2))}" for name, (values, _) in curves.items()
    )
    figure = new_figure(8.8, 3.6, f"Smooth, and not always rising: lowest is {told}")
    left, right = panels(figure, columns=2)
    left.plot(x.numpy(), np.maximum(x.numpy(), 0), color=GREY, linewidth=1, label="ReLU")
    right.plot(x.numpy(), np.where(x.numpy() > 0, 1.0, 0.0), color=GREY, linewidth=1)
    for (name, (values, slopes)), style in zip(curves.items(), line_styles(len(curves)), strict=True):
        left.plot(x.numpy(), values, **style, label=name)
        left.plot(x[values.argmin()], values.min(), "o", color=style["color"], markersize=6)
        right.plot(x.numpy(), slopes, **style)
        yours = _written(functions[name][0], x)
        if yours is not None:
            left.plot(x[::40].numpy(), yours[::40], "x", color=INK, markersize=5, label=f"your {name.lower()}")
    left.set(title="The function", xlabel="pre-activation x", ylabel="activation", xlim=(-REACH, 2), ylim=(-0.4, 2))
    right.set(title="Its slope", xlabel="pre-activation x", ylabel="slope", xlim=(-REACH, REACH))
    left.legend(loc="upper left")
    return figure


def _with_slope(function: Elementwise, x: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of an elementwise function and its slopes, as autograd finds them."""
    x = x.clone().requires_grad_()
    values = function(x)
    (slopes,) = torch.autograd.grad(values.sum(), x)
    return to_numpy(values), to_numpy(slopes)


def _written(function: Elementwise, x: Tensor) -> np.ndarray | None:
    """Return the values of a learner's function, or None where the stub still stands."""
    try:
        return to_numpy(function(x))
    except NotImplementedError as missing:
        if missing.args:  # PyTorch's own, about a dtype or a device, says so; a stub says nothing
            raise
        return None
