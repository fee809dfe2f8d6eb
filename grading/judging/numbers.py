"""How numbers and tensors are written in a verdict: short, and so that what differs looks different."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from grading.judging.read import short_type

# A tensor with more elements is told by its shape.
SHOWN = 8
_DIGITS = (6, 8, 10, 12, 15, 17)
# How many roundings, of the largest number that was added up, may be left where the result is 0.
_ROUNDINGS = 8


def number(value: float, digits: int = 6) -> str:
    """Write a number with at most so many significant digits, as a learner would; zero has no sign."""
    return f"{value + 0.0:.{digits}g}"


def show(tensor: torch.Tensor, digits: int = 6) -> str:
    """Write a small tensor with its values, a larger one with its type."""
    if tensor.numel() > SHOWN:
        return short_type(tensor)
    if tensor.dtype.is_floating_point or tensor.dtype.is_complex:
        return _nested(tensor.double().tolist(), digits)
    return str(tensor.tolist())


def _nested(values: Any, digits: int) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(_nested(value, digits) for value in values) + "]"
    return number(values, digits)


def show_pair(expected: torch.Tensor, got: torch.Tensor, wrong: torch.Tensor, scale: float) -> tuple[str, str]:
    """Write the truth and an answer of the same shape, with enough digits to see where it is wrong.

    wrong: marks the elements that differ. scale: the size of the largest number that was calculated with; what is nothing beside
    it but rounding is written as 0.
    """
    clean = _without_noise(expected, scale), _without_noise(got, scale)
    for one, other in (clean, (expected, got)):
        for digits in _DIGITS:
            if _look_different(one[wrong], other[wrong], digits):
                return show(one, digits), show(other, digits)
    return show(expected), show(got)


def _without_noise(tensor: torch.Tensor, scale: float) -> torch.Tensor:
    if not tensor.dtype.is_floating_point:
        return tensor
    noise = tensor.double().abs() <= _ROUNDINGS * torch.finfo(tensor.dtype).eps * scale
    return tensor.masked_fill(noise, 0.0)


def _look_different(one: torch.Tensor, other: torch.Tensor, digits: int) -> bool:
    pairs = zip(one.double().tolist(), other.double().tolist(), strict=True)
    return all(number(value, digits) != number(another, digits) for value, another in pairs)


def show_arguments(arguments: Mapping[str, Any]) -> str:
    """Write the arguments of a call on one line: small ones as `x = [1, 2]`, larger tensors as `X (6, 3)`."""
    return ", ".join(_named(name, " = ", tree) for name, tree in arguments.items())


def _named(name: Any, joint: str, tree: Any) -> str:
    large = isinstance(tree, torch.Tensor) and tree.numel() > SHOWN
    return f"{name}{' ' if large else joint}{_show_tree(tree)}"


def _show_tree(tree: Any) -> str:
    if isinstance(tree, torch.Tensor):
        return show(tree)
    if isinstance(tree, Mapping):
        return "{" + ", ".join(_named(key, ": ", branch) for key, branch in tree.items()) + "}"
    if isinstance(tree, list | tuple):
        return "[" + ", ".join(_show_tree(branch) for branch in tree) + "]"
    return number(tree) if isinstance(tree, float) else str(tree)
