"""Which values are the same, wherever they lie in a tree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from grading.probe.freeze import Unknown
from grading.probe.trees import same, trees_agree

NAN, INF = float("nan"), float("inf")


def f32(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float32)


ALIKE: list[tuple[Any, Any]] = [
    (f32(1, NAN, INF, -INF, 0.0), f32(1, NAN, INF, -INF, -0.0)),
    (f32(), f32()),
    (torch.tensor([1, 2]), torch.tensor([1, 2])),
    (torch.tensor([True]), torch.tensor([True])),
    (torch.tensor(NAN, dtype=torch.bfloat16), torch.tensor(NAN, dtype=torch.bfloat16)),
    (NAN, NAN),
    (np.array([1.0, NAN]), np.array([1.0, NAN])),
    (np.array([1, 2]), np.array([1, 2])),
    (np.float64(NAN), np.float64(NAN)),
    ("a", "a"),
    (None, None),
    (Unknown("a"), Unknown("b")),
    ((1, [2.0]), [1, (2.0,)]),
    ({"a": f32(1), "b": {}}, {"b": {}, "a": f32(1)}),
]
APART: list[tuple[Any, Any]] = [
    (f32(NAN), f32(0)),
    (f32(0), f32(NAN)),
    (f32(INF), f32(3.4028235e38)),
    (f32(-INF, NAN), f32(-3.4028235e38, NAN)),
    (f32(INF), f32(-INF)),
    (f32(INF), f32(NAN)),
    (f32(1), f32(1).double()),
    (f32(1), f32(1, 1)),
    (f32(1), f32(1)[None]),
    (torch.tensor([2**53]), torch.tensor([2**53 + 1])),
    (f32(1), 1.0),
    (1, 1.0),
    (1, True),
    (NAN, 0.0),
    (np.array([1.0]), np.array([1.0, 1.0])),
    (np.array([1.0]), np.array([1])),
    (np.array([NAN]), np.array([0.0])),
    (Unknown("a"), None),
    (None, Unknown("a")),
    ([1], [1, 1]),
    ([1], {"0": 1}),
    ({"a": 1}, {"b": 1}),
    ({"a": 1}, {}),
    ([[f32(1)], 2], [[f32(2)], 2]),
]


@pytest.mark.parametrize(("before", "after"), ALIKE)
def test_these_are_the_same_also_in_a_tree(before: Any, after: Any) -> None:
    assert same(before, after)
    assert same({"a": [before, 1]}, {"a": (after, 1)})


@pytest.mark.parametrize(("before", "after"), APART)
def test_these_are_not_the_same_also_in_a_tree(before: Any, after: Any) -> None:
    assert not same(before, after)
    assert not same({"a": [before, 1]}, {"a": (after, 1)})


def test_leaves_decide_where_branches_agree() -> None:
    assert trees_agree([1, {"a": 2}], (1.4, {"a": 2.4}), lambda a, b: abs(a - b) < 0.5)
    assert not trees_agree([1, {"a": 2}], (1.4, {"a": 2.6}), lambda a, b: abs(a - b) < 0.5)
