"""Compare what an answer gave with the truth: type, shape, dtype, device and finiteness before values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from grading.judging.exercise import CARE, Exercise
from grading.judging.gradients import is_gradient
from grading.judging.numbers import number, show_pair
from grading.judging.read import describe
from grading.judging.verdict import Finding


def size_of(tree: Any) -> int:
    """Count the elements of all tensors in a tree."""
    if isinstance(tree, torch.Tensor):
        return tree.numel()
    if isinstance(tree, Mapping):
        return sum(map(size_of, tree.values()))
    if isinstance(tree, list | tuple):
        return sum(map(size_of, tree))
    return 0


def largest(tree: Any) -> float:
    """Return the size of the largest finite value in a tree, 0 if there is none."""
    if isinstance(tree, torch.Tensor):
        values = tree.double().abs()
        top = float(values.max()) if values.numel() else 0.0
        if math.isfinite(top):
            return top
        values = values[torch.isfinite(values)]
        return float(values.max()) if values.numel() else 0.0
    if isinstance(tree, Mapping):
        return max(map(largest, tree.values()), default=0.0)
    if isinstance(tree, list | tuple):
        return max(map(largest, tree), default=0.0)
    return abs(float(tree)) if isinstance(tree, int | float) else 0.0


def differs(got: torch.Tensor, expected: torch.Tensor, bound: float) -> torch.Tensor:
    """Mark the elements of `got` that are further than `bound` from `expected`; NaN agrees with NaN, infinities with themselves."""
    got, expected = got.double(), expected.double()
    close = (got - expected).abs().le(bound)
    if close.all():
        return ~close
    both_nan = torch.isnan(got) & torch.isnan(expected)
    return ~(close | both_nan | (got == expected))


def examine_output(
    name: str,
    got: Any,
    expected: torch.Tensor,
    dtype: torch.dtype | None,
    bound: float,
    exercise: Exercise,
    *,
    at_stake: bool = True,
    places: torch.Tensor | None = None,
) -> Finding | None:
    """Compare one output with its true value; return the first thing that is wrong, or None.

    dtype: what the output should have, None where any will do.
    bound: the largest absolute error that is forgiven.
    at_stake: whether the case is about the output itself, and not about something else that the output shows.
    places: the x of each element of the output, where it is a function's value there.
    """
    alone = len(exercise.outputs) == 1 and not is_gradient(name)
    prefix = "" if alone else f"{name}: "
    if not isinstance(got, torch.Tensor):
        return Finding(name, "type", f"{prefix}it should be a tensor.", (("got", describe(got)),), _type_advice(got))
    if got.shape != expected.shape:
        like = exercise.like.get(name)
        facts = (
            ("expected", f"{tuple(expected.shape)}{f'   same as {like}' if like else ''}"),
            ("got", str(tuple(got.shape))),
        )
        return Finding(name, "shape", f"{'the result' if alone else name} has the wrong shape.", facts, "")
    wrong_dtype = _examine_dtype(name, got, dtype, alone=alone, at_stake=at_stake)
    if wrong_dtype is not None and not got.dtype.is_floating_point and expected.is_floating_point():
        return wrong_dtype
    # A coarser dtype costs the output whatever its values are. They are reported only if rounding to it does not explain them.
    values = _examine_values(
        name, got, expected, bound * _coarseness(got.dtype, dtype), prefix, places, summed=not exercise.elementwise
    )
    return values or wrong_dtype


def _coarseness(got: torch.dtype, wanted: torch.dtype | None) -> float:
    """Return how many times larger the rounding of an answer's dtype is than that of the dtype asked for, at least 1."""
    if wanted is None or not got.is_floating_point or not wanted.is_floating_point:
        return 1.0
    return max(1.0, torch.finfo(got).eps / torch.finfo(wanted).eps)


def _type_advice(got: Any) -> str:
    if "NumPy" in describe(got):
        return "Stay with PyTorch's functions: NumPy works on the CPU only, and autograd cannot see what it does."
    if got is None:
        return "It is None: this place was never filled. Does the loop get to it?"
    if got is Ellipsis:
        return "Write the result where `...` stands."
    if isinstance(got, list):
        return (
            "This is Python's list, and one tensor is asked for. Calculate with whole tensors, and no list is needed."
        )
    if isinstance(got, tuple):
        return "One tensor is asked for, not several values."
    return "Return what the functions of torch give you; `.item()` and `float` leave PyTorch."


def _examine_dtype(
    name: str, got: torch.Tensor, dtype: torch.dtype | None, *, alone: bool, at_stake: bool
) -> Finding | None:
    if dtype is None or got.dtype == dtype:
        return None
    subject = "the result" if alone else name
    facts = (("expected", str(dtype).removeprefix("torch.")), ("got", str(got.dtype).removeprefix("torch.")))
    advice = _dtype_advice(got.dtype)
    # A finer dtype holds the right values; a coarser one, or whole numbers, cannot. Single precision in place of double still
    # shows what a case wants to see that is about something else, such as overflow.
    shows = _coarseness(got.dtype, dtype) == 1 or (not at_stake and got.dtype is torch.float32)
    part = CARE if got.dtype.is_floating_point and shows else name
    return Finding(part, "dtype", f"{subject} has the wrong dtype.", facts, advice)


def _dtype_advice(dtype: torch.dtype) -> str:
    if dtype is torch.bool:
        return "These are True and False. Numbers are asked for, in the dtype of the inputs."
    if not dtype.is_floating_point:
        return "These are whole numbers: Python's `0` and `1`, or a conversion, make integers. Keep the dtype of the input."
    return "It should follow its inputs: no fixed dtype, no `.float()` or `.double()` on the way out."


def _examine_values(
    name: str,
    got: torch.Tensor,
    expected: torch.Tensor,
    bound: float,
    prefix: str,
    places: torch.Tensor | None,
    *,
    summed: bool,
) -> Finding | None:
    wrong = differs(got, expected, bound)
    if not wrong.any():
        return None
    lost = ~torch.isfinite(got) & torch.isfinite(expected)
    kind, title = "values", f"{prefix}wrong value{'s' if wrong.sum() > 1 else ''}."
    if lost.any():
        kind, title = "finite", f"{prefix}not a finite number where it should be one."
        wrong = lost
    distance = torch.where(wrong, (got.double() - expected.double()).abs().nan_to_num(nan=float("inf")), -1.0)
    at = int(distance.argmax())
    worst = [int(i) for i in np.unravel_index(at, tuple(expected.shape))]  # torch's own imports its symbolic algebra
    where = f"[{', '.join(map(str, worst))}]" if worst else ""
    scale = max(largest(expected), largest(got)) if summed else 0.0
    true, given = show_pair(expected.flatten()[at], got.flatten()[at], wrong.flatten()[at], scale)
    facts = [("expected", true), ("got", given)]
    if expected.numel() > 1:
        x = (
            ""
            if places is None or places.numel() != expected.numel()
            else f"x = {number(float(places.flatten()[at]))}, "
        )
        facts.append(("at", f"{x}{where}, one of {int(wrong.sum())} wrong out of {expected.numel()}"))
    return Finding(name, kind, title, tuple(facts), "")
