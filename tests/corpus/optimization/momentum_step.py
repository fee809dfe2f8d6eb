"""`momentum_step`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from tests.corpus.entries import answers_to
from tests.corpus.optimization.shared import alike, perhaps_leaves, read_in_place, values_of
from tests.corpus.oracle import Arguments, Contract, Source

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _step(source: Source) -> Arguments:
    params, grads, velocities = alike(source, 3)
    rates = {"lr": source.number(0.01, 1.5), "momentum": source.number(0.0, 0.99)}
    return {"params": perhaps_leaves(source, params), "grads": grads, "velocities": velocities, **rates}


def _truth(a: Arguments) -> list[Tensor]:
    velocities = {name: a["grads"][name] + a["momentum"] * v for name, v in a["velocities"].items()}
    moved = [p - a["lr"] * velocities[name] for name, p in values_of(a["params"]).items()]
    return [*moved, *velocities.values()]


CONTRACT = Contract(
    _step, (_truth,), partial(read_in_place, state=("velocities",)), changes=frozenset({"params", "velocities"})
)


right, wrong = answers_to("momentum_step")


@right("as in the text")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    with torch.no_grad():
        for name in params:
            velocities[name].mul_(momentum).add_(grads[name])
            params[name] -= lr * velocities[name]


@right("augmented assignments")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    with torch.no_grad():
        for name, p in params.items():
            v = velocities[name]
            v *= momentum
            v += grads[name]
            p -= lr * v


@right("copy_ and sub_ with alpha, the parameters returned")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> Any:
    for name in grads:
        velocities[name].copy_(momentum * velocities[name] + grads[name])
        params[name].sub_(velocities[name], alpha=lr)
    return params


@right("assignment to all elements")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    with torch.no_grad():
        for name in params:
            velocities[name][...] = momentum * velocities[name] + grads[name]
            params[name][...] = params[name] - lr * velocities[name]


@right("through .data")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in velocities:
        velocities[name].data = momentum * velocities[name].data + grads[name].data
        params[name].data -= lr * velocities[name].data


@right("two loops, and a detached alias")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name, g in grads.items():
        velocities[name].mul_(momentum).add_(g.detach())
    for name, p in params.items():
        p.detach().add_(velocities[name], alpha=-lr)


@right("lists of tensors at once")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    names = sorted(params)
    v = [velocities[name] for name in names]
    torch._foreach_mul_(v, momentum)  # no public name, and yet some use it
    torch._foreach_add_(v, [grads[name] for name in names])  # the same
    torch._foreach_add_([params[name] for name in names], v, alpha=-lr)  # the same


@right("lerp between the velocity and zero")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].lerp_(torch.zeros_like(velocities[name]), 1 - momentum)
        velocities[name].add_(grads[name])
        params[name].sub_(lr * velocities[name])


@wrong("the running mean of Adam and Nesterov's look ahead", "running-mean")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_((1 - momentum) * grads[name])
        params[name] -= lr * (grads[name] + momentum * velocities[name])


@wrong("a running mean, and climbing", "running-mean")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_((1 - momentum) * grads[name])
        params[name] += lr * velocities[name]


@wrong("every step taken twice")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for _ in range(2):
        for name in params:
            velocities[name].mul_(momentum).add_(grads[name])
            params[name] -= lr * velocities[name]


@wrong("the library's optimizer")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name, p in params.items():
        leaf = torch.nn.Parameter(p.detach())
        leaf.grad = grads[name].clone()
        optimizer = torch.optim.SGD([leaf], lr=lr, momentum=momentum)
        optimizer.state[leaf]["momentum_buffer"] = velocities[name]
        optimizer.step()


@wrong("the gradients are set to zero afterwards")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= lr * velocities[name]
        grads[name].zero_()


@wrong("gradients from the parameters themselves")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name, p in params.items():
        velocities[name].mul_(momentum).add_(p.grad)
        p -= lr * velocities[name]


@wrong("no_grad for the velocities only", "recorded")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        with torch.no_grad():
            velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= lr * velocities[name]


@wrong("gradients are no longer recorded anywhere afterwards")
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    torch.set_grad_enabled(False)
    for name in params:
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= lr * velocities[name]


@wrong("only tensors with two axes")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        if params[name].dim() == 2:
            velocities[name].mul_(momentum).add_(grads[name])
            params[name] -= lr * velocities[name]


@wrong("a state of its own for the velocities", "not-kept")
@torch.no_grad()
def _(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    own = {name: v.clone() for name, v in velocities.items()}
    for name in params:
        own[name] = own[name] * momentum + grads[name]
        params[name].sub_(own[name] * lr)
