"""What a classifier of points in the plane says everywhere, with the points on top."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from matplotlib.colors import LinearSegmentedColormap

from grading.figures.style import BLUE, CARD, DARK, VERMILLION, drawing, new_figure, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from grading.figures.style import Picture

# Paler at its ends than the points, which lie on it.
BLUE_TO_RED = LinearSegmentedColormap.from_list("blue_to_red", ["#66A9D1", CARD, "#E6A06B"])


@drawing
def decision_surface(
    predict: Callable[[Tensor], Tensor], X: Tensor, y: Tensor, title: str, margin: float = 0.6
) -> Picture:
    """Draw `predict`, from points (m, 2) to values (m,), over the plane around the points X (n, 2).

    The line is where the value is 1/2; labels y (n,) of 0 and 1 are drawn as circles and squares. The colours reach from
    0 to 1, and further where the values do. The title ends with how many points lie on the side of their label.
    """
    with torch.no_grad():
        right = int(((predict(X) > 0.5) == (y.flatten() == 1)).sum())
    figure = new_figure(5.2, 4.4, f"{title}:\n{right} of {len(X)} points on their side")
    axes = figure.subplots()
    (left, bottom), (right, top) = (X.min(dim=0).values - margin).tolist(), (X.max(dim=0).values + margin).tolist()
    across = torch.linspace(left, right, 201, dtype=X.dtype, device=X.device)
    up = torch.linspace(bottom, top, 201, dtype=X.dtype, device=X.device)
    second, first = torch.meshgrid(up, across, indexing="ij")
    with torch.no_grad():
        values = predict(torch.stack((first.flatten(), second.flatten()), dim=1)).reshape(first.shape)
    reach = max(0.5, float((values - 0.5).abs().max()))
    shades = axes.imshow(
        to_numpy(values),
        cmap=BLUE_TO_RED,
        vmin=0.5 - reach,
        vmax=0.5 + reach,
        extent=(left, right, bottom, top),
        origin="lower",
        interpolation="bilinear",
        aspect="auto",
    )
    if float(values.min()) < 0.5 < float(values.max()):
        axes.contour(to_numpy(across), to_numpy(up), to_numpy(values), levels=[0.5], colors=[DARK], linewidths=1.6)
    for label, marker, colour in ((0, "o", BLUE), (1, "s", VERMILLION)):
        points = to_numpy(X[y.flatten() == label])
        edge: dict[str, Any] = {"markeredgecolor": "white", "markeredgewidth": 1.5, "markersize": 10}
        axes.plot(points[:, 0], points[:, 1], marker, color=colour, label=f"y = {label}", **edge)
    axes.set(xlabel="input $x_1$", ylabel="input $x_2$")
    axes.grid(visible=False)
    axes.locator_params(nbins=5)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.14), ncols=2)
    figure.colorbar(shades, ax=axes, label="output; the line is at 1/2")
    return figure
