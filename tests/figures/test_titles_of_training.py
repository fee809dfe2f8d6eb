"""Titles of the figures on training are made from the numbers that they show, whatever these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import figures
from grading.figures.style import Picture

NAN, INF = float("nan"), float("inf")


def title(picture: object) -> str:
    assert isinstance(picture, Picture)
    assert picture.png()
    return " ".join(picture.get_suptitle().split())


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({0.01: 2.2, 0.1: 0.5, 0.3: 0.4, 10.0: 2.3}, "lr 0.3 ends lowest, at 0.40; too small: 0.01; too large: 10"),
        ({0.1: 0.5, 0.3: 0.45}, "lr 0.3 ends lowest, at 0.45"),
        ({0.3: 0.45, 0.1: 0.4}, "lr 0.1 ends lowest, at 0.40"),
        ({0.1: 0.5, 1.0: NAN, 3.0: INF}, "lr 0.1 ends lowest, at 0.50; too large: 1, 3"),
        ({0.1: NAN}, "No learning rate of these gives a finite loss"),
        ({0.001: 2.3, 0.01: 2.3}, "lr 0.001 ends lowest, at 2.30"),
        ({}, "Stopped before there was anything to draw"),
    ],
)
def test_a_sweep_says_which_rate_is_best_and_which_are_not(ends: dict[float, float], words: str) -> None:
    sweep = {rate: [2.3, end] for rate, end in ends.items()}
    assert title(figures.learning_rates(lambda: sweep, 2.3, 30)) == words


@pytest.mark.parametrize(
    ("val", "words"),
    [
        ([2.0, 1.0, 1.5], "The held-out loss turns in epoch 2: from 1.00 there to 1.50 after epoch 3"),
        ([1.0, 1.0, 1.0], "The held-out loss turns in epoch 1: from 1.00 there to 1.00 after epoch 3"),
        ([3.0, 2.0, 1.0], "In 3 epochs the held-out loss has not turned: it is lowest at the end, 1.00"),
        ([1.0], "In 1 epochs the held-out loss has not turned: it is lowest at the end, 1.00"),
        ([2.0, NAN, 3.0], "The held-out loss turns in epoch 1: from 2.00 there to 3.00 after epoch 3"),
        ([], "Stopped before there was anything to draw"),
    ],
)
def test_overfitting_is_claimed_only_where_the_loss_turns(val: list[float], words: str) -> None:
    history = {"train_loss": val, "val_loss": val, "val_acc": val}
    assert title(figures.overfitting(lambda: history)) == words


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (
            {
                "a": {"train_loss": [1.0], "val_loss": [0.5], "val_acc": [0.8]},
                "b": {"val_loss": [2.0], "val_acc": [0.1]},
            },
            "Held-out loss and accuracy at the end: a 0.500 and 0.800; b 2.000 and 0.100",
        ),
        ({"a": {"train_loss": [1.0]}}, "Stopped before there was anything to draw"),
        ({"a": {}}, "Stopped before there was anything to draw"),
    ],
)
def test_curves_of_any_trainer_are_drawn_and_their_ends_said(
    runs: Mapping[str, Mapping[str, Sequence[float]]], words: str
) -> None:
    assert title(figures.epoch_curves({name: lambda run=run: run for name, run in runs.items()})) == words  # type: ignore[misc]


def test_what_permuted_pixels_cost_is_the_difference_of_the_means() -> None:
    results = {"MLP": {"plain": [0.8, 0.9], "shuffled": [0.85, 0.85]}, "CNN": {"plain": [0.9], "shuffled": [0.8]}}
    assert title(figures.with_and_without(lambda: results, "What it costs")) == (
        "What it costs, in points of accuracy: MLP +0.0, CNN −10.0"
    )
    nothing: dict[str, dict[str, list[float]]] = {"MLP": {"plain": [], "shuffled": []}}
    assert title(figures.with_and_without(lambda: nothing, "x")) == "Stopped before there was anything to draw"


def test_the_ends_of_a_curve_by_size_are_said() -> None:
    picture = figures.accuracy_by_size(lambda: ([0, 4], {"MLP": [0.8, 0.25]}), "pixels, to the right", 0.1, (2, "here"))
    assert title(picture) == "Accuracy from 0 to 4 pixels: MLP 0.80 to 0.25"


@pytest.mark.parametrize("factor", [0.0, 1.0, 3.0])
def test_heat_maps_of_matrices_say_how_the_largest_entry_changes(factor: float) -> None:
    record: dict[str, list[Tensor]] = {
        "W1": [torch.eye(3, 4), factor * torch.eye(3, 4)],
        "b1": [torch.zeros(4), torch.full((4,), 2 * factor)],
    }
    picture = figures.matrix_heat_maps(lambda: record, {"before": 0, "after": -1}, "weight")
    assert title(picture) == f"Largest weight: W1 1 to {factor:g}, b1 0 to {2 * factor:g}"


@pytest.mark.parametrize("figure", [figures.value_histograms, figures.value_heat_maps])
def test_standard_deviations_are_said_as_they_are(figure: Any) -> None:
    wide = torch.tensor([-2.0, 2.0])
    record = {"W1": [wide, 3 * wide], "W2": [wide, wide], "b1": [0 * wide, wide], "b2": [wide, 0 * wide]}
    second = {"before": 0, "after": -1} if figure is figures.value_histograms else [0, 1]
    assert title(figure(lambda: record, second)) == ("Standard deviations: W1 2 to 6, W2 2 to 2, b1 0 to 2, b2 2 to 0")


def test_standard_deviations_of_matrices_come_before_those_of_vectors() -> None:
    record = {"W": [torch.eye(2), 2 * torch.eye(2)], "b": [torch.ones(2), torch.zeros(2)]}
    assert title(figures.value_heat_maps(lambda: record)) == "Standard deviations: W 0.5 to 1"


def test_a_confusion_matrix_names_its_best_and_its_worst_class() -> None:
    labels, said = torch.tensor([0, 0, 1, 1, 2, 2]), torch.tensor([0, 0, 1, 2, 0, 1])
    assert title(figures.confusion_matrix(lambda: said, labels, ["hat", "coat", "shirt"])) == (
        "Right most often: hat, 100 %; least often: shirt, 0 %"
    )


def test_the_share_of_the_first_layer_is_computed_by_the_learners_function() -> None:
    networks = [[3, 2], [10, 10, 10], [1, 1, 1]]
    assert "holds 0% to 90%" not in title(figures.parameter_counts(lambda sizes: sum(sizes), networks))
    assert title(figures.parameter_counts(lambda sizes: sizes[0] * sizes[1], networks)).endswith(
        "the first layer holds 100% to 100% of the parameters"
    )
    assert title(figures.parameter_counts(lambda sizes: 0, networks)).endswith("0% to 0% of the parameters")


def test_checks_before_a_long_run_say_what_they_found() -> None:
    runs = {"few": lambda: torch.tensor([2.3, 0.01]), "blank": lambda: torch.tensor([2.3, 2.302])}
    assert title(figures.sanity_checks(runs, 10)) == "Loss at the end: few 0.01; blank 2.3"
    losses = {0.1: 2.3, 1.0: 40.0}
    assert title(figures.initial_loss(lambda sigma: losses[sigma], [0.1, 1.0], 10, 0.1)) == (
        "Before training the loss is 2.300 with σ = 0.1 and 40 with σ = 1"
    )


def test_the_largest_losses_are_said() -> None:
    picture = figures.worst_mistakes(
        lambda: (torch.tensor([1.0, 9.0, 4.0]), ["a", "b", "c"]), torch.rand(3, 4, 4), columns=2, rows=1
    )
    assert title(picture) == "The 2 largest losses, from 9.0 down to 4.0 nats"
