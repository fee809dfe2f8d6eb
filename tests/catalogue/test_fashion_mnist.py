"""What is special in lesson 04: a method, a gradient of what was returned, training that is judged from outside."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grading import exercise, exercises, judge
from grading.catalogue.fashion_mnist.build_mlp.examine import ALL, HALF, HONOUR, MOST_EPOCHS
from grading.catalogue.fashion_mnist.build_mlp.images import images
from grading.judging import Outcome
from grading.probe.call import Call, Failure, Observation
from grading.probe.training import Inspection, Training

GOOD = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0, "batch_size": 100, "epochs": 5}


def small_net() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 8), nn.ReLU(), nn.Linear(8, 10))


def test_the_lesson_is_worth_ten_points() -> None:
    assert sum(one.points for one in exercises("04-fashion-mnist")) == 10


def test_a_method_is_judged_through_its_class() -> None:
    class MLPScratch:
        def forward(self, X: Tensor) -> Tensor:
            H = torch.relu(X.flatten(1) @ self.W1 + self.b1)  # type: ignore[attr-defined]
            return H @ self.W2 + self.b2  # type: ignore[attr-defined, no-any-return]

    assert judge(exercise("MLPScratch.forward"), MLPScratch).passed


def test_a_hard_coded_image_size_costs_a_part_of_the_points_only() -> None:
    def forward(self: Any, X: Tensor) -> Any:
        return torch.relu(X.reshape(-1, 784) @ self.W1 + self.b1) @ self.W2 + self.b2

    verdict = judge(exercise("MLPScratch.forward"), forward)
    assert verdict.score == pytest.approx(0.8)
    assert verdict.findings[0].mistake == "only-784"


def test_a_finite_loss_whose_gradient_is_not_finite_is_found_out() -> None:
    def cross_entropy(logits: Tensor, y: Tensor) -> Tensor:
        rows = torch.arange(len(y))
        naive = torch.log(torch.exp(logits).sum(dim=1)) - logits[rows, y]
        shifted = logits - logits.detach().amax(dim=1, keepdim=True)
        stable = torch.log(torch.exp(shifted).sum(dim=1)) - shifted[rows, y]
        return torch.where(torch.isfinite(naive), naive, stable).mean()

    verdict = judge(exercise("cross_entropy"), cross_entropy)
    assert verdict.outcome is Outcome.FAILED
    assert verdict.findings[0].title == "gradient: not a finite number where it should be one."
    assert verdict.score == pytest.approx(0.75)


@pytest.mark.parametrize("name", ["num_parameters", "cross_entropy", "accuracy", "train_epoch", "build_mlp"])
def test_an_untouched_todo_is_not_attempted(name: str) -> None:
    def untouched(*arguments: Any) -> Any:
        raise NotImplementedError

    assert judge(exercise(name), untouched).outcome is Outcome.NOT_ATTEMPTED


@pytest.mark.parametrize(
    ("recipe", "title"),
    [
        ({}, "the recipe has no 'lr'."),
        ({**GOOD, "lr": None}, "'lr' should be a number."),
        ({**GOOD, "lr": float("nan")}, "'lr' is out of bounds."),
        ({**GOOD, "lr": 0}, "'lr' is out of bounds."),
        ({**GOOD, "momentum": 1.0}, "'momentum' is out of bounds."),
        ({**GOOD, "weight_decay": -0.1}, "'weight_decay' is out of bounds."),
        ({**GOOD, "batch_size": 64.5}, "'batch_size' should be a whole number."),
        ({**GOOD, "batch_size": 1}, "'batch_size' is out of bounds."),
        ({**GOOD, "epochs": True}, "'epochs' should be a whole number."),
        ({**GOOD, "epochs": MOST_EPOCHS + 1}, "'epochs' is out of bounds."),
        ([0.1, 0.9, 0.0, 100, 5], "the recipe should be a dict."),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_told_why(recipe: Any, title: str) -> None:
    verdict = judge(exercise("build_mlp"), lambda: (small_net(), recipe))
    assert verdict.score == 0
    assert verdict.findings[0].title == title


@pytest.mark.parametrize(
    ("build", "title"),
    [
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(700, 10)), "the network fails on images."),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 9)), "the network's output has the wrong shape."),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 700), nn.Linear(700, 10)), "the network is too large."),
    ],
)
def test_a_network_that_cannot_be_trained_is_told_why(build: Callable[[], nn.Module], title: str) -> None:
    verdict = judge(exercise("build_mlp"), lambda: (build(), GOOD))
    assert verdict.score == 0
    assert verdict.findings[0].title == title


@dataclass(frozen=True)
class Elsewhere:
    """An answer in another process: it gets plain data and gives plain data, right about a share of the images."""

    right: float
    seed: int
    stopped: str = ""
    losses: tuple[float, ...] = (2.0, 0.2)
    fitted: float = 0.97

    def observe(self, call: Call) -> Observation:
        step = call.step
        if isinstance(step, Inspection):
            assert not hasattr(step, "labels")
            outputs = torch.zeros(len(step.images), 10)
            return Observation(value={"recipe": GOOD, "size": 8, "outputs": outputs, "error": None})
        if isinstance(step, Training):
            labels = images(self.seed).unseen_labels
            wrong = torch.arange(len(labels)) >= round(self.right * len(labels))
            outputs = nn.functional.one_hot((labels + wrong) % 10, 10).float()
            value = {"outputs": outputs, "losses": self.losses, "fitted": self.fitted, "stopped": self.stopped}
            return Observation(value=value)
        return Observation(value=(None, dict(GOOD)))


@pytest.mark.parametrize(
    ("right", "score"),
    [(0.1, 0.0), (0.6498, 0.0), (0.65, 0.5), (0.70, 0.5), (0.7498, 0.5), (0.75, 1.0), (0.8, 1.0), (1.0, 1.0)],
)
def test_the_score_rises_with_the_accuracy_in_two_steps(right: float, score: float) -> None:
    verdict = judge(exercise("build_mlp"), Elsewhere(right, seed=3), seed=3)
    assert verdict.score == score
    assert verdict.passed == (right >= ALL)
    assert len(verdict.text_lines()) <= 8


@pytest.mark.parametrize("right", [0.6, 0.7])
def test_who_lacks_points_is_told_where_they_begin(right: float) -> None:
    said = str(judge(exercise("build_mlp"), Elsewhere(right, seed=3), seed=3))
    assert f"{ALL:.2f} for all points, {HALF:.2f} for half of them" in said
    assert f"{right:.3f} of 5,000 unseen images" in said


def test_beyond_all_points_there_is_an_honour() -> None:
    verdicts = [judge(exercise("build_mlp"), Elsewhere(right, seed=3), seed=3) for right in (HONOUR - 0.001, HONOUR)]
    assert [verdict.earned for verdict in verdicts] == [2.5, 2.5]
    plain, honoured = map(str, verdicts)
    assert plain == "build_mlp: passed, 2.5 points."
    assert honoured.splitlines()[1] == "It is right about 0.840 of the images: from 0.84 on, that is an honour."


@pytest.mark.parametrize(
    ("losses", "fitted", "advice"),
    [
        ((2.4, 2.3), 0.1, "It learned nothing: the loss stays at ln 10."),
        ((1.0, 0.1), 0.96, "it overfits. Regularize, or make it smaller."),
        ((1.2, 0.6), 0.80, "It does not fit its training images well yet: more epochs, a larger learning rate"),
        ((1.2,) * MOST_EPOCHS, 0.80, "It does not fit its training images well yet: smaller batches, a larger"),
    ],
)
def test_the_advice_fits_what_the_training_looked_like(losses: tuple[float, ...], fitted: float, advice: str) -> None:
    verdict = judge(exercise("build_mlp"), Elsewhere(0.70, 3, losses=losses, fitted=fitted), seed=3)
    assert advice in str(verdict)


def test_labels_that_are_known_from_elsewhere_are_worth_nothing() -> None:
    assert judge(exercise("build_mlp"), Elsewhere(1.0, seed=3), seed=4).score == 0


@pytest.mark.parametrize(("stopped", "title"), [("time", "takes too long"), ("diverged", "diverges")])
def test_a_training_that_comes_to_nothing_is_told_why(stopped: str, title: str) -> None:
    verdict = judge(exercise("build_mlp"), Elsewhere(1.0, seed=0, stopped=stopped))
    assert verdict.score == 0
    assert title in verdict.findings[0].title


def test_a_network_that_fails_while_it_is_trained_is_an_error_in_the_answer() -> None:
    class OnlyUntrained(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = small_net()

        def forward(self, X: Tensor) -> Any:
            if self.training:
                raise KeyError("lost in training")
            return self.net(X)

    verdict = judge(exercise("build_mlp"), lambda: (OnlyUntrained(), GOOD))
    assert verdict.outcome is Outcome.ANSWER_ERROR
    assert "lost in training" in str(verdict)


def test_a_failure_elsewhere_is_told_and_costs_the_points() -> None:
    class Broken:
        def observe(self, call: Call) -> Observation:
            return Observation(failure=Failure("MemoryError", "no room"))

    assert judge(exercise("cross_entropy"), Broken()).outcome is Outcome.ANSWER_ERROR


def test_a_training_is_not_charged_for_what_other_threads_compute(monkeypatch: pytest.MonkeyPatch) -> None:
    # PyTorch's helpers spin on every core that there is; the processor time of the whole process grows with their number.
    monkeypatch.setattr("time.process_time", itertools.count(step=1000.0).__next__)
    data = images(0)
    training = Training(data.train[:200], data.train_labels[:200], data.unseen[:10], 0, 0.1, 0.9, 0.0, 50, 2, 60.0)
    found = training.carry_out(lambda: (small_net(), GOOD), {}, torch.device("cpu"))
    assert found["stopped"] == ""
    assert len(found["losses"]) == 2
    assert (
        replace(training, seconds=0.0).carry_out(lambda: (small_net(), GOOD), {}, torch.device("cpu"))["stopped"]
        == "time"
    )
