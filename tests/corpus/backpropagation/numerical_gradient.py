"""`numerical_gradient`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import Tensor

from grading.probe.functions import ScalarFunction
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _function(source: Source) -> Arguments:
    shape = tuple(source.sizes(int(source.g.integers(0, 4)), 3))
    f = ScalarFunction(str(source.g.choice(["cubic", "wave"])), source.normal(*shape))
    return {"f": f, "x": source.values(*shape), "eps": float(source.g.choice([1e-5, 1e-3, 0.1, 0.5]))}


def _central_differences(a: Arguments) -> list[Tensor]:
    f, x, eps = a["f"].build(torch.device("cpu")), a["x"], a["eps"]
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype)
        step[i] = eps
        gradient.view(-1)[i] = (f(x + step.reshape(x.shape)) - f(x - step.reshape(x.shape))) / (2 * eps)
    return [gradient, x]


def _numerical_terms(a: Arguments) -> float:
    f, x = a["f"].build(torch.device("cpu")), a["x"].abs() + a["eps"]
    return float(replace(a["f"], a=a["f"].a.abs()).build(torch.device("cpu"))(x).abs() + f(x).abs()) / a["eps"]


def _read_numerical(happened: Happened) -> list[Any]:
    return [happened.value, happened.arguments["x"]]


CONTRACT = Contract(
    _function,
    (_central_differences,),
    _read_numerical,
    dtypes=(torch.float64,),
    changes=frozenset({"x"}),
    terms=_numerical_terms,
)


right, wrong = answers_to("numerical_gradient")


@right("in place, put back by value")
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


@right("in place, with drift of the last bit")
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


@right("copies")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    quotients = []
    for i in range(x.numel()):
        step = torch.zeros(x.numel(), dtype=x.dtype, device=x.device)
        step[i] = eps
        step = step.reshape(x.shape)
        quotients.append((f(x + step) - f(x - step)) / (2 * eps))
    return torch.stack(quotients).reshape(x.shape)


@right("a flat working copy")
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


@right("the identity matrix")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    E = eps * torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)
    return torch.stack([(f(x + e) - f(x - e)) / 2 / eps for e in E]).reshape(x.shape)


@right("a list of numbers")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    values = x.flatten().tolist()

    def at(i: int, step: float) -> float:
        moved = [value + step if j == i else value for j, value in enumerate(values)]
        return f(x.new_tensor(moved).reshape(x.shape)).item()

    return x.new_tensor([(at(i, eps) - at(i, -eps)) / (2 * eps) for i in range(len(values))]).reshape(x.shape)


@wrong("autograd")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    leaf = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(leaf), leaf)[0]


@wrong("torch.func")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    return torch.func.grad(f)(x)


@wrong("a copy that is not a view", "same-point")
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


@wrong("ends one step below", "not-restored")
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


@wrong("matrices only")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            step = torch.zeros_like(x)
            step[i, j] = eps
            gradient[i, j] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


@wrong("the sign", "reversed")
def _(f: Any, x: Tensor, eps: float) -> Tensor:
    E = eps * torch.eye(x.numel(), dtype=x.dtype, device=x.device).reshape(-1, *x.shape)
    return torch.stack([(f(x - e) - f(x + e)) / 2 / eps for e in E]).reshape(x.shape)
