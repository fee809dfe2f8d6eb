"""`cross_entropy`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source
from tests.corpus.readings import single_loss

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _scores(source: Source) -> Arguments:
    n, q = source.sizes(2, 11)
    logits = source.extremes(n, q) if not source.plain and source.chance(0.3) else source.values(n, q, scale=2.0)
    return {"logits": logits, "y": source.labels(n, q)}


CONTRACT = Contract(_scores, (lambda a: [F.cross_entropy(a["logits"], a["y"])],), single_loss, connected=1)


right, wrong = answers_to("cross_entropy")


@right("logsumexp minus the logit of the label")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean()


@right("log_softmax and gather")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return -F.log_softmax(logits, dim=-1).gather(1, y.unsqueeze(1)).mean()


@right("a shift by the row maximum, by hand")
def _(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.max(dim=1, keepdim=True).values
    log_normalizer = torch.log(torch.exp(shifted).sum(dim=1))
    return (log_normalizer - shifted[range(len(y)), y]).mean()


@right("one-hot labels")
def _(logits: Tensor, y: Tensor) -> Tensor:
    Y = F.one_hot(y, logits.shape[1]).to(logits.dtype)
    return -(Y * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


@right("an honest loop")
def _(logits: Tensor, y: Tensor) -> Tensor:
    total = logits.new_zeros(())
    for row, label in zip(logits, y.tolist(), strict=True):
        total = total + torch.logsumexp(row, dim=0) - row[label]
    return total / len(y)


@right("differences to the label's logit")
def _(logits: Tensor, y: Tensor) -> Tensor:
    margins = logits - logits.gather(1, y[:, None])
    return torch.logsumexp(margins, dim=1).mean()


@right("float64 inside")
def _(logits: Tensor, y: Tensor) -> Tensor:
    log_p = torch.log_softmax(logits.double(), dim=1)
    return (-log_p[torch.arange(len(y), device=y.device), y].sum() / len(y)).to(logits.dtype)


@right("a detached shift")
def _(logits: Tensor, y: Tensor) -> Tensor:
    m = logits.detach().amax(dim=1, keepdim=True)
    log_sum = (logits - m).exp().sum(dim=1).log() + m.squeeze(1)
    return torch.mean(log_sum - logits.take_along_dim(y[:, None], dim=1).squeeze(1))


@wrong("the library's own")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(logits, y)


@wrong("the library's module")
def _(logits: Tensor, y: Tensor) -> Any:
    return nn.CrossEntropyLoss()(logits, y)


@wrong("the library's negative log-likelihood")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.nll_loss(torch.log_softmax(logits, dim=1), y)


@wrong("the library's, by its operator")
def _(logits: Tensor, y: Tensor) -> Any:
    return torch.ops.aten.cross_entropy_loss(logits, y)


@wrong("a Python number")
def _(logits: Tensor, y: Tensor) -> float:
    return float((torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean())


@wrong("the logarithm to base 2", "base-two")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean() / math.log(2)


@wrong("logits clamped at 50", "logits-clamped")
def _(logits: Tensor, y: Tensor) -> Tensor:
    logits = logits.clamp(-50, 50)
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean()


@wrong("nan_to_num over an unstable softmax")
def _(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return torch.nan_to_num(-torch.log(P[torch.arange(len(y)), y]).mean())


@wrong("the median")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).median()


@wrong("divided by the number of classes", "over-the-classes")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).sum() / logits.shape[1]


@wrong("label smoothing nobody asked for")
def _(logits: Tensor, y: Tensor) -> Tensor:
    log_p = torch.log_softmax(logits, dim=1)
    return -(0.9 * log_p[torch.arange(len(y)), y] + 0.1 * log_p.mean(dim=1)).mean()


@wrong("a matrix of one element")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean().reshape(1, 1)


@wrong("a table of products averaged, with an exponential that overflows", "mean-over-classes")
def _(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return -(torch.eye(logits.shape[1], dtype=logits.dtype)[y] * torch.log(P)).mean()


@wrong("base ten, of a probability that rounds to zero", "base-ten")
def _(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log10(torch.softmax(logits, dim=1)[torch.arange(len(y)), y]).mean()


@wrong("the axis of the maximum is gone", "axis-not-kept")
def _(logits: Tensor, y: Tensor) -> Tensor:
    shifted = logits - logits.max(dim=1).values
    return -torch.log(torch.exp(shifted) / torch.exp(shifted).sum(dim=1, keepdim=True))[torch.arange(len(y)), y].mean()
