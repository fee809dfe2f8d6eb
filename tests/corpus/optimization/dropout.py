"""`dropout`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from scipy import stats
from torch import Generator, Tensor
from torch.nn import functional as F

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Contract

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

_LEVEL = 1e-10


def _seeded(seed: int) -> Generator:
    return torch.Generator().manual_seed(seed)


def _check(function: Callable[..., Any]) -> str | None:
    """Return how a dropout breaks its contract, or None: shapes, values, rates, independence and where chance comes from."""
    try:
        for index, (shape, p) in enumerate(
            (((300, 90), 0.5), ((7000,), 0.1), ((20, 30, 11), 0.8), ((), 0.5), ((3, 0), 0.5))
        ):
            for dtype in (torch.float32, torch.float64):
                X = (torch.arange(math.prod(shape), dtype=dtype).reshape(shape) % 7) - 3.5
                found = _odd(function, X, p, 100 + index)
                if found:
                    return f"{shape}, p = {p}, {dtype}: {found}"
        return _source_differs(function) or _pairs_depend(function) or None
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:80]}"


def _odd(function: Callable[..., Any], X: Tensor, p: float, seed: int) -> str:
    before = X.clone()
    O = function(X, p, _seeded(seed))
    if not isinstance(O, Tensor) or O.shape != X.shape or not O.is_floating_point():
        return "another type or shape"
    if not torch.equal(X, before):
        return "X has changed"
    kept = O != 0
    if not torch.allclose(O[kept].double(), X[kept].double() / (1 - p), rtol=1e-5):
        return "what is kept is not x / (1 - p)"
    if X.numel() > 1 and stats.binomtest(int((~kept).sum()), X.numel(), p).pvalue < _LEVEL:
        return f"{float((~kept).double().mean()):.4f} are zero"
    zero = function(X, 0.0, _seeded(seed))
    return "" if torch.equal(zero.to(X.dtype), X) else "p = 0 changes values"


def _source_differs(function: Callable[..., Any]) -> str:
    X = torch.ones(40, 50)
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = function(X, 0.5, _seeded(7))
    if not torch.equal(state, torch.get_rng_state()):
        return "the session's generator has changed"
    torch.manual_seed(2)
    if not torch.equal(first, function(X, 0.5, _seeded(7))):
        return "the generator alone does not decide"
    return "another generator gives the same" if torch.equal(first, function(X, 0.5, _seeded(8))) else ""


def _pairs_depend(function: Callable[..., Any]) -> str:
    X, generator = torch.ones(300, 90), _seeded(5)
    signs = (function(X, 0.5, generator) != 0).numpy() * 2.0 - 1
    for name, lines in (("rows", signs), ("columns", signs.T)):
        products = np.abs(lines @ lines.T) / math.sqrt(lines.shape[1])
        np.fill_diagonal(products, 0)
        if products.max() > 8.5:
            return f"{name} depend on each other"
    pairs = np.array([(function(torch.ones(2), 0.5, generator) != 0).tolist() for _ in range(1500)])
    both = [int(n) for n in np.bincount(pairs[:, 0] * 2 + pairs[:, 1], minlength=4)]
    if stats.chisquare(both).pvalue < _LEVEL:
        return "two elements depend on each other"
    again = int((pairs[1:, 0] == pairs[:-1, 0]).sum())
    return "a call repeats the one before" if stats.binomtest(again, 1499, 0.5).pvalue < _LEVEL else ""


CONTRACT = Contract(check=_check)

right, wrong = answers_to("dropout")


@right("a mask from uniform numbers")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    kept = torch.rand(X.shape, generator=generator, device=X.device) >= p
    return X * kept / (1 - p)


@right("the other comparison, as in d2l")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    mask = (torch.rand(X.shape, generator=generator) > p).float()
    return (mask * X / (1.0 - p)).to(X.dtype)


@right("bernoulli from probabilities")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    kept = torch.bernoulli(torch.full(X.shape, 1 - p, dtype=X.dtype), generator=generator)
    return X * kept / (1 - p)


@right("bernoulli_ in place on a new tensor")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    kept = torch.empty_like(X).bernoulli_(1 - p, generator=generator)
    return X.mul(kept).div(1 - p)


@right("where, with zeros")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    dropped = torch.rand(X.shape, generator=generator, dtype=torch.float64) < p
    return torch.where(dropped, torch.zeros_like(X), X / (1 - p))


@right("masked_fill")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    U = torch.zeros_like(X).uniform_(generator=generator)
    return (X / (1 - p)).masked_fill(p > U, 0.0)


@right("a clone with zeros assigned")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    O = X.clone() / (1 - p)
    O[torch.rand(X.shape, generator=generator) < p] = 0
    return O


@right("a branch for p = 0, and a floor")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    if p == 0:
        return X
    keep = 1 - p
    return X / keep * torch.floor(keep + torch.rand(X.shape, generator=generator)).to(X.dtype)


@wrong("the share kept by a root")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape, generator=generator) >= p**2) / (1 - p)


@wrong("not scaled, and one mask for all rows")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape[1:], generator=generator) >= p)


@wrong("neighbours share their number")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    half = torch.rand((X.numel() + 1) // 2, generator=generator)
    numbers = half.repeat_interleave(2)[: X.numel()].reshape(X.shape)
    return X * (numbers >= p) / (1 - p)


@wrong("a mask and its opposite for the second half")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    U = torch.rand((X.numel() + 1) // 2, generator=generator)
    return X * (torch.cat([U, 1 - U])[: X.numel()].reshape(X.shape) >= p) / (1 - p)


@wrong("the library's function")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return F.dropout(X, p)


@wrong("NumPy's own chance")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * torch.from_numpy(np.random.rand(*X.shape) >= p) / (1 - p)


@wrong("Gaussian noise with the same variance")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (1 + math.sqrt(p / (1 - p)) * torch.randn(X.shape, generator=generator))


@wrong("the state of the generator put back")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    state = generator.get_state()
    kept = torch.rand(X.shape, generator=generator) >= p
    generator.set_state(state)
    return X * kept / (1 - p)


@wrong("shifted to keep the mean of the batch")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    O = X * (torch.rand(X.shape, generator=generator) >= p)
    return O * (X.sum() / O.sum())


@wrong("always in float64")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return (X * (torch.rand(X.shape, generator=generator) >= p) / (1 - p)).float()


@wrong("a minus for a zero")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return torch.where(torch.rand(X.shape, generator=generator) >= p, X, -X) / (1 - p)


@wrong("a flat result")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    return (X * (torch.rand(X.shape, generator=generator) >= p) / (1 - p)).flatten()


@wrong("a generator of its own", "seed-inside")
def _(X: Tensor, p: float, generator: Generator) -> Tensor:
    own = torch.Generator().manual_seed(0)
    return X * (torch.rand(X.shape, generator=own) >= p) / (1 - p)
