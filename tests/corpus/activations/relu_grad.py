"""`relu_grad`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.corpus.activations.shared import elementwise
from tests.corpus.entries import answers_to

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"

CONTRACT = elementwise(lambda X: (X > 0).double())


right, wrong = answers_to("relu_grad")


@right("a mask")
def _(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype)


@right("torch.where")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 0, torch.ones_like(X), torch.zeros_like(X))


@right("heaviside")
def _(X: Tensor) -> Tensor:
    return torch.heaviside(X.detach(), torch.zeros((), dtype=X.dtype, device=X.device))


@right("the sign of the positive part")
def _(X: Tensor) -> Tensor:
    return torch.sign(torch.relu(X))


@right("assignment to elements")
def _(X: Tensor) -> Tensor:
    grad = torch.zeros_like(X)
    grad[X > 0] = 1
    return grad


@right("a mask as its type")
def _(X: Tensor) -> Tensor:
    return (X > 0).type_as(X)


@right("an honest loop")
def _(X: Tensor) -> Tensor:
    slopes = [1.0 if x > 0 else 0.0 for x in X.flatten().tolist()]
    return torch.tensor(slopes, dtype=X.dtype, device=X.device).reshape(X.shape)


@wrong("integers")
def _(X: Tensor) -> Tensor:
    return (X > 0).int()


@wrong("float32 whatever comes in")
def _(X: Tensor) -> Tensor:
    return (X > 0).float()


@wrong("the mask of another threshold", "bend-at-1")
def _(X: Tensor) -> Tensor:
    return (X > 1).to(X.dtype)


@wrong("the value where positive", "function")
def _(X: Tensor) -> Tensor:
    return X * (X > 0)


@wrong("zero everywhere", mistake="zeros")
def _(X: Tensor) -> Tensor:
    return torch.zeros_like(X)


@wrong("the sign in both halves, halved", "half-at-zero")
def _(X: Tensor) -> Tensor:
    return (torch.sign(X) + 1) / 2


@wrong("autograd")
def _(X: Tensor) -> Tensor:
    X = X.detach().clone().requires_grad_()
    torch.relu(X).sum().backward()
    return X.grad  # type: ignore[return-value]  # set by backward


@wrong("the summed derivative", mistake="summed")
def _(X: Tensor) -> Tensor:
    return (X > 0).to(X.dtype).sum()


@wrong("made on the CPU")
def _(X: Tensor) -> Tensor:
    grad = torch.zeros(X.shape, dtype=X.dtype)
    grad[X > 0] = 1
    return grad


@wrong("written into the input")
def _(X: Tensor) -> Tensor:
    with torch.no_grad():
        X.copy_((X > 0).to(X.dtype))
    return X


@wrong("no return")
def _(X: Tensor) -> None:
    (X > 0).to(X.dtype)


@wrong("a millionth counts as zero", "bend-at-1e-06")
def _(X: Tensor) -> Tensor:
    return torch.where(X > 1e-6, torch.ones_like(X), torch.zeros_like(X))
