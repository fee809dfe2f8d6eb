"""`batch_norm`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _batch(source: Source) -> Arguments:
    n, d = source.sizes(2)
    # A spread that is nothing but rounding, divided by a tiny eps, would be anybody's guess.
    return {
        "X": source.values(n, d),
        "gamma": source.values(d),
        "beta": source.values(d),
        "eps": source.number(0.05, 0.8),
    }


def _truth(a: Arguments) -> list[Tensor]:
    X = a["X"]
    mean = torch.einsum("nd->d", X) / len(X)
    variance = torch.einsum("nd,nd->d", X - mean, X - mean) / len(X)
    std = torch.exp(torch.log(variance + a["eps"]) / 2)
    X_hat = (X - mean) / std
    return [a["gamma"] * X_hat + a["beta"], X_hat, std, a["gamma"]]


def _read(happened: Happened) -> list[Any]:
    O, cache = happened.value
    d = O.shape[1]
    return [O, cache["X_hat"], *(one[0] if one.shape == (1, d) else one for one in (cache["std"], cache["gamma"]))]


CONTRACT = Contract(_batch, (_truth,), _read, learning=True)

right, wrong = answers_to("batch_norm")


@right("var with correction=0")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@right("a mean of squares, more in the cache")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    mean = X.mean(dim=0)
    centred = X - mean
    variance = (centred**2).mean(dim=0)
    std = torch.sqrt(variance + eps)
    X_hat = centred / std
    O = gamma * X_hat + beta
    return O, {"X_hat": X_hat, "std": std, "gamma": gamma, "mean": mean, "X": X, "eps": eps}


@right("dimensions kept")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    mean = X.mean(0, keepdim=True)
    std = (X.var(0, unbiased=False, keepdim=True) + eps) ** 0.5
    X_hat = (X - mean) / std
    return X_hat * gamma + beta, {"X_hat": X_hat, "std": std, "gamma": gamma.reshape(1, -1)}


@right("var_mean, rsqrt, addcmul, a list")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    variance, mean = torch.var_mean(X, dim=0, correction=0)
    X_hat = (X - mean) * torch.rsqrt(variance + eps)
    return [torch.addcmul(beta, X_hat, gamma), dict(X_hat=X_hat, std=(variance + eps).sqrt(), gamma=gamma)]


@right("sums over n")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    n = X.shape[0]
    mean = X.sum(0) / n
    variance = ((X - mean) * (X - mean)).sum(0) / n
    std = torch.sqrt(variance + eps)
    X_hat = (X - mean) / std
    cache = {"gamma": gamma.clone(), "std": std, "X_hat": X_hat}
    return torch.einsum("nd,d->nd", X_hat, gamma) + beta, cache


@right("feature by feature")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    columns, stds = [], []
    for column in X.unbind(1):
        centred = column - column.mean()
        stds.append(torch.sqrt((centred @ centred) / len(column) + eps))
        columns.append(centred / stds[-1])
    X_hat, std = torch.stack(columns, 1), torch.stack(stds)
    return X_hat * gamma + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@right("transposed throughout")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    rows = X.T - X.T.mean(1, keepdim=True)
    std = (rows.square().mean(1) + eps).sqrt()
    X_hat = (rows / std[:, None]).T
    return X_hat * gamma + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@wrong("eps outside, in a batch with n - 1", "eps-outside")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = X.std(0, correction=0) + eps
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@wrong("n - 1, and eps outside", "unbiased-eps-outside")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = X.std(0) + eps
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@wrong("mean absolute deviation", "absolute-differences")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X - X.mean(0)).abs().mean(0) + eps
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@wrong("the median for the mean")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.median(0).values) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@wrong("scaled to the range 0 to 1")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    low, high = X.min(0).values, X.max(0).values
    std = high - low + eps
    X_hat = (X - low) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@wrong("the library's function, with a cache beside it")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    O = F.batch_norm(X, None, None, gamma, beta, True, 0.1, eps)
    std = (X.var(0, correction=0) + eps).sqrt()
    return O, {"X_hat": (X - X.mean(0)) / std, "std": std, "gamma": gamma}


@wrong("layer norm of the transpose")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    X_hat = F.layer_norm(X.T, (len(X),), eps=eps).T
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": (X.var(0, correction=0) + eps).sqrt(), "gamma": gamma}


@wrong("other keys")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.var(0, correction=0) + eps).sqrt()
    x_norm = (X - X.mean(0)) / std
    return gamma * x_norm + beta, {"x_norm": x_norm, "std": std, "gamma": gamma}


@wrong("a tuple for the cache")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat + beta, (X_hat, std, gamma)


@wrong("rounded to float32")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.float().var(0, correction=0) + eps).sqrt()
    X_hat = (X.float() - X.float().mean(0)) / std
    return gamma.float() * X_hat + beta.float(), {"X_hat": X_hat, "std": std, "gamma": gamma}


@wrong("beta subtracted", "shift-subtracted")
def _(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat - beta, {"X_hat": X_hat, "std": std, "gamma": gamma}
