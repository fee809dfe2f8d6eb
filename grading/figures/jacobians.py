"""Products of random Jacobians: how long a gradient is after many layers, and how flat space becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.style import BLUE, GREY, INK, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def jacobian_products(
    norms: Callable[[float], Tensor], scales: Sequence[float], singular_values: Callable[[], Tensor]
) -> Picture:
    """Draw the length of a gradient against depth for each scale, and the singular values of the product at scale 1.

    `norms(scale)` returns the length after 0, 1, ... layers in many networks, shape (depth + 1, networks);
    `singular_values()` those of the product of 1, 2, ... Jacobians, largest first, shape (depth, width).
    """
    figure = new_figure(9.2, 3.8, "Products of Jacobians: a little too large explodes, a little too small vanishes")
    left, right = panels(figure, columns=2)
    for scale, style in zip(scales, line_styles(len(scales)), strict=True):
        lengths = to_numpy(norms(scale))
        depth = np.arange(len(lengths))
        low, middle, high = np.quantile(lengths, (0.1, 0.5, 0.9), axis=1)
        left.fill_between(depth, low, high, color=style["color"], alpha=0.18, linewidth=0)
        left.plot(depth, middle, **style)
        left.annotate(
            f"{scale:g}",
            (depth[-1], middle[-1]),
            xytext=(4, -3),
            textcoords="offset points",
            color=style["color"],
            fontsize=9,
        )
    left.set(yscale="log", xlabel="layers passed", ylabel="length of the gradient", xlim=(0, depth[-1] * 1.1))
    left.set_title("Length, by factor a layer (band: middle 80 %)")
    values = to_numpy(singular_values())
    layers = np.arange(1, len(values) + 1)
    width = values.shape[1]
    named = ((0, "largest", INK, "-"), (width // 4, "upper quarter", BLUE, "--"), (width // 2, "middle", GREY, ":"))
    for index, name, color, dashes in named:
        right.plot(layers, values[:, index], color=color, linestyle=dashes, label=name)
    right.fill_between(layers, values[:, width // 2], values[:, 0], color=BLUE, alpha=0.1, linewidth=0)
    right.set(yscale="log", xlabel="layers passed", ylabel="singular value of the product")
    right.set_title("Scale 1: the length is kept, most directions are not")
    right.legend(loc="lower left")
    return figure
