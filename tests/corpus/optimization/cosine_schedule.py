"""`cosine_schedule`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source
from tests.corpus.readings import read_number

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _moment(source: Source) -> Arguments:
    steps = int(source.g.choice([1, 2, 3, 10, 57, 100]))
    step = int(source.g.choice([0, steps, 2 * steps, 3 * steps + 1, *source.g.integers(0, steps + 1, 6)]))
    return {"step": step, "steps": steps, "lr": source.number(0.01, 3.0)}


def _rate(a: Arguments) -> list[Tensor]:
    share = min(1.0, a["step"] / a["steps"])
    return [torch.tensor(a["lr"] * (1 - np.sin(np.pi / 2 * share) ** 2))]


CONTRACT = Contract(_moment, (_rate,), read_number, keeps=False, precision=torch.float32)

right, wrong = answers_to("cosine_schedule")


@right("the formula, with a minimum")
def _(step: int, steps: int, lr: float) -> float:
    return lr / 2 * (1 + math.cos(math.pi * min(step, steps) / steps))


@right("a branch for the end")
def _(step: int, steps: int, lr: float) -> float:
    if step >= steps:
        return 0.0
    return 0.5 * lr * (1.0 + math.cos(step / steps * math.pi))


@right("a squared cosine")
def _(step: int, steps: int, lr: float) -> float:
    share = min(step / steps, 1.0)
    return lr * math.cos(math.pi / 2 * share) ** 2


@right("NumPy")
def _(step: int, steps: int, lr: float) -> Any:
    angle = np.clip(step / steps, 0, 1) * np.pi
    return lr * (1 + np.cos(angle)) / 2


@right("a tensor without dimensions")
def _(step: int, steps: int, lr: float) -> Tensor:
    angle = torch.tensor(min(step, steps) / steps) * torch.pi
    return lr * (1 + torch.cos(angle)) / 2


@right("one minus a squared sine")
def _(step: int, steps: int, lr: float) -> float:
    if step > steps:
        step = steps
    return lr * (1 - math.sin(step * math.pi / (2 * steps)) ** 2)


@right("degrees, made into radians")
def _(step: int, steps: int, lr: float) -> float:
    angle = math.radians(180 * min(step, steps) / steps)
    return lr * 0.5 + lr * 0.5 * math.cos(angle)


@right("from a lowest rate of zero")
def _(step: int, steps: int, lr: float) -> float:
    lowest = 0.0
    return lowest + (lr - lowest) * (1 + math.cos(math.pi * step / steps)) / 2 if step <= steps else lowest


@wrong("not clamped, and without the half", mistake="no-half")
def _(step: int, steps: int, lr: float) -> float:
    return lr * (1 + math.cos(math.pi * step / steps))


@wrong("a squared line")
def _(step: int, steps: int, lr: float) -> float:
    return lr * max(0.0, 1 - step / steps) ** 2


@wrong("exponential decay")
def _(step: int, steps: int, lr: float) -> float:
    return lr * math.exp(-5 * step / steps)


@wrong("the angle by 3.14, rounded")
def _(step: int, steps: int, lr: float) -> float:
    return round(lr / 2 * (1 + math.cos(3.14 * min(step, steps) / steps)), 2)


@wrong("never below a hundredth")
def _(step: int, steps: int, lr: float) -> float:
    return max(lr / 100, lr / 2 * (1 + math.cos(math.pi * min(step, steps) / steps)))


@wrong("a list of all rates")
def _(step: int, steps: int, lr: float) -> Any:
    return [lr / 2 * (1 + math.cos(math.pi * t / steps)) for t in range(steps)]


@wrong("a step function")
def _(step: int, steps: int, lr: float) -> float:
    return lr * 0.1 ** (3 * step // steps) if step < steps else 0.0


@wrong("zero everywhere")
def _(step: int, steps: int, lr: float) -> float:
    return 0.0


@wrong("lr everywhere")
def _(step: int, steps: int, lr: float) -> float:
    return lr
