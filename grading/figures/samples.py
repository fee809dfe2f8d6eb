"""Random weights as histograms, beside the density that they should follow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from grading.figures.style import INK, SKY, drawing, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from grading.figures.style import Picture

    Sampler: TypeAlias = Callable[[int, int], Tensor]


@drawing
def weight_samples(sizes: tuple[int, int], samplers: Mapping[str, tuple[Sampler, float]], title: str) -> Picture:
    """Draw a histogram of what each sampler gives for (fan_in, fan_out), beside the density that it should follow.

    A sampler comes with the standard deviation that it should have; with "uniform" in its name the density is flat.
    """
    samples = {name: (sampler(*sizes), std) for name, (sampler, std) in samplers.items()}
    figure = new_figure(9.6, 3.3, title)
    reach = 3.6 * max(std for _, std in samples.values())
    x = np.linspace(-reach, reach, 1201)
    for axes, (name, (W, std)) in zip(panels(figure, columns=len(samples), sharey=True), samples.items(), strict=True):
        weights = to_numpy(W).ravel()
        if "uniform" in name:
            edge = math.sqrt(3) * std
            density = np.where(np.abs(x) <= edge, 1 / (2 * edge), 0.0)
        else:
            density = np.exp(-0.5 * (x / std) ** 2) / (std * math.sqrt(2 * math.pi))
        axes.hist(weights, bins=80, range=(-reach, reach), density=True, color=SKY)
        axes.plot(x, density, color=INK, linewidth=1.4)
        axes.set(title=f"{name}\nstd {weights.std():.4f}, wanted {std:.4f}", xlabel="weight")
        axes.grid(visible=False)
    figure.axes[0].set_ylabel("density")
    return figure
