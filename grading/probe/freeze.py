"""Write down what a function returned as plain data: of exact builtin types, bounded in size, and without code of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from grading.adapters.torch import WithoutSubclasses

# No exercise asks for more than this. Without a bound, a short list that contains itself would never end.
MOST_PARTS = 5_000
MOST_ELEMENTS = 2**20
_MOST_CHARACTERS = 2_000
_MOST_BITS = 1_000


# What there is arithmetic for on every device; not complex numbers, eight bits of floating point, or packed bits.
ORDINARY_DTYPES = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
)  # fmt: skip


class Unknown:
    """Stands for a value that is not plain data; keeps the name of its type."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


def freeze(value: Any, depth: int = 6) -> Any:
    """Copy nested plain data: real-valued tensors detached and on the CPU, arrays copied, anything else as `Unknown`.

    Subclasses become what they extend, so that nothing of theirs runs later. Raises what the value's own code raises.
    """
    return _Copier().copy(value, depth)


@dataclass
class _Copier:
    left: int = MOST_PARTS

    def copy(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if value is None or value is Ellipsis or value is NotImplemented or type(value) in (bool, float):
            return value
        if isinstance(value, torch.Tensor):
            return _tensor(value)
        if type(value) is Unknown:
            return Unknown(str(value.type_name)[:_MOST_CHARACTERS])
        if isinstance(value, np.ndarray):
            ordinary = value.dtype.kind in "biuf" and value.size <= MOST_ELEMENTS
            return np.array(value) if ordinary else Unknown(f"ndarray of {value.size} times {value.dtype}")
        if isinstance(value, np.bool_ | np.integer | np.floating):
            return value
        if isinstance(value, int | float | str):
            return _scalar(value)
        if depth and self.left > 0 and isinstance(value, Mapping | tuple | list):
            return self.branches(value, depth - 1)
        return Unknown(_type_name(value))

    def branches(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return {
                str(key)[:_MOST_CHARACTERS]: self.copy(branch, depth)
                for key, branch in islice(value.items(), self.left)
            }
        if isinstance(value, tuple):
            return tuple(self.copy(branch, depth) for branch in islice(tuple.__iter__(value), self.left))
        return [self.copy(branch, depth) for branch in islice(list.__iter__(value), self.left)]


def _scalar(value: int | float | str) -> Any:
    """Return a number or text as exactly int, float or str; a number too long to be written out is Unknown."""
    if isinstance(value, str):
        return str.__str__(value)[:_MOST_CHARACTERS]
    if isinstance(value, float):
        return float.__pos__(value)
    return Unknown("int, a huge one") if int.bit_length(value) > _MOST_BITS else int.__pos__(value)


def _tensor(value: torch.Tensor) -> Any:
    # Comparing a tensor without ordinary values raises in the judge, which would take the fault upon itself.
    with WithoutSubclasses():
        if value.is_nested or value.layout is not torch.strided or value.device.type == "meta":
            return Unknown("Tensor without ordinary values")
        plain = value.detach().as_subclass(torch.Tensor)
        if plain.dtype not in ORDINARY_DTYPES:
            return Unknown(f"Tensor of {str(plain.dtype).removeprefix('torch.')}")
        if any(getattr(plain, "names", ())):  # gone from recent versions of PyTorch
            return Unknown("Tensor with named dimensions")
        if plain.numel() > MOST_ELEMENTS:
            return Unknown(f"Tensor of {plain.numel()} elements")
        copy = plain.cpu().clone()
    return copy if type(copy) is torch.Tensor else Unknown(_type_name(value))


def _type_name(value: Any) -> str:
    """Return the name of a value's type, whatever its metaclass says."""
    return str(type.__dict__["__name__"].__get__(type(value)))[:60]
