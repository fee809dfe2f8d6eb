"""Training seen from outside: losses and accuracies by epoch, for one run or for several seeds of several methods."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from grading.figures.choices import STOPPED
from grading.figures.style import BLUE, GREY, INK, drawing, line_styles, new_figure, panels, to_numpy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from grading.figures.style import Picture


@drawing
def epoch_curves(runs: Mapping[str, Callable[[], Mapping[str, Sequence[float]]]], title: str | None = None) -> Picture:
    """Draw loss and accuracy by epoch; a run returns `train_loss`, `val_loss`, `train_acc`, `val_acc`, a value an epoch.

    What a run does not have is left out. Without a title, it says what the held-out loss and accuracy of each run are at the end.
    """
    histories = {name: train() for name, train in runs.items()}
    figure = new_figure(8.8, 3.5, title or _ends_of(histories))
    left, right = panels(figure, columns=2)
    for place, ((name, run), style) in enumerate(zip(histories.items(), line_styles(len(runs)), strict=True)):
        # The first lines are the widest, so that one can be seen below another that lies on it.
        width = 2.0 + 2.2 * (len(runs) - 1 - place)
        solid: dict[str, Any] = {
            "linestyle": "-",
            "marker": "o",
            "markersize": 2 * width,
            "linewidth": width,
            "label": name,
        }
        dashed: dict[str, Any] = {"linestyle": "--", "linewidth": 0.7 * width}
        for axes, quantity in ((left, "loss"), (right, "acc")):
            for part, look in (("train", dashed), ("val", solid)):
                values = run.get(f"{part}_{quantity}", ())
                axes.plot(np.arange(1, len(values) + 1), values, color=style["color"], **look)
    left.plot([], [], color=GREY, linestyle="--", linewidth=1.4, label="dashed: training images")
    left.plot([], [], color=GREY, linestyle="-", marker="o", markersize=4, label="solid: held-out images")
    left.set(title="Loss", xlabel="epoch", ylabel="mean cross-entropy (nats)")
    right.set(title="Accuracy", xlabel="epoch", ylabel="share of correct predictions")
    left.legend()
    return figure


def _ends_of(histories: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    ends = [
        f"{name} {run['val_loss'][-1]:.3f} and {run['val_acc'][-1]:.3f}"
        for name, run in histories.items()
        if run.get("val_loss") and run.get("val_acc")
    ]
    return f"Held-out loss and accuracy at the end: {'; '.join(ends)}" if ends else STOPPED


@drawing
def initial_loss(loss: Callable[[float], float], sigmas: Sequence[float], classes: int, chosen: float) -> Picture:
    """Draw the loss of an untrained network against the standard deviation of its weights; `chosen` is marked."""
    losses = [loss(sigma) for sigma in sigmas]
    at_chosen = losses[list(sigmas).index(chosen)]
    title = (
        f"Before training the loss is {at_chosen:.3f} with σ = {chosen:g} and {losses[-1]:.3g} with σ = {sigmas[-1]:g}"
    )
    figure = new_figure(7.6, 3.2, title)
    (axes,) = panels(figure)
    axes.axhline(math.log(classes), color=GREY, linestyle=":", label=f"ln {classes} = {math.log(classes):.3f}")
    axes.plot(sigmas, losses, color=BLUE, marker="o", label="loss before training")
    place: Any = {"xytext": (0, 14), "textcoords": "offset points", "ha": "center", "fontsize": 9}
    axes.annotate(f"σ = {chosen:g}: {at_chosen:.3f}", (chosen, at_chosen), **place)
    axes.set(xscale="log", yscale="log", xlabel="standard deviation σ of the weights", ylabel="cross-entropy (nats)")
    axes.legend(loc="upper left")
    return figure


@drawing
def sanity_checks(runs: Mapping[str, Callable[[], Tensor]], classes: int, title: str | None = None) -> Picture:
    """Draw the training loss (epochs,) that each run returns, with the loss ln `classes` of a guess among equals.

    Without a title, it says with which loss each run ends.
    """
    curves = {name: to_numpy(train()) for name, train in runs.items()}
    ends = "; ".join(f"{name} {float(losses[-1]):.2g}" for name, losses in curves.items() if len(losses))
    figure = new_figure(8.4, 3.4, title or f"Loss at the end: {ends}")
    (axes,) = panels(figure)
    axes.axhline(math.log(classes), color=INK, linestyle=":", linewidth=1.4)
    axes.annotate(
        f"ln {classes} = {math.log(classes):.3f}, a guess",
        (1, math.log(classes)),
        xycoords=("axes fraction", "data"),
        xytext=(-4, 4),
        textcoords="offset points",
        ha="right",
        fontsize=9,
    )
    for (name, losses), style in zip(curves.items(), line_styles(len(runs)), strict=True):
        axes.plot(np.arange(1, len(losses) + 1), losses, **style, label=name)
    axes.set(xlabel="epoch", ylabel="training loss (nats)", yscale="log")
    axes.legend(loc="lower left")
    return figure


@drawing
def compare_methods(train: Callable[[], Mapping[str, Mapping[str, Tensor]]], title: str) -> Picture:
    """Draw methods against each other, every seed of them; the first is the one that the others are compared with.

    `train()` returns by method `train_loss` and `val_acc`, both (seeds, epochs). Bands reach from the worst seed to the best.
    """
    results = train()
    figure = new_figure(10.0, 4.3, title)
    left, middle, right = panels(figure, columns=3, width_ratios=(1, 1, 0.9))
    # The first method is what the others are compared with; six colours are left for them.
    styles = [{"color": INK, "linestyle": "-"}, *line_styles(len(results) - 1)]
    for axes, quantity in ((left, "train_loss"), (middle, "val_acc")):
        for (name, result), style in zip(results.items(), styles, strict=True):
            values = to_numpy(result[quantity])
            epochs = np.arange(1, values.shape[1] + 1)
            axes.fill_between(epochs, values.min(0), values.max(0), color=style["color"], alpha=0.15, linewidth=0)
            axes.plot(epochs, values.mean(axis=0), **_thin(style), label=name)
    left.set(title="Training loss", xlabel="epoch", ylabel="mean cross-entropy (nats)", yscale="log")
    middle.set(title="Held-out accuracy", xlabel="epoch")
    lowest = min(float(to_numpy(result["val_acc"])[:, -1].min()) for result in results.values())
    middle.set_ylim(bottom=lowest - 0.04)
    for row, ((_, result), style) in enumerate(zip(results.items(), styles, strict=True)):
        last = to_numpy(result["val_acc"])[:, -1]
        right.plot(last, np.full(len(last), row), "o", color=style["color"], markersize=5, alpha=0.6)
        right.plot([last.mean()], [row], "|", color=INK, markersize=16, markeredgewidth=2)
    right.set_yticks(range(len(results)), list(results))
    right.invert_yaxis()
    right.set(title="… after the last epoch", xlabel="a dot a seed, a bar their mean")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=len(results))
    return figure


def _thin(style: dict[str, Any]) -> dict[str, Any]:
    return {**style, "linewidth": 1.6}
