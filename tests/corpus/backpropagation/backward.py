"""`backward`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from tests.corpus.backpropagation.shared import forward, objective_truth, passed
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _backward(source: Source) -> Arguments:
    while True:
        a = forward(source)
        if source.chance(0.3):  # an example of zeros: Z is exactly 0 in the units without a bias
            a["X"][0] = 0
            a["params"]["b1"] *= torch.from_numpy(source.g.random(len(a["params"]["b1"]))) < 0.5
        _, Z, H = passed(a["X"], a["params"])
        if not bool(((Z.abs() < 1e-4) & (Z != 0)).any()):  # rounding must not decide which units are on
            break
    Y = source.values(len(Z), len(a["params"]["b2"]))
    decay = float(source.g.choice([0.0, 0.3, 1.0, 2.5]))
    return {"X": a["X"], "Y": Y, "params": a["params"], "cache": {"Z": Z, "H": H}, "weight_decay": decay}


def _backward_truth(a: Arguments) -> list[Tensor]:
    leaves = {name: value.detach().clone().requires_grad_(True) for name, value in a["params"].items()}
    Z = a["X"] @ leaves["W1"] + leaves["b1"]
    O = torch.where(a["cache"]["Z"] > 0, Z, torch.zeros_like(Z)) @ leaves["W2"] + leaves["b2"]
    J = objective_truth({"O": O, "Y": a["Y"], "params": leaves, "weight_decay": a["weight_decay"]})[0]
    return list(torch.autograd.grad(J, [leaves[name] for name in ("W1", "b1", "W2", "b2")]))


def _read_gradients(happened: Happened) -> list[Any]:
    return [happened.value[name] for name in ("W1", "b1", "W2", "b2")]


CONTRACT = Contract(_backward, (_backward_truth,), _read_gradients)


right, wrong = answers_to("backward")


@right("as in the text")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    O = H @ params["W2"] + params["b2"]
    grad_O = 2 * (O - Y) / O.numel()
    grad_Z = grad_O @ params["W2"].T * (Z > 0)
    return {
        "W1": X.T @ grad_Z + weight_decay * params["W1"],
        "b1": grad_Z.sum(0),
        "W2": H.T @ grad_O + weight_decay * params["W2"],
        "b2": grad_O.sum(0),
    }


@right("from X alone, with more keys")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    grad_O = (H @ params["W2"] + params["b2"] - Y) * (2.0 / Y.numel())
    grad_H = grad_O @ params["W2"].T
    grad_Z = torch.where(Z > 0, grad_H, 0.0)
    grads = {"O": grad_O, "H": grad_H, "Z": grad_Z}
    grads["W2"] = H.T @ grad_O + weight_decay * params["W2"]
    grads["b2"] = grad_O.sum(0)
    grads["W1"] = X.T @ grad_Z + weight_decay * params["W1"]
    grads["b1"] = grad_Z.sum(0)
    return grads


@right("one example at a time")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    W1, W2 = params["W1"].detach(), params["W2"].detach()
    grads = {name: torch.zeros_like(value) for name, value in params.items()}
    grads["W1"] += weight_decay * W1
    grads["W2"] += weight_decay * W2
    for x, y, z, h in zip(X.detach(), Y.detach(), cache["Z"].detach(), cache["H"].detach(), strict=True):
        g = 2 * (W2.T @ h + params["b2"].detach() - y) / Y.numel()
        grads["W2"] += torch.outer(h, g)
        grads["b2"] += g
        g = W2 @ g
        g[z <= 0] = 0
        grads["W1"] += torch.outer(x, g)
        grads["b1"] += g
    return grads


@right("einsum, with the mask of H")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    H = cache["H"]
    G = 2 / Y.numel() * (torch.einsum("nh,hq->nq", H, params["W2"]) + params["b2"] - Y)
    D = torch.einsum("nq,hq,nh->nh", G, params["W2"], (H > 0).to(H.dtype))
    W2 = torch.einsum("nh,nq->hq", H, G).add(params["W2"], alpha=weight_decay)
    W1 = torch.einsum("nd,nh->dh", X, D).add(params["W1"], alpha=weight_decay)
    return {"b2": G.sum(0), "W2": W2, "b1": D.sum(0), "W1": W1}


@right("from local rules")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    def linear(A: Tensor, W: Tensor, G: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return G @ W.T, A.T @ G, G.sum(0)

    O = cache["H"] @ params["W2"] + params["b2"]
    grad_H, W2, b2 = linear(cache["H"], params["W2"], 2 * (O - Y) / (O.shape[0] * O.shape[1]))
    _, W1, b1 = linear(X, params["W1"], grad_H * (cache["Z"] > 0))
    grads = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return {k: g + weight_decay * params[k] if k[0] == "W" else g for k, g in grads.items()}


@right("float64 inside")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    p = {name: value.double() for name, value in params.items()}
    Z, H = cache["Z"].double(), cache["H"].double()
    G = 2 * (H @ p["W2"] + p["b2"] - Y.double()) / Y.numel()
    D = (G @ p["W2"].T) * (Z > 0)
    grads = {
        "W2": H.T @ G + weight_decay * p["W2"],
        "b2": G.sum(0),
        "W1": X.double().T @ D + weight_decay * p["W1"],
        "b1": D.sum(0),
    }
    return {name: grad.to(X.dtype) for name, grad in grads.items()}


@wrong("autograd")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    leaves = {name: value.detach().clone().requires_grad_() for name, value in params.items()}
    O = torch.relu(X @ leaves["W1"] + leaves["b1"]) @ leaves["W2"] + leaves["b2"]
    s = (leaves["W1"] ** 2).sum() + (leaves["W2"] ** 2).sum()
    (((O - Y) ** 2).mean() + weight_decay / 2 * s).backward()
    return {name: leaf.grad for name, leaf in leaves.items()}


@wrong("O without its bias", "output-without-bias")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    G = 2 * (H @ params["W2"] - Y) / Y.numel()
    D = G @ params["W2"].T * (Z > 0)
    return {
        "W1": X.T @ D + weight_decay * params["W1"],
        "b1": D.sum(0),
        "W2": H.T @ G + weight_decay * params["W2"],
        "b2": G.sum(0),
    }


@wrong("grad_W2 from Z instead of H", "z-into-second-layer")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    D = G @ params["W2"].T * (Z > 0)
    return {
        "W1": X.T @ D + weight_decay * params["W1"],
        "b1": D.sum(0),
        "W2": Z.T @ G + weight_decay * params["W2"],
        "b2": G.sum(0),
    }


@wrong("no factor 2 and no mask", "no-two")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    H = cache["H"]
    G = (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    D = G @ params["W2"].T
    return {
        "W1": X.T @ D + weight_decay * params["W1"],
        "b1": D.sum(0),
        "W2": H.T @ G + weight_decay * params["W2"],
        "b2": G.sum(0),
    }


@wrong("a penalty divided by the batch size")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    D = G @ params["W2"].T * (Z > 0)
    return {
        "W1": X.T @ D + weight_decay / (10 * len(X)) * params["W1"],
        "b1": D.sum(0),
        "W2": H.T @ G + weight_decay / (10 * len(X)) * params["W2"],
        "b2": G.sum(0),
    }


@wrong("every gradient divided by the batch size once more", "n-again")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    D = G @ params["W2"].T * (Z > 0)
    return {
        "W1": X.T @ D / len(X) + weight_decay * params["W1"],
        "b1": D.sum(0) / len(X),
        "W2": H.T @ G / len(X) + weight_decay * params["W2"],
        "b2": G.sum(0) / len(X),
    }


@wrong("a tuple instead of a dict", "as-tuple")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    D = G @ params["W2"].T * (Z > 0)
    return X.T @ D + weight_decay * params["W1"], D.sum(0), H.T @ G + weight_decay * params["W2"], G.sum(0)


@wrong("the cache is overwritten")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    with torch.no_grad():
        Z[Z > 0] = 1
        Z[Z < 0] = 0
    D = G @ params["W2"].T * Z
    return {
        "W1": X.T @ D + weight_decay * params["W1"],
        "b1": D.sum(0),
        "W2": H.T @ G + weight_decay * params["W2"],
        "b2": G.sum(0),
    }


@wrong("zeros")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    return {name: torch.zeros_like(value) for name, value in params.items()}


@wrong("only the upper layer is done")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    H = cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    grads = {name: torch.zeros_like(value) for name, value in params.items()}
    return {**grads, "W2": H.T @ G + weight_decay * params["W2"], "b2": G.sum(0)}
