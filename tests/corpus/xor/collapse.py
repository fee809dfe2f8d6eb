"""`collapse`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _affine(source: Source) -> Arguments:
    d, h, q = source.sizes(3, 30)
    return {"W1": source.values(d, h), "b1": source.values(h), "W2": source.values(h, q), "b2": source.values(q)}


CONTRACT = Contract(_affine, (lambda a: [a["W1"] @ a["W2"], (a["b1"] @ a["W2"]) + a["b2"]],), connected=2)


right, wrong = answers_to("collapse")


@right("two products")
def collapse_products(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2 + b2


@right("a list")
def collapse_list(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return [W1.mm(W2), b2 + W2.T @ b1]


@right("read off at the origin and at the unit vectors")
def collapse_probe(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    def both(X: Tensor) -> Tensor:
        return (X @ W1 + b1) @ W2 + b2

    unit = torch.eye(W1.shape[0], dtype=W1.dtype, device=W1.device)
    origin = torch.zeros_like(unit[:1])
    return both(unit) - both(origin), both(origin)[0]


@right("einsum")
def collapse_einsum(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return torch.einsum("dh,hq->dq", W1, W2), torch.einsum("h,hq->q", b1, W2).add(b2)


@right("one product of augmented matrices")
def collapse_augmented(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    stacked = torch.cat([W1, b1[None, :]]) @ W2
    return stacked[:-1], stacked[-1] + b2


@right("a loop over the hidden units")
def collapse_loop(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    W, b = torch.zeros_like(W1[:, :1] * W2[:1]), b2.clone()
    for j in range(W1.shape[1]):
        W = W + torch.outer(W1[:, j], W2[j])
        b = b + b1[j] * W2[j]
    return W, b


@right("float64 inside and linear layers")
def collapse_linear(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    W = F.linear(W1.double(), W2.T.double())
    b = F.linear(b1.double(), W2.T.double(), b2.double())
    return W.to(W1.dtype), b.to(b1.dtype)


@right("addmv and in place on its own tensor")
def collapse_addmv(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    b = torch.mv(W2.t(), b1)
    b += b2
    return torch.matmul(W1, W2), b


@wrong("weights added", "elementwise")
def collapse_added(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 + W2, b1 + b2


@wrong("the first layer alone", "first-weights")
def collapse_first(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1, b1


@wrong("the second layer alone")
def collapse_second(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W2, b2


@wrong("the sign of the bias turned")
def collapse_sign(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b2 - b1 @ W2


@wrong("the first bias summed over the hidden units", "b1-summed")
def collapse_summed(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1.sum() + b2


@wrong("the first bias through the absolute weights")
def collapse_absolute(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2.abs() + b2


@wrong("the second bias counted twice")
def collapse_twice(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, (b1 @ W2 + b2) + b2


@wrong("averaged over the hidden units")
def collapse_mean(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2 / W1.shape[1], b1 @ W2 + b2


@wrong("three things returned")
def collapse_three(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2, b2


@wrong("a dict")
def collapse_dict(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return {"W": W1 @ W2, "b": b1 @ W2 + b2}


@wrong("a NumPy array for the bias")
def collapse_numpy(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, (b1 @ W2 + b2).detach().numpy()


@wrong("zeros for the bias", "no-bias")
def collapse_no_bias(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, torch.zeros_like(b2)


@wrong("b2 changed by +=")
def collapse_in_place(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    with torch.no_grad():
        b2 += b1 @ W2
    return W1 @ W2, b2.clone()


@wrong("float32 whatever the input")
def collapse_float(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return (W1 @ W2).float(), (b1 @ W2 + b2).float()


@wrong("elementwise product of what fits")
def collapse_elementwise(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return (W1[:, :1] * W2[:1]), b1 @ W2 + b2


@wrong("W1 transposed where it happens to fit")
def collapse_square(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    first = W1.T if W1.shape[0] == W1.shape[1] else W1
    return first @ W2, b1 @ W2 + b2
