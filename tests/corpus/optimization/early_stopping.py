"""`early_stopping`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _history(source: Source) -> Arguments:
    count, patience = int(source.g.integers(1, 12)), int(source.g.integers(1, 6))
    losses = source.g.integers(-3, 9, count) / 4.0 if source.chance(0.6) else source.g.normal(1.0, 0.5, count)
    return {"losses": [float(loss) for loss in losses], "patience": patience}


def _verdict(a: Arguments) -> list[Tensor]:
    losses, patience = a["losses"], a["patience"]
    lowest = min(losses)
    best = next(i for i in range(len(losses)) if losses[i] == lowest)
    stop = len(losses) > patience and min(losses[:-patience]) <= min(losses[-patience:])
    return [torch.tensor(float(stop)), torch.tensor(float(best))]


def _read(happened: Happened) -> list[Any]:
    stop, best = happened.value
    return [float(stop), float(best)]


CONTRACT = Contract(_history, (_verdict,), _read, keeps=False)

right, wrong = answers_to("early_stopping")


@right("index of the minimum")
def _(losses: Any, patience: int) -> Any:
    best = losses.index(min(losses))
    return len(losses) - 1 - best >= patience, best


@right("a loop that counts")
def _(losses: Any, patience: int) -> Any:
    best, waited = 0, 0
    for i, loss in enumerate(losses[1:], start=1):
        if loss < losses[best]:
            best, waited = i, 0
        else:
            waited += 1
    return waited >= patience, best


@right("NumPy")
def _(losses: Any, patience: int) -> Any:
    best = np.argmin(losses)
    return len(losses) - best > patience, best


@right("the lowest before the last ones")
def _(losses: Any, patience: int) -> Any:
    before, last = losses[:-patience], losses[-patience:]
    stop = len(before) > 0 and min(before) <= min(last)
    return [stop, losses.index(min(losses))]


@right("running minima")
def _(losses: Any, patience: int) -> Any:
    lowest = list(accumulate(losses, min))
    stop = len(losses) > patience and lowest[-1] == lowest[-1 - patience]
    return stop, lowest.index(lowest[-1])


@right("tensors without dimensions")
def _(losses: Any, patience: int) -> Any:
    values = torch.tensor(losses, dtype=torch.float64)
    best = (values == values.min()).nonzero()[0, 0]
    return len(losses) - 1 - best >= patience, best


@right("min with a key")
def _(losses: Any, patience: int) -> Any:
    best = min(range(len(losses)), key=lambda i: (losses[i], i))
    behind = losses[best + 1 :]
    return len(behind) >= patience, best


@right("zeros and ones")
def _(losses: Any, patience: int) -> Any:
    best = sorted(range(len(losses)), key=losses.__getitem__)[0]
    return int(best + patience < len(losses)), best


@wrong("one too late, and the last of equals")
def _(losses: Any, patience: int) -> Any:
    best = len(losses) - 1 - losses[::-1].index(min(losses))
    return len(losses) - 1 - best > patience, best


@wrong("counts an equal loss as an improvement")
def _(losses: Any, patience: int) -> Any:
    best, waited = 0, 0
    for i, loss in enumerate(losses[1:], start=1):
        waited = 0 if loss <= losses[best] else waited + 1
        best = i if loss < losses[best] else best
    return waited >= patience, best


@wrong("a least improvement of a tenth")
def _(losses: Any, patience: int) -> Any:
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best] - 0.3:
            best = i
    return len(losses) - 1 - best >= patience, best


@wrong("starts from a lowest loss of 0")
def _(losses: Any, patience: int) -> Any:
    lowest, best = 0.0, 0
    for i, loss in enumerate(losses):
        if loss < lowest:
            lowest, best = loss, i
    return len(losses) - 1 - best >= patience, best


@wrong("the mean of the last ones against the mean of those before")
def _(losses: Any, patience: int) -> Any:
    best = losses.index(min(losses))
    before, last = losses[-2 * patience : -patience], losses[-patience:]
    return bool(before) and sum(last) / len(last) >= sum(before) / len(before), best


@wrong("always stops")
def _(losses: Any, patience: int) -> Any:
    return True, losses.index(min(losses))


@wrong("pops the last losses")
def _(losses: Any, patience: int) -> Any:
    best = losses.index(min(losses))
    behind = 0
    while len(losses) - 1 > best:
        losses.pop()
        behind += 1
    return behind >= patience, best


@wrong("nothing returned")
def _(losses: Any, patience: int) -> Any:
    best = losses.index(min(losses))
    len(losses) - 1 - best >= patience  # noqa: B015 - that is the mistake


@wrong("a dict")
def _(losses: Any, patience: int) -> Any:
    best = losses.index(min(losses))
    return {"stop": len(losses) - 1 - best >= patience, "best": best}
