"""`momentum_step`: what it should do, the inputs that are tried, and the mistakes that people make.

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


def _rates(draw: Draw) -> dict[str, float]:
    """Draw lr and momentum, far from each other, from 1 and from 1 - momentum."""
    if draw.simple:
        return {"lr": 0.5, "momentum": 0.75}
    lr, momentum = (float(draw.uniform(low=low, high=high)) for low, high in ((0.05, 0.3), (0.65, 0.9)))
    return {"lr": round(lr, 3), "momentum": round(momentum, 3)}


def moving(draw: Draw) -> Arguments:
    """Draw a step in the midst of training, where the velocities are not zero."""
    params, grads, velocities = draw_alike(draw, 3)
    return {"params": params, "grads": with_zeros(grads), "velocities": velocities, **_rates(draw)}


def _first(draw: Draw) -> Arguments:
    made = moving(draw)
    return {**made, "velocities": {name: torch.zeros_like(v) for name, v in made["velocities"].items()}}


def leaves(draw: Draw) -> Arguments:
    """Draw a step whose parameters require a gradient."""
    made = moving(draw)
    return {**made, "params": LeafParameters(made["params"])}


def _renamed(draw: Draw) -> Arguments:
    made = moving(draw)
    # The order differs as well: pairing by position is wrong.
    changed = {name: renamed(made[name], backwards=name != "params") for name in ("params", "grads", "velocities")}
    return {**made, **changed}


def _odd(draw: Draw) -> Arguments:
    return {**{name: odd_shapes(draw) for name in ("params", "grads", "velocities")}, **_rates(draw)}


def _stepped(
    params: Any, grads: Mapping[str, Tensor], velocities: Mapping[str, Tensor], lr: float, momentum: float
) -> dict[str, Tensor]:
    """Return the state and the parameters after the step; a test holds this against `torch.optim.SGD`."""
    after = {name: torch.add(grads[name], v, alpha=momentum) for name, v in velocities.items()}
    moved = {f"params[{name}]": torch.add(p, after[name], alpha=-lr) for name, p in values_of(params).items()}
    return {**{f"velocities[{name}]": v for name, v in after.items()}, **moved}


def _read(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    params = read_parameters(observation, arguments)
    if isinstance(params, Finding):
        return params
    before, lr = arguments["velocities"], arguments["lr"]
    reading = {**read_state("velocities", before, observation.after["velocities"]), **params}
    own = slips("velocities", reading, before, truth)

    def change(name: str, shown: Reading) -> Tensor | None:
        return lr * own[name] if name in own else None

    return excused(reading, arguments, truth, change)


mistake = Mistakes()


@mistake(
    "The gradient is weighted with 1 - momentum: that is a running mean. Here the velocity gets the whole gradient."
)
@torch.no_grad()
def running_mean(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_((1 - momentum) * grads[name])
        params[name] -= lr * velocities[name]


@mistake(
    "This is Nesterov's step, which looks ahead by momentum times the new velocity. Subtract lr times the velocity."
)
@torch.no_grad()
def nesterov(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= lr * (grads[name] + momentum * velocities[name])


@mistake(
    "The learning rate is inside of the velocity. That form exists, and differs as soon as lr changes; here v has no lr."
)
@torch.no_grad()
def rate_in_velocity(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(lr * grads[name])
        params[name] -= velocities[name]


@mistake("The learning rate counts twice, in the velocity and in the step. It belongs to the step alone.")
@torch.no_grad()
def rate_twice(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(lr * grads[name])
        params[name] -= lr * velocities[name]


@mistake(
    "The velocity is minus what it should be, and so it is added. Here v is a sum of gradients, and p goes against it."
)
@torch.no_grad()
def velocity_downhill(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).sub_(grads[name])
        params[name] += lr * velocities[name]


@mistake("The velocity holds minus lr times the gradients and is added. Here v is a sum of gradients, without lr.")
@torch.no_grad()
def velocity_as_a_step(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).sub_(lr * grads[name])
        params[name] += velocities[name]


@mistake("The velocity is added: this climbs. Descent goes against it.")
@torch.no_grad()
def ascent(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] += lr * velocities[name]


@mistake("The gradient is subtracted from the velocity. It is added.")
@torch.no_grad()
def gradient_subtracted(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).sub_(grads[name])
        params[name] -= lr * velocities[name]


@mistake("The parameter moves by the old velocity. First the velocity gets the gradient, then the parameter follows.")
@torch.no_grad()
def parameter_first(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        params[name] -= lr * velocities[name]
        velocities[name].mul_(momentum).add_(grads[name])


@mistake("This is plain gradient descent: the velocities are neither read nor changed.")
@torch.no_grad()
def plain(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]


@mistake("The velocity is the gradient alone: what it was before is forgotten. Keep momentum times as much of it.")
@torch.no_grad()
def forgets(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].copy_(grads[name])
        params[name] -= lr * velocities[name]


@mistake("The velocity is used but not kept: the next step finds the old one. Write it into velocities[name].")
@torch.no_grad()
def not_kept(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        v = momentum * velocities[name] + grads[name]
        params[name] -= lr * v


@mistake("The velocity grows without end: nothing is taken away from the old one. Multiply it by momentum first.")
@torch.no_grad()
def no_friction(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].add_(grads[name])
        params[name] -= lr * velocities[name]


@mistake("momentum multiplies the gradient as well. It multiplies the old velocity only: v = momentum * v + g.")
@torch.no_grad()
def momentum_on_both(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].add_(grads[name]).mul_(momentum)
        params[name] -= lr * velocities[name]


@mistake("momentum multiplies the gradient and not the old velocity. It is the other way round: v = momentum * v + g.")
@torch.no_grad()
def momentum_on_gradient(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].add_(momentum * grads[name])
        params[name] -= lr * velocities[name]


@mistake("The learning rate is left out of the step: the parameter moves by the whole velocity.")
@torch.no_grad()
def no_rate(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= velocities[name]


@mistake("momentum is always 0.9, whatever the argument says.")
@torch.no_grad()
def own_momentum(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(0.9).add_(grads[name])
        params[name] -= lr * velocities[name]


@mistake("lr and momentum are swapped.")
@torch.no_grad()
def swapped(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(lr).add_(grads[name])
        params[name] -= momentum * velocities[name]


@mistake("New tensors are put into the dicts. Whoever holds the old ones would not see the step: change them in place.")
@torch.no_grad()
def new_tensors(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name] = momentum * velocities[name] + grads[name]
        params[name] = params[name] - lr * velocities[name]


@mistake(
    "`velocities[name] = ...` puts a new tensor into the dict. Change the old one in place, with `mul_` and `add_`."
)
@torch.no_grad()
def new_velocities(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name] = momentum * velocities[name] + grads[name]
        params[name] -= lr * velocities[name]


@mistake("`v = ...` gives the name v to a new tensor, and `p = ...` likewise; what the dicts hold stays as it is.")
@torch.no_grad()
def local(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        v, p = velocities[name], params[name]
        v = momentum * v + grads[name]
        p = p - lr * v


@mistake(
    "Autograd refuses to have a parameter changed in place while it records. The step is not part of the forward pass: "
    "write it under `with torch.no_grad():`."
)
def recorded(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= lr * velocities[name]


@mistake("Parameters, gradients and velocities are paired by position. The dicts share their keys, not their order.")
@torch.no_grad()
def by_position(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for p, g, v in zip(params.values(), grads.values(), velocities.values(), strict=True):
        v.mul_(momentum).add_(g)
        p -= lr * v


@mistake("The four names of the small network are spelled out. Others have other names: go through the keys of params.")
@torch.no_grad()
def four_names(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in ("W1", "b1", "W2", "b2"):
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= lr * velocities[name]


@mistake("Only the first parameter is changed: the function ends within its loop.")
@torch.no_grad()
def returns_early(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        velocities[name].mul_(momentum).add_(grads[name])
        params[name] -= lr * velocities[name]
        return


@mistake("The step changes the gradients. They belong to the caller, who may want them again.")
@torch.no_grad()
def changes_gradients(params: Any, grads: Any, velocities: Any, lr: float, momentum: float) -> None:
    for name in params:
        grads[name].add_(velocities[name], alpha=momentum)
        velocities[name].copy_(grads[name])
        params[name] -= lr * velocities[name]


EXERCISE = Exercise(
    name="momentum_step",
    points=1.0,
    parameters=("params", "grads", "velocities", "lr", "momentum"),
    summary="Set each velocity to momentum * v + g, then subtract lr times it from its parameter; in place, outside of autograd.",
    outputs=("velocities[]", "params[]"),
    read=_read,
    cases=(
        Case("a step in the midst of training", moving, twice=True),
        Case("the first step, from velocities of zero", _first),
        Case("parameters that require a gradient", leaves, IN_TRAINING),
        Case("other names, in another order", _renamed, CARE),
        Case("a 0-dimensional tensor and one with three axes", _odd, CARE),
        Case("tensors in float64", moving, CARE, torch.float64),
        Case("transposed tensors", moving, CARE, layout="transposed"),
    ),
    reference=_stepped,
    parts={"velocities[]": 0.25, "params[]": 0.25, IN_PLACE: 0.2, IN_TRAINING: 0.15, CARE: 0.15},
    may_change=frozenset({"params", "velocities"}),
    returns=False,
    conduct=replaced,
    mistakes=mistake.all,
    hints=(
        "A ball keeps most of its speed and is pushed by the slope. Which of the two lines is the speed, which the place?",
        "For each name: first the velocity from its old value and the gradient, then the parameter from the *new* velocity.",
        "`v.mul_(c)` and `v.add_(g)` change v itself; `params[name] -= ...` does so, too, under `torch.no_grad()`.",
    ),
    ban=WRITTEN_OUT,
)
