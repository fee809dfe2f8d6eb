"""Lesson 03: the step of gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistake
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.parameters import LeafParameters

LESSON = "03-backpropagation"
_STEP = "in training"


def _draw_step(draw: Draw) -> tuple[dict[str, Tensor], dict[str, Tensor], float]:
    d, h, q = draw.sizes(3, 2, 6)
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, q), "b2": (q,)}
    params = {name: draw.normal(*shape) for name, shape in shapes.items()}
    grads = {name: draw.normal(*shape) for name, shape in shapes.items()}
    return params, grads, 0.5 if draw.simple else round(float(draw.uniform(low=0.05, high=0.8)), 3)


def _plain(draw: Draw) -> Arguments:
    params, grads, lr = _draw_step(draw)
    return {"params": params, "grads": grads, "lr": lr}


def _leaves(draw: Draw) -> Arguments:
    params, grads, lr = _draw_step(draw)
    return {"params": LeafParameters(params), "grads": grads, "lr": lr}


def _renamed(draw: Draw) -> Arguments:
    params, grads, lr = _draw_step(draw)
    names = dict(zip(params, ("w0", "c0", "w1", "c1"), strict=True))
    params = {names[key]: value for key, value in params.items()}
    # The order of the gradients differs from that of the parameters: pairing them by position is wrong.
    grads = {names[key]: grads[key] for key in reversed(grads)}
    return {"params": params, "grads": grads, "lr": lr}


def _stepped(params: Any, grads: Mapping[str, Tensor], lr: float) -> dict[str, Tensor]:
    values = params.values if isinstance(params, LeafParameters) else params
    return {f"params[{name}]": torch.add(value, grads[name], alpha=-lr) for name, value in values.items()}


def _read_step(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    if not observation.same_objects:
        advice = (
            "Whoever holds the old tensors, an optimizer or a network, would not see the step. Change them in place."
        )
        return Finding("", "replaced", "it puts new tensors where the old ones were.", advice=advice)
    after = observation.after["params"]
    if not isinstance(arguments["params"], LeafParameters):
        return {f"params[{name}]": value for name, value in after.items()}
    lost = [name for name, trainable in after["trainable"].items() if not trainable]
    if lost:
        advice = "After the step they must be leaf tensors that require a gradient, as before, or the next backward pass fails."
        return Finding("", "detached", f"{lost[0]} no longer takes part in training.", advice=advice)
    return {f"params[{name}]": value for name, value in after["values"].items()}


@torch.no_grad()
def _ascent(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] += lr * grads[name]


@torch.no_grad()
def _replaced(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] = params[name] - lr * grads[name]


@torch.no_grad()
def _local(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        parameter = params[name]
        parameter = parameter - lr * grads[name]


@torch.no_grad()
def _returned(params: Any, grads: Any, lr: float) -> Any:
    return {name: params[name] - lr * grads[name] for name in params}


def _recorded(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]


@torch.no_grad()
def _no_rate(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= grads[name]


@torch.no_grad()
def _own_rate(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= 0.1 * grads[name]


@torch.no_grad()
def _weights_only(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        if name.startswith("W"):
            params[name] -= lr * grads[name]


@torch.no_grad()
def _by_position(params: Any, grads: Any, lr: float) -> None:
    for parameter, grad in zip(params.values(), grads.values(), strict=True):
        parameter -= lr * grad


@torch.no_grad()
def _clears(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]
        grads[name].zero_()


@torch.no_grad()
def _scales_gradient(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= grads[name].mul_(lr)


@torch.no_grad()
def _overwrites(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name].copy_(lr * grads[name])


@torch.no_grad()
def _frozen(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name].requires_grad_(False)
        params[name] -= lr * grads[name]


SGD_STEP = Exercise(
    name="sgd_step",
    lesson=LESSON,
    points=0.5,
    parameters=("params", "grads", "lr"),
    summary="Subtract lr times its gradient from every parameter, in place and outside of autograd.",
    outputs=(*(f"params[{name}]" for name in ("W1", "b1", "W2", "b2")), "params[]"),
    read=_read_step,
    cases=(
        Case("four parameters", _plain, twice=True),
        Case("parameters that require a gradient", _leaves, _STEP),
        Case("other names, gradients in another order", _renamed, CARE),
        Case("parameters in float64", _plain, CARE, torch.float64),
        Case("transposed parameters", _plain, CARE, layout="transposed"),
        Case("other values", _leaves, _STEP, hidden=True),
    ),
    reference=_stepped,
    parts={"params[]": 0.6, _STEP: 0.25, CARE: 0.15},
    may_change=frozenset({"params"}),
    mistakes=(
        Mistake("ascent", _ascent, "The gradient is added: this climbs. Descent goes against the gradient."),
        Mistake(
            "replaced",
            _replaced,
            "`params[name] = params[name] - ...` puts new tensors into the dict. Whoever holds the old ones "
            "would not see the step. Change them in place.",
        ),
        Mistake(
            "local",
            _local,
            "`p = p - ...` gives the name p to a new tensor; the parameter itself stays as it is. Use `p -= ...`.",
        ),
        Mistake(
            "returned",
            _returned,
            "New parameters are returned and the old ones stay as they are. Change them in place.",
        ),
        Mistake(
            "recorded",
            _recorded,
            "Autograd refuses to have a parameter changed in place while it records. The step is no part of the forward pass: "
            "write it under `with torch.no_grad():`.",
        ),
        Mistake("no-rate", _no_rate, "The learning rate is left out: every step has the size of the gradient."),
        Mistake("own-rate", _own_rate, "The learning rate is always 0.1, whatever lr says. Use the argument."),
        Mistake(
            "weights-only", _weights_only, "The biases stay as they are. A step changes every parameter in params."
        ),
        Mistake(
            "by-position",
            _by_position,
            "Gradients are paired with parameters by position. The two dicts share their keys, not their order.",
        ),
        Mistake(
            "clears",
            _clears,
            "The step sets the gradients to zero. Here that is not its business: grads belongs to the caller.",
        ),
        Mistake(
            "scales-gradient",
            _scales_gradient,
            "`mul_` multiplies the gradient itself: grads holds lr times as much afterwards.",
        ),
        Mistake(
            "overwrites",
            _overwrites,
            "The parameters are overwritten by lr times the gradient. They should be changed by it.",
        ),
        Mistake(
            "frozen",
            _frozen,
            "`requires_grad_(False)` takes the parameters out of training, and nothing puts them back. Use `torch.no_grad()`.",
        ),
    ),
    hints=(
        "For one parameter p with gradient g: where does a small step downhill lead?",
        "`p = p - lr * g` makes a new tensor. Which operator changes the old one?",
        "Autograd refuses in-place changes of a parameter while it records. `with torch.no_grad():` stops the recording.",
        "`with torch.no_grad():`, then for every name `params[name] -= lr * grads[name]`.",
    ),
)
