"""What held-out images are for: choosing a learning rate, seeing overfitting, trying out a network."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from grading.figures.style import BLUE, GREY, INK, VERMILLION, drawing, line_styles, new_figure, panels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes

    from grading.figures.style import Picture

# A rate that ends with more than this many times the lowest loss is called too small or too large.
_FAR = 1.6
STOPPED = "Stopped before there was anything to draw"


@drawing
def learning_rates(sweep: Callable[[], Mapping[float, Sequence[float]]], guess: float, steps: int) -> Picture:
    """Draw the held-out losses of a sweep, `sweep()` by learning rate, a value every `steps` steps; `guess` is the loss of a guess."""
    losses = {rate: np.asarray(values, dtype=float) for rate, values in sorted(sweep().items()) if len(values)}
    if not losses:
        return new_figure(7.2, 0.9, STOPPED)
    ends = {rate: float(values[-1]) for rate, values in losses.items()}
    figure = new_figure(9.6, 3.9, _verdict_on_rates(ends))
    left, right = panels(figure, columns=2, width_ratios=(1.5, 1))
    ceiling = 1.6 * guess
    for (rate, values), style in zip(losses.items(), line_styles(len(losses)), strict=True):
        shown = np.clip(np.nan_to_num(values, nan=np.inf, posinf=np.inf), None, 2 * ceiling)
        left.plot(steps * np.arange(1, len(values) + 1), shown, **{**style, "linewidth": 1.6}, label=f"lr {rate:g}")
        right.plot([rate], [min(float(shown[-1]), ceiling)], "o", color=style["color"], clip_on=False, zorder=3)
    finals = [min(end, ceiling) if math.isfinite(end) else ceiling for end in ends.values()]
    right.plot(list(ends), finals, color=GREY, linewidth=1, zorder=1)
    for axes in (left, right):
        axes.axhline(guess, color=INK, linestyle=":", linewidth=1.2)
        axes.set_ylim(0, ceiling)
    left.set(title="By step", xlabel="step of SGD", ylabel="held-out loss (nats)")
    right.set(title="At the end; dotted: a guess", xlabel="learning rate", xscale="log")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=len(losses))
    return figure


def _verdict_on_rates(ends: Mapping[float, float]) -> str:
    finite = {rate: end for rate, end in ends.items() if math.isfinite(end)}
    if not finite:
        return "No learning rate of these gives a finite loss"
    best = min(finite, key=finite.__getitem__)
    far = [rate for rate, end in ends.items() if not end <= _FAR * finite[best]]
    parts = [f"lr {best:g} ends lowest, at {finite[best]:.2f}"]
    for rates, what in (([r for r in far if r < best], "too small"), ([r for r in far if r > best], "too large")):
        if rates:
            parts.append(f"{what}: {', '.join(f'{rate:g}' for rate in rates)}")
    return "; ".join(parts)


@drawing
def overfitting(run: Callable[[], Mapping[str, Sequence[float]]]) -> Picture:
    """Draw training and held-out loss and the held-out accuracy of a long training, and mark where the held-out loss is lowest.

    `run()` returns `train_loss`, `val_loss` and `val_acc`, a value an epoch.
    """
    history = run()
    if not history.get("val_loss"):
        return new_figure(7.2, 0.9, STOPPED)
    train, val, acc = (np.asarray(history[name], dtype=float) for name in ("train_loss", "val_loss", "val_acc"))
    epochs = np.arange(1, len(val) + 1)
    turn = int(np.nanargmin(val))
    figure = new_figure(9.2, 3.6, _verdict_on_turn(val, turn))
    left, right = panels(figure, columns=2)
    left.plot(epochs, train, color=BLUE, linestyle="--", label="training images")
    left.plot(epochs, val, color=VERMILLION, label="held-out images")
    left.set(title="Loss", xlabel="epoch", ylabel="mean cross-entropy (nats)")
    left.legend(loc="upper right")
    right.plot(epochs, acc, color=VERMILLION)
    right.set(title="Held-out accuracy", xlabel="epoch", ylabel="share of correct predictions")
    for axes, values in ((left, val), (right, acc)):
        axes.axvline(turn + 1, color=GREY, linestyle=":", linewidth=1.2)
        axes.plot([turn + 1], [values[turn]], "o", color=INK, zorder=4)
    return figure


def _verdict_on_turn(val: np.ndarray, turn: int) -> str:
    if turn == len(val) - 1:
        return f"In {len(val)} epochs the held-out loss has not turned: it is lowest at the end, {val[turn]:.2f}"
    return f"The held-out loss turns in epoch {turn + 1}: from {val[turn]:.2f} there to {val[-1]:.2f} after epoch {len(val)}"


@drawing
def trial_curves(history: Mapping[str, Sequence[float]], goals: Sequence[float], numbers: int) -> Picture:
    """Draw loss and accuracy of a trial run, with lines at the accuracies `goals`; `numbers` is the size of the network."""
    figure = new_figure(9.2, 3.6, _verdict_on_trial(history, goals))
    left, right = panels(figure, columns=2)
    for axes, quantity in ((left, "loss"), (right, "acc")):
        _two_curves(axes, history, quantity)
    for goal in goals:
        right.axhline(goal, color=GREY, linestyle=":", linewidth=1.2)
        right.annotate(f"{goal:g}", (1, goal), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=9)
    left.set(title=f"Loss of a network with {numbers:,} numbers", xlabel="epoch", ylabel="mean cross-entropy (nats)")
    right.set(title="Accuracy", xlabel="epoch", ylabel="share of correct predictions")
    left.legend(loc="best")
    return figure


def _two_curves(axes: Axes, history: Mapping[str, Sequence[float]], quantity: str) -> None:
    for part, name, color, dashes in (("train", "training", BLUE, "--"), ("val", "validation", VERMILLION, "-")):
        values = history.get(f"{part}_{quantity}", ())
        epochs = np.arange(1, len(values) + 1)
        axes.plot(epochs, values, color=color, linestyle=dashes, marker="o", markersize=4, label=name)
    axes.locator_params(axis="x", integer=True)


def _verdict_on_trial(history: Mapping[str, Sequence[float]], goals: Sequence[float]) -> str:
    accuracies, losses = history.get("val_acc", ()), history.get("train_loss", ())
    if not accuracies:
        return STOPPED
    if not math.isfinite(losses[-1]):
        return f"The loss is not finite after epoch {len(losses)}: smaller steps, by lr or momentum"
    reached = [goal for goal in goals if accuracies[-1] >= goal]
    verdict = f"Validation accuracy {accuracies[-1]:.3f} after epoch {len(accuracies)}"
    if not goals:
        return verdict
    return f"{verdict}: " + (f"{max(reached):g} is reached" if reached else f"{min(goals):g} is not reached")
