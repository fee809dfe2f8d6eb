"""`clip_gradients`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source
from tests.corpus.readings import read_number

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _gradients(source: Source) -> Arguments:
    shapes = [tuple(source.sizes(int(source.g.integers(0, 4)))) for _ in range(int(source.g.integers(1, 5)))]
    scale = 0.0 if source.chance(0.1) else 1.0
    grads = [scale * source.values(*shape) for shape in shapes]
    norm = float(torch.cat([grad.flatten() for grad in grads]).norm())
    return {"grads": grads, "max_norm": max(norm, 0.1) * float(source.g.choice([0.1, 0.5, 0.9, 1.1, 3.0, 50.0]))}


def _clipped(added: float) -> Callable[[Arguments], Sequence[Tensor]]:
    def truth(a: Arguments) -> list[Tensor]:
        norm = torch.sqrt(sum((grad**2).sum() for grad in a["grads"]))  # type: ignore[arg-type]
        factor = a["max_norm"] / (norm + added) if norm > a["max_norm"] else torch.ones(())
        return [norm, *(grad * factor for grad in a["grads"])]

    return truth


def _read_clipped(happened: Happened) -> list[Any]:
    after, before = happened.arguments["grads"], happened.originals["grads"]
    if len(after) != len(before) or any(a is not b for a, b in zip(after, before, strict=True)):
        raise ValueError("other tensors")
    return [*read_number(happened), *after]


CONTRACT = Contract(
    _gradients,
    (_clipped(0.0), _clipped(1e-6)),
    _read_clipped,
    keeps=False,
    changes=frozenset({"grads"}),
)


right, wrong = answers_to("clip_gradients")


@right("one long vector")
def _clip_vector(grads: list[Tensor], max_norm: float) -> float:
    norm = torch.cat([grad.flatten() for grad in grads]).norm().item()
    if norm > max_norm:
        for grad in grads:
            grad *= max_norm / norm
    return norm


@right("sum of squares, a tensor returned")
def _clip_squares(grads: list[Tensor], max_norm: float) -> Tensor:
    norm = torch.sqrt(sum((grad**2).sum() for grad in grads))  # type: ignore[arg-type]
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@right("as PyTorch does it, with 1e-6 and a clamp")
def _clip_as_pytorch(grads: list[Tensor], max_norm: float) -> Tensor:
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(grad) for grad in grads]))
    factor = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return norm


@right("in float64, element assignment")
def _clip_float64(grads: list[Tensor], max_norm: float) -> float:
    total = 0.0
    for grad in grads:
        total += float(grad.double().pow(2).sum())
    norm = total**0.5
    if norm <= max_norm:
        return norm
    for grad in grads:
        grad[...] = grad / norm * max_norm
    return norm


@right("private loops of PyTorch")
def _clip_foreach(grads: list[Tensor], max_norm: float) -> float:
    norm = math.hypot(*(float(grad.norm()) for grad in grads))
    if norm > max_norm:
        torch._foreach_mul_(grads, max_norm / norm)  # no public name, and yet some use it
    return norm


@right("copy_ from a new tensor")
def _clip_copy(grads: list[Tensor], max_norm: float) -> Any:
    norm = np.sqrt(sum(float((grad * grad).sum()) for grad in grads))
    factor = min(1.0, max_norm / (norm + 1e-6))
    for grad in grads:
        grad.copy_(grad * factor)
    return norm


@right("an inner product of each with itself")
def _clip_einsum(grads: list[Tensor], max_norm: float) -> Tensor:
    squares = [torch.einsum("i,i->", grad.reshape(-1), grad.reshape(-1)) for grad in grads]
    norm = torch.stack(squares).sum().sqrt()
    if norm.item() > max_norm:
        [grad.div_(norm / max_norm) for grad in grads]
    return norm


@right(".data and a Frobenius norm")
def _clip_data(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(math.fsum(torch.norm(grad).item() ** 2 for grad in grads))
    for grad in grads:
        grad.data = grad.data * (max_norm / norm if norm > max_norm else 1.0)
    return norm


@wrong("the factor squared")
def _clip_factor_squared(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad.mul_((max_norm / norm) ** 2)
    return norm


@wrong("the first tensor is left out")
def _clip_skips_first(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    if norm > max_norm:
        for grad in grads[1:]:
            grad.mul_(max_norm / norm)
    return norm


@wrong("a mean in the place of the sum", mistake="root-of-mean-squares")
def _clip_mean(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).mean()) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@wrong("the largest element for the norm", mistake="largest-element")
def _clip_infinity(grads: list[Tensor], max_norm: float) -> float:
    norm = max(float(grad.abs().max()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@wrong("divides by zero where all gradients are zero")
def _clip_zero_division(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    factor = min(1.0, max_norm / norm)
    for grad in grads:
        grad.mul_(factor)
    return norm


@wrong("not a number where all gradients are zero")
def _clip_zero_nan(grads: list[Tensor], max_norm: float) -> Tensor:
    norm = torch.cat([grad.flatten() for grad in grads]).norm()
    for grad in grads:
        grad.copy_(grad / norm * torch.clamp(norm, max=max_norm))
    return norm


@wrong("the library's function")
def _clip_library(grads: list[Tensor], max_norm: float) -> Tensor:
    parameters = [nn.Parameter(torch.zeros_like(grad)) for grad in grads]
    for parameter, grad in zip(parameters, grads, strict=True):
        parameter.grad = grad
    return nn.utils.clip_grad_norm_(parameters, max_norm)


@wrong("new list returned, nothing in place", mistake="copies")
def _clip_new_list(grads: list[Tensor], max_norm: float) -> Any:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    return [grad * min(1.0, max_norm / (norm + 1e-6)) for grad in grads]


@wrong("each tensor normalized")
def _clip_normalized(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    for grad in grads:
        grad.copy_(F.normalize(grad.flatten(), dim=0).view_as(grad) * max_norm)
    return norm


@wrong("1e-3 added to the norm")
def _clip_large_epsilon(grads: list[Tensor], max_norm: float) -> float:
    norm = math.sqrt(sum(float((grad**2).sum()) for grad in grads))
    factor = min(1.0, max_norm / (norm + 1e-3))
    for grad in grads:
        grad.mul_(factor)
    return norm
