"""What is remembered of a network in training, and what is not; a network trained with a memory is the same as without."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grading.probe import training
from grading.probe.feature_cache import Changed, Memory, remembered
from grading.probe.training import Training

IMAGES = torch.rand(40, 1, 6, 6, generator=torch.Generator().manual_seed(0))


class Part(nn.Module):
    """A part without parameters; by default it is what it seems."""

    def forward(self, X: Tensor) -> Tensor:
        return F.avg_pool2d(X.abs(), 2).flatten(1)


class Noisy(Part):
    def forward(self, X: Tensor) -> Tensor:
        return super().forward(X + 0.1 * torch.randn_like(X))


class Whim(Part):
    """Draws from Python's generator and does nothing with it that could be seen here."""

    def forward(self, X: Tensor) -> Tensor:
        return super().forward(X.flip(-1) if random.random() > 2 else X)


class NumPyWhim(Part):
    def forward(self, X: Tensor) -> Tensor:
        return super().forward(X + float(np.random.randn() > 100))


class OwnGenerator(Part):
    def __init__(self) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(3)

    def forward(self, X: Tensor) -> Tensor:
        return super().forward(X + 0.1 * torch.rand(len(X), 1, 1, 1, generator=self.generator))


class AmongOthers(Part):
    def forward(self, X: Tensor) -> Tensor:
        return super().forward(X - X.mean())


class Counting(Part):
    calls = 0

    def forward(self, X: Tensor) -> Tensor:
        self.calls += 1
        return super().forward(X)


class Keeping(Part):
    def forward(self, X: Tensor) -> Tensor:
        self.last = super().forward(X)
        return self.last


class Hooked(Part):
    def __init__(self) -> None:
        super().__init__()
        self.register_forward_hook(lambda *_: None)


class Large(Part):
    def forward(self, X: Tensor) -> Tensor:
        return X.flatten(1).repeat(1, 6000)


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.part, self.last = Part(), nn.Linear(18, 10)

    def forward(self, X: Tensor) -> Tensor:
        return torch.as_tensor(self.last(torch.cat([self.part(X), self.part(X)], dim=1)))


class Own(nn.Module):
    """A network of one's own, whose part is not its first child and is called in the middle of it."""

    def __init__(self) -> None:
        super().__init__()
        self.last, self.inner = nn.Linear(9, 10), nn.Sequential(Part(), nn.ReLU())

    def forward(self, X: Tensor) -> Tensor:
        return torch.as_tensor(self.last(F.dropout(self.inner(X), 0.3, self.training)))


def behind(part: nn.Module, width: int = 9) -> nn.Module:
    return nn.Sequential(part, nn.BatchNorm1d(width), nn.Dropout(0.3), nn.Linear(width, 10))


def names(net: nn.Module) -> list[str]:
    known = {id(module): name for name, module in net.named_modules()}
    return [known[id(part.module)] for part in remembered(net, IMAGES, 8).parts]


@pytest.mark.parametrize(
    ("net", "expected"),
    [
        (behind(Part()), ["0"]),
        (nn.Sequential(nn.Sequential(Part(), nn.Tanh()), nn.Linear(9, 10)), ["0"]),
        (nn.Sequential(nn.Sequential(Part(), nn.Linear(9, 9)), nn.Linear(9, 10)), ["0.0"]),
        (Own(), ["inner"]),
    ],
)
def test_a_part_that_learns_nothing_is_remembered(net: nn.Module, expected: list[str]) -> None:
    assert names(net.train()) == expected
    assert names(net.eval()) == expected


@pytest.mark.parametrize(
    "net",
    [
        *(
            behind(part)
            for part in (Noisy(), Whim(), NumPyWhim(), OwnGenerator(), AmongOthers(), Counting(), Keeping(), Hooked())
        ),
        behind(Large(), 36 * 6000),
        behind(nn.Flatten(), 36),
        nn.Sequential(nn.Flatten(), nn.Linear(36, 9), nn.Tanh(), nn.Linear(9, 10)),
        nn.Sequential(nn.BatchNorm2d(1, affine=False, track_running_stats=False), nn.Flatten(), nn.Linear(36, 10)),
        Twice(),
        nn.Sequential(Part(), nn.Linear(7, 10)),
    ],
    ids=lambda net: str(net).replace("\n", " ")[:60],
)
def test_a_part_that_is_not_what_it_seems_is_left_alone(net: nn.Module) -> None:
    # The last one fails on these images; its training says so.
    images = (
        IMAGES.repeat(200, 1, 1, 1) if isinstance(net[0] if isinstance(net, nn.Sequential) else net, Large) else IMAGES
    )
    assert remembered(net, images, 8).parts == []


def test_looking_changes_nothing() -> None:
    net = behind(Noisy())
    before = {name: value.clone() for name, value in net.state_dict().items()}
    states = random.getstate(), np.random.get_state(legacy=False)["state"]["pos"], torch.get_rng_state()
    remembered(net, IMAGES, 8)
    assert random.getstate() == states[0]
    assert np.random.get_state(legacy=False)["state"]["pos"] == states[1]
    assert torch.equal(torch.get_rng_state(), states[2])
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())


def test_a_batch_is_answered_from_memory_and_other_images_are_not() -> None:
    net = behind(Part()).train()
    memory = remembered(net, IMAGES, 8)
    [part] = memory.parts
    part.table[:] = 7.0
    batch = memory.take(torch.tensor([3, 1]))
    assert (part.module(batch) == 7.0).all()
    assert torch.equal(part.module(batch.clone()), part.forward(batch))
    part.module.eval()
    assert torch.equal(part.module(batch), part.forward(batch))
    with pytest.raises(Changed):
        memory.look_again()


def trained(function: Callable[[], Any]) -> dict[str, Any]:
    images, labels = (IMAGES[:, 0] * 255).to(torch.uint8), torch.arange(40) % 10
    step = Training(images, labels, images, 1, 0.1, 0.9, 1e-3, 8, 4, 60.0)
    found: dict[str, Any] = step.carry_out(function, {}, torch.device("cpu"))
    assert found.pop("stopped") == ""
    return found


def without_memory(monkeypatch: pytest.MonkeyPatch, function: Callable[[], Any]) -> dict[str, Any]:
    with monkeypatch.context() as patched:
        patched.setattr(training, "remembered", lambda net, images, batch_size: Memory(images))
        return trained(function)


@pytest.mark.parametrize("make", [lambda: behind(Part()), Own, Twice, lambda: behind(Noisy())])
def test_training_gives_the_same_with_a_memory(monkeypatch: pytest.MonkeyPatch, make: Callable[[], nn.Module]) -> None:
    torch.testing.assert_close(trained(lambda: (make(), {})), without_memory(monkeypatch, lambda: (make(), {})))


def test_training_begins_anew_if_a_part_changes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(changes: bool) -> tuple[nn.Module, dict[str, Any]]:
        seen: list[int] = []

        class Later(Part):
            """Looks at its images for seventy of them and at nothing from then on; the count is kept elsewhere."""

            def forward(self, X: Tensor) -> Tensor:
                seen.append(len(X))
                return super().forward(X) * (0.0 if changes and sum(seen) > 70 else 1.0)

        return behind(Later()), {}

    changed, plain = trained(lambda: made(True)), trained(lambda: made(False))
    torch.testing.assert_close(plain, without_memory(monkeypatch, lambda: made(False)))
    # It is found out when the second epoch begins. In the new training nothing of the images is seen from the start.
    assert changed["losses"][0] != plain["losses"][0]
    assert torch.allclose(changed["outputs"], changed["outputs"][:1].expand(40, 10), atol=1e-5)
