"""`accuracy`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source
from tests.corpus.readings import read_number

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _predictions(source: Source) -> Arguments:
    n, q = source.sizes(2, 40)
    logits, y = source.normal(n, q), source.labels(n, q)
    return {"logits": logits, "y": torch.where(torch.from_numpy(source.g.random(n) < 0.5), logits.argmax(1), y)}


CONTRACT = Contract(
    _predictions,
    (lambda a: [(a["logits"].argmax(1) == a["y"]).double().mean()],),
    read_number,
    keeps=False,
    dtypes=(torch.float32,),  # a share in float32 is right whatever the logits are
    learning=True,
)


right, wrong = answers_to("accuracy")


@right("argmax and a mean")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).float().mean()


@right("a Python number")
def _(logits: Tensor, y: Tensor) -> float:
    return (logits.argmax(dim=-1) == y).sum().item() / len(y)


@right("max and its indices")
def _(logits: Tensor, y: Tensor) -> Tensor:
    _, predicted = torch.max(logits, 1)
    return (predicted == y).sum() / y.numel()


@right("an honest loop")
def _(logits: Tensor, y: Tensor) -> float:
    correct = 0
    for row, label in zip(logits, y, strict=True):
        correct += int(torch.argmax(row) == label)
    return correct / len(logits)


@right("softmax first, which changes no order")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return torch.eq(torch.log_softmax(logits, dim=1).argmax(dim=1), y).double().mean()


@right("NumPy")
def _(logits: Tensor, y: Tensor) -> Any:
    return np.mean(logits.detach().cpu().numpy().argmax(axis=1) == y.cpu().numpy())


@right("topk")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return logits.topk(1, dim=1).indices.squeeze(1).eq(y).to(torch.float64).mean()


@wrong("the best two count")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.topk(2, dim=1).indices == y[:, None]).any(dim=1).float().mean()


@wrong("one answer for each example", "each-example")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).float()


@wrong("a string")
def _(logits: Tensor, y: Tensor) -> str:
    return f"{(logits.argmax(dim=1) == y).float().mean():.2f}"


@wrong("a positive logit counts", "threshold")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits[torch.arange(len(y)), y] > 0).float().mean()


@wrong("a probability above a half counts", "above-one-half")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.softmax(logits, dim=1)[torch.arange(len(y)), y] > 0.5).float().mean()


@wrong("divided by a fixed batch size", "over-256")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum() / 256


@wrong("labels counted from 1", "one-off")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) + 1 == y).float().mean()


@wrong("rounded to tenths")
def _(logits: Tensor, y: Tensor) -> float:
    return round(float((logits.argmax(dim=1) == y).float().mean()), 1)


@wrong("no return")
def _(logits: Tensor, y: Tensor) -> None:
    (logits.argmax(dim=1) == y).float().mean()


@wrong("the logits rounded")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.round().max(dim=1).indices == logits.argmax(dim=1)).float().mean()
