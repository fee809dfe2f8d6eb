"""A trainer for d2l's models and data that can stand wherever `d2l.Trainer` stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import torch
from d2l import torch as d2l
from torch import Generator, Tensor

from grading.data.minibatches import Batches
from grading.interrupts import heed, interrupts_later
from grading.training.curves import Curves, examples_in, mean_over_examples
from grading.training.hardware import chosen_device, missing_gpu
from grading.training.live import LiveBoard
from grading.training.randomness import RandomState


class Trainer(d2l.Trainer):
    """`d2l.Trainer`, faster and with exact numbers: the same hooks and attributes, for the same models and data.

    `device` says where to train; without it `num_gpus=0` means the CPU, and otherwise `default_device()` decides. The model is
    left there. Data in memory is moved there once, other data batch by batch. Validation counts every example once, in batches
    of any size, and its values are means over examples. A board is redrawn in a twentieth of the time, whatever the model plots.

    After `fit`, `history` has a list for each quantity, a value an epoch: `train_loss`, the mean over the examples of the losses
    as they were before each step, and what `validation_step` plots, `val_loss` and `val_acc`.

    `seed` decides whatever is drawn at random during `fit`: the same model, data, seed, device and number of threads give the same
    curve, bit for bit; with other numbers of threads and on other devices sums may be rounded otherwise.
    The generators of Python, NumPy and PyTorch are afterwards as they were.
    """

    def __init__(
        self,
        max_epochs: int,
        num_gpus: int | None = None,
        gradient_clip_val: float = 0,
        *,
        device: torch.device | str | None = None,
        seed: int | None = None,
    ) -> None:
        if max_epochs < 0 or gradient_clip_val < 0 or (num_gpus or 0) < 0:
            raise ValueError("max_epochs, num_gpus and gradient_clip_val must be 0 or more")
        self.save_hyperparameters()
        self.gpus: list[torch.device] = []
        self.history: dict[str, list[float]] = {}
        self._batches: Iterator[Any] | None = None  # of the epoch that is under way
        self._stopped: tuple[Any, Any] | None = None  # the model and the data of a run that was interrupted
        self._set_device(None)

    def fit(self, model: Any, data: Any, fresh: bool = False) -> None:
        """Train the model for `max_epochs` epochs.

        Ctrl-C, or ■ in a notebook, stops between two batches: the model keeps what it has learned, `fit` returns, and a line
        says where it stopped. The next `fit` with the same model and data goes on with the next batch, as if nothing had
        happened. With `fresh=True`, or another model or other data, it counts from epoch 0 again, with a new optimizer; what the
        model has learned it forgets only if you build it anew.
        """
        _require_model(model)
        stopped, self._stopped = self._stopped, None
        goes_on = not fresh and stopped is not None and stopped[0] is model and stopped[1] is data
        if not goes_on:
            self._random = RandomState(self.seed)
            self._set_device(chosen_device(model, self.device, self.num_gpus))
            if note := missing_gpu(self._place, self.num_gpus):
                print(note)
        with ExitStack() as stack:
            stack.enter_context(self._random.active(self._place))
            if not goes_on:
                self._begin(model, data)
            self._live = LiveBoard(model.board)
            stack.callback(self._live.draw)
            stack.enter_context(self._plots_collected())
            self._train_until_interrupted(data)

    def prepare_data(self, data: Any) -> None:
        """Take the batches of the data; those in memory are put on the device, and in the order of the seed."""
        super().prepare_data(data)
        self.train_dataloader: Any = self._placed(self.train_dataloader)
        self.val_dataloader: Any = self._placed(self.val_dataloader)
        if not self.num_train_batches:
            raise ValueError("there is nothing to train on: the training data has no batches")

    def prepare_model(self, model: Any) -> None:
        """Put the model on the device and let it and the trainer know each other."""
        model.trainer = self
        model.board.xlim = [0, self.max_epochs]
        self.model = model.to(self._place)

    def prepare_batch(self, batch: Any) -> Any:
        """Return the batch with its tensors on the device."""
        if not isinstance(batch, list | tuple) or all(_is_at(part, self._place) for part in batch):
            return batch
        return [part.to(self._place, non_blocking=True) if isinstance(part, Tensor) else part for part in batch]

    def fit_epoch(self) -> None:
        """Train on every training batch, then look once at every validation batch."""
        self._train()
        if self.val_dataloader is not None:
            self._validate()
        self._batches = None
        self._next = self.epoch + 1

    # --- the parts of a run -----------------------------------------------------------------------------------------

    def _begin(self, model: Any, data: Any) -> None:
        self.prepare_data(data)
        self.prepare_model(model)
        self.optim = model.configure_optimizers()
        self.epoch = self.train_batch_idx = self.val_batch_idx = 0
        self.history = {}
        self._next = 0
        self._batches = None
        self._seen: dict[str, list[tuple[Any, int]]] | None = None  # what validation has plotted so far, while it runs
        self._curves = Curves(model.board)

    def _train_until_interrupted(self, data: Any) -> None:
        self._at_rest = False
        try:
            with interrupts_later():
                while self._next < self.max_epochs:
                    self.epoch = self._next
                    self.fit_epoch()
                    self._next = self.epoch + 1
                    self._rest()
        except KeyboardInterrupt:
            if not self._at_rest and self._seen is None:
                self._batches = (
                    None  # interrupted within a training batch: what the iterator is worth now, nobody knows
                )
            self._seen = None
            if self._next < self.max_epochs:
                self._stopped = (self.model, data)
                print(self._where_it_stopped())

    def _train(self) -> None:
        self.model.train()
        if self._batches is None:
            start = self.epoch * self.num_train_batches
            if self.train_batch_idx > start:
                # Interrupted within a batch: what there is of this epoch is gone through again.
                self.train_batch_idx = start
                self._curves.cut(self.epoch)
            self._losses: list[tuple[Any, int]] = []
            self._batches = iter(self.train_dataloader)
        batches = self._batches
        for batch in batches:
            self._step(self.prepare_batch(batch))
            self._rest()
        if self._losses:
            self.history.setdefault("train_loss", []).append(mean_over_examples(self._losses))
            self._losses = []

    def _step(self, batch: Any) -> None:
        loss = self.model.training_step(batch)
        if not isinstance(loss, Tensor):
            raise TypeError(f"training_step must return the loss of the batch, a tensor; it returned {loss!r}")
        self.optim.zero_grad()
        with torch.no_grad():
            loss.backward()
            if self.gradient_clip_val > 0:
                self.clip_gradients(self.gradient_clip_val, self.model)
            self.optim.step()
        self._losses.append((loss.detach(), examples_in(batch)))
        self.train_batch_idx += 1

    def _validate(self) -> None:
        self.model.eval()
        self.val_batch_idx = self.epoch * self.num_val_batches
        seen: dict[str, list[tuple[Any, int]]] = {}
        self._seen = seen
        for batch in self.val_dataloader:
            self._rest()
            prepared = self.prepare_batch(batch)
            self._size = examples_in(prepared)
            with torch.no_grad():
                self.model.validation_step(prepared)
            self.val_batch_idx += 1
        self._seen = None
        for label, means in seen.items():
            value = mean_over_examples(means)
            self.history.setdefault(label, []).append(value)
            self._curves.add(self.epoch + 1, value, label, every=1)
        self._live.offer()

    def _rest(self) -> None:
        """Stop here if somebody has asked for it: no batch is half done, and all can go on from here."""
        try:
            heed()
        except KeyboardInterrupt:
            self._at_rest = True
            raise

    def _where_it_stopped(self) -> str:
        batch = self.train_batch_idx - self.epoch * self.num_train_batches
        return (
            f"Stopped in epoch {self.epoch + 1} of {self.max_epochs}, after batch {batch} of {self.num_train_batches}. "
            "What was learned is kept. To go on, run `trainer.fit(model, data)` again with the same trainer; "
            "to start anew, build the model and the trainer again."
        )

    # --- what the model plots ---------------------------------------------------------------------------------------

    @contextmanager
    def _plots_collected(self) -> Iterator[None]:
        """Take what the model plots, instead of drawing it; a method of its own for that is left alone."""
        places = (
            (self.model, "plot", d2l.Module, self._plot),
            (self.model.board, "draw", d2l.ProgressBoard, self._draw),
        )
        taken = []
        for owner, name, stock, ours in places:
            if name not in vars(owner) and getattr(type(owner), name) is getattr(stock, name):
                vars(owner)[name] = ours
                taken.append((owner, name))
        try:
            yield
        finally:
            for owner, name in taken:
                vars(owner).pop(name, None)

    def _plot(self, key: str, value: Any, train: bool) -> None:
        """`d2l.Module.plot`, except that no number is read before it is needed."""
        self.model.board.xlabel = "epoch"
        batches, points = (
            (self.num_train_batches, self.model.plot_train_per_epoch)
            if train
            else (self.num_val_batches, self.model.plot_valid_per_epoch)
        )
        x = self.train_batch_idx / self.num_train_batches if train else self.epoch + 1
        if points > 0:
            self._draw(x, value, f"{'train' if train else 'val'}_{key}", int(batches / points))

    def _draw(self, x: float, y: Any, label: str, every_n: int = 1) -> None:
        """`d2l.ProgressBoard.draw`; during validation, values wait until all batches have been seen."""
        if self._seen is not None and label.startswith("val_"):
            self._seen.setdefault(label, []).append((y, self._size))
        elif self._curves.add(x, y, label, every_n):
            self._live.offer()

    # --- devices ----------------------------------------------------------------------------------------------------

    def _set_device(self, device: torch.device | None) -> None:
        self._place = device or torch.device("cpu")
        self.gpus = [] if self._place.type == "cpu" else [self._place]

    def _placed(self, loader: Any) -> Any:
        if not isinstance(loader, Batches):
            return loader
        own = self.seed is not None and loader.generator is not None
        generator = Generator().manual_seed(self.seed) if own else loader.generator
        return replace(loader, X=loader.X.to(self._place), y=loader.y.to(self._place), generator=generator)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what cannot be copied or stored with a model: an epoch that was interrupted then begins again."""
        left_out = {"_batches", "_live", "_stopped"} & set(vars(self))
        return {**vars(self), **dict.fromkeys(left_out)}


def _is_at(part: Any, device: torch.device) -> bool:
    """Return whether this part of a batch can stay where it is; "cuda" is any of several."""
    return not isinstance(part, Tensor) or (
        part.device.type == device.type and device.index in (None, part.device.index)
    )


def _require_model(model: Any) -> None:
    needed = ("training_step", "configure_optimizers", "board")
    if missing := [name for name in needed if not hasattr(model, name)]:
        raise TypeError(f"a model to be trained is a d2l.Module; this {type(model).__name__} has no {missing[0]}")
