"""`neuron`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _neuron(source: Source) -> Arguments:
    n, d = source.sizes(2, 40)
    x = source.extremes(n, d) if not source.plain and source.chance(0.2) else source.values(n, d)
    return {"x": x, "w": source.values(d), "b": source.values()}


CONTRACT = Contract(_neuron, (lambda a: [torch.sigmoid((a["x"] * a["w"]).sum(1) + a["b"])],), connected=1)


right, wrong = answers_to("neuron")


@right("matrix times vector")
def neuron_matmul(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w + b)


@right("product, then sum over the features")
def neuron_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return ((x * w).sum(dim=-1) + b).sigmoid()


@right("the textbook formula, which meets 1 / inf")
def neuron_formula(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-(x @ w + b)))


@right("a loop over the rows")
def neuron_loop(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.stack([torch.sigmoid(torch.dot(row, w) + b) for row in x])


@right("two loops over elements")
def neuron_elements(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    rows = []
    for row in x:
        total = b
        for value, weight in zip(row, w, strict=True):
            total = total + value * weight
        rows.append(1 / (1 + torch.exp(-total)))
    return torch.stack(rows)


@right("einsum and expit")
def neuron_einsum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.special.expit(torch.einsum("ij,j->i", x, w) + b)


@right("a linear layer with one output, squeezed on its own axis")
def neuron_linear(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(F.linear(x, w[None, :], b[None])).squeeze(1)


@right("two stable branches")
def neuron_branches(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = x.mv(w).add(b)
    e = torch.exp(-z.abs())
    return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))


@right("float64 inside")
def neuron_double(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.mv(x.double(), w.double()) + b.double()
    return torch.sigmoid(z).to(x.dtype)


@right("through tanh, in place on its own tensor")
def neuron_tanh(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.addmv(b.expand(len(x)), x, w)
    return (z / 2).tanh().add(1).div_(2)


@right("a column of ones for the bias")
def neuron_augmented(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    augmented = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    return torch.sigmoid(augmented @ torch.cat([w, b[None]]))


@wrong("every axis squeezed, so that one row loses its own", "squeezed")
def neuron_squeezed(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.squeeze(torch.sigmoid(torch.einsum("nd,dk->nk", x, w.reshape(-1, 1)) + b))


@wrong("softmax over the rows", "softmax")
def neuron_softmax(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.softmax(x @ w + b, dim=0)


@wrong("tanh for the sigmoid", "tanh")
def neuron_is_tanh(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tanh(x @ w + b)


@wrong("ReLU for the sigmoid", "rectified")
def neuron_is_relu(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.relu(x @ w + b)


@wrong("hard sigmoid")
def neuron_hard(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return F.hardsigmoid(x @ w + b)


@wrong("the sigmoid taken before the sum")
def neuron_early(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x) @ w + b


@wrong("the bias added once for each feature", "bias-in-every-term")
def neuron_many_biases(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w + b).sum(dim=1))


@wrong("the weighted sum clamped to three")
def neuron_clamped(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x @ w + b).clamp(-3, 3))


@wrong("an in-place sum in the caller's x")
def neuron_in_place(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    with torch.no_grad():
        x *= w
    return torch.sigmoid(x.sum(dim=1) + b)


@wrong("detached numbers in a new tensor")
def neuron_detached(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tensor([float(torch.sigmoid(row @ w + b)) for row in x], dtype=x.dtype, device=x.device)


@wrong("float32 whatever the input")
def neuron_float(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w + b).float()


@wrong("a list of numbers", "as-list")
def neuron_list(x: Tensor, w: Tensor, b: Tensor) -> Any:
    return torch.sigmoid(x @ w + b).tolist()


@wrong("only printed")
def neuron_printed(x: Tensor, w: Tensor, b: Tensor) -> None:
    print(torch.sigmoid(x @ w + b))


@wrong("the bias doubled")
def neuron_twice_b(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w + 2 * b)


@wrong("normalised weights")
def neuron_normalised(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ (w / w.norm()) + b)


@wrong("a row (1, n)")
def neuron_row(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(w[None, :] @ x.T + b)


@right("the bias made on the CPU, which costs nothing here")
def neuron_cpu(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(torch.cat([x, torch.ones(len(x), 1, dtype=x.dtype)], dim=1) @ torch.cat([w, b[None]]))
