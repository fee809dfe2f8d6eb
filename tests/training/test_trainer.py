"""Our trainer stands wherever d2l's stands: the same calls in the same order, the same parameters, the same board."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from typing import Any

import pytest
import torch
from d2l import torch as d2l
from torch import Tensor, nn

from grading.training import Trainer
from tests.training.conftest import TRAIN, VAL, Scratch, SmallData, SmallNet, learned, quiet, same, small_net

EPOCHS = 3


class Plots(SmallNet):
    """Plots a quantity of its own, in training and in validation."""

    def training_step(self, batch: Any) -> Tensor:
        loss: Tensor = self.loss(self(batch[0]), batch[1])
        self.plot("ppl", torch.exp(loss), train=True)
        return loss

    def validation_step(self, batch: Any) -> None:
        self.plot("error", 1 - self.accuracy(self(batch[0]), batch[1]), train=False)


class OwnPlot(SmallNet):
    """Writes down what is to be plotted, instead of drawing it."""

    def plot(self, key: str, value: Any, train: bool) -> None:
        vars(self).setdefault("plotted", []).append((key, float(value.detach()), train, self.trainer.train_batch_idx))


class DrawsItself(SmallNet):
    """Talks to its board directly."""

    def training_step(self, batch: Any) -> Tensor:
        loss: Tensor = self.loss(self(batch[0]), batch[1])
        self.board.draw(self.trainer.train_batch_idx, float(loss.detach()), "raw", every_n=2)
        return loss


class OneLoss(SmallNet):
    """Has a loss that takes two arguments, as in lesson 04."""

    def loss(self, logits: Tensor, y: Tensor) -> Tensor:
        return (torch.logsumexp(logits, 1) - logits[torch.arange(len(y)), y]).mean()


class Lazy(d2l.Classifier):  # type: ignore[misc]
    """Learns its sizes from the first batch, but has parameters for an optimizer already."""

    def __init__(self) -> None:
        super().__init__()
        self.lr = 0.1
        self.net = nn.Sequential(nn.LazyLinear(8), nn.BatchNorm1d(8), nn.ReLU(), nn.LazyLinear(3))


MODELS: dict[str, Callable[[], Any]] = {
    "a classifier": SmallNet,
    "dropout": lambda: SmallNet(dropout=0.5),
    "momentum": lambda: SmallNet(momentum=0.9),
    "tensors in place of parameters": Scratch,
    "a loss of two arguments": OneLoss,
    "lazy layers and batch normalization": Lazy,
    "quantities of its own": Plots,
    "a plot of its own": OwnPlot,
    "its own hand on the board": DrawsItself,
}


def twins(model: str, kind: str = "batches", **options: Any) -> list[Any]:
    """Train the same model from the same random state with d2l's trainer and with ours, and return both."""
    torch.manual_seed(0)
    original = quiet(MODELS[model]())
    models = [original, copy.deepcopy(original)]
    for one, trainer in zip(models, (d2l.Trainer, Trainer), strict=True):
        torch.manual_seed(1)
        trainer(EPOCHS, 0, **options).fit(one, SmallData(kind))
    return models


@pytest.mark.parametrize("kind", ["batches", "tensor loader"])
@pytest.mark.parametrize("model", MODELS)
def test_a_model_learns_what_it_learns_with_d2ls_trainer(model: str, kind: str) -> None:
    stock, ours = twins(model, kind)
    assert same(learned(stock), learned(ours))
    assert vars(stock).get("plotted") == vars(ours).get("plotted")
    assert ours.training == stock.training


@pytest.mark.parametrize("clip", [0.01, 1, 100])
def test_gradients_are_clipped_as_d2l_clips_them(clip: float) -> None:
    stock, ours = twins("a classifier", gradient_clip_val=clip)
    assert same(learned(stock), learned(ours))


@pytest.mark.parametrize("model", [name for name in MODELS if name != "a plot of its own"])
def test_the_board_has_the_curves_that_d2l_draws(model: str) -> None:
    stock, ours = (one.board for one in twins(model))
    assert list(stock.data) == list(ours.data)
    for label in stock.data:
        points, expected = ours.data[label], stock.data[label]
        assert [point.x for point in points] == [point.x for point in expected]
        if not label.startswith("val_"):  # d2l's are means of batches of unequal size
            assert [point.y for point in points] == pytest.approx([float(point.y) for point in expected])
    assert (ours.xlabel, ours.xlim) == (stock.xlabel, stock.xlim)


def test_validation_is_exact_over_examples_and_counted_once() -> None:
    data, model = SmallData(), small_net()
    counted = []
    stock = model.validation_step
    model.validation_step = lambda batch: (counted.append(len(batch[1])), stock(batch))
    trainer = Trainer(EPOCHS, 0)
    trainer.fit(model, data)
    assert counted == [16, 6] * EPOCHS
    with torch.no_grad():
        O = model.eval()(data.X[TRAIN:])
    right = int((O.argmax(1) == data.y[TRAIN:]).sum())
    assert trainer.history["val_acc"][-1] == pytest.approx(right / VAL, abs=1e-7)
    assert trainer.history["val_loss"][-1] == pytest.approx(float(model.loss(O, data.y[TRAIN:])), rel=1e-6)
    assert [point.y for point in model.board.data["val_acc"]] == trainer.history["val_acc"]


def test_the_training_loss_of_an_epoch_is_a_mean_over_its_examples() -> None:
    data, model = SmallData(), small_net(lr=0.0)
    trainer = Trainer(1, 0)
    trainer.fit(model, data)
    with torch.no_grad():
        loss = float(model.loss(model(data.X[:TRAIN]), data.y[:TRAIN]))
    assert trainer.history["train_loss"] == [pytest.approx(loss, rel=1e-6)]


def test_quantities_of_the_models_own_have_a_history() -> None:
    _, model = twins("quantities of its own")
    data = SmallData()
    with torch.no_grad():
        wrong = int((model(data.X[TRAIN:]).argmax(1) != data.y[TRAIN:]).sum())
    assert model.trainer.history["val_error"][-1] == pytest.approx(wrong / VAL, abs=1e-7)
    assert sorted(model.trainer.history) == ["train_loss", "val_error"]


class Journal:
    """Writes down every hook that a trainer calls, with its counters."""

    def __init__(self, kind: type) -> None:
        self.calls: list[tuple[Any, ...]] = []
        hooks = ("prepare_data", "prepare_model", "prepare_batch", "fit_epoch", "clip_gradients")
        self.trainer = type("Recorded", (kind,), {name: self.recorded(kind, name) for name in hooks})(2, 0, 1.0)

    def recorded(self, kind: type, name: str) -> Callable[..., Any]:
        def hook(trainer: Any, *arguments: Any) -> Any:
            counters = ("epoch", "train_batch_idx", "val_batch_idx", "num_train_batches", "num_val_batches")
            self.calls.append((name, *(getattr(trainer, one, None) for one in counters)))
            return getattr(kind, name)(trainer, *arguments)

        return hook


def test_every_hook_is_called_when_d2l_calls_it_with_the_same_counters() -> None:
    stock, ours = Journal(d2l.Trainer), Journal(Trainer)
    for journal in (stock, ours):
        journal.trainer.fit(small_net(), SmallData())
    assert ours.calls == stock.calls
    assert len(ours.calls) > 20


def test_every_attribute_of_d2ls_trainer_is_there() -> None:
    stock, ours = (kind(EPOCHS, 0, 0.5) for kind in (d2l.Trainer, Trainer))
    for trainer in (stock, ours):
        trainer.fit(small_net(), SmallData())
    assert set(vars(stock)) - set(vars(ours)) == set()
    simple = [name for name, value in vars(stock).items() if isinstance(value, int | float | list)]
    assert {name: getattr(ours, name) for name in simple} == {name: getattr(stock, name) for name in simple}
    assert isinstance(ours, d2l.Trainer) and ours.hparams.items() >= stock.hparams.items()


def test_the_two_trainers_take_turns_with_one_model() -> None:
    data, model, model_of_d2l = SmallData(), small_net(), small_net()
    for one, kinds in ((model, (Trainer, d2l.Trainer, Trainer)), (model_of_d2l, (d2l.Trainer,) * 3)):
        torch.manual_seed(5)
        for kind in kinds:
            kind(2, 0).fit(one, data)
    assert same(learned(model), learned(model_of_d2l))


def test_what_is_taken_from_the_model_is_given_back_also_after_an_error() -> None:
    model = small_net()
    before = set(vars(model)), set(vars(model.board))
    model.loss = lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        Trainer(1, 0).fit(model, SmallData())
    assert {"plot", "draw"} & (set(vars(model)) | set(vars(model.board))) == set()
    assert before[0] <= set(vars(model)) and before[1] <= set(vars(model.board))


def test_one_batch_an_epoch_still_has_a_training_curve() -> None:
    model = small_net()
    Trainer(2, 0).fit(model, SmallData(train=10))
    assert [point.x for point in model.board.data["train_loss"]] == [0, 1]


def test_without_validation_data_only_the_training_loss_is_known() -> None:
    data, model = SmallData(), small_net()
    data.val_dataloader = lambda: None
    trainer = Trainer(2, 0)
    trainer.fit(model, data)
    assert [*trainer.history] == ["train_loss"]
    assert trainer.num_val_batches == 0 and model.training


def test_no_epochs_are_no_training() -> None:
    model, untrained = small_net(), small_net()
    trainer = Trainer(0, 0)
    trainer.fit(model, SmallData())
    assert same(learned(model), learned(untrained)) and trainer.history == {}


def test_a_second_run_on_a_finished_trainer_trains_on_from_epoch_0() -> None:
    model, trainer = small_net(), Trainer(2, 0)
    trainer.fit(model, SmallData())
    first = learned(model)
    trainer.fit(model, SmallData())
    assert not same(first, learned(model))
    assert len(trainer.history["val_acc"]) == 2 and len(model.board.data["val_acc"]) == 2


def test_a_trained_model_can_be_stored_and_copied() -> None:
    model = small_net()
    Trainer(1, 0).fit(model, SmallData())
    torch.save(model, io.BytesIO())
    assert same(learned(copy.deepcopy(model)), learned(model))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [((-1,), "must be 0 or more"), ((1, -1), "must be 0 or more"), ((1, 0, -0.5), "must be 0 or more")],
)
def test_numbers_that_make_no_sense_are_refused(arguments: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Trainer(*arguments)


class NoLoss(SmallNet):
    def training_step(self, batch: Any) -> Any:
        self.loss(self(batch[0]), batch[1])


def test_a_training_step_without_a_loss_is_told() -> None:
    with pytest.raises(TypeError, match="training_step must return the loss of the batch, a tensor; it returned None"):
        Trainer(1, 0).fit(quiet(NoLoss()), SmallData())


def test_a_network_that_is_no_model_of_d2l_is_told() -> None:
    with pytest.raises(TypeError, match=r"is a d2l\.Module; this Sequential has no training_step"):
        Trainer(1, 0).fit(nn.Sequential(nn.Linear(4, 3)), SmallData())


def test_data_without_a_batch_is_told() -> None:
    with pytest.raises(ValueError, match="the training data has no batches"):
        Trainer(1, 0).fit(small_net(), SmallData(train=0))
