"""What layers do to the plane: an affine one moves a grid of straight lines, a ReLU folds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import torch

from grading.figures.lines import draw_points
from grading.figures.style import BROWN, INK, SKY, VERMILLION, drawing, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from torch import Tensor

    from grading.figures.style import Picture

    Layer: TypeAlias = tuple[Tensor, Tensor]
    Network: TypeAlias = tuple[Tensor, Tensor, Tensor, Tensor]

LOW, HIGH, LINES = -0.5, 1.5, 9
ALONG = 241  # points on each line of the grid, so that a bend shows where it is


@drawing
def stacked_affine_layers(
    W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, collapse: Callable[[Tensor, Tensor, Tensor, Tensor], Layer]
) -> Picture:
    """Draw a grid before, between and after two affine layers of two units each, and as dots the one of `collapse`."""
    W, b = collapse(W1, b1, W2, b2)
    grid, crossings = _grid(), _crossings()
    once, twice = _affine(crossings, W, b), _affine(_affine(crossings, W1, b1), W2, b2)
    difference = float((once - twice).abs().max())
    told = "Two affine layers do what one does: straight lines stay straight and parallel"
    figure = new_figure(9.9, 4.25, told if difference < 1e-4 else f"Your one layer is off by up to {difference:.2g}")
    left, middle, right = panels(figure, columns=3)
    for axes, lines in (
        (left, grid),
        (middle, _affine(grid, W1, b1)),
        (right, _affine(_affine(grid, W1, b1), W2, b2)),
    ):
        _draw_grid(axes, lines)
    name = f"X W + b, the same in one layer (off by at most {difference:.0e})"
    right.plot(*to_numpy(once).T, "o", color=INK, markersize=3.2, label=name)
    figure.legend(loc="outside lower right")
    left.set(title="X", xlabel="$x_1$", ylabel="$x_2$")
    middle.set(title="X W1 + b1", xlabel="first hidden unit", ylabel="second hidden unit")
    right.set(title="(X W1 + b1) W2 + b2", xlabel="first output", ylabel="second output")
    return figure


@drawing
def folded_plane(network: Callable[[], Network], X: Tensor, y: Tensor, title: str | None = None) -> Picture:
    """Draw the plane with the points X (n, 2), then Z = X W1 + b1, then H = relu(Z), for a hidden layer of two units.

    Shaded is where the output O = H W2 + b2 is above 1/2. Without a title, the figure says which points are so.
    """
    W1, b1, W2, b2 = network()
    grid, points = _grid(), X.double()
    outputs = _affine(_affine(points, W1, b1).clamp(min=0), W2, b2)[:, 0]
    figure = new_figure(9.9, 4.2, title or _sides_in_words(outputs, y))
    before, between, after = panels(figure, columns=3)
    for axes, lines, moved in (
        (before, grid, points),
        (between, _affine(grid, W1, b1), _affine(points, W1, b1)),
        (after, _affine(grid, W1, b1).clamp(min=0), _affine(points, W1, b1).clamp(min=0)),
    ):
        _draw_grid(axes, lines)
        draw_points(axes, moved, y)
        _name_points(axes, X, moved)
    _draw_unit_lines(before, W1, b1)
    for axes in (between, after):
        axes.axhline(0, color=INK, linewidth=1, zorder=1)
        axes.axvline(0, color=INK, linewidth=1, zorder=1)
    _shade(before, lambda X: _affine(_affine(X, W1, b1).clamp(min=0), W2, b2))
    _shade(after, lambda H: _affine(H, W2, b2))
    before.set(title="Before: X", xlabel="$x_1$", ylabel="$x_2$")
    between.set(title="Z = X W1 + b1", xlabel="$z_1$", ylabel="$z_2$")
    after.set(title="After: H = relu(Z)", xlabel="$h_1$", ylabel="$h_2$")
    figure.legend(*before.get_legend_handles_labels(), loc="outside lower left", ncols=5)
    return figure


def _sides_in_words(outputs: Tensor, y: Tensor) -> str:
    """Return how many points lie on the side of O = 1/2 that their label asks for, as a title."""
    right = int(((outputs > 0.5) == (y.flatten() == 1)).sum())
    if right == len(y):
        return "Your network folds the plane so that one line separates the classes"
    return f"Your network folds the plane, and {right} of {len(y)} points lie on their side of O = 1/2"


def _affine(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Return X W + b in float64 on the CPU."""
    return X @ W.detach().cpu().double() + b.detach().cpu().double()


def _levels() -> Tensor:
    return torch.linspace(LOW, HIGH, LINES, dtype=torch.float64)


def _crossings() -> Tensor:
    """Return where the lines of the grid cross, (LINES squared, 2)."""
    return torch.cartesian_prod(_levels(), _levels())


def _grid() -> Tensor:
    """Return points on the lines of a square grid, (2, LINES, ALONG, 2): first those along x1, then those along x2."""
    along, level = torch.meshgrid(torch.linspace(LOW, HIGH, ALONG, dtype=torch.float64), _levels(), indexing="xy")
    return torch.stack((torch.stack((along, level), dim=-1), torch.stack((level, along), dim=-1)))


def _draw_grid(axes: Axes, lines: Tensor) -> None:
    for family, colour in zip(lines, (SKY, BROWN), strict=True):
        for line in to_numpy(family):
            axes.plot(line[:, 0], line[:, 1], color=colour, linewidth=1.1, zorder=1.5)
    axes.grid(visible=False)
    low, high = lines.reshape(-1, 2).min(dim=0).values, lines.reshape(-1, 2).max(dim=0).values
    reach = 0.55 * float((high - low).max())
    (left, right), (bottom, top) = torch.stack(((low + high) / 2 - reach, (low + high) / 2 + reach), dim=1).tolist()
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.locator_params(nbins=5)


def _name_points(axes: Axes, X: Tensor, moved: Tensor) -> None:
    """Write the inputs beside their points; those that fall on one place share it."""
    names: dict[tuple[float, ...], list[str]] = {}
    for row, place in zip(X.tolist(), moved.tolist(), strict=True):
        name = f"({', '.join(f'{value:g}' for value in row)})"
        names.setdefault(tuple(round(value, 3) + 0.0 for value in place), []).append(name)
    for (across, up), together in names.items():
        axes.annotate(" ".join(together), (across, up), (7, 7), textcoords="offset points", fontsize=9, zorder=4)


def _draw_unit_lines(axes: Axes, W1: Tensor, b1: Tensor) -> None:
    """Draw where the pre-activation of each hidden unit is 0."""
    across, up = _plane(axes)
    Z = _affine(torch.stack((across, up), dim=-1), W1, b1)
    for unit, dashes in enumerate(("--", ":")):
        z = to_numpy(Z[..., unit])
        if z.min() < 0 < z.max():
            axes.contour(to_numpy(across), to_numpy(up), z, levels=[0], colors=[INK], linestyles=[dashes])
            axes.plot([], [], color=INK, linestyle=dashes, label=f"$z_{unit + 1}$ = 0")


def _shade(axes: Axes, output: Callable[[Tensor], Tensor]) -> None:
    across, up = _plane(axes)
    values = to_numpy(output(torch.stack((across, up), dim=-1))[..., 0])
    if values.max() > 0.5:
        axes.contourf(
            *map(to_numpy, (across, up)), values, [0.5, values.max() + 1], colors=[VERMILLION], alpha=0.16, zorder=0.5
        )
    if values.min() < 0.5 < values.max():
        axes.contour(to_numpy(across), to_numpy(up), values, levels=[0.5], colors=[VERMILLION], linewidths=1.8)
        axes.plot([], [], color=VERMILLION, linewidth=1.8, label="O = 1/2")


def _plane(axes: Axes) -> tuple[Tensor, Tensor]:
    """Return the coordinates of a mesh over what the axes show."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    across = torch.linspace(left, right, 301, dtype=torch.float64)
    up = torch.linspace(bottom, top, 301, dtype=torch.float64)
    first, second = torch.meshgrid(across, up, indexing="xy")
    return first, second
