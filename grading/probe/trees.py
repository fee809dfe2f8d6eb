"""Comparing trees of values: what a function returned or got, as mappings, lists and tuples of tensors and plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from grading.probe.freeze import Unknown

# Whether two values agree that are not both mappings, nor both lists or tuples.
Leaves = Callable[[Any, Any], bool]


def trees_agree(a: Any, b: Any, leaves: Leaves) -> bool:
    """Tell whether two trees have the same branches, a list being as good as a tuple, and leaves that agree."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(trees_agree(a[key], b[key], leaves) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(trees_agree(x, y, leaves) for x, y in zip(a, b, strict=True))
    return leaves(a, b)


def same(before: Any, after: Any) -> bool:
    """Tell whether two frozen trees hold the same: equal values of one type, tensors with their dtype; NaN is the same as NaN."""
    return trees_agree(before, after, _same_leaf)


def _same_leaf(before: Any, after: Any) -> bool:
    if isinstance(before, torch.Tensor) and isinstance(after, torch.Tensor):
        return same_tensor(before, after)
    if isinstance(before, Unknown):
        return isinstance(after, Unknown)
    if type(before) is not type(after):
        return False
    if isinstance(before, np.ndarray):
        return before.dtype == after.dtype and np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    return bool(before == after) or bool(before != before and after != after)


def same_tensor(before: torch.Tensor, after: torch.Tensor) -> bool:
    """Tell whether two tensors have the same dtype, shape and values; NaN is the same as NaN, and as nothing else."""
    if before.shape != after.shape or before.dtype != after.dtype:
        return False
    return torch.equal(before, after) or bool(((before == after) | (before.isnan() & after.isnan())).all())
