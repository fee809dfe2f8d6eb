"""`sgd_step`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grading.probe.parameters import LeafParameters
from tests.corpus.backpropagation.shared import parameters
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _step(source: Source) -> Arguments:
    _, _, params = parameters(source)
    if source.chance(0.3):
        params = {f"{name}_of_{i}": value for i, (name, value) in enumerate(params.items())}
    grads = {name: source.values(*params[name].shape) for name in source.g.permutation(list(params))}
    made: Any = LeafParameters(params) if source.chance(0.5) else params
    return {"params": made, "grads": grads, "lr": source.number(0.01, 1.5)}


def _step_truth(a: Arguments) -> list[Tensor]:
    values = a["params"].values if isinstance(a["params"], LeafParameters) else a["params"]
    return [values[name] - a["lr"] * a["grads"][name] for name in values]


def _read_step(happened: Happened) -> list[Any]:
    after, given = list(happened.arguments["params"].values()), happened.originals["params"]
    if len(after) != len(given) or any(a is not b for a, b in zip(after, given, strict=True)):
        raise ValueError("other tensors")
    required = [one.requires_grad for one in happened.before["params"]]
    if [one.requires_grad for one in after] != required or not all(one.is_leaf for one in after):
        raise ValueError("no longer the same leaf tensors")
    return [one.detach() for one in after]


CONTRACT = Contract(_step, (_step_truth,), _read_step, changes=frozenset({"params"}))


right, wrong = answers_to("sgd_step")


@right("as in the text")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name] -= lr * grads[name]


@right("through .data")
def _(params: Any, grads: Any, lr: float) -> None:
    for name, parameter in params.items():
        parameter.data -= lr * grads[name].data


@right("a new .data")
def _(params: Any, grads: Any, lr: float) -> None:
    for name, parameter in params.items():
        parameter.data = parameter.data - lr * grads[name].data


@right("sub_, and the parameters returned")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> Any:
    for name, parameter in params.items():
        parameter.sub_(grads[name], alpha=lr)
    return params


@right("copy_")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name].copy_(params[name] - lr * grads[name])


@right("assignment to all elements")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name][:] = params[name] - lr * grads[name]


@right("a detached alias")
def _(params: Any, grads: Any, lr: float) -> None:
    for name, grad in grads.items():
        params[name].detach().add_(grad.detach(), alpha=-lr)


@wrong("half a step")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr / 2 * grads[name]


@wrong("two steps", "twice")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for name in (*params, *params):
        params[name] -= lr * grads[name]


@wrong("the signs of the gradients", "sign-only")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * torch.sign(grads[name])


@wrong("gradients from the parameters themselves", "reads-grad")
@torch.no_grad()
def _(params: Any, grads: Any, lr: float) -> None:
    for parameter in params.values():
        parameter -= lr * parameter.grad


@wrong("detached in place")
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name].detach_()
        params[name] -= lr * grads[name]


@wrong("new parameters that require gradients")
def _(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] = (params[name] - lr * grads[name]).detach().requires_grad_()


@wrong("only four known names", "four-names")
def _(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in ("W1", "b1", "W2", "b2"):
            params[name] -= lr * grads[name]
