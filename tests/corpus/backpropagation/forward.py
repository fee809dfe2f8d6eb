"""`forward`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.backpropagation.shared import forward, passed
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Contract, Happened

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _read_forward(happened: Happened) -> list[Any]:
    O, cache = happened.value
    return [O, cache["Z"], cache["H"]]


CONTRACT = Contract(forward, (lambda a: passed(a["X"], a["params"]),), _read_forward, connected=1)


right, wrong = answers_to("forward")


@right("as in the text")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@right("with more in the cache, as a list")
def _(X: Tensor, params: Any) -> Any:
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    Z = torch.matmul(X, W1) + b1
    H = Z.clamp(min=0)
    O = torch.matmul(H, W2) + b2
    return [O, {"X": X, "Z": Z, "H": H, "O": O, "batch": len(X)}]


@right("einsum and a mask")
def _(X: Tensor, params: Any) -> Any:
    Z = torch.einsum("nd,dh->nh", X, params["W1"]) + params["b1"][None, :]
    H = Z * (Z > 0)
    O = torch.einsum("nh,hq->nq", H, params["W2"]) + params["b2"][None, :]
    return O, dict(H=H, Z=Z)


@right("addmm")
def _(X: Tensor, params: Any) -> Any:
    Z = torch.addmm(params["b1"], X, params["W1"])
    H = torch.maximum(Z, torch.zeros_like(Z))
    return torch.addmm(params["b2"], H, params["W2"]), {"Z": Z, "H": H}


@right("functional layers")
def _(X: Tensor, params: Any) -> Any:
    Z = F.linear(X, params["W1"].T, params["b1"])
    H = F.relu(Z)
    return F.linear(H, params["W2"].t(), params["b2"]), {"Z": Z, "H": H}


@right("the bias as a column of ones")
def _(X: Tensor, params: Any) -> Any:
    ones = torch.ones_like(X[:, :1])
    Z = torch.cat([X, ones], dim=1) @ torch.cat([params["W1"], params["b1"][None]], dim=0)
    H = torch.where(Z > 0, Z, 0.0)
    O = torch.cat([H, ones], dim=1) @ torch.cat([params["W2"], params["b2"][None]], dim=0)
    return O, {"Z": Z, "H": H}


@right("one example at a time")
def _(X: Tensor, params: Any) -> Any:
    Z = torch.stack([x @ params["W1"] + params["b1"] for x in X])
    H = torch.stack([z.relu() for z in Z])
    O = torch.stack([h @ params["W2"] + params["b2"] for h in H])
    return O, {"Z": Z, "H": H}


@right("float64 inside")
def _(X: Tensor, params: Any) -> Any:
    Z = X.double() @ params["W1"].double() + params["b1"].double()
    H = (Z + Z.abs()) / 2
    O = H @ params["W2"].double() + params["b2"].double()
    return O.to(X.dtype), {"Z": Z.to(X.dtype), "H": H.to(X.dtype)}


@wrong("leaky units", "leaky")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = F.leaky_relu(Z, 0.01)
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@wrong("H is right but O is made from Z", "z-into-second-layer")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return Z @ params["W2"] + params["b2"], {"Z": Z, "H": H}


@wrong("weights transposed", "as-nn-linear")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"].T + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"].T + params["b2"], {"Z": Z, "H": H}


@wrong("the cache has other keys")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"] + params["b2"], {"z": Z, "h": H}


@wrong("the cache is a tuple", "cache-as-pair")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return H @ params["W2"] + params["b2"], (Z, H)


@wrong("the cache holds copies cut off and a rounded output")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return torch.round(H @ params["W2"] + params["b2"], decimals=1), {"Z": Z, "H": H}


@wrong("tanh units", "tanh")
def _(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.tanh(Z)
    return H @ params["W2"] + params["b2"], {"Z": Z, "H": H}
