"""What both optimizers share: how parameters and their state are drawn, and how they are read after a step.

Each of the tensors in the state is an output, and so is each parameter. Parameters that follow from a wrong state by the right
rule are excused: the slip was made in the state, whose points are lost already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import Ban
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.parameters import LeafParameters
from grading.probe.watch import OPTIM

Tensors = dict[str, Tensor]
IN_PLACE, IN_TRAINING = "in place", "in training"
_REPLACED = "Whoever holds the old tensors, such as the network, would not see the step. Change them in place."

WRITTEN_OUT = Ban(
    frozenset({OPTIM, "fused_adam", "fused_adamw", "fused_sgd"}),
    "Write the step out: for each name, first the state, then the parameter. This is what the library's optimizer does.",
)


def draw_alike(draw: Draw, count: int) -> list[Tensors]:
    """Draw so many dicts of tensors under the same four names; both signs, a zero and a size of 1 are always there."""
    d, h, q = (draw.integer(1, draw.limit) for _ in range(3)) if draw.simple else draw.sizes(3, 2, 6)
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, q), "b2": (1,)}
    drawn = [{name: draw.normal(*shape) for name, shape in shapes.items()} for _ in range(count)]
    if not draw.simple:
        for tensors in drawn:
            for name in ("W1", "b1", "W2"):
                tensors[name].view(-1)[:2] = torch.tensor([0.6, -0.9], dtype=torch.float64) * (1 + draw.uniform(2))
    return drawn


def with_zeros(gradients: Tensors) -> Tensors:
    """Set the last element of each matrix to zero: there is nothing to learn from there."""
    for gradient in gradients.values():
        if gradient.dim() > 1:
            gradient.view(-1)[-1] = 0
    return gradients


def renamed(tensors: Mapping[str, Tensor], *, backwards: bool = False) -> Tensors:
    """Return the tensors under names of another network, in the other order if so wished."""
    names = dict(zip(tensors, ("w0", "c0", "w1", "c1"), strict=True))
    return {names[key]: tensors[key] for key in (reversed(list(tensors)) if backwards else tensors)}


def odd_shapes(draw: Draw) -> Tensors:
    """Draw a 0-dimensional tensor, one with three axes, and one with a single element."""
    return {"scale": draw.normal() + 2.0, "kernel": draw.normal(2, 3, 4), "bias": draw.normal(1)}


def values_of(params: Any) -> Mapping[str, Tensor]:
    """Return the parameters by name, whether they are leaves that require a gradient or not."""
    return params.values if isinstance(params, LeafParameters) else params


def replaced(arguments: Mapping[str, Any], observation: Observation) -> list[Finding]:
    """Return the finding for tensors that are no longer the objects that were handed over."""
    if observation.same_objects:
        return []
    return [Finding(IN_PLACE, "replaced", "it puts new tensors where the old ones were.", advice=_REPLACED)]


def read_parameters(observation: Observation, arguments: Mapping[str, Any]) -> Reading | Finding:
    """Return the parameters after the step by name, or the finding for one that has left training."""
    after = observation.after["params"]
    if not isinstance(arguments["params"], LeafParameters):
        return {f"params[{name}]": after.get(name) for name in arguments["params"]}
    lost = [name for name in arguments["params"].values if not after["trainable"].get(name)]
    if lost:
        advice = "After the step they must be leaf tensors that require a gradient, as before, or the next backward pass fails."
        return Finding(IN_TRAINING, "detached", f"{lost[0]} no longer takes part in training.", advice=advice)
    return {f"params[{name}]": after["values"][name] for name in arguments["params"].values}


def read_state(label: str, before: Mapping[str, Tensor], after: Any) -> Reading:
    """Return the tensors of one dict of the state after the step, by output name; None where there is none any more."""
    there = after if isinstance(after, Mapping) else {}
    return {f"{label}[{name}]": there.get(name) for name in before}


def excused(
    reading: Reading, arguments: Mapping[str, Any], truth: Truth, change: Callable[[str, Reading], Tensor | None]
) -> Reading:
    """Return the reading with the truth for each parameter that has changed as it must by the answer's own state.

    change: from a name and the reading, what the parameter should have lost, in float64; None if the state is of no use, or
        is right or untouched, so that nothing is to be excused.
    """
    found, moved_at_all = dict(reading), False
    for name, before in values_of(arguments["params"]).items():
        shown, lost = reading[f"params[{name}]"], change(name, reading)
        if lost is None or not isinstance(shown, Tensor) or shown.shape != before.shape:
            continue
        moved, eps = before.double() - shown.double(), torch.finfo(before.dtype).eps
        # The root of a mean square that came out negative is not a number; that, too, follows from the slip.
        both = torch.isnan(moved) & torch.isnan(lost)
        moved, lost = moved.nan_to_num(), lost.nan_to_num()
        bound = 64 * eps * max(1.0, float(before.abs().max()), float(lost.abs().max()))
        if bool((both | ((moved - lost).abs() <= bound)).all()):
            found[f"params[{name}]"] = truth[f"params[{name}]"].to(before.dtype)
            moved_at_all |= bool(((moved.abs() > bound) & ~both).any())
    return found if moved_at_all else reading


def slips(label: str, reading: Reading, before: Mapping[str, Tensor], truth: Truth) -> dict[str, Tensor]:
    """Return the tensors of one dict of the state by name, in float64, if a slip was made there; none otherwise.

    All of them: whether a single one happens to come near the truth, or to stay as it was, must not decide what the slip costs.
    A dict that is right, or that nothing has touched, holds no slip from which the parameters could follow.
    """
    own = {}
    for name in before:
        shown, due = reading[f"{label}[{name}]"], truth[f"{label}[{name}]"]
        if isinstance(shown, Tensor) and shown.shape == due.shape and shown.is_floating_point():
            own[name] = shown.double()

    def away(name: str) -> bool:
        due = truth[f"{label}[{name}]"]
        bound = 64 * torch.finfo(before[name].dtype).eps * max(1.0, float(due.abs().max()))
        return not float((own[name] - due).abs().max()) <= bound

    touched = any(not torch.equal(value, before[name].double()) for name, value in own.items())
    return own if touched and any(map(away, own)) else {}
