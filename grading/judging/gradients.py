"""Cases that look at gradients: what they should be, and what is wrong with those that an answer has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grading.judging.exercise import CARE, Case, Exercise
from grading.judging.read import Reading
from grading.judging.verdict import Finding
from grading.probe.blueprints import Layers
from grading.probe.call import Observation

_BY = "the gradient by "
CUTS_THE_GRAPH = "`.detach()`, `.data`, `.item()`, `torch.no_grad()` and `torch.tensor(...)` cut the graph."
# Looking at gradients, one sees more: what was recorded may have been overwritten.
_CUT = "`.detach()`, `.data`, `.item()`, `torch.no_grad()`, `torch.tensor(...)` and overwriting cut the graph."
_PARTS = {"value", "gradients", "overflow"}


def is_gradient(name: str) -> bool:
    """Tell whether an output is a gradient, `the gradient by W1`, and not something that the answer returned."""
    return name.startswith(_BY)


def true_gradients(exercise: Exercise, arguments: Mapping[str, Any]) -> dict[str, Tensor]:
    """Return what autograd finds in the exercise's own reference, by `the gradient by X`; the arguments are in float64."""
    if exercise.reference is None:
        raise TypeError(f"{exercise.name} has no reference")
    module = next((name for name, argument in arguments.items() if isinstance(argument, Layers)), None)
    if module is None:
        tensors = {name: one for name, one in arguments.items() if isinstance(one, Tensor) and one.is_floating_point()}
        leaves = _watched(tensors)
        total = exercise.reference(*{**arguments, **leaves}.values()).sum()
    else:
        layers = arguments[module]
        leaves = _watched({name: layers.values[name] for name in layers.trainable})
        total = exercise.reference(*{**arguments, module: replace(layers, **leaves)}.values()).sum()
    found = torch.autograd.grad(total, list(leaves.values()))
    return {_BY + name: gradient for name, gradient in zip(leaves, found, strict=True)}


def _watched(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().requires_grad_(True) for name, tensor in tensors.items()}


def split(observation: Observation) -> tuple[Observation, Reading]:
    """Return what was observed as if nothing had been differentiated, and the gradients; {} if there are none."""
    value = observation.value
    if not isinstance(value, Mapping) or set(value) != _PARTS or not isinstance(value["gradients"], Mapping):
        return observation, {}
    gradients = {_BY + name: gradient for name, gradient in value["gradients"].items()}
    return replace(observation, value=value["value"]), gradients


def cut_off(case: Case, reading: Reading) -> list[Finding]:
    """Return the finding for gradients that autograd does not get to."""
    lost = [name.removeprefix(_BY) for name, gradient in reading.items() if is_gradient(name) and gradient is None]
    if not lost:
        return []
    *others, last = lost
    title = f"autograd does not get back to {', '.join(others)}{' and ' if others else ''}{last}."
    return [Finding(case.part, "graph", title, (), f"From this result nothing can be learned for {lost[0]}. {_CUT}")]


def overflowed(observation: Observation) -> list[Finding]:
    """Return the finding for infinities on the way to finite values and gradients."""
    value = observation.value
    if not isinstance(value, Mapping) or set(value) != _PARTS or value["overflow"] is not True:
        return []
    advice = "Values and gradients come out right all the same, by luck. Make the exponent safe before you take `exp`."
    return [Finding(CARE, "overflow", "something overflows to infinity on the way.", (), advice)]
