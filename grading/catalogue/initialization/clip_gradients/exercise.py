"""`clip_gradients`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistakes
from grading.judging.read import Number, Reading, Truth, as_number
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.watch import CLIP_GRAD


def _gradients(draw: Draw, factor: float) -> Arguments:
    d, h, q = draw.sizes(3, 2, 7)
    grads = [draw.normal(d, h, scale=2.0), draw.normal(h, scale=0.5), draw.normal(h, q, scale=3.0), draw.normal(q)]
    norm = float(torch.cat([grad.flatten() for grad in grads]).norm())
    return {"grads": grads, "max_norm": max(norm, 0.1) * factor}


def _large(draw: Draw) -> Arguments:
    if draw.simple:
        return {"grads": [torch.tensor([3.0, 0.0], dtype=torch.float64), torch.tensor([4.0])], "max_norm": 2.0}
    return _gradients(draw, float(draw.uniform(low=0.1, high=0.6)))


def _small(draw: Draw) -> Arguments:
    if draw.simple:
        return {"grads": [torch.tensor([3.0, 0.0], dtype=torch.float64), torch.tensor([4.0])], "max_norm": 10.0}
    return _gradients(draw, float(draw.uniform(low=1.5, high=4.0)))


def _each_small(draw: Draw) -> Arguments:
    grads = [draw.normal(3, 4), draw.normal(4), draw.normal(4, 2)]
    grads = [grad / grad.norm() * 2.0 for grad in grads]  # together √12, each below 3
    return {"grads": grads, "max_norm": 3.0}


def _one_tensor(draw: Draw) -> Arguments:
    return {"grads": [draw.normal(*draw.sizes(2), scale=3.0)], "max_norm": 0.5}


def _odd_shapes(draw: Draw) -> Arguments:
    grads = [draw.normal() + 4.0, draw.normal(2, 3, 4), draw.normal(5)]
    return {"grads": grads, "max_norm": 0.25}


def _zeros(draw: Draw) -> Arguments:
    return {"grads": [torch.zeros(3, 2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)], "max_norm": 1.0}


def _clipped(grads: list[Tensor], max_norm: float) -> tuple[Tensor, Tensor]:
    """Return the norm of all gradients as one long vector, and that vector clipped."""
    vector = torch.cat([grad.flatten() for grad in grads])
    norm = torch.linalg.vector_norm(vector)
    return norm, torch.nn.functional.normalize(vector, dim=0) * max_norm if norm > max_norm else vector


def _without_epsilon(vector: Tensor, truth: Tensor, norm: float) -> Tensor:
    """Return the clipped vector as it would be had about 1e-6 not been added to the norm, or unchanged."""
    length = float(truth.norm())
    factor = float(vector @ truth) / length**2 if length > 0 else 1.0
    return vector / factor if 0 < abs(factor - 1) * norm < 2.5e-6 else vector


_IN_PLACE = "The parameters keep their old gradients. `mul_` and `*=` change a tensor itself."


def _read_clipped(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    """Read the returned norm, and from the arguments the gradients as one vector; 1e-6 added to the norm is taken out."""
    norm = Number("norm")(observation, arguments, truth)
    if isinstance(norm, Finding):
        return replace(norm, advice=norm.advice or _returned_instead(observation.value, arguments["grads"]))
    after = observation.after["grads"]
    shapes = [tuple(grad.shape) for grad in arguments["grads"]]
    kept = [tuple(grad.shape) if isinstance(grad, Tensor) else None for grad in after]
    if kept != shapes:
        facts = (("expected", f"shapes {shapes}"), ("got", f"shapes {kept}"))
        return Finding("", "shape", "the gradients have lost their shapes.", facts)
    vector = torch.cat([grad.double().flatten() for grad in after])
    true_norm = float(truth["norm"])
    vector = _without_epsilon(vector, truth["clipped"], true_norm)
    if not observation.same_objects:
        right = abs(float(norm["norm"]) - true_norm) <= 1e-3 * true_norm
        return Finding("clipped" if right else "", "identity", "it replaces the tensors in the list.", (), _IN_PLACE)
    return {**norm, "clipped": vector}


def _returned_instead(value: Any, grads: Sequence[Tensor]) -> str:
    """Say what else than one norm was returned, "" if it is nothing that is known."""
    if not isinstance(value, list | tuple):
        return ""
    shapes = [tuple(grad.shape) for grad in grads]
    if any(isinstance(one, list | tuple) for one in value):
        return "Only the norm is asked for: the gradients are changed where they are, and need not be returned."
    if [tuple(one.shape) if isinstance(one, Tensor) else None for one in value] == shapes:
        return "These are the gradients. They are changed where they are; what is returned is their norm before that."
    if len(value) == len(grads) and all(as_number(one) is not None for one in value):
        return "This is a norm for each tensor. All of them together have one norm, and all are scaled by one factor."
    return ""


def _elements(arguments: Arguments) -> int:
    return sum(int(grad.numel()) for grad in arguments["grads"])


mistake = Mistakes()


def _norm(grads: list[Tensor]) -> float:
    return math.sqrt(sum(float((grad.double() ** 2).sum()) for grad in grads))


@mistake("The gradients are scaled even if their norm is below max_norm, which makes small ones larger.")
def always(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    for grad in grads:
        grad.mul_(max_norm / max(norm, 1e-6))
    return norm


@mistake("Each tensor is clipped by its own norm, which turns the direction of the step. One factor for all keeps it.")
def each_alone(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    for grad in grads:
        own = float(grad.norm())
        if own > max_norm:
            grad.mul_(max_norm / own)
    return norm


@mistake(
    "Each tensor is clipped by its own norm, and the norm returned is that after clipping. Take one "
    "norm, before, for all."
)
def each_alone_norm_after(grads: list[Tensor], max_norm: float) -> float:
    for grad in grads:
        own = float(grad.norm())
        if own > max_norm:
            grad.mul_(max_norm / own)
    return _norm(grads)


@mistake("Single elements are clamped. Clipping by norm scales all of them by the same factor.")
def by_value(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    for grad in grads:
        grad.clamp_(-max_norm, max_norm)
    return norm


@mistake("The norms of the tensors were added. Add their squares, then take the root: the length of one long vector.")
def sum_of_norms(grads: list[Tensor], max_norm: float) -> float:
    norm = sum(float(grad.norm()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@mistake("This is the squared norm: a square root is missing.")
def squared(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads) ** 2
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@mistake("The norm after clipping is returned. The one before is asked for; it tells how wild it was.")
def norm_after(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return _norm(grads)


@mistake("The gradients are clipped, but the norm is not returned.")
def no_return(grads: list[Tensor], max_norm: float) -> None:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)


@mistake(
    "`grad = grad * c` makes a new tensor and lets the name point to it; the one in the list is "
    "unchanged. Use `mul_` or `*=`."
)
def rebinds(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad = grad * (max_norm / norm)
    return norm


@mistake(
    "`grads[i] = ...` puts new tensors into the list; the gradients of the parameters stay as they "
    "were. Use `mul_` or `*=`."
)
def replaces(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for i, grad in enumerate(grads):
            grads[i] = grad * (max_norm / norm)
    return norm


@mistake("The factor is upside down: norm / max_norm makes the gradients larger still.")
def inverted(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(norm / max_norm)
    return norm


@mistake("The gradients are brought to norm 1. They should come to max_norm.")
def unit(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.div_(norm)
    return norm


@mistake("The comparison is the wrong way round: small gradients are blown up and large ones kept.")
def wrong_side(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if 0 < norm < max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@mistake("This adds absolute values. The norm is the root of the sum of the squares.")
def absolute(grads: list[Tensor], max_norm: float) -> float:
    norm = sum(float(grad.abs().sum()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


@mistake("The largest of the norms is taken for the norm of all. Add the squares of all of them.")
def largest(grads: list[Tensor], max_norm: float) -> float:
    norm = max(float(grad.norm()) for grad in grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)
    return norm


def _scaled(grads: list[Tensor], norm: float, max_norm: float) -> None:
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm)


_NORMS: dict[str, tuple[str, Callable[[list[Tensor]], float]]] = {
    "mean-of-norms": (
        "The mean of the norms is taken for the norm of all. The norm of all is the root of the sum of "
        "all squares: the length of one long vector.",
        lambda grads: sum(float(grad.norm()) for grad in grads) / len(grads),
    ),
    "root-of-mean-squares": (
        "Means of squares are added, not sums. The norm of all is the root of the sum of all squares: "
        "the length of one long vector.",
        lambda grads: math.sqrt(sum(float(grad.square().mean()) for grad in grads)),
    ),
    "root-mean-square": (
        "This is the root of the mean square, not of the sum. The norm of all is the root of the sum of "
        "all squares: the length of one long vector.",
        lambda grads: _norm(grads) / math.sqrt(sum(grad.numel() for grad in grads)),
    ),
    "largest-element": (
        "The largest element is taken for the norm. The norm of all is the root of the sum of all "
        "squares: the length of one long vector.",
        lambda grads: max(float(grad.abs().max()) for grad in grads),
    ),
    "first-norm": (
        "Only the first tensor is in the norm. The norm of all is the root of the sum of all squares: "
        "the length of one long vector.",
        lambda grads: float(grads[0].norm()),
    ),
    "last-norm": (
        "Only the last tensor is in the norm: the loop overwrites it. The norm of all is the root of "
        "the sum of all squares: the length of one long vector.",
        lambda grads: float(grads[-1].norm()),
    ),
    "sum-of-elements": (
        "The elements are added without squares, so that their signs cancel. The norm of all is the "
        "root of the sum of all squares: the length of one long vector.",
        lambda grads: sum(float(grad.sum()) for grad in grads),
    ),
    "size-of-sum": (
        "The elements are added without squares, so that their signs cancel. The norm of all is the "
        "root of the sum of all squares: the length of one long vector.",
        lambda grads: abs(sum(float(grad.sum()) for grad in grads)),
    ),
}
for _name, (_sentence, _norm_of) in _NORMS.items():

    def _by_another_norm(
        grads: list[Tensor], max_norm: float, norm_of: Callable[[list[Tensor]], float] = _norm_of
    ) -> float:
        norm = norm_of(grads)
        _scaled(grads, norm, max_norm)
        return norm

    mistake(_sentence, name=_name)(_by_another_norm)


@mistake("The factor is max_norm over the squared norm. A square root is missing there.")
def factor_squared(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / norm**2)
    return norm


@mistake("The squared norm is compared with max_norm, and divided by. The root is taken for the returned value only.")
def root_too_late(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    _scaled(grads, norm**2, max_norm)
    return norm


@mistake("The gradients are clipped while the norm is still being added up: each by what has been seen so far.")
def while_adding(grads: list[Tensor], max_norm: float) -> float:
    total = 0.0
    for grad in grads:
        total += float((grad.double() ** 2).sum())
        _scaled([grad], math.sqrt(total), max_norm)
    return math.sqrt(total)


@mistake(
    "The norm is computed anew for each tensor, from gradients of which some are scaled already. One factor for all."
)
def norm_in_loop(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    for grad in grads:
        _scaled([grad], _norm(grads), max_norm)
    return norm


@mistake("Only the first tensor is scaled: a `return` inside of the loop ends the function.")
def first_scaled(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    _scaled(grads[:1], norm, max_norm)
    return norm


@mistake("The gradients are multiplied by max_norm. The factor that brings them there is max_norm over their norm.")
def times_bound(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm)
    return norm


@mistake("The factor is returned. The norm before clipping is asked for.")
def factor_returned(grads: list[Tensor], max_norm: float) -> float:
    norm = _norm(grads)
    _scaled(grads, norm, max_norm)
    return min(1.0, max_norm / norm) if norm else 1.0


@mistake("Whether it has clipped is returned. The norm before clipping is asked for.")
def whether(grads: list[Tensor], max_norm: float) -> bool:
    norm = _norm(grads)
    _scaled(grads, norm, max_norm)
    return norm > max_norm


@mistake("The norm is returned only where it is above max_norm: the `return` stands inside of the `if`.")
def return_inside(grads: list[Tensor], max_norm: float) -> float | None:
    norm = _norm(grads)
    if norm > max_norm:
        _scaled(grads, norm, max_norm)
        return norm
    return None


@mistake(
    "Each tensor is clipped by its own norm, and the last of these norms is returned. Take one norm "
    "and one factor for all."
)
def each_alone_last_norm(grads: list[Tensor], max_norm: float) -> float:
    own = 0.0
    for grad in grads:
        own = float(grad.norm())
        _scaled([grad], own, max_norm)
    return own


@mistake(
    "Each tensor is clipped by its own norm, and a list of norms is returned. Take one norm and one factor for all."
)
def each_alone_norms(grads: list[Tensor], max_norm: float) -> Any:
    norms = [float(grad.norm()) for grad in grads]
    for grad, own in zip(grads, norms, strict=True):
        _scaled([grad], own, max_norm)
    return norms


@mistake(
    "The scaled gradients are new tensors in a new list; those that were given stay as long as they "
    "were. Use `mul_` or `*=`."
)
def copies(grads: list[Tensor], max_norm: float) -> Any:
    norm = _norm(grads)
    return [grad * min(1.0, max_norm / norm) if norm else grad.clone() for grad in grads]


@mistake(
    "Single elements are clamped, in new tensors. Clipping by norm scales all of them by one factor, where they are."
)
def clamped_copies(grads: list[Tensor], max_norm: float) -> Any:
    return [grad.clamp(-max_norm, max_norm) for grad in grads]


# Without a norm the first case tells all: mistakes that show only below the bound are left out.
_WITHOUT_THE_NORM: dict[str, tuple[str, str]] = {
    "each-alone": (
        "Each tensor is clipped by its own norm, which turns the direction of the step. One factor for "
        "all keeps it. And the norm is not returned.",
        "Each tensor is clipped by its own norm, which turns the direction of the step. One factor for "
        "all keeps it. And it returns the gradients, not their norm.",
    ),
    "by-value": (
        "Single elements are clamped. Clipping by norm scales all of them by the same factor. And the "
        "norm is not returned.",
        "Single elements are clamped. Clipping by norm scales all of them by the same factor. And it "
        "returns the gradients, not their norm.",
    ),
    "squared": (
        "This is the squared norm: a square root is missing. And the norm is not returned.",
        "This is the squared norm: a square root is missing. And it returns the gradients, not their norm.",
    ),
    "sum-of-norms": (
        "The norms of the tensors were added. Add their squares, then take the root: the length of one "
        "long vector. And the norm is not returned.",
        "The norms of the tensors were added. Add their squares, then take the root: the length of one "
        "long vector. And it returns the gradients, not their norm.",
    ),
    "inverted": (
        "The factor is upside down: norm / max_norm makes the gradients larger still. And the norm is not returned.",
        "The factor is upside down: norm / max_norm makes the gradients larger still. And it returns "
        "the gradients, not their norm.",
    ),
    "unit": (
        "The gradients are brought to norm 1. They should come to max_norm. And the norm is not returned.",
        "The gradients are brought to norm 1. They should come to max_norm. And it returns the "
        "gradients, not their norm.",
    ),
    "rebinds": (
        "The gradients are as they were: `grad = grad * c` changes a name, and `mul_` or `*=` a tensor. "
        "And the norm is not returned.",
        "The gradients are as they were: `grad = grad * c` changes a name, and `mul_` or `*=` a tensor. "
        "And it returns the gradients, not their norm.",
    ),
}
for _known in (each_alone, by_value, squared, sum_of_norms, inverted, unit, rebinds):

    def _without_return(
        grads: list[Tensor], max_norm: float, known: Callable[[list[Tensor], float], float] = _known
    ) -> None:
        known(grads, max_norm)

    def _with_gradients(
        grads: list[Tensor], max_norm: float, known: Callable[[list[Tensor], float], float] = _known
    ) -> list[Tensor]:
        known(grads, max_norm)
        return grads

    _said = next(one for one in mistake.all if one.wrong is _known)
    _if_nothing, _if_gradients = _WITHOUT_THE_NORM[_said.name]
    mistake(_if_nothing, name=f"{_said.name}-no-return")(_without_return)
    mistake(_if_gradients, name=f"{_said.name}-gradients")(_with_gradients)


EXERCISE = Exercise(
    name="clip_gradients",
    points=2.0,
    parameters=("grads", "max_norm"),
    summary=(
        "Scale the gradients in place so that the norm of all together is at most max_norm; return the norm before."
    ),
    outputs=("norm", "clipped"),
    read=_read_clipped,
    cases=(
        Case("a norm above the bound", _large, twice=True),
        Case("a norm below the bound", _small),
        Case("each norm below the bound, but not all together", _each_small),
        Case("one tensor", _one_tensor, CARE),
        Case("a 0-dimensional tensor and one with three axes", _odd_shapes, CARE),
        Case("gradients that are all zero", _zeros, CARE),
        Case("gradients in float64", _large, CARE, torch.float64),
        Case("views with strides", _large, CARE, layout="strided"),
        Case("transposed gradients", _large, CARE, layout="transposed"),
    ),
    reference=_clipped,
    parts={"norm": 0.3, "clipped": 0.5, CARE: 0.2},
    any_device=True,
    mistakes=mistake.all,
    hints=(
        "Think of all gradients as one long vector. What is its length, and by which factor is it too long?",
        "The norm is the square root of the sum of all squares of all tensors. One factor shrinks them all.",
        "If the norm is above max_norm, the factor is max_norm / norm. `grad.mul_(factor)` changes a tensor in place.",
    ),
    ban=Ban(
        frozenset({CLIP_GRAD}),
        "`torch.nn.utils` has this function; here you write it: one norm, one comparison, one factor.",
    ),
    reduction=_elements,
    may_change=frozenset({"grads"}),
    keeps_dtype=False,
)
