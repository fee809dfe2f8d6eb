"""`grad_relu`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _relu_layer(source: Source) -> Arguments:
    n, h = source.sizes(2)
    return {"Z": source.values(n, h), "grad_H": source.values(n, h)}


CONTRACT = Contract(_relu_layer, (lambda a: [a["grad_H"] * (a["Z"] > 0)],))


right, wrong = answers_to("grad_relu")


@right("a product with a mask")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * (Z > 0)


@right("torch.where")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return torch.where(Z > 0, grad_H, torch.zeros_like(grad_H))


@right("in place on a copy")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    grad_Z = grad_H.detach().clone()
    grad_Z[Z <= 0] = 0
    return grad_Z


@right("masked_fill")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H.masked_fill(~(Z > 0), 0)


@right("the sign of the activation")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * torch.sign(torch.relu(Z))


@right("heaviside")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return torch.heaviside(Z.detach(), torch.zeros((), dtype=Z.dtype, device=Z.device)) * grad_H


@right("an honest loop")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    flat = [g if z > 0 else g * 0 for z, g in zip(Z.flatten(), grad_H.flatten(), strict=True)]
    return torch.stack(flat).reshape(Z.shape)


@wrong("autograd")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    leaf = Z.detach().clone().requires_grad_()
    return torch.autograd.grad(leaf.relu(), leaf, grad_H.detach())[0]


@wrong("open from one half")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * (Z > 0.5)


@wrong("integers")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return (Z > 0).long() * grad_H.long()


@wrong("summed over the batch")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return (grad_H * (Z > 0)).sum(0)


@wrong("half at zero", "half-at-zero")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * ((Z > 0).to(Z.dtype) + (Z >= 0).to(Z.dtype)) / 2


@wrong("the slope of tanh", "slope-of-tanh")
def _(Z: Tensor, grad_H: Tensor) -> Tensor:
    return grad_H * (1 - torch.tanh(Z) ** 2)
