"""What an answer may return that no right answer does: values of every kind, and some that fight back."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
DTYPES = st.sampled_from(
    [
        torch.float32,
        torch.float64,
        torch.float16,
        torch.bfloat16,
        torch.float8_e4m3fn,
        torch.int64,
        torch.int8,
        torch.uint8,
        torch.uint16,
        torch.bool,
        torch.complex64,
    ]
)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.booleans(),
    st.complex_numbers(),
    st.just(-(10**400)),
    st.floats(width=32).map(np.float32),
    st.integers(0, 255).map(np.uint8),
    st.just(np.datetime64("2024-01-01")),
    st.just(np.longdouble(1)),
)


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    shape, dtype = draw(SHAPES), draw(DTYPES)
    special = draw(st.sampled_from([0.0, 1.0, -2.5, 1e30, float("nan"), float("inf"), -float("inf")]))
    tensor = torch.full(shape, special, dtype=torch.float64)
    tensor = tensor.to(dtype) if np.isfinite(special) or dtype.is_floating_point else torch.zeros(shape, dtype=dtype)
    way = draw(st.sampled_from(["plain", "transposed", "expanded", "parameter", "requires grad", "negative view"]))
    if way == "transposed" and tensor.dim() > 1:
        return tensor.transpose(0, 1)
    if way == "expanded":
        return tensor.expand(2, *shape)
    if way == "parameter" and dtype in (torch.float32, torch.float64):
        return torch.nn.Parameter(tensor)
    if way == "requires grad" and dtype in (torch.float32, torch.float64):
        return tensor.requires_grad_()
    if way == "negative view":
        return torch.complex(torch.zeros(shape), torch.ones(shape)).conj().imag
    return tensor


class Evil(Exception):
    """Raised by values that do not let themselves be looked at."""


class EvilFloat(float):
    def __repr__(self) -> str:
        raise Evil

    __str__ = __format__ = __repr__  # type: ignore[assignment]

    def __float__(self) -> float:
        raise Evil


class EvilMapping(Mapping[str, Any]):
    """Has every key, and no end."""

    def __getitem__(self, key: str) -> Any:
        return self

    def __iter__(self) -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield str(number)

    def __len__(self) -> int:
        return sys.maxsize

    def __contains__(self, key: object) -> bool:
        return True


class Leaving(dict[str, Any]):
    def items(self) -> Any:
        raise SystemExit(0)

    values = keys = items


class Endless(list[Any]):
    def __iter__(self) -> Iterator[Any]:
        while True:
            yield self

    def __len__(self) -> int:
        return 4


class EqualsAll:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *values: Any) -> Any:
        return self


class Nameless(type):
    @property
    def __name__(cls) -> str:  # type: ignore[override]
        raise Evil


class Anonymous(metaclass=Nameless):
    pass


class Masked(Tensor):
    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise Evil


def _deep() -> list[Any]:
    tree: list[Any] = [1.0]
    for _ in range(2000):
        tree = [tree]
    return tree


def _wide() -> list[Any]:
    tree: list[Any] = [1.0] * 50
    for _ in range(8):
        tree = [tree] * 50
    return tree


def _knot() -> list[Any]:
    tree: list[Any] = []
    tree.append(tree)
    return tree * 3


HOSTILE: dict[str, Callable[[], Any]] = {
    "a float that cannot be written": lambda: EvilFloat(1.0),
    "a mapping without an end": EvilMapping,
    "a mapping that leaves the process": Leaving,
    "a list without an end": lambda: Endless([1.0]),
    "an object that equals everything": EqualsAll,
    "an object of a type without a name": Anonymous,
    "a tensor subclass that forbids everything": lambda: torch.zeros(2, 3).as_subclass(Masked),
    "a list within lists, two thousand deep": _deep,
    "a list of 50 to the ninth": _wide,
    "a list that contains itself": _knot,
    "a sparse tensor": lambda: torch.eye(3).to_sparse(),
    "a nested tensor": lambda: torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)]),
    "a tensor on the meta device": lambda: torch.empty(2, 3, device="meta"),
    "a quantized tensor": lambda: torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8),
    "a tensor of a terabyte, by expansion": lambda: torch.zeros(1).expand(2**40),
    "an array of objects": lambda: np.array([object(), None]),
    "an array of text": lambda: np.array("1.0"),
    "an array of no axes": lambda: np.array(1.0),
    "a masked array": lambda: np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    "a generator": lambda: (x for x in range(3)),
    "a class": lambda: Tensor,
    "a function": lambda: torch.relu,
    "a module": lambda: torch,
    "bytes": lambda: b"1.0",
    "ten million characters": lambda: "x" * 10_000_000,
    "a number of five thousand digits": lambda: 10**5000,
    "not implemented": lambda: NotImplemented,
    "a warning": lambda: Warning("w"),
    "a range": lambda: range(10**12),
    "a dict with odd keys": lambda: {(1, 2): 3, None: 4, "W1": EvilFloat(1)},
}


@dataclass(frozen=True)
class Named:
    """Stands for a hostile value. What Hypothesis draws it also writes out, and some of these have no end."""

    name: str


def made(recipe: Any) -> Any:
    """Return what was drawn with every hostile value in its place."""
    if isinstance(recipe, Named):
        # PyTorch says once in each process that some of these are new or go away; learners' versions have them.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return HOSTILE[recipe.name]()
    if isinstance(recipe, dict):
        return {key: made(branch) for key, branch in recipe.items()}
    if type(recipe) in (list, tuple):
        return type(recipe)(map(made, recipe))
    return recipe
