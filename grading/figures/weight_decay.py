"""What weight decay does to a curve that is fitted to a few noisy examples."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from grading.figures.style import BLUE, VERMILLION, drawing, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grading.figures.style import Picture

_HIDDEN, _LR = 40, 0.02


@drawing
def penalised_fits(
    forward: Callable[[Tensor, Mapping[str, Tensor]], tuple[Tensor, object]],
    objective: Callable[[Tensor, Tensor, Mapping[str, Tensor], float], Tensor],
    weight_decays: Sequence[float],
    steps: int = 800,
) -> Picture:
    """Fit the learner's network to twelve noisy examples, with the learner's objective, once for each weight decay, and draw it.

    PyTorch finds the gradients, and Adam takes that many steps.
    """
    X, Y = noisy_examples()
    fits = {weight_decay: fitted(forward, objective, X, Y, weight_decay, steps) for weight_decay in weight_decays}
    squares = [sum(float(params[name].square().sum()) for name in ("W1", "W2")) for params in fits.values()]
    figure = new_figure(9.6, 3.3, _message(squares))
    grid = torch.linspace(-1.05, 1.05, 401)[:, None]
    axes_of = panels(figure, columns=len(fits), sharey=True)
    for axes, (weight_decay, params), total in zip(axes_of, fits.items(), squares, strict=True):
        axes.plot(to_numpy(grid), to_numpy(forward(grid, params)[0]), color=BLUE, label="network")
        axes.plot(to_numpy(X), to_numpy(Y), "o", color=VERMILLION, label="examples")
        axes.set_title(f"λ = {weight_decay:g}: squared weights {total:.3g}")
        axes.set(xlabel="input x", ylabel="output" if axes is axes_of[0] else "")
    axes_of[0].legend(loc="upper left")
    return figure


def _message(squares: Sequence[float]) -> str:
    if all(before > after for before, after in pairwise(squares)):
        return "Dearer weights are smaller, and the curve no longer runs after every example"
    return "With these functions a larger λ does not give smaller weights"


def noisy_examples() -> tuple[Tensor, Tensor]:
    """Return twelve points of a sine with noise, as columns."""
    X = torch.linspace(-1, 1, 12)[:, None]
    noise = torch.randn(12, 1, generator=torch.Generator().manual_seed(3))
    return X, torch.sin(2.5 * X) + 0.25 * noise


def fitted(
    forward: Callable[[Tensor, Mapping[str, Tensor]], tuple[Tensor, object]],
    objective: Callable[[Tensor, Tensor, Mapping[str, Tensor], float], Tensor],
    X: Tensor,
    Y: Tensor,
    weight_decay: float,
    steps: int,
) -> dict[str, Tensor]:
    """Return the parameters after training, from the same start each time."""
    generator = torch.Generator().manual_seed(0)
    params = {
        "W1": 4 * torch.randn(1, _HIDDEN, generator=generator),
        "b1": 4 * (2 * torch.rand(_HIDDEN, generator=generator) - 1),
        "W2": torch.randn(_HIDDEN, 1, generator=generator) / _HIDDEN**0.5,
        "b2": torch.zeros(1),
    }
    for parameter in params.values():
        parameter.requires_grad_(True)
    optimizer = torch.optim.Adam(params.values(), lr=_LR)
    for _ in range(steps):
        optimizer.zero_grad()
        objective(forward(X, params)[0], Y, params, weight_decay).backward()
        optimizer.step()
    return {name: parameter.detach() for name, parameter in params.items()}
