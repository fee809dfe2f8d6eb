"""Small gray images in rows and columns: examples of each class, mistakes, the weights of hidden units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from grading.figures.style import BLUE, CARD, INK, VERMILLION, drawing, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes
    from torch import Tensor

    from grading.figures.style import Picture

BLUE_TO_RED = LinearSegmentedColormap.from_list("blue_to_red", [BLUE, CARD, VERMILLION])


@drawing
def class_examples(images: Tensor, labels: Tensor, names: Sequence[str], count: int = 9) -> Picture:
    """Draw a row for each class: the mean of its images, then the first `count` of them; images (n, h, w), labels (n,)."""
    title = f"{len(names)} classes: the mean image, then examples"
    figure = new_figure(0.62 * (count + 1) + 1.4, 0.62 * len(names) + 0.9, title)
    axes = figure.subplots()
    rows = []
    for label in range(len(names)):
        chosen = to_numpy(images[labels == label])
        mean = chosen.mean(axis=0)
        rows.append(np.concatenate([_framed(mean), *(_framed(one) for one in chosen[:count])], axis=1))
    side = rows[0].shape[0]
    axes.imshow(np.concatenate(rows), cmap="gray_r", interpolation="nearest")
    axes.set_yticks([side * (row + 0.5) for row in range(len(names))], [f"{i}  {name}" for i, name in enumerate(names)])
    axes.set_xticks([side * (column + 0.5) for column in range(count + 1)], ["mean", *map(str, range(1, count + 1))])
    axes.xaxis.tick_top()
    _bare(axes)
    return figure


def _framed(image: np.ndarray) -> np.ndarray:
    return np.pad(image, 2)


@drawing
def worst_mistakes(
    judge: Callable[[], tuple[Tensor, Sequence[str]]],
    images: Tensor,
    title: str | None = None,
    columns: int = 8,
    rows: int = 2,
) -> Picture:
    """Draw the images (n, h, w) with the largest losses; `judge()` returns the losses (n,) and a caption for each image.

    Without a title, it says between which values the losses lie.
    """
    losses, captions = judge()
    order = losses.argsort(descending=True)[: rows * columns].tolist()
    range_of_them = f"from {float(losses[order[0]]):.1f} down to {float(losses[order[-1]]):.1f} nats"
    figure = new_figure(1.24 * columns, 1.85 * rows + 0.5, title or f"The {len(order)} largest losses, {range_of_them}")
    for axes, index in zip(panels(figure, rows, columns), order, strict=False):
        axes.imshow(to_numpy(images[index]), cmap="gray_r", interpolation="nearest")
        axes.set_title(f"{captions[index]}\nloss {float(losses[index]):.1f}", fontsize=9, loc="left")
        axes.set(xticks=[], yticks=[])
        _bare(axes)
    return figure


@drawing
def unit_weights(matrices: Callable[[], Mapping[str, Tensor]], shape: tuple[int, int], count: int = 12) -> Picture:
    """Draw the incoming weights of the first `count` hidden units as images, a row for each W (d, h) of `matrices()`."""
    weights = matrices()
    figure = new_figure(
        0.75 * count + 0.9, 0.95 * len(weights) + 0.8, "What a hidden unit looks for: its column of W1, as an image"
    )
    for axes, (name, W) in zip(panels(figure, len(weights)), weights.items(), strict=True):
        strips = [np.pad(to_numpy(W[:, unit]).reshape(shape), 1, constant_values=np.nan) for unit in range(count)]
        strip = np.concatenate(strips, axis=1)
        top = float(np.nanmax(np.abs(strip)))
        shades = axes.imshow(strip, cmap=BLUE_TO_RED, vmin=-top, vmax=top, interpolation="nearest")
        axes.set_title(name)
        axes.set(xticks=[], yticks=[])
        _bare(axes)
        figure.colorbar(shades, ax=axes, fraction=0.03, pad=0.01)
    return figure


def _bare(axes: Axes) -> None:
    axes.grid(visible=False)
    axes.tick_params(length=0, labelcolor=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)
