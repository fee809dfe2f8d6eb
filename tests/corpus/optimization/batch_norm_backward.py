"""`batch_norm_backward`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _passed(source: Source) -> Arguments:
    n, d = source.sizes(2)
    X = source.values(n, d)
    std = torch.sqrt(((X - X.mean(0)) ** 2).mean(0) + source.number(0.05, 0.8))
    return {
        "grad_O": source.values(n, d),
        "cache": {"X_hat": (X - X.mean(0)) / std, "std": std, "gamma": source.values(d)},
    }


def _truth(a: Arguments) -> list[Tensor]:
    """Return the gradients from the whole Jacobian of each feature, ∂x̂_i/∂x_j = (δ_ij - 1/n - x̂_i x̂_j / n) / std."""
    G, cache = a["grad_O"], a["cache"]
    X_hat, n = cache["X_hat"], len(a["grad_O"])
    jacobian = (torch.eye(n, dtype=G.dtype) - 1 / n)[:, :, None] - X_hat[:, None] * X_hat[None, :] / n  # (n, n, d)
    grad_X = torch.einsum("id,ijd,d->jd", G, jacobian, cache["gamma"] / cache["std"])
    return [grad_X, torch.einsum("nd,nd->d", G, X_hat), torch.einsum("nd->d", G)]


CONTRACT = Contract(_passed, (_truth,), learning=True)

right, wrong = answers_to("batch_norm_backward")


@right("with means")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    G = gamma * grad_O
    grad_X = (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std
    return grad_X, (grad_O * X_hat).sum(0), grad_O.sum(0)


@right("n in front, as in many notes")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    n = grad_O.shape[0]
    grad_gamma = torch.sum(grad_O * X_hat, dim=0)
    grad_beta = torch.sum(grad_O, dim=0)
    grad_X = gamma / (n * std) * (n * grad_O - grad_beta - X_hat * grad_gamma)
    return grad_X, grad_gamma, grad_beta


@right("step by step, through variance and mean")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    n, centred = len(grad_O), X_hat * std
    grad_X_hat = grad_O * gamma
    grad_variance = (grad_X_hat * centred).sum(0) * -0.5 * std**-3
    grad_mean = -(grad_X_hat / std).sum(0) + grad_variance * (-2 * centred).mean(0)
    grad_X = grad_X_hat / std + grad_variance * 2 * centred / n + grad_mean / n
    return grad_X, (grad_O * X_hat).sum(0), grad_O.sum(0)


@right("einsum, a list")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat = cache["X_hat"]
    grad_gamma, grad_beta = torch.einsum("nd,nd->d", grad_O, X_hat), torch.einsum("nd->d", grad_O)
    scale = cache["gamma"] / cache["std"]
    return [scale * (grad_O - (X_hat * grad_gamma + grad_beta) / len(X_hat)), grad_gamma, grad_beta]


@right("a projection for each feature")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    n, columns = len(grad_O), []
    for g, x, c in zip(grad_O.unbind(1), X_hat.unbind(1), gamma / std, strict=True):
        columns.append(c * (g - g.sum() / n - x * (x @ g) / n))
    return torch.stack(columns, 1), (X_hat * grad_O).sum(0), grad_O.sum(0)


@right("a product with ones")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    ones = grad_O.new_ones(1, len(grad_O))
    grad_beta, grad_gamma = (ones @ grad_O)[0], (ones @ (grad_O * X_hat))[0]
    centred = grad_O - ones.T @ grad_beta[None] / len(grad_O)
    return (centred - X_hat * grad_gamma / len(grad_O)) * gamma / std, grad_gamma, grad_beta


@right("dimensions kept inside")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat = cache["X_hat"]
    G = grad_O * cache["gamma"]
    mean, slope = G.mean(0, keepdim=True), (G * X_hat).mean(0, keepdim=True)
    return G.sub(mean).sub(X_hat * slope).div(cache["std"]), grad_O.mul(X_hat).sum(dim=0), grad_O.sum(dim=0)


@wrong("grad_gamma averaged, and gamma forgotten below", "no-gamma")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std = cache["X_hat"], cache["std"]
    grad_X = (grad_O - grad_O.mean(0) - X_hat * (grad_O * X_hat).mean(0)) / std
    return grad_X, (grad_O * X_hat).mean(0), grad_O.sum(0)


@wrong("divided by std once more", "std-squared")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    G = gamma * grad_O
    return (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std**2, (grad_O * X_hat).sum(0), grad_O.sum(0)


@wrong("gamma squared", "gamma-twice")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    G = gamma * gamma * grad_O
    return (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std, (grad_O * X_hat).sum(0), grad_O.sum(0)


@wrong("gamma in grad_gamma", "gamma-scaled")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    G = gamma * grad_O
    return (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std, (G * X_hat).sum(0), grad_O.sum(0)


@wrong("gamma in grad_beta", "beta-scaled")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    G = gamma * grad_O
    return (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std, (grad_O * X_hat).sum(0), G.sum(0)


@wrong("zeros")
def _(grad_O: Tensor, cache: Any) -> Any:
    zeros = torch.zeros_like(cache["std"])
    return torch.zeros_like(grad_O), zeros, zeros.clone()


@wrong("autograd")
def _(grad_O: Tensor, cache: Any) -> Any:
    X = (cache["X_hat"] * cache["std"]).detach().requires_grad_()
    gamma, beta = cache["gamma"].detach().requires_grad_(), torch.zeros_like(cache["gamma"], requires_grad=True)
    eps = (cache["std"] ** 2 - X.var(0, correction=0)).detach()
    O = gamma * (X - X.mean(0)) / (X.var(0, correction=0) + eps).sqrt() + beta
    return torch.autograd.grad((O * grad_O.detach()).sum(), (X, gamma, beta))


@wrong("the cache changed")
@torch.no_grad()
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, std, gamma = cache["X_hat"], cache["std"], cache["gamma"]
    G = gamma * grad_O
    grad_gamma = (grad_O * X_hat).sum(0)
    return (G - G.mean(0) - X_hat.mul_((G * X_hat).mean(0))) / std, grad_gamma, grad_O.sum(0)


@wrong("a dict")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, G = cache["X_hat"], cache["gamma"] * grad_O
    grad_X = (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / cache["std"]
    return {"grad_X": grad_X, "grad_gamma": (grad_O * X_hat).sum(0), "grad_beta": grad_O.sum(0)}


@wrong("every sign turned", "sign")
def _(grad_O: Tensor, cache: Any) -> Any:
    X_hat, G = cache["X_hat"], -cache["gamma"] * grad_O
    grad_X = (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / cache["std"]
    return grad_X, -(grad_O * X_hat).sum(0), -grad_O.sum(0)
