"""What a network without convolutions or recurrence cannot do, beside one that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grading.figures.choices import STOPPED
from grading.figures.style import GREY, INK, drawing, line_styles, new_figure, panels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from grading.figures.choices import STOPPED
from grading.figures.style import Picture


@drawing
def with_and_without(
    results: Callable[[], Mapping[str, Mapping[str, Sequence[float]]]], change: str, xlabel: str = "held-out accuracy"
) -> Picture:
    """Draw what a change does to several models: a row for each model and condition, a dot for each seed, a bar at the mean.

    `results()` gives by model the values of two conditions, the one before the change first. The title says what the mean loses.
    """
    found = {model: {name: list(values) for name, values in pair.items()} for model, pair in results().items()}
    rows = [(model, name, values) for model, pair in found.items() for name, values in pair.items() if values]
    figure = new_figure(8.6, 0.48 * len(rows) + 1.4, _what_it_costs(found, change))
    (axes,) = panels(figure)
    styles = dict(zip(found, line_styles(len(found)), strict=True))
    for row, (model, _, values) in enumerate(rows):
        axes.plot(values, [row] * len(values), "o", color=styles[model]["color"], markersize=7, alpha=0.7)
        mean = float(np.mean(values))
        axes.plot([mean], [row], "|", color=INK, markersize=18, markeredgewidth=2)
        axes.annotate(f"{mean:.3f}", (mean, row), xytext=(0, 11), textcoords="offset points", ha="center", fontsize=9)
    axes.set_yticks(range(len(rows)), [f"{model}, {name}" for model, name, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.8)
    axes.margins(x=0.12)
    several = any(len(values) > 1 for _, _, values in rows)
    axes.set(xlabel=f"{xlabel}; a dot a seed, a bar their mean" * several or xlabel, ylabel="network and images")
    return figure


def _what_it_costs(found: Mapping[str, Mapping[str, Sequence[float]]], change: str) -> str:
    costs = []
    for model, pair in found.items():
        means = [float(np.mean(values)) for values in pair.values() if values]
        if len(means) == 2:
            costs.append(f"{model} {round(100 * (means[1] - means[0]), 1) + 0.0:+.1f}".replace("-", "−"))
    return f"{change}, in points of accuracy: {', '.join(costs)}" if costs else STOPPED


@drawing
def accuracy_by_size(
    measure: Callable[[], tuple[Sequence[float], Mapping[str, Sequence[float]]]],
    xlabel: str,
    guess: float,
    limit: tuple[float, str] | None = None,
) -> Picture:
    """Draw accuracies of several models against a number that makes the task harder; `measure()` gives both.

    guess: the accuracy of a guess. limit: a place on the axis and what it is. The title says where each curve begins and ends.
    """
    sizes, curves = measure()
    ends = [f"{name} {values[0]:.2f} to {values[-1]:.2f}" for name, values in curves.items() if values]
    figure = new_figure(
        8.0, 3.6, f"Accuracy from {sizes[0]:g} to {sizes[-1]:g} {xlabel.split(',')[0]}: {', '.join(ends)}"
    )
    (axes,) = panels(figure)
    axes.axhline(guess, color=INK, linestyle=":", linewidth=1.2)
    axes.annotate("a guess", (sizes[-1], guess), xytext=(0, 4), textcoords="offset points", ha="right", fontsize=9)
    if limit is not None:
        axes.axvline(limit[0], color=GREY, linestyle="--", linewidth=1.2)
        axes.annotate(
            limit[1],
            (limit[0], 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(5, 0),
            textcoords="offset points",
            fontsize=9,
        )
    for (name, values), style in zip(curves.items(), line_styles(len(curves)), strict=True):
        axes.plot(sizes, values, **style, marker="o", markersize=5, label=name)
    axes.set(xlabel=xlabel, ylabel="accuracy", ylim=(0, 1.05))
    if curves:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(curves))
    return figure
