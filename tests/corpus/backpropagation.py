"""Answers to lesson 03."""

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.corpus.entries import right, wrong

# --- forward ---


@right("forward", "as in the text")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@right("forward", "with more in the cache, as a list")
def _(X: Tensor, params: Any) -> Any:
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    Z = torch.matmul(X, W1) + b1
    H = Z.clamp(min=0)
    O = torch.matmul(H, W2) + b2
    return [O, {"X": X, "Z": Z, "H": H, "O": O, "batch": len(X)}]


@right("forward", "einsum and a mask")
def _(X: Tensor, params: Any) -> Any:
    Z = torch.einsum("nd,dh->nh", X, params["W1"]) + params["b1"][None, :]
    H = Z * (Z > 0)
    O = torch.einsum("nh,hq->nq", H, params["W2"]) + params["b2"][None, :]
    return O, dict(H=H, Z=Z)


@right("forward", "addmm")
def _(X: Tensor, params: Any) -> Any:
    Z = torch.addmm(params["b1"], X, params["W1"])
    H = torch.maximum(Z, torch.zeros_like(Z))
    return torch.addmm(params["b2"], H, params["W2"]), {"Z": Z, "H": H}


@right("forward", "functional layers")
def _(X: Tensor, params: Any) -> Any:
    Z = F.linear(X, params["W1"].T, params["b1"])
    H = F.relu(Z)
    return F.linear(H, params["W2"].t(), params["b2"]), {"Z": Z, "H": H}


@right("forward", "the bias as a column of ones")
def _(X: Tensor, params: Any) -> Any:
    ones = torch.ones_like(X[:, :1])
    Z = torch.cat([X, ones], dim=1) @ torch.cat([params["W1"], params["b1"][None]], dim=0)
    H = torch.where(Z > 0, Z, 0.0)
    O = torch.cat([H, ones], dim=1) @ torch.cat([params["W2"], params["b2"][None]], dim=0)
    return O, {"Z": Z, "H": H}


@right("forward", "one example at a time")
def _(X: Tensor, params: Any) -> Any:
    Z = torch.stack([x @ params["W1"] + params["b1"] for x in X])
    H = torch.stack([z.relu() for z in Z])
    O = torch.stack([h @ params["W2"] + params["b2"] for h in H])
    return O, {"Z": Z, "H": H}


@right("forward", "float64 inside")
def _(X: Tensor, params: Any) -> Any:
    Z = X.double() @ params["W1"].double() + params["b1"].double()
    H = (Z + Z.abs()) / 2
    O = H @ params["W2"].double() + params["b2"].double()
    return O.to(X.dtype), {"Z": Z.to(X.dtype), "H": H.to(X.dtype)}


@wrong("forward", "leaky units")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = F.leaky_relu(Z, 0.01)
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@wrong("forward", "H is right but O is made from Z")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return Z @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@wrong("forward", "weights transposed")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"].T + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"].T + params["b2"], {"Z": Z, "H": H}


@wrong("forward", "the cache has other keys")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"] + params["b2"], {"z": Z, "h": H}


@wrong("forward", "the cache is a tuple")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"] + params["b2"], (Z, H)


@wrong("forward", "the cache holds copies cut off and a rounded output")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return torch.round(H @ params["W2"] + params["b2"], decimals=1), {"Z": Z, "H": H}


@wrong("forward", "tanh units")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.tanh(Z)
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}


# --- objective ---


@right("objective", "as in the text")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    loss = ((O - Y) ** 2).mean()
    penalty = weight_decay / 2 * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    return loss + penalty


@right("objective", "the library's loss")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    norms = torch.linalg.norm(params["W1"]) ** 2 + torch.linalg.norm(params["W2"]) ** 2
    return F.mse_loss(O, Y) + 0.5 * weight_decay * norms


@right("objective", "a loss module and traces")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    W1, W2 = params["W1"], params["W2"]
    return nn.MSELoss()(O, Y) + weight_decay * (torch.trace(W1.T @ W1) + torch.trace(W2 @ W2.T)) / 2


@right("objective", "a mean of means")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    loss = (O - Y).pow(2).mean(dim=1).mean(dim=0)
    return loss + sum(weight_decay / 2 * W.square().sum() for name, W in params.items() if name.startswith("W"))


@right("objective", "a sum divided by the number of elements")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    error = (O - Y).flatten()
    weights = torch.cat([params["W1"].flatten(), params["W2"].flatten()])
    return error @ error / error.numel() + weight_decay / 2 * (weights @ weights)


@right("objective", "an honest loop")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    n, q = O.shape
    loss = sum((O[i, j] - Y[i, j]) ** 2 for i in range(n) for j in range(q)) / (n * q)
    for name in ("W1", "W2"):
        loss = loss + weight_decay / 2 * sum(w * w for row in params[name] for w in row)
    return loss


@right("objective", "einsum and Frobenius norms")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    E = O - Y
    s = sum(torch.norm(params[name], p="fro") ** 2 for name in ("W1", "W2"))
    return torch.einsum("nq,nq->", E, E) / E.numel() + weight_decay * s / 2


@wrong("objective", "divided by the number of outputs")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).sum() / O.shape[1] + weight_decay / 2 * s


@wrong("objective", "the penalty has a minus")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).mean() - weight_decay / 2 * s


@wrong("objective", "the penalty multiplies", "penalty-multiplies")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).mean() * (1 + weight_decay / 2 * s)


@wrong("objective", "a one-element vector")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return (((O - Y) ** 2).mean() + weight_decay / 2 * s).reshape(1)


@wrong("objective", "the penalty is averaged over the batch")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    return ((O - Y) ** 2).mean() + weight_decay / (2 * len(O)) * s


@wrong("objective", "spectral norms")
def _(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    s = torch.linalg.matrix_norm(params["W1"], 2) ** 2 + torch.linalg.matrix_norm(params["W2"], 2) ** 2
    return ((O - Y) ** 2).mean() + weight_decay / 2 * s


# --- grad_output ---


@right("grad_output", "as in the text")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y) / O.numel()


@right("grad_output", "sizes by name")
def _(O: Tensor, Y: Tensor) -> Tensor:
    n, q = O.shape
    return (2.0 / (n * q)) * (O - Y)


@right("grad_output", "a minus outside")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return -(Y - O) * 2 / Y.nelement()


@right("grad_output", "in place on a new tensor")
def _(O: Tensor, Y: Tensor) -> Tensor:
    grad = (O - Y).detach()
    grad *= 2
    grad /= grad.numel()
    return grad


@right("grad_output", "float64 inside")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return ((O.double() - Y.double()) * 2 / O.numel()).to(O.dtype)


@right("grad_output", "an honest loop")
def _(O: Tensor, Y: Tensor) -> Tensor:
    grad = torch.zeros_like(O)
    for i in range(O.shape[0]):
        for j in range(O.shape[1]):
            grad[i, j] = 2 * (O[i, j] - Y[i, j]) / (O.shape[0] * O.shape[1])
    return grad.detach()


@right("grad_output", "torch's own arithmetic")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return torch.div(torch.sub(O, Y).mul(2), O.size(0) * O.size(1))


@wrong("grad_output", "autograd")
def _(O: Tensor, Y: Tensor) -> Tensor:
    leaf = O.detach().clone().requires_grad_(True)
    ((leaf - Y.detach()) ** 2).mean().backward()
    assert leaf.grad is not None
    return leaf.grad


@wrong("grad_output", "torch.func")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return torch.func.grad(lambda o: F.mse_loss(o, Y))(O)


@wrong("grad_output", "averaged over the rows")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y).mean(0, keepdim=True).expand_as(O) / O.shape[1]


@wrong("grad_output", "transposed")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return (2 * (O - Y) / O.numel()).T


@wrong("grad_output", "divided by n + q")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y) / sum(O.shape)


@wrong("grad_output", "in float64")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O.double() - Y.double()) / O.numel()


# --- grad_linear ---


@right("grad_linear", "as in the text")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum(dim=0)


@right("grad_linear", "einsum, as a list")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_X = torch.einsum("nq,dq->nd", grad_O, W)
    grad_W = torch.einsum("nd,nq->dq", X, grad_O)
    return [grad_X, grad_W, torch.einsum("nq->q", grad_O)]


@right("grad_linear", "a sum of outer products")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_W = sum(torch.outer(x, g) for x, g in zip(X, grad_O, strict=True))
    grad_X = torch.stack([W @ g for g in grad_O])
    return grad_X, grad_W, sum(grad_O)


@right("grad_linear", "the product transposed")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return (W @ grad_O.T).T, (grad_O.mT @ X).mT, grad_O.mean(0) * len(grad_O)


@right("grad_linear", "ones for the sum")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    ones = X.new_ones(len(X))
    return grad_O.mm(W.t()), X.t().mm(grad_O), ones @ grad_O


@right("grad_linear", "broadcasting")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_X = (grad_O[:, None, :] * W[None, :, :]).sum(2)
    grad_W = (X[:, :, None] * grad_O[:, None, :]).sum(0)
    return grad_X, grad_W, grad_O.sum(0)


@right("grad_linear", "float64 inside")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    X64, W64, G64 = X.double(), W.double(), grad_O.double()
    return tuple(t.to(X.dtype) for t in (G64 @ W64.T, X64.T @ G64, G64.sum(0)))


@wrong("grad_linear", "autograd")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    leaves = [X.detach().clone().requires_grad_(), W.detach().clone().requires_grad_()]
    b = torch.zeros(W.shape[1], dtype=W.dtype, device=W.device, requires_grad=True)
    return torch.autograd.grad(leaves[0] @ leaves[1] + b, [*leaves, b], grad_O.detach())


@wrong("grad_linear", "grad_X with X in place of W")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X * grad_O.sum(1, keepdim=True), X.T @ grad_O, grad_O.sum(0)


@wrong("grad_linear", "two outputs only")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T @ grad_O, grad_O.sum(0)


@wrong("grad_linear", "a dict")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return {"X": grad_O @ W.T, "W": X.T @ grad_O, "b": grad_O.sum(0)}


@wrong("grad_linear", "grad_W of the last example only")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    for x, g in zip(X, grad_O, strict=True):
        grad_W = torch.outer(x, g)
    return grad_O @ W.T, grad_W, grad_O.sum(0)


@wrong("grad_linear", "signs")
def _(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, -X.T @ grad_O, -grad_O.sum(0)


# --- grad_relu ---


@right("grad_relu", "a product with a mask")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * (Z > 0)


@right("grad_relu", "torch.where")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return torch.where(Z > 0, grad_H, torch.zeros_like(grad_H))


@right("grad_relu", "in place on a copy")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    grad_Z = grad_H.detach().clone()
    grad_Z[Z <= 0] = 0
    return grad_Z


@right("grad_relu", "masked_fill")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H.masked_fill(~(Z > 0), 0)


@right("grad_relu", "the sign of the activation")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * torch.sign(torch.relu(Z))


@right("grad_relu", "heaviside")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return torch.heaviside(Z.detach(), torch.zeros((), dtype=Z.dtype, device=Z.device)) * grad_H


@right("grad_relu", "an honest loop")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    flat = [g if z > 0 else g * 0 for z, g in zip(Z.flatten(), grad_H.flatten(), strict=True)]
    return torch.stack(flat).reshape(Z.shape)


@wrong("grad_relu", "autograd")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    leaf = Z.detach().clone().requires_grad_()
    return torch.autograd.grad(leaf.relu(), leaf, grad_H.detach())[0]


@wrong("grad_relu", "open from one half")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * (Z > 0.5)


@wrong("grad_relu", "integers")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return (Z > 0).long() * grad_H.long()


@wrong("grad_relu", "summed over the batch")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return (grad_H * (Z > 0)).sum(0)


@wrong("grad_relu", "half at zero")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * ((Z > 0).to(Z.dtype) + (Z >= 0).to(Z.dtype)) / 2


@wrong("grad_relu", "the slope of tanh")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * (1 - torch.tanh(Z) ** 2)


# --- backward ---


@right("backward", "as in the text")
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


@right("backward", "from X alone, with more keys")
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


@right("backward", "one example at a time")
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


@right("backward", "einsum, with the mask of H")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    H = cache["H"]
    G = 2 / Y.numel() * (torch.einsum("nh,hq->nq", H, params["W2"]) + params["b2"] - Y)
    D = torch.einsum("nq,hq,nh->nh", G, params["W2"], (H > 0).to(H.dtype))
    W2 = torch.einsum("nh,nq->hq", H, G).add(params["W2"], alpha=weight_decay)
    W1 = torch.einsum("nd,nh->dh", X, D).add(params["W1"], alpha=weight_decay)
    return {"b2": G.sum(0), "W2": W2, "b1": D.sum(0), "W1": W1}


@right("backward", "from local rules")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    def linear(A: Tensor, W: Tensor, G: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return G @ W.T, A.T @ G, G.sum(0)

    O = cache["H"] @ params["W2"] + params["b2"]
    grad_H, W2, b2 = linear(cache["H"], params["W2"], 2 * (O - Y) / (O.shape[0] * O.shape[1]))
    _, W1, b1 = linear(X, params["W1"], grad_H * (cache["Z"] > 0))
    grads = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return {k: g + weight_decay * params[k] if k[0] == "W" else g for k, g in grads.items()}


@right("backward", "float64 inside")
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


@wrong("backward", "autograd")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    leaves = {name: value.detach().clone().requires_grad_() for name, value in params.items()}
    O = torch.relu(X @ leaves["W1"] + leaves["b1"]) @ leaves["W2"] + leaves["b2"]
    s = (leaves["W1"] ** 2).sum() + (leaves["W2"] ** 2).sum()
    (((O - Y) ** 2).mean() + weight_decay / 2 * s).backward()
    return {name: leaf.grad for name, leaf in leaves.items()}


@wrong("backward", "O without its bias")
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


@wrong("backward", "grad_W2 from Z instead of H")
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


@wrong("backward", "no factor 2 and no mask", "no-two")
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


@wrong("backward", "a penalty divided by the batch size")
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


@wrong("backward", "every gradient divided by the batch size once more")
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


@wrong("backward", "a tuple instead of a dict")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    D = G @ params["W2"].T * (Z > 0)
    return X.T @ D + weight_decay * params["W1"], D.sum(0), H.T @ G + weight_decay * params["W2"], G.sum(0)


@wrong("backward", "the cache is overwritten")
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


@wrong("backward", "zeros")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    return {name: torch.zeros_like(value) for name, value in params.items()}


@wrong("backward", "only the upper layer is done")
def _(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    H = cache["H"]
    G = 2 * (H @ params["W2"] + params["b2"] - Y) / Y.numel()
    grads = {name: torch.zeros_like(value) for name, value in params.items()}
    return {**grads, "W2": H.T @ G + weight_decay * params["W2"], "b2": G.sum(0)}


# --- numerical_gradient ---


@right("numerical_gradient", "in place, put back by value")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for index in product(*map(range, x.shape)):
        old = x[index].item()
        x[index] = old + eps
        above = f(x)
        x[index] = old - eps
        below = f(x)
        x[index] = old
        gradient[index] = (above - below) / (2 * eps)
    return gradient


@right("numerical_gradient", "in place, with drift of the last bit")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for index in np.ndindex(*x.shape):
        x[index] += eps
        above = f(x).item()
        x[index] -= 2 * eps
        below = f(x).item()
        x[index] += eps
        gradient[index] = (above - below) / (2 * eps)
    return gradient


@right("numerical_gradient", "copies")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    quotients = []
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype, device=x.device)
        step[i] = eps
        step = step.reshape(x.shape)
        quotients.append((f(x + step) - f(x - step)) / (2 * eps))
    return torch.stack(quotients).reshape(x.shape)


@right("numerical_gradient", "a flat working copy")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    work = x.detach().clone().contiguous()
    flat, gradient = work.view(-1), torch.empty_like(work)
    for i in range(flat.numel()):
        flat[i] += eps
        above = float(f(work))
        flat[i] -= 2 * eps
        below = float(f(work))
        flat[i] += eps
        gradient.view(-1)[i] = 0.5 * (above - below) / eps
    return gradient


@right("numerical_gradient", "the identity matrix")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    E = eps * torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)
    return torch.stack([(f(x + e) - f(x - e)) / 2 / eps for e in E]).reshape(x.shape)


@right("numerical_gradient", "a list of numbers")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    values = x.flatten().tolist()

    def at(i: int, step: float) -> float:
        moved = [value + step if j == i else value for j, value in enumerate(values)]
        return f(x.new_tensor(moved).reshape(x.shape)).item()

    return x.new_tensor([(at(i, eps) - at(i, -eps)) / (2 * eps) for i in range(len(values))]).reshape(x.shape)


@wrong("numerical_gradient", "autograd")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf)[0]


@wrong("numerical_gradient", "torch.func")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    return torch.func.grad(f)(x)


@wrong("numerical_gradient", "a copy that is not a view")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    flat = x.flatten().clone()
    for i in range(flat.numel()):
        flat[i] += eps
        above = f(x)
        flat[i] -= 2 * eps
        below = f(x)
        flat[i] += eps
        gradient.view(-1)[i] = (above - below) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "ends one step below", "not-restored")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for index in product(*map(range, x.shape)):
        old = x[index].item()
        x[index] = old + eps
        above = f(x)
        x[index] = old - eps
        gradient[index] = (above - f(x)) / (2 * eps)
        x[index] = old - eps
    return gradient


@wrong("numerical_gradient", "matrices only")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            step = torch.zeros_like(x)
            step[i, j] = eps
            gradient[i, j] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


@wrong("numerical_gradient", "the sign")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    E = eps * torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)
    return torch.stack([(f(x - e) - f(x + e)) / 2 / eps for e in E]).reshape(x.shape)


# --- sgd_step ---


@right("sgd_step", "as in the text")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name] -= lr * grads[name]


@right("sgd_step", "through .data")
def _(params: Any, grads: Any, lr: float) -> None:
    for name, parameter in params.items():
        parameter.data -= lr * grads[name].data


@right("sgd_step", "a new .data")
def _(params: Any, grads: Any, lr: float) -> None:
    for name, parameter in params.items():
        parameter.data = parameter.data - lr * grads[name].data


@right("sgd_step", "sub_, and the parameters returned")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> Any:
    for name, parameter in params.items():
        parameter.sub_(grads[name], alpha=lr)
    return params


@right("sgd_step", "copy_")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name].copy_(params[name] - lr * grads[name])


@right("sgd_step", "assignment to all elements")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name][:] = params[name] - lr * grads[name]


@right("sgd_step", "a detached alias")
def _(params: Any, grads: Any, lr: float) -> None:
    for name, grad in grads.items():
        params[name].detach().add_(grad.detach(), alpha=-lr)


@wrong("sgd_step", "half a step")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr / 2 * grads[name]


@wrong("sgd_step", "two steps")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for name in (*params, *params):
        params[name] -= lr * grads[name]


@wrong("sgd_step", "the signs of the gradients")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * torch.sign(grads[name])


@wrong("sgd_step", "gradients from the parameters themselves")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for parameter in params.values():
        parameter -= lr * parameter.grad


@wrong("sgd_step", "detached in place")
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name].detach_()
        params[name] -= lr * grads[name]


@wrong("sgd_step", "new parameters that require gradients")
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] = (params[name] - lr * grads[name]).detach().requires_grad_()


@wrong("sgd_step", "only four known names")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in ("W1", "b1", "W2", "b2"):
            params[name] -= lr * grads[name]


# --- deep_forward ---


@right("deep_forward", "as in the text")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations


@right("deep_forward", "1 / (1 + exp(-z)), as a tuple")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    A, found = X, (X,)
    for W, b in zip(weights, biases, strict=True):
        A = 1 / (1 + torch.exp(-(A @ W + b)))
        found = (*found, A)
    return found


@right("deep_forward", "by index")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    A = [X] + [None] * len(weights)
    for l in range(len(weights)):
        A[l + 1] = F.linear(A[l], weights[l].T, biases[l]).sigmoid()
    return A


@right("deep_forward", "recursion")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    def run(A: Tensor, layers: Any) -> Any:
        if not layers:
            return [A]
        (W, b), *rest = layers
        return [A, *run(torch.sigmoid(torch.addmm(b, A, W)), rest)]

    return run(X, list(zip(weights, biases, strict=True)))


@right("deep_forward", "tanh")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append((1 + torch.tanh((activations[-1] @ W + b) / 2)) / 2)
    return activations


@right("deep_forward", "two branches")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        Z = torch.einsum("nd,dh->nh", activations[-1], W) + b
        E = torch.exp(-Z.abs())
        activations.append(torch.where(Z >= 0, 1 / (1 + E), E / (1 + E)))
    return activations


@right("deep_forward", "one example at a time")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    layer = partial(torch.sigmoid)
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.stack([layer(a @ W + b) for a in activations[-1]]))
    return activations


@wrong("deep_forward", "the list is reversed")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations[::-1]


@wrong("deep_forward", "each layer gets X")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    return [X, *(torch.sigmoid(X @ W + b) for W, b in zip(weights, biases, strict=True))]


@wrong("deep_forward", "the last layer is missing")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        activations.append(torch.sigmoid(activations[-1] @ W + b))
    return activations


@wrong("deep_forward", "the weights of the first layer everywhere")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for b in biases:
        activations.append(torch.sigmoid(activations[-1] @ weights[0] + b))
    return activations


@wrong("deep_forward", "a dict")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = {0: X}
    for i, (W, b) in enumerate(zip(weights, biases, strict=True)):
        activations[i + 1] = torch.sigmoid(activations[i] @ W + b)
    return activations


@wrong("deep_forward", "a sigmoid twice")
def _(X: Tensor, weights: Any, biases: Any) -> Any:
    activations = [X]
    for W, b in zip(weights, biases, strict=True):
        activations.append(torch.sigmoid(torch.sigmoid(activations[-1] @ W + b)))
    return activations


# --- deep_backward ---


@right("deep_backward", "as in the text")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        A = activations[l]
        grad_weights.insert(0, A.T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ weights[l].T * A * (1 - A)
    return grad_weights, grad_biases


@right("deep_backward", "appended and reversed, as a list of tuples")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    grads = []
    error = 2 / Y.numel() * (activations[-1] - Y)
    for W, below, above in zip(weights[::-1], activations[-2::-1], activations[:0:-1], strict=True):
        delta = error * above * (1 - above)
        grads.append((below.T @ delta, delta.sum(0)))
        error = delta @ W.T
    return list(zip(*grads[::-1], strict=True))


@right("deep_backward", "all deltas first")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    L = len(weights)
    delta = [torch.empty(0)] * L
    for l in range(L - 1, -1, -1):
        a = activations[l + 1]
        arriving = 2 * (a - Y) / Y.numel() if l == L - 1 else delta[l + 1] @ weights[l + 1].T
        delta[l] = arriving * a * (1 - a)
    return [activations[l].T @ delta[l] for l in range(L)], [d.sum(dim=0) for d in delta]


@right("deep_backward", "recursion and einsum")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    def down(l: int, error: Tensor) -> Any:
        if l < 0:
            return [], []
        a = activations[l + 1]
        delta = error * (a - a * a)
        below_weights, below_biases = down(l - 1, torch.einsum("nq,dq->nd", delta, weights[l]))
        grad = torch.einsum("nd,nq->dq", activations[l], delta)
        return [*below_weights, grad], [*below_biases, delta.sum(0)]

    return down(len(weights) - 1, 2 * (activations[-1] - Y) / Y.numel())


@right("deep_backward", "one example at a time")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    weights = [W.detach() for W in weights]
    grad_weights = [torch.zeros_like(W) for W in weights]
    grad_biases = [torch.zeros_like(W[0]) for W in weights]
    for i in range(len(Y)):
        a = [A[i].detach() for A in activations]
        delta = 2 * (a[-1] - Y[i].detach()) / Y.numel() * a[-1] * (1 - a[-1])
        for l in range(len(weights) - 1, -1, -1):
            grad_weights[l] += torch.outer(a[l], delta)
            grad_biases[l] += delta
            delta = weights[l] @ delta * a[l] * (1 - a[l])
    return grad_weights, grad_biases


@right("deep_backward", "float64 inside")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = [a.double() for a in activations]
    delta = 2 * (A[-1] - Y.double()) / Y.numel() * A[-1] * (1 - A[-1])
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights = [(A[l].T @ delta).to(Y.dtype), *grad_weights]
        grad_biases = [delta.sum(0).to(Y.dtype), *grad_biases]
        delta = (delta @ weights[l].double().T) * A[l] * (1 - A[l])
    return grad_weights, grad_biases


@wrong("deep_backward", "autograd on the last layer")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1].detach().clone().requires_grad_()
    ((A - Y.detach()) ** 2).mean().backward()
    assert A.grad is not None
    delta = A.grad * activations[-1] * (1 - activations[-1])
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ weights[l].T * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases


@wrong("deep_backward", "the upper weights at every layer")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ weights[-1].T * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases


@wrong("deep_backward", "the error is not sent down")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    error = 2 * (A - Y) / A.numel()
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        if l < len(weights) - 1:
            error = error.sum(1, keepdim=True)
        delta = error * activations[l + 1] * (1 - activations[l + 1])
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
    return grad_weights, grad_biases


@wrong("deep_backward", "weights not transposed")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad_weights.insert(0, activations[l].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        if l:
            delta = delta @ weights[l] * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases


@wrong("deep_backward", "one list of pairs")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grads = []
    for l in reversed(range(len(weights))):
        grads.insert(0, (activations[l].T @ delta, delta.sum(0)))
        delta = delta @ weights[l].T * activations[l] * (1 - activations[l])
    return grads


@wrong("deep_backward", "the gradient in place of the weights")
def _(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights, grad_biases = [], []
    for l in reversed(range(len(weights))):
        grad = activations[l].T @ delta
        grad_weights.insert(0, grad)
        grad_biases.insert(0, delta.sum(0))
        delta = delta @ grad.T * activations[l] * (1 - activations[l])
    return grad_weights, grad_biases
