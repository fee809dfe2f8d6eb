"""Fashion-MNIST for the lessons: found or fetched, checked, and served from memory.

>>> from grading.data import batches, fashion_mnist
>>> data = fashion_mnist()
>>> print(data)  # says which images these are and where they come from

Each name is loaded when it is first used: finding and fetching the files needs no torch, and only
`InMemoryFashionMNIST` needs d2l.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grading.data.fashion import CLASS_NAMES, FashionMNIST, fashion_mnist
    from grading.data.files import DataUnavailable
    from grading.data.minibatches import Batches, batches, to_float
    from grading.data.module import InMemoryFashionMNIST
    from grading.data.stock import found_by_d2l

__all__ = [
    "CLASS_NAMES",
    "Batches",
    "DataUnavailable",
    "FashionMNIST",
    "InMemoryFashionMNIST",
    "batches",
    "fashion_mnist",
    "found_by_d2l",
    "to_float",
]

_HOMES = {
    "Batches": "minibatches",
    "CLASS_NAMES": "fashion",
    "DataUnavailable": "files",
    "FashionMNIST": "fashion",
    "InMemoryFashionMNIST": "module",
    "batches": "minibatches",
    "fashion_mnist": "fashion",
    "found_by_d2l": "stock",
    "to_float": "minibatches",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"grading.data.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'grading.data' has no attribute {name!r}")
