"""`adam_step`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.optimization.steps import (
    IN_PLACE,
    IN_TRAINING,
    WRITTEN_OUT,
    draw_alike,
    excused,
    odd_shapes,
    read_parameters,
    read_state,
    renamed,
    replaced,
    slips,
    values_of,
    with_zeros,
)
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.parameters import LeafParameters

_USUAL = {"betas": (0.9, 0.999), "eps": 1e-8}
State = dict[str, dict[str, Tensor]]


def _settings(draw: Draw, step: int) -> Arguments:
    """Draw settings that are not the usual ones, far from each other; eps is so large that its place shows."""
    if draw.simple:
        return {"step": step, "lr": 0.5, "betas": (0.5, 0.75), "eps": 0.125}
    lr, first, second, eps = (
        round(float(draw.uniform(low=low, high=high)), 3)
        for low, high in ((0.1, 0.4), (0.6, 0.8), (0.9, 0.97), (0.1, 0.3))
    )
    return {"step": step, "lr": lr, "betas": (first, second), "eps": eps}


def late(draw: Draw) -> Arguments:
    """Draw a step in the midst of training; mean squares are far from 1, where a root changes nothing.

    One mean square of each larger tensor grows by the step and one falls, so that an answer that lets them only do one of these shows.
    """
    params, grads, m, v = draw_alike(draw, 4)
    state = {"m": m, "v": {name: (one**2 + 0.2) * 2.5 for name, one in v.items()}}
    if not draw.simple:
        for name in ("W1", "b1", "W2"):
            state["v"][name].view(-1)[:2] = grads[name].reshape(-1)[:2] ** 2 * torch.tensor([0.25, 4.0])
    step = 2 if draw.simple else draw.integer(6, 12)
    return {"params": params, "grads": with_zeros(grads), "state": state, **_settings(draw, step)}


def first(draw: Draw) -> Arguments:
    """Draw the first step: the state is zero."""
    params, grads = draw_alike(draw, 2)
    state = {key: {name: torch.zeros_like(g) for name, g in grads.items()} for key in ("m", "v")}
    return {"params": params, "grads": with_zeros(grads), "state": state, **_settings(draw, 1)}


def _usual(draw: Draw) -> Arguments:
    return {**first(draw), **_USUAL}


def leaves(draw: Draw) -> Arguments:
    """Draw a step whose parameters require a gradient."""
    made = late(draw)
    return {**made, "params": LeafParameters(made["params"])}


def _renamed(draw: Draw) -> Arguments:
    made = late(draw)
    state = {key: renamed(made["state"][key], backwards=True) for key in ("v", "m")}
    return {
        **made,
        "params": renamed(made["params"]),
        "grads": renamed(made["grads"], backwards=True),
        "state": state,
    }


def _odd(draw: Draw) -> Arguments:
    params, grads, m, v = (odd_shapes(draw) for _ in range(4))
    state = {"m": m, "v": {name: one**2 + 0.2 for name, one in v.items()}}
    return {"params": params, "grads": grads, "state": state, **_settings(draw, 3)}


def _direction(m: Tensor, v: Tensor, step: int, betas: tuple[float, float], eps: float) -> Tensor:
    """Return what lr is multiplied by: the corrected mean over the root of the corrected mean square, plus eps."""
    mean, square = (
        x / -torch.expm1(step * torch.tensor(b, dtype=torch.float64).log()) for x, b in zip((m, v), betas, strict=True)
    )
    return mean / (square.sqrt() + eps)


def _stepped(
    params: Any,
    grads: Mapping[str, Tensor],
    state: Mapping[str, Mapping[str, Tensor]],
    step: int,
    lr: float,
    betas: tuple[float, float],
    eps: float,
) -> dict[str, Tensor]:
    """Return the state and the parameters after the step; a test holds this against `torch.optim.Adam`."""
    m = {name: torch.lerp(grads[name], one, betas[0]) for name, one in state["m"].items()}
    v = {name: torch.lerp(grads[name].square(), one, betas[1]) for name, one in state["v"].items()}
    found = {f"state[{key}][{name}]": one for key, moments in (("m", m), ("v", v)) for name, one in moments.items()}
    for name, p in values_of(params).items():
        found[f"params[{name}]"] = torch.add(p, _direction(m[name], v[name], step, betas, eps), alpha=-lr)
    return found


def _read(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    params = read_parameters(observation, arguments)
    if isinstance(params, Finding):
        return params
    before, after = arguments["state"], observation.after["state"]
    reading: Reading = {}
    for key in ("m", "v"):
        reading |= read_state(f"state[{key}]", before[key], after.get(key) if isinstance(after, Mapping) else None)
    reading |= params
    step, lr, betas, eps = (arguments[name] for name in ("step", "lr", "betas", "eps"))

    own = {key: slips(f"state[{key}]", reading, before[key], truth) for key in ("m", "v")}

    def change(name: str, shown: Reading) -> Tensor | None:
        if name not in own["m"] and name not in own["v"]:
            return None
        m, v = (own[key].get(name, truth[f"state[{key}][{name}]"]) for key in ("m", "v"))
        change: Tensor = lr * _direction(m, v, step, betas, eps)
        return change

    return excused(reading, arguments, truth, change)


mistake = Mistakes()
Betas = tuple[float, float]


def _moments(grads: Any, state: Any, betas: Betas) -> None:
    for name, g in grads.items():
        state["m"][name].mul_(betas[0]).add_((1 - betas[0]) * g)
        state["v"][name].mul_(betas[1]).add_((1 - betas[1]) * g**2)


def _corrected(state: Any, name: str, step: int, betas: Betas) -> tuple[Tensor, Tensor]:
    return state["m"][name] / (1 - betas[0] ** step), state["v"][name] / (1 - betas[1] ** step)


@mistake(
    "Bias correction is missing: m and v start at zero, and the first steps come out wrong. Divide by 1 - beta ** step."
)
@torch.no_grad()
def no_correction(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        params[name] -= lr * state["m"][name] / (state["v"][name].sqrt() + eps)


@mistake("Only m is corrected for its start at zero. v starts at zero, too.")
@torch.no_grad()
def m_corrected_only(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, _ = _corrected(state, name, step, betas)
        params[name] -= lr * m / (state["v"][name].sqrt() + eps)


@mistake("The correction divides by 1 - beta in every step. The power is missing: 1 - beta ** step.")
@torch.no_grad()
def correction_without_step(
    params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float
) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, 1, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake(
    "Both corrections are in the learning rate, so eps is added to a root that is not corrected. Correct m and v first."
)
@torch.no_grad()
def corrected_rate(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    rate = lr * (1 - betas[1] ** step) ** 0.5 / (1 - betas[0] ** step)
    for name in params:
        params[name] -= rate * state["m"][name] / (state["v"][name].sqrt() + eps)


@mistake(
    "The step is multiplied by the root of v. It is divided by it: where gradients are large, steps become smaller."
)
@torch.no_grad()
def times_the_root(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m * (v.sqrt() + eps)


@mistake(
    "There is no correction for the start at zero, and eps stands under the root. It belongs outside: sqrt(v) + eps."
)
@torch.no_grad()
def no_correction_eps_inside(
    params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float
) -> None:
    _moments(grads, state, betas)
    for name in params:
        params[name] -= lr * state["m"][name] / (state["v"][name] + eps).sqrt()


@mistake("Only v is corrected for its start at zero. m starts at zero, too.")
@torch.no_grad()
def v_corrected_only(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        _, v = _corrected(state, name, step, betas)
        params[name] -= lr * state["m"][name] / (v.sqrt() + eps)


@mistake(
    "The correction counts steps from 0, so that the first one divides by zero. Here step counts from 1: use it as it is."
)
@torch.no_grad()
def from_zero(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = (state[key][name] / torch.tensor(1 - b ** (step - 1)) for key, b in zip("mv", betas, strict=True))
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("The correction uses step + 1. Here step counts from 1 already.")
@torch.no_grad()
def one_step_ahead(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step + 1, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("The correction multiplies beta by step. It is a power: 1 - beta ** step.")
@torch.no_grad()
def product_for_power(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = state["m"][name] / (1 - betas[0] * step), state["v"][name] / (1 - betas[1] * step)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake(
    "The corrections are multiplied by where they divide: m and v come out too small at the start and need to be larger."
)
@torch.no_grad()
def multiplied(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = state["m"][name] * (1 - betas[0] ** step), state["v"][name] * (1 - betas[1] ** step)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("The corrected means are kept in the state, so that they are corrected again and again. Keep the plain ones.")
@torch.no_grad()
def corrected_state(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = state["m"][name], state["v"][name]
        m /= 1 - betas[0] ** step
        v /= 1 - betas[1] ** step
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("eps stands under the root. It belongs outside: sqrt(v) + eps.")
@torch.no_grad()
def eps_inside(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v + eps).sqrt()


@mistake("eps is missing. Where all gradients so far were zero, this divides by zero.")
@torch.no_grad()
def no_eps(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / v.sqrt()


@mistake("The root is missing: v is a mean square, and the step is divided by its root.")
@torch.no_grad()
def no_root(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v + eps)


@mistake("v is a mean of the gradients. It should be one of their squares.")
@torch.no_grad()
def not_squared(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        state["m"][name].mul_(betas[0]).add_((1 - betas[0]) * g)
        state["v"][name].mul_(betas[1]).add_((1 - betas[1]) * g)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("v is made of the squares of m. It is a mean of the squared gradients.")
@torch.no_grad()
def square_of_m(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        state["m"][name].mul_(betas[0]).add_((1 - betas[0]) * g)
        state["v"][name].mul_(betas[1]).add_((1 - betas[1]) * state["m"][name] ** 2)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("m and v are swapped: m is the mean of the gradients, v that of their squares.")
@torch.no_grad()
def moments_swapped(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        state["v"][name].mul_(betas[0]).add_((1 - betas[0]) * g)
        state["m"][name].mul_(betas[1]).add_((1 - betas[1]) * g**2)
    for name in params:
        v, m = state["m"][name] / (1 - betas[1] ** step), state["v"][name] / (1 - betas[0] ** step)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("The two betas are swapped: the first belongs to m, the second to v.")
@torch.no_grad()
def betas_swapped(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, (betas[1], betas[0]))
    for name in params:
        m, v = _corrected(state, name, step, (betas[1], betas[0]))
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("beta and 1 - beta are swapped: beta belongs to the old mean, 1 - beta to what is new.")
@torch.no_grad()
def weights_swapped(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, (1 - betas[0], 1 - betas[1]))
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake(
    "The gradient is added with its whole weight, as in momentum. Here m and v are means: 1 - beta belongs to what is new."
)
@torch.no_grad()
def sums(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        state["m"][name].mul_(betas[0]).add_(g)
        state["v"][name].mul_(betas[1]).add_(g**2)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("This is RMSProp: the step follows the gradient itself. It should follow its running mean m.")
@torch.no_grad()
def gradient_for_mean(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        _, v = _corrected(state, name, step, betas)
        params[name] -= lr * grads[name] / (v.sqrt() + eps)


@mistake("The parameter moves before m and v have seen the gradient. First the state, then the parameter.")
@torch.no_grad()
def parameter_first(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + eps)
    _moments(grads, state, betas)


@mistake("The step is added: this climbs. Descent goes against the gradient.")
@torch.no_grad()
def ascent(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] += lr * m / (v.sqrt() + eps)


@mistake("beta is always 0.9 and 0.999, whatever betas says.")
@torch.no_grad()
def own_betas(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, (0.9, 0.999))
    for name in params:
        m, v = _corrected(state, name, step, (0.9, 0.999))
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("eps is always 1e-8, whatever the argument says.")
@torch.no_grad()
def own_eps(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + 1e-8)


@mistake("The new means are used but not kept: the next step finds the old ones. Write them into state.")
@torch.no_grad()
def not_kept(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        m = (betas[0] * state["m"][name] + (1 - betas[0]) * g) / (1 - betas[0] ** step)
        v = (betas[1] * state["v"][name] + (1 - betas[1]) * g**2) / (1 - betas[1] ** step)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake(
    '`state["m"][name] = ...` puts a new tensor into the dict. Change the old one in place, with `mul_` and `add_`.'
)
@torch.no_grad()
def new_state(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for name, g in grads.items():
        state["m"][name] = betas[0] * state["m"][name] + (1 - betas[0]) * g
        state["v"][name] = betas[1] * state["v"][name] + (1 - betas[1]) * g**2
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("New tensors are put into params. Whoever holds the old ones would not see the step: change them in place.")
@torch.no_grad()
def new_parameters(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] = params[name] - lr * m / (v.sqrt() + eps)


@mistake(
    "Autograd refuses to have a parameter changed in place while it records. The step is not part of the forward pass: "
    "write it under `with torch.no_grad():`."
)
def recorded(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    _moments(grads, state, betas)
    for name in params:
        m, v = _corrected(state, name, step, betas)
        params[name] -= lr * m / (v.sqrt() + eps)


@mistake("Parameters and gradients are paired by position. The dicts share their keys, not their order.")
@torch.no_grad()
def by_position(params: Any, grads: Any, state: Any, step: int, lr: float, betas: Betas, eps: float) -> None:
    for p, g, m, v in zip(params.values(), grads.values(), state["m"].values(), state["v"].values(), strict=True):
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
        p -= lr * m / (1 - betas[0] ** step) / ((v / (1 - betas[1] ** step)).sqrt() + eps)


EXERCISE = Exercise(
    name="adam_step",
    points=2.0,
    parameters=("params", "grads", "state", "step", "lr", "betas", "eps"),
    summary='Update the running means state["m"] and state["v"], then the parameters with the corrected means; all in place.',
    outputs=("state[m][]", "state[v][]", "params[]"),
    read=_read,
    cases=(
        Case("a step in the midst of training", late, twice=True),
        Case("the first step, from a state of zeros", first),
        Case("the first step with the usual settings", _usual),
        Case("parameters that require a gradient", leaves, IN_TRAINING),
        Case("other names, in another order", _renamed, CARE),
        Case("a 0-dimensional tensor and one with three axes", _odd, CARE),
        Case("tensors in float64", late, CARE, torch.float64),
        Case("transposed tensors", late, CARE, layout="transposed"),
    ),
    reference=_stepped,
    parts={
        "state[m][]": 0.15,
        "state[v][]": 0.15,
        "params[]": 0.3,
        IN_PLACE: 0.15,
        IN_TRAINING: 0.15,
        CARE: 0.1,
    },
    may_change=frozenset({"params", "state"}),
    returns=False,
    conduct=replaced,
    mistakes=mistake.all,
    hints=(
        "Four lines for each name: the mean of the gradients, the mean of their squares, both corrected, the step.",
        "m keeps betas[0] of itself and takes 1 - betas[0] of the gradient; v does the same with betas[1] and the squared gradient.",
        "After t steps the weights of all gradients in m sum to 1 - betas[0] ** t. What must m be divided by to be a mean? "
        "The state itself stays as it is.",
    ),
    ban=WRITTEN_OUT,
)
