"""`try_out` trains as the judge of `build_mlp` does, on images that are the learner's own, and says what came of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grading.catalogue.fashion_mnist.build_mlp import images as of_the_judge
from grading.data import fashion_mnist, to_float
from grading.figures.style import Picture
from grading.probe.training import Training
from grading.training import trial_run, try_out

RECIPE = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-3, "batch_size": 100, "epochs": 2}


def small(hidden: int = 8) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, 10))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it train on the first 1,500 images, a third of them held out."""
    everything = trial_run.images_to_try

    def some(device: torch.device) -> tuple[Tensor, Tensor]:
        X, y = everything(device)
        return X[:1500], y[:1500]

    # The whole sample takes many seconds on a busy machine.
    monkeypatch.setattr(trial_run, "images_to_try", some)
    monkeypatch.setattr(trial_run, "HELD_OUT", 500)


@pytest.mark.parametrize(
    "recipe",
    [RECIPE, {**RECIPE, "momentum": 0.0, "batch_size": 64}, {**RECIPE, "weight_decay": 0.1, "lr": 0.01, "epochs": 3}],
)
def test_it_trains_step_by_step_as_the_judge_does(recipe: dict[str, float]) -> None:
    sample = fashion_mnist(source="sample")
    raw, labels, unseen = sample.train_images[:640], sample.train_labels[:640], sample.test_images[:50]
    judge = Training(
        raw, labels, unseen, 1, recipe["lr"], recipe["momentum"], recipe["weight_decay"],
        int(recipe["batch_size"]), int(recipe["epochs"]), 100.0,
    ).carry_out(lambda: (small(), recipe), {}, torch.device("cpu"))  # fmt: skip
    torch.manual_seed(1)
    net = small()
    pairs = (to_float(raw), labels), (to_float(unseen), sample.test_labels[:50])
    ours = [epoch["train_loss"] for epoch in trial_run.trained(net, recipe, *pairs, seed=1)]
    assert ours == pytest.approx(judge["losses"], rel=1e-4)
    torch.testing.assert_close(net(to_float(unseen)), judge["outputs"], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("place", [(0.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.25, -0.75), (-0.5, 0.5)])
def test_images_are_moved_as_the_judge_moves_them(place: tuple[float, float]) -> None:
    images = fashion_mnist(source="sample").train_images[:20]
    places = torch.tensor([place]).repeat(20, 1)
    expected = of_the_judge._moved_by(images, places)  # its seed draws how far; only this part takes places as given
    got = trial_run.moved(to_float(images), places)
    torch.testing.assert_close(255 * got[:, 0], expected.float(), rtol=0, atol=0.6)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("goals", "words"),
    [((), "Validation accuracy 0."), ((0.05, 0.99), ": 0.05 is reached"), ((0.999,), ": 0.999 is not reached")],
)
def test_the_picture_says_what_came_of_it(goals: tuple[float, ...], words: str) -> None:
    picture = try_out(lambda: (small(), RECIPE), goals)
    assert isinstance(picture, Picture)
    assert words in " ".join(picture.get_suptitle().split())
    assert f"{784 * 8 + 8 + 80 + 10:,} numbers" in picture.alternative_text()


@pytest.mark.usefixtures("few")
def test_the_same_seed_gives_the_same_run_and_everybody_elses_numbers_stay() -> None:
    titles = []
    for _ in range(2):
        torch.manual_seed(7)
        picture = try_out(lambda: (small(), RECIPE))
        titles.append(getattr(picture, "get_suptitle", str)())
        assert torch.equal(torch.rand(3), torch.rand(3, generator=torch.Generator().manual_seed(7)))
    assert titles[0] == titles[1]


@pytest.mark.usefixtures("few")
def test_a_training_that_diverges_says_so() -> None:
    picture = try_out(lambda: (small(), {**RECIPE, "lr": 1e12}))
    assert isinstance(picture, Picture)
    assert "not finite" in " ".join(picture.get_suptitle().split())


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("build", [lambda: (nn.Sequential(nn.Flatten(), nn.LazyLinear(10)), RECIPE),
                                   lambda: [nn.Sequential(nn.Flatten(), nn.Linear(784, 16), nn.BatchNorm1d(16),
                                                          nn.Dropout(0.1), nn.Linear(16, 10)),
                                            {**RECIPE, "batch_size": torch.tensor(333)}]])  # fmt: skip
def test_what_the_judge_takes_it_takes(build: Any) -> None:
    assert isinstance(try_out(build), Picture)


@pytest.mark.parametrize(
    ("built", "words"),
    [
        (None, "got NoneType"),
        (small(), "got Sequential"),
        ((RECIPE, small()), "got tuple"),
        ((nn.Sequential, RECIPE), "got tuple"),
        ((small(), RECIPE, 3), "got tuple"),
        ((small(), {"lr": 0.1}), "lacks momentum, weight_decay, batch_size, epochs"),
        ((small(), [0.1]), "it is list"),
        ((small(), {**RECIPE, "lr": "fast"}), "each entry of the recipe is a number"),
        ((small(), {**RECIPE, "lr": None}), "each entry of the recipe is a number"),
        ((small(), {**RECIPE, "epochs": 0}), "at least 1"),
        ((small(), {**RECIPE, "batch_size": 0.5}), "at least 1"),
    ],
)
def test_what_is_not_a_network_and_a_recipe_is_said(built: Any, words: str) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        try_out(lambda: built)


def test_a_function_that_is_not_written_yet_is_waited_for() -> None:
    def build_mlp() -> Any:
        raise NotImplementedError

    picture = try_out(build_mlp)
    assert isinstance(picture, Picture)
    assert "your build_mlp" in picture.alternative_text()


def test_while_a_notebook_is_graded_nothing_is_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    def build_mlp() -> Any:
        raise AssertionError("it was called")

    assert "not drawn while grading" in repr(try_out(build_mlp))
