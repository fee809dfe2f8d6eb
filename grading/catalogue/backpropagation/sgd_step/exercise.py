"""`sgd_step`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistakes
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.parameters import LeafParameters
from grading.probe.watch import OPTIM

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


def _still_there(grads: Any, before: Mapping[str, Tensor]) -> bool:
    """Tell whether the gradients are where they were; if not, that is told, and tells nothing of the parameters."""
    return isinstance(grads, Mapping) and all(isinstance(grads.get(name), Tensor) for name in before)


def _read_step(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    if not observation.same_objects and _still_there(observation.after["grads"], arguments["grads"]):
        advice = "An optimizer or a network that holds the old tensors would not see the step. Change them in place."
        return Finding("", "replaced", "it puts new tensors where the old ones were.", advice=advice)
    after = observation.after["params"]
    if not isinstance(arguments["params"], LeafParameters):
        return {f"params[{name}]": value for name, value in after.items()}
    lost = [name for name, trainable in after["trainable"].items() if not trainable]
    if lost:
        advice = "After the step they must be leaf tensors that require a gradient, as before, or the next backward pass fails."
        return Finding("", "detached", f"{lost[0]} no longer takes part in training.", advice=advice)
    return {f"params[{name}]": value for name, value in after["values"].items()}


mistake = Mistakes()


@mistake("The gradient is added: this climbs. Descent goes against the gradient.")
@torch.no_grad()
def ascent(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] += lr * grads[name]


@mistake(
    "`params[name] = params[name] - ...` puts new tensors into the dict. An optimizer that holds the "
    "old ones would not see the step. Change them in place."
)
@torch.no_grad()
def replaced(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] = params[name] - lr * grads[name]


@mistake("`p = p - ...` gives the name p to a new tensor; the parameter itself stays as it is. Use `p -= ...`.")
@torch.no_grad()
def local(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        parameter = params[name]
        parameter = parameter - lr * grads[name]


@mistake("New parameters are returned and the old ones stay as they are. Change them in place.")
@torch.no_grad()
def returned(params: Any, grads: Any, lr: float) -> Any:
    return {name: params[name] - lr * grads[name] for name in params}


@mistake(
    "Autograd refuses to have a parameter changed in place while it records. The step is not part of the forward pass: "
    "write it under `with torch.no_grad():`."
)
def recorded(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]


@mistake("The learning rate is left out: every step has the size of the gradient.")
@torch.no_grad()
def no_rate(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= grads[name]


@mistake("The learning rate is always 0.1, whatever lr says. Use the argument.")
@torch.no_grad()
def own_rate(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= 0.1 * grads[name]


@mistake("The biases stay as they are. A step changes every parameter in params.")
@torch.no_grad()
def weights_only(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        if name.startswith("W"):
            params[name] -= lr * grads[name]


@mistake("Gradients are paired with parameters by position. The two dicts share their keys, not their order.")
@torch.no_grad()
def by_position(params: Any, grads: Any, lr: float) -> None:
    for parameter, grad in zip(params.values(), grads.values(), strict=True):
        parameter -= lr * grad


@mistake("The step sets the gradients to zero. Here that is not its business: grads belongs to the caller.")
@torch.no_grad()
def clears(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]
        grads[name].zero_()


@mistake("`mul_` multiplies the gradient itself: grads holds lr times as much afterwards.")
@torch.no_grad()
def scales_gradient(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= grads[name].mul_(lr)


@mistake("The parameters are overwritten by lr times the gradient. They should be changed by it.")
@torch.no_grad()
def overwrites(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name].copy_(lr * grads[name])


@mistake(
    "`requires_grad_(False)` takes the parameters out of training, and nothing puts them back. Use `torch.no_grad()`."
)
@torch.no_grad()
def frozen(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name].requires_grad_(False)
        params[name] -= lr * grads[name]


@mistake("The gradients are taken out of the dict. They belong to the caller, who may want them again.")
@torch.no_grad()
def empties(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]
    grads.clear()


@mistake("The gradients are set to None. They belong to the caller, who may want them again.")
@torch.no_grad()
def sets_to_none(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]
        grads[name] = None


@mistake("The learning rate is always 0.01, whatever lr says. Use the argument.")
@torch.no_grad()
def own_small_rate(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= 0.01 * grads[name]


@mistake("Only the first parameter is changed: the function ends within its loop.")
@torch.no_grad()
def returns_early(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name]
        return


@mistake("Every step is taken twice.")
@torch.no_grad()
def twice(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= 2 * lr * grads[name]


@mistake("Each gradient is averaged to one number first. Every element has its own.")
@torch.no_grad()
def averaged(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name].mean()


@mistake(
    "lr times the parameter itself is subtracted: everything shrinks towards zero. Subtract lr times its gradient."
)
@torch.no_grad()
def shrinks(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * params[name]


@mistake(
    "The biases shrink: lr times the bias itself is subtracted. Subtract lr times its gradient, as for the weights."
)
@torch.no_grad()
def shrinks_biases(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * (params if name.startswith("b") else grads)[name]


@mistake("The gradient is divided by the learning rate. The step is lr times the gradient.")
@torch.no_grad()
def divides_by_rate(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= grads[name] / lr


@mistake("The parameters are multiplied by 1 - lr g. Subtract lr g from them.")
@torch.no_grad()
def multiplies(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] *= 1 - lr * grads[name]


@mistake("The sign of the gradient alone sets the step. Its size counts, too.")
@torch.no_grad()
def sign_only(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads[name].sign()


@mistake("The four names of the small network are spelled out. A deeper one has others: go through the keys of params.")
@torch.no_grad()
def four_names(params: Any, grads: Any, lr: float) -> None:
    for name in ("W1", "b1", "W2", "b2"):
        params[name] -= lr * grads[name]


@mistake("The gradients have the keys of the parameters: W1, not dW1.")
@torch.no_grad()
def other_keys(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * grads["d" + name]


@mistake("`.grad` is what autograd leaves at a parameter. Here the gradients come as an argument: grads[name].")
@torch.no_grad()
def reads_grad(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name] -= lr * params[name].grad


@mistake("A loop over a dict gives its keys, not its tensors: params[name] is the tensor.")
@torch.no_grad()
def loops_over_keys(params: Any, grads: Any, lr: float) -> None:
    for parameter, gradient in zip(params, grads, strict=True):
        parameter -= lr * gradient


EXERCISE = Exercise(
    name="sgd_step",
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
    ),
    reference=_stepped,
    parts={"params[]": 0.6, _STEP: 0.25, CARE: 0.15},
    may_change=frozenset({"params"}),
    returns=False,
    mistakes=mistake.all,
    hints=(
        "For one parameter p with gradient g: where does a small step downhill lead?",
        "`p = p - lr * g` makes a new tensor. Which operator changes the old one?",
        "Autograd refuses in-place changes of a parameter while it records. `with torch.no_grad():` stops the recording.",
    ),
    ban=Ban(
        frozenset({OPTIM}),
        "Write the step out: for each parameter, subtract lr times its gradient. An optimizer of the library comes later.",
    ),
)
