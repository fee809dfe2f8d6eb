"""`adam_step`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
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
    params, grads, m, v = alike(source, 4)
    step = int(source.g.choice([1, 1, 2, 5, 20]))
    if step == 1:
        m, v = ({name: torch.zeros_like(one) for name, one in moment.items()} for moment in (m, v))
    state = {"m": m, "v": {name: one.abs() for name, one in v.items()}}
    settings = {"betas": (source.number(0.0, 0.95), source.number(0.5, 0.99)), "eps": source.number(0.01, 0.3)}
    return {
        "params": perhaps_leaves(source, params),
        "grads": grads,
        "state": state,
        "step": step,
        "lr": source.number(0.01, 0.5),
        **settings,
    }


def _truth(a: Arguments) -> list[Tensor]:
    (first, second), step = a["betas"], a["step"]
    m = {name: first * one + a["grads"][name] * (1 - first) for name, one in a["state"]["m"].items()}
    v = {name: second * one + a["grads"][name] ** 2 * (1 - second) for name, one in a["state"]["v"].items()}
    size = a["lr"] / (1 - first**step)
    root = math.sqrt(1 - second**step)
    moved = [p - size * m[name] / (torch.sqrt(v[name]) / root + a["eps"]) for name, p in values_of(a["params"]).items()]
    return [*moved, *m.values(), *v.values()]


CONTRACT = Contract(_step, (_truth,), partial(read_in_place, state=("state",)), changes=frozenset({"params", "state"}))

right, wrong = answers_to("adam_step")
Betas = tuple[float, float]


@right("as in the text")
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    with torch.no_grad():
        for name, g in grads.items():
            m, v = state["m"][name], state["v"][name]
            m.mul_(betas[0]).add_((1 - betas[0]) * g)
            v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
            m_hat = m / (1 - betas[0] ** step)
            v_hat = v / (1 - betas[1] ** step)
            params[name] -= lr * m_hat / (v_hat.sqrt() + eps)


@right("as PyTorch does it: lerp, addcmul, addcdiv")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, p in params.items():
        g, m, v = grads[name], state["m"][name], state["v"][name]
        m.lerp_(g, 1 - betas[0])
        v.mul_(betas[1]).addcmul_(g, g, value=1 - betas[1])
        root = (v.sqrt() / math.sqrt(1 - betas[1] ** step)).add_(eps)
        p.addcdiv_(m, root, value=-lr / (1 - betas[0] ** step))


@right("copy_, and the state returned")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> Any:
    b1, b2 = betas
    for name in params:
        state["m"][name].copy_(b1 * state["m"][name] + (1 - b1) * grads[name])
        state["v"][name].copy_(b2 * state["v"][name] + (1 - b2) * grads[name] * grads[name])
        rate = lr / (1 - b1**step)
        params[name].copy_(
            params[name] - rate * state["m"][name] / (torch.sqrt(state["v"][name] / (1 - b2**step)) + eps)
        )
    return state


@right("through .data")
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    (b1, b2), m, v = betas, state["m"], state["v"]
    for name, p in params.items():
        g = grads[name].data
        m[name].data = m[name].data * b1 + g * (1 - b1)
        v[name].data = v[name].data * b2 + g.square() * (1 - b2)
        p.data -= lr * (m[name] / (1 - b1**step)) / (eps + (v[name] / (1 - b2**step)) ** 0.5)


@right("differences to the running means")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        state["m"][name] += (1 - betas[0]) * (g - state["m"][name])
        state["v"][name] += (1 - betas[1]) * (g.pow(2) - state["v"][name])
    corrections = [1 - beta**step for beta in betas]
    for name, p in params.items():
        mean, square = (state[key][name] / c for key, c in zip("mv", corrections, strict=True))
        p.sub_(lr * mean.div(square.sqrt().add(eps)))


@right("eps brought under a common denominator")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    root = (1 - betas[1] ** step) ** 0.5
    for name in state["m"]:
        m, v, g = state["m"][name], state["v"][name], grads[name]
        m[...] = betas[0] * m + (1 - betas[0]) * g
        v[...] = betas[1] * v + (1 - betas[1]) * g * g
        params[name][...] = params[name] - lr * root / (1 - betas[0] ** step) * m / (v.sqrt() + eps * root)


@right("a function for the running mean")
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    def updated(mean: Tensor, new: Tensor, beta: float) -> Tensor:
        mean.mul_(beta).add_(new, alpha=1 - beta)
        return mean / (1 - beta**step)

    with torch.no_grad():
        for name in params:
            m_hat = updated(state["m"][name], grads[name], betas[0])
            v_hat = updated(state["v"][name], grads[name].square(), betas[1])
            params[name].sub_(m_hat / (v_hat.sqrt() + eps), alpha=lr)


@wrong("no correction, and eps inside", "no-correction-eps-inside")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m, v = state["m"][name], state["v"][name]
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
        params[name] -= lr * m / (v + eps).sqrt()


@wrong("squares are missing in v, and there is no correction")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m, v = state["m"][name], state["v"][name]
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * g.abs())
        params[name] -= lr * m / (v.sqrt() + eps)


@wrong("as PyTorch does it, with eps before the correction of the root", "corrected-rate")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, p in params.items():
        g, m, v = grads[name], state["m"][name], state["v"][name]
        m.lerp_(g, 1 - betas[0])
        v.mul_(betas[1]).addcmul_(g, g, value=1 - betas[1])
        root = (v.sqrt() + eps) / math.sqrt(1 - betas[1] ** step)
        p.addcdiv_(m, root, value=-lr / (1 - betas[0] ** step))


@wrong("the largest mean square so far, as in AMSGrad")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m, v = state["m"][name], state["v"][name]
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.copy_(torch.maximum(v, betas[1] * v + (1 - betas[1]) * g**2))
        params[name] -= lr * (m / (1 - betas[0] ** step)) / ((v / (1 - betas[1] ** step)).sqrt() + eps)


@wrong("weight decay that nobody asked for")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m, v = state["m"][name], state["v"][name]
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
        params[name].mul_(1 - 0.01 * lr)
        params[name] -= lr * (m / (1 - betas[0] ** step)) / ((v / (1 - betas[1] ** step)).sqrt() + eps)


@wrong("the library's optimizer")
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, p in params.items():
        leaf = torch.nn.Parameter(p.detach())
        leaf.grad = grads[name].clone()
        optimizer = torch.optim.Adam([leaf], lr=lr, betas=betas, eps=eps)
        kept = {"step": torch.tensor(step - 1.0), "exp_avg": state["m"][name], "exp_avg_sq": state["v"][name]}
        optimizer.state[leaf] = kept
        optimizer.step()


@wrong("a mean of squares over the whole tensor")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m, v = state["m"][name], state["v"][name]
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * (g**2).mean())
        params[name] -= lr * (m / (1 - betas[0] ** step)) / ((v / (1 - betas[1] ** step)).sqrt() + eps)


@wrong("the sign of the step alone")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m, v = state["m"][name], state["v"][name]
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
        params[name] -= lr * m.sign()


@wrong("ends after the first name")
@torch.no_grad()
def _(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m, v = state["m"][name], state["v"][name]
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
        params[name] -= lr * (m / (1 - betas[0] ** step)) / ((v / (1 - betas[1] ** step)).sqrt() + eps)
        break
