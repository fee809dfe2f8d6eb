"""`grad_output`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _outputs(source: Source) -> Arguments:
    n, q = source.sizes(2)
    return {"O": source.values(n, q), "Y": source.values(n, q)}


CONTRACT = Contract(_outputs, (lambda a: [2 * (a["O"] - a["Y"]) / a["O"].numel()],))


right, wrong = answers_to("grad_output")


@right("as in the text")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y) / O.numel()


@right("sizes by name")
def _(O: Tensor, Y: Tensor) -> Tensor:
    n, q = O.shape
    return (2.0 / (n * q)) * (O - Y)


@right("a minus outside")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return -(Y - O) * 2 / Y.nelement()


@right("in place on a new tensor")
def _(O: Tensor, Y: Tensor) -> Tensor:
    grad = (O - Y).detach()
    grad *= 2
    grad /= grad.numel()
    return grad


@right("float64 inside")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return ((O.double() - Y.double()) * 2 / O.numel()).to(O.dtype)


@right("an honest loop")
def _(O: Tensor, Y: Tensor) -> Tensor:
    grad = torch.zeros_like(O)
    for i in range(O.shape[0]):
        for j in range(O.shape[1]):
            grad[i, j] = 2 * (O[i, j] - Y[i, j]) / (O.shape[0] * O.shape[1])
    return grad.detach()


@right("torch's own arithmetic")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return torch.div(torch.sub(O, Y).mul(2), O.size(0) * O.size(1))


@wrong("autograd")
def _(O: Tensor, Y: Tensor) -> Tensor:
    leaf = O.detach().clone().requires_grad_(True)
    ((leaf - Y.detach()) ** 2).mean().backward()
    assert leaf.grad is not None
    return leaf.grad


@wrong("torch.func")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return torch.func.grad(lambda o: F.mse_loss(o, Y))(O)


@wrong("averaged over the rows")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y).mean(0, keepdim=True).expand_as(O) / O.shape[1]


@wrong("transposed")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return (2 * (O - Y) / O.numel()).T


@wrong("divided by n + q")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O - Y) / sum(O.shape)


@wrong("in float64")
def _(O: Tensor, Y: Tensor) -> Tensor:
    return 2 * (O.double() - Y.double()) / O.numel()
