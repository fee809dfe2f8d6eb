"""Emptying a namespace takes no answer away, and keeps no large array alive."""

import weakref
from typing import Any

import torch

from grading.sandbox.kernel.names import Names


def emptied(namespace: dict[str, Any], *left: str) -> dict[str, Any]:
    names = Names()
    names.remember(namespace)
    for name in [*namespace]:
        if name not in left:
            del namespace[name]
    names.put_back_emptied(namespace, {"In", "Out"})
    return namespace


def test_functions_modules_and_numbers_come_back() -> None:
    before = {"relu": torch.relu, "torch": torch, "alpha": 0.1, "W": torch.ones(3), "_": 3, "In": []}
    assert emptied({**before}).keys() == before.keys()
    assert emptied({**before}, "In", "_").keys() == before.keys()


def test_who_deletes_some_names_means_it() -> None:
    assert emptied({"relu": 1, "tanh": 2, "x": 3}, "x") == {"x": 3}
    assert emptied({"relu": 1}) == {}


def test_what_is_bound_anew_stays() -> None:
    names, namespace = Names(), {"a": 1, "b": 2}
    names.remember(namespace)
    namespace.clear()
    namespace["c"] = 3
    names.put_back_emptied(namespace, ())
    assert namespace == {"a": 1, "b": 2, "c": 3}


def test_a_large_array_that_a_cell_deletes_is_gone() -> None:
    names, namespace = Names(), {"X": torch.ones(1_000_000), "relu": torch.relu}
    names.remember(namespace)
    there = weakref.ref(namespace["X"])
    del namespace["X"]
    assert there() is None
