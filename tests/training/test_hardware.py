"""Where a model is trained: where the caller says, else where the machine is fastest, and nobody is left to guess."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grading.device import DEVICE_VARIABLE
from grading.errors import CourseError
from grading.training import Trainer, hardware
from tests.training.conftest import Scratch, SmallData, SmallNet, learned, quiet, same, small_net

CPU, ELSEWHERE = torch.device("cpu"), torch.device("cuda", 0)


class ParametersByHand(SmallNet):
    """d2l's softmax from scratch: a method names tensors that no `to` moves."""

    def __init__(self) -> None:
        super().__init__()
        self.W = torch.zeros(4, 3, requires_grad=True)

    def parameters(self, recurse: bool = True) -> Any:
        return [self.W]


class PlainWithin(SmallNet):
    def __init__(self) -> None:
        super().__init__()
        self.net[0].scale = torch.ones(1, requires_grad=True)


class WithBuffers(SmallNet):
    """A constant tensor is not learned, and a buffer moves."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(4))
        self.names = torch.zeros(3)


@pytest.mark.parametrize(
    ("model", "movable"),
    [(SmallNet, True), (WithBuffers, True), (Scratch, False), (ParametersByHand, False), (PlainWithin, False)],
)
def test_what_learns_in_plain_tensors_cannot_be_moved(model: Any, movable: bool) -> None:
    assert hardware.can_be_moved(model()) == movable


@pytest.mark.parametrize(
    ("num_gpus", "device", "model", "chosen"),
    [
        (None, None, SmallNet, ELSEWHERE),
        (None, None, Scratch, CPU),
        (0, None, SmallNet, CPU),
        (1, None, SmallNet, ELSEWHERE),
        (2, None, SmallNet, ELSEWHERE),
        (1, None, Scratch, ELSEWHERE),
        (1, "cpu", SmallNet, CPU),
        (0, "meta", SmallNet, torch.device("meta")),
    ],
)
def test_the_device_is_the_one_that_was_asked_for_or_the_fastest(
    num_gpus: int | None, device: str | None, model: Any, chosen: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "default_device", lambda: ELSEWHERE)
    assert hardware.chosen_device(model(), device, num_gpus) == chosen


def test_the_environment_names_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEVICE_VARIABLE, "cpu")
    trainer = Trainer(1)
    trainer.fit(small_net(), SmallData())
    assert trainer.gpus == []


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(CourseError, match="the device 'xpu:9' cannot be used here"):
        Trainer(1, device="xpu:9").fit(small_net(), SmallData())


def test_who_asked_for_a_gpu_is_told_that_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(DEVICE_VARIABLE, "cpu")
    Trainer(1, num_gpus=1).fit(small_net(), SmallData())
    assert capsys.readouterr().out == "num_gpus=1, but PyTorch finds no GPU here: this trains on the CPU.\n"


def test_in_colab_the_switch_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert "Runtime > Change runtime type > T4 GPU" in hardware.missing_gpu(CPU, 1)


@pytest.mark.parametrize(("device", "num_gpus"), [(CPU, 0), (CPU, None), (ELSEWHERE, 1), (torch.device("mps"), 1)])
def test_nobody_else_is_told_anything(device: torch.device, num_gpus: int | None) -> None:
    assert hardware.missing_gpu(device, num_gpus) == ""


@pytest.mark.parametrize(
    "batch", [[torch.zeros(2), torch.zeros(2)], (torch.zeros(2), ["a", "b"]), {"X": torch.zeros(2)}]
)
def test_a_batch_that_is_there_already_is_handed_on_as_it_is(batch: Any) -> None:
    assert Trainer(1, 0).prepare_batch(batch) is batch


def test_batches_in_memory_and_others_end_up_on_the_device() -> None:
    # The meta device has no values: what is there of it was moved.
    for kind in ("batches", "tensor loader"):
        seen = []

        class Looks(SmallNet):
            def training_step(self, batch: Any, seen: list[Tensor] = seen) -> Tensor:
                seen.extend(batch)
                raise StopTraining

        with pytest.raises(StopTraining):
            Trainer(1, device="meta").fit(quiet(Looks()), SmallData(kind))
        assert {part.device.type for part in seen} == {"meta"}


class StopTraining(Exception):
    pass


@pytest.mark.cuda
def test_a_model_learns_nearly_the_same_on_a_gpu_and_the_same_again() -> None:
    found = []
    for device in ("cpu", "cuda", "cuda"):
        model = small_net()
        Trainer(3, device=device, seed=1).fit(model, SmallData())
        found.append([one.cpu() for one in learned(model)])
    assert same(found[1], found[2])
    for first, second in zip(found[0], found[1], strict=True):
        torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-5)


def test_a_plain_network_is_no_model_that_could_be_left_behind() -> None:
    assert hardware.can_be_moved(nn.Linear(2, 2)) and not hardware.can_be_moved(object())
