"""How the outputs of an exercise are found in what an answer returned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.freeze import Unknown

Reading = dict[str, Any]
# The true outputs by name, in float64: a reader may need them to tell what follows from a fault and what is one.
Truth = Mapping[str, torch.Tensor]
Reader = Callable[[Observation, Mapping[str, Any], Truth], "Reading | Finding"]


def describe(value: Any) -> str:
    """Say what a value is in a learner's words: `a float32 tensor of shape (3, 5)`, `a list of 3`, `a NumPy array`."""
    if isinstance(value, torch.Tensor):
        return (
            f"{'an' if _dtype(value).startswith('int') else 'a'} {_dtype(value)} tensor of shape {tuple(value.shape)}"
        )
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}"
    if value is None:
        return "None"
    if value is Ellipsis:
        return "`...`"
    if isinstance(value, bool | int | float):
        return f"the number {value!r}"
    if isinstance(value, np.generic):
        return f"the NumPy number {value!s}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, Mapping):
        keys = ", ".join(map(repr, list(value)[:6]))
        return f"a dict with the keys {keys}" if keys else "an empty dict"
    if isinstance(value, Unknown):
        return f"an object of type {value.type_name}"
    return f"a {type(value).__name__}"


def short_type(tensor: torch.Tensor) -> str:
    """Return a tensor's shape, and its dtype unless that is float32: `(4, 3)`, `(4, 3) int64`."""
    shape = str(tuple(tensor.shape))
    return shape if tensor.dtype is torch.float32 else f"{shape} {_dtype(tensor)}"


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


_NO_RETURN = "Did you forget a `return` statement? Every way through the function needs one; without it, or with `pass`, `None` comes back."


def nothing_returned(value: Any) -> Finding | None:
    """Return the finding for a missing `return`, or None."""
    if value is not None:
        return None
    return Finding("", "nothing", "it returned nothing.", advice=_NO_RETURN)


@dataclass(frozen=True)
class Tensors:
    """Reads one tensor, or a tuple or list of as many tensors as there are names."""

    names: tuple[str, ...]

    def __call__(self, observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
        """Return the tensors by name, or what is wrong with the returned value."""
        value = observation.value
        missing = nothing_returned(value)
        if missing:
            return missing
        if len(self.names) == 1:
            return {self.names[0]: value}
        if isinstance(value, tuple | list) and len(value) == len(self.names):
            return dict(zip(self.names, value, strict=True))
        wanted = ", ".join(self.names)
        return Finding(
            "",
            "type",
            f"it should return {len(self.names)} tensors.",
            (("expected", f"({wanted})"), ("got", describe(value))),
        )


@dataclass(frozen=True)
class Number:
    """Reads a number: a Python or NumPy one, or a 0-dimensional tensor."""

    name: str

    def __call__(self, observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
        """Return the number as a float64 tensor, or what is wrong with the returned value."""
        value = observation.value
        missing = nothing_returned(value)
        if missing:
            return missing
        number = as_number(value)
        if number is None:
            facts = (("expected", "a number or a 0-dimensional tensor"), ("got", describe(value)))
            return Finding("", "type", "it should return one number.", facts)
        return {self.name: torch.tensor(number, dtype=torch.float64)}


def as_number(value: Any) -> float | None:
    """Return a number as a float, or None if the value is not a single number."""
    if isinstance(value, torch.Tensor):
        return float(value.double()) if value.dim() == 0 and not value.is_complex() else None
    if isinstance(value, np.ndarray):
        return float(value) if value.ndim == 0 else None
    if isinstance(value, bool | int | float | np.generic):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):
            return None
    return None


def read_keys(value: Any, names: tuple[str, ...], prefix: str = "") -> Reading | Finding:
    """Read these keys from a mapping; the names of the outputs get the prefix."""
    missing = nothing_returned(value)
    if missing:
        return missing
    if isinstance(value, Mapping):
        absent = [name for name in names if name not in value]
        if not absent:
            return {prefix + name: value[name] for name in names}
        title = f"the key {absent[0]!r} is missing."
    else:
        title = "it should return a dict."
    wanted = ", ".join(map(repr, names))
    facts = (("expected", f"a dict with the keys {wanted}"), ("got", describe(value)))
    return Finding("", "type", title, facts, "The keys are read by exactly these names; more of them do no harm.")
