"""A seed decides the curve bit for bit, wherever its randomness comes from, and everybody else's stays as it was."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from grading.training import Trainer
from tests.training.conftest import SmallData, SmallNet, learned, same, small_net


class ShuffledByPython(SmallData):
    """Orders its batches as d2l's first data module does, with Python's own generator."""

    def get_dataloader(self, train: bool) -> Any:
        order = [*range(50)]
        random.shuffle(order)
        return [(self.X[order[i : i + 16]], self.y[order[i : i + 16]]) for i in range(0, 50, 16)]


class NoiseOfNumPy(SmallNet):
    def training_step(self, batch: Any) -> Tensor:
        noise = torch.from_numpy(np.random.standard_normal(batch[0].shape)).float()
        loss: Tensor = super().training_step((batch[0] + noise, batch[1]))
        return loss


DATA: dict[str, Callable[[], SmallData]] = {
    "batches": SmallData,
    "batches in an order of their own": lambda: SmallData(generator=Generator().manual_seed(8)),
    "d2l's tensor loader": lambda: SmallData("tensor loader"),
    "shuffled by Python": ShuffledByPython,
}


def curve(data: SmallData, seed: int | None, **options: Any) -> tuple[list[Tensor], dict[str, list[float]]]:
    model, trainer = small_net(**options), Trainer(3, 0, seed=seed)
    torch.manual_seed(99 if seed is None else torch.seed())  # what was drawn before makes no difference
    trainer.fit(model, data)
    return learned(model), trainer.history


@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("name", DATA)
def test_the_same_seed_gives_the_same_curve_and_another_one_another(name: str, dropout: float) -> None:
    data = DATA[name]()  # used again and again: a generator of its own has moved on
    (first, history), (second, again), (other, elsewhere) = (curve(data, seed, dropout=dropout) for seed in (5, 5, 6))
    assert same(first, second) and history == again
    assert not same(first, other) and history != elsewhere


def test_noise_of_numpy_is_decided_too() -> None:
    found = []
    for _ in range(2):
        torch.manual_seed(0)
        model = NoiseOfNumPy()
        model.board.display = False
        Trainer(2, 0, seed=5).fit(model, SmallData())
        found.append(learned(model))
    assert same(*found)


def test_every_generator_is_afterwards_as_it_was() -> None:
    random.seed(1)
    np.random.seed(2)
    torch.manual_seed(3)
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    model = small_net(dropout=0.5)
    torch.manual_seed(3)
    Trainer(2, 0, seed=7).fit(model, ShuffledByPython())
    assert (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == before


def test_without_a_seed_the_order_comes_from_the_generators_as_they_are() -> None:
    model, other = small_net(), small_net()
    for one in (model, other):
        torch.manual_seed(3)
        Trainer(2, 0).fit(one, SmallData())
    assert same(learned(model), learned(other))
    Trainer(2, 0).fit(other := small_net(), SmallData())
    assert not same(learned(model), learned(other))
