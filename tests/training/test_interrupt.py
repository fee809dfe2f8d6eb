"""Ctrl-C and ■ keep what was learned, say where training stopped, and the next run goes on as if nothing had happened."""

from __future__ import annotations

import copy
import io
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from grading.training import Trainer
from tests.training.conftest import SmallData, SmallNet, learned, same, small_net

EPOCHS, BATCHES, VAL_BATCHES = 3, 4, 2


def press() -> None:
    """Send this process what Ctrl-C in a terminal and ■ in a notebook send."""
    signal.raise_signal(signal.SIGINT)


class Interrupting(SmallData):
    """Sends the signal before it gives batch number `at`, counted over the whole run; training or validation batches."""

    def __init__(self, at: int, train: bool = True, how: Callable[[], None] = press, **options: Any) -> None:
        super().__init__(**options)
        self.at, self.where, self.how, self.given = at, train, how, 0

    def get_dataloader(self, train: bool) -> Any:
        stock = super().get_dataloader(train)
        return Watched(stock, self) if train == self.where else stock


class Watched:
    """A loader that counts what it gives."""

    def __init__(self, loader: Any, data: Interrupting) -> None:
        self.loader, self.data = loader, data

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[Any]:
        for batch in self.loader:
            if self.data.given == self.data.at:
                self.data.at = -1
                self.data.how()
            self.data.given += 1
            yield batch


def uninterrupted(**options: Any) -> tuple[Any, Trainer]:
    model, trainer = small_net(**options), Trainer(EPOCHS, 0, seed=4)
    trainer.fit(model, Interrupting(-1))
    return model, trainer


PLACES = [
    (0, True),
    (1, True),
    (3, True),
    (4, True),
    (6, True),
    (11, True),
    (0, False),
    (1, False),
    (3, False),
    (5, False),
]


@pytest.mark.parametrize(("at", "train"), PLACES)
@pytest.mark.parametrize("options", [{}, {"dropout": 0.5, "momentum": 0.9}], ids=["plain", "dropout and momentum"])
def test_a_run_that_was_stopped_and_went_on_is_the_run_that_was_not_stopped(
    at: int, train: bool, options: dict[str, float], capsys: pytest.CaptureFixture[str]
) -> None:
    whole, expected = uninterrupted(**options)
    model, trainer, data = small_net(**options), Trainer(EPOCHS, 0, seed=4), Interrupting(at, train)
    trainer.fit(model, data)
    assert "Stopped in epoch" in capsys.readouterr().out
    assert len(trainer.history.get("val_acc", [])) < EPOCHS
    trainer.fit(model, data)
    assert same(learned(model), learned(whole))
    assert trainer.history == expected.history
    assert model.board.data == whole.board.data
    assert (trainer.train_batch_idx, trainer.val_batch_idx) == (expected.train_batch_idx, expected.val_batch_idx)


def test_the_line_says_where_it_stopped_and_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    Trainer(EPOCHS, 0).fit(small_net(), Interrupting(BATCHES + 1))
    assert capsys.readouterr().out == (
        "Stopped in epoch 2 of 3, after batch 2 of 4. What was learned is kept. To go on, run `trainer.fit(model, data)` again "
        "with the same trainer; to start anew, build the model and the trainer again.\n"
    )


def test_a_batch_is_never_left_half_done() -> None:
    model, trainer = small_net(), Trainer(EPOCHS, 0)
    stock = model.training_step

    def pressed_within(batch: Any) -> Tensor:
        loss: Tensor = stock(batch)
        if trainer.train_batch_idx == 2:
            press()
        return loss

    model.training_step = pressed_within
    steps = []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    model.configure_optimizers = lambda: optimizer
    trainer.fit(model, SmallData())
    assert len(steps) == trainer.train_batch_idx == 3


def raised() -> None:
    raise KeyboardInterrupt


def test_where_an_interrupt_tears_a_batch_the_epoch_is_gone_through_again(capsys: pytest.CaptureFixture[str]) -> None:
    model, trainer, data = small_net(), Trainer(EPOCHS, 0), Interrupting(BATCHES + 2, how=raised)
    trainer.fit(model, data)
    assert "Stopped in epoch 2 of 3, after batch 2 of 4." in capsys.readouterr().out
    kept = learned(model)
    trainer.fit(model, data)
    assert data.given == BATCHES + 2 + 2 * BATCHES  # two of the epoch's batches a second time
    assert trainer.train_batch_idx == EPOCHS * BATCHES
    assert [len(values) for values in trainer.history.values()] == [EPOCHS] * 3
    xs = [point.x for point in model.board.data["train_loss"]]
    assert xs == sorted(xs) and not same(kept, learned(model))


def test_where_an_interrupt_tears_a_validation_only_that_is_done_again() -> None:
    whole, expected = uninterrupted()
    model, trainer, data = (
        small_net(),
        Trainer(EPOCHS, 0, seed=4),
        Interrupting(VAL_BATCHES + 1, train=False, how=raised),
    )
    trainer.fit(model, data)
    trainer.fit(model, data)
    assert same(learned(model), learned(whole)) and trainer.history == expected.history


@pytest.mark.parametrize("anew", ["fresh", "another model", "other data", "another trainer"])
def test_what_starts_anew_counts_from_the_first_epoch(anew: str) -> None:
    model, trainer, data = small_net(), Trainer(EPOCHS, 0), Interrupting(BATCHES + 1)
    trainer.fit(model, data)
    kept = learned(model)
    then = Trainer(EPOCHS, 0) if anew == "another trainer" else trainer
    model = small_net() if anew == "another model" else model
    data = Interrupting(-1) if anew == "other data" else data
    given = data.given
    assert same(kept, learned(model)) == (anew != "another model")
    then.fit(model, data, fresh=anew == "fresh")
    assert data.given - given == EPOCHS * BATCHES
    assert len(then.history["val_acc"]) == len(model.board.data["val_acc"]) == EPOCHS


def test_a_run_may_be_stopped_again_and_again(capsys: pytest.CaptureFixture[str]) -> None:
    whole, _ = uninterrupted()
    model, trainer, data = small_net(), Trainer(EPOCHS, 0, seed=4), Interrupting(0)
    for batch in range(1, EPOCHS * BATCHES + 1):
        trainer.fit(model, data)
        assert trainer.train_batch_idx == batch
        data.at = batch
    trainer.fit(model, data)
    assert capsys.readouterr().out.count("Stopped in epoch") == EPOCHS * BATCHES
    assert same(learned(model), learned(whole))


def test_who_presses_when_all_is_done_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    model, trainer = small_net(), Trainer(EPOCHS, 0)
    stock = model.validation_step

    def pressed_within(batch: Any) -> None:
        stock(batch)
        if trainer.val_batch_idx == EPOCHS * VAL_BATCHES - 1:
            press()

    model.validation_step = pressed_within
    trainer.fit(model, SmallData())
    assert capsys.readouterr().out == "" and len(trainer.history["val_acc"]) == EPOCHS


class Recording(Trainer):
    """Does more after each epoch, as the trainer of lesson 04 does."""

    def fit_epoch(self) -> None:
        super().fit_epoch()
        self.recorded = [*vars(self).get("recorded", []), self.epoch]


def test_a_trainer_that_extends_an_epoch_goes_on_too() -> None:
    model, trainer, data = small_net(), Recording(EPOCHS, 0), Interrupting(BATCHES + 1)
    trainer.fit(model, data)
    assert trainer.recorded == [0]
    trainer.fit(model, data)
    assert trainer.recorded == [0, 1, 2]


def test_an_interrupted_model_can_be_stored_and_copied() -> None:
    model, trainer, data = small_net(), Trainer(EPOCHS, 0), Interrupting(1)
    trainer.fit(model, data)
    torch.save(model.state_dict(), io.BytesIO())
    copied = copy.deepcopy(model)
    assert same(learned(copied), learned(model)) and isinstance(copied, SmallNet)
    trainer.fit(model, data)
    assert trainer.train_batch_idx == EPOCHS * BATCHES


def test_ctrl_c_works_as_before_afterwards() -> None:
    handler = signal.getsignal(signal.SIGINT)
    Trainer(EPOCHS, 0).fit(small_net(), Interrupting(1))
    assert signal.getsignal(signal.SIGINT) is handler
    with pytest.raises(KeyboardInterrupt):
        press()
