"""What every contender trains, on what, and how its epochs are timed."""

from __future__ import annotations

import resource
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from torch import Tensor

from grading.data import FashionMNIST, fashion_mnist, to_float


@dataclass(frozen=True)
class Recipe:
    """Plain SGD on the cross-entropy of 784 inputs, hidden layers with ReLU and ten classes."""

    epochs: int = 10
    widths: tuple[int, ...] = (256,)
    batch_size: int = 256
    lr: float = 0.1
    seed: int = 0

    @property
    def sizes(self) -> list[int]:
        """The sizes of the layers, inputs first."""
        return [784, *self.widths, 10]


@dataclass(frozen=True)
class Images:
    """Fashion-MNIST as it is on this machine, and as tensors in memory."""

    raw: FashionMNIST
    X: Tensor
    y: Tensor
    X_val: Tensor
    y_val: Tensor


def images() -> Images:
    """Return the whole set, or the sample where there is no other."""
    raw = fashion_mnist(download=False)
    return Images(raw, to_float(raw.train_images), raw.train_labels, to_float(raw.test_images), raw.test_labels)


@dataclass
class Epochs:
    """What an epoch took: processor seconds of this process and those that it started, seconds by the clock; the accuracy then.

    start: seconds of the processor before the first epoch, for compiling, for example.
    """

    processor: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    start: float = 0.0

    def __post_init__(self) -> None:
        """Begin to count."""
        self._last = _processor_seconds(), time.perf_counter()

    def begin(self) -> None:
        """The first epoch begins now."""
        now = _processor_seconds(), time.perf_counter()
        self.start = now[0] - self._last[0]
        self._last = now

    def mark(self, accuracy: float) -> None:
        """An epoch is over, its validation too; the next one begins now."""
        now = _processor_seconds(), time.perf_counter()
        self.processor.append(now[0] - self._last[0])
        self.clock.append(now[1] - self._last[1])
        self.accuracy.append(accuracy)
        self._last = now

    def as_data(self) -> dict[str, Any]:
        """Return everything, with the most memory that this process had, in MiB."""
        return {**asdict(self), "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _processor_seconds() -> float:
    """Return what this process has used, and what processes have used that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
