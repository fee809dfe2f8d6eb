"""What the contracts of both optimizers share: arguments of their own, and reading what is there after a step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grading.probe.parameters import LeafParameters
from tests.corpus.oracle import Happened, Source

Named = dict[str, Tensor]


def alike(source: Source, count: int) -> list[Named]:
    """Return so many dicts of tensors under the same names and of the same shapes, the keys of all but the first in any order."""
    names = ["W1", "b1", "W2", "b2"] if source.chance(0.6) else ["first", "second", "third"]
    shapes = {name: tuple(source.sizes(int(source.g.integers(0, 4)))) for name in names}
    orders = [names, *([str(name) for name in source.g.permutation(names)] for _ in range(count - 1))]
    return [{name: source.values(*shapes[name]) for name in order} for order in orders]


def perhaps_leaves(source: Source, params: Named) -> Any:
    """Return the parameters, in half of the cases as leaves that require a gradient."""
    return LeafParameters(params) if source.chance(0.5) else params


def values_of(params: Any) -> Named:
    return params.values if isinstance(params, LeafParameters) else params  # type: ignore[return-value]


def read_in_place(happened: Happened, *, state: tuple[str, ...]) -> list[Any]:
    """Return what stands in the state and in the parameters, if they are the tensors that were handed over."""
    found: list[Any] = []
    for name in ("params", *state):
        after, given = list(_leaves(happened.arguments[name])), happened.originals[name]
        if len(after) != len(given) or any(a is not b for a, b in zip(after, given, strict=True)):
            raise ValueError("other tensors")
        if [one.requires_grad for one in after] != [one.requires_grad for one in happened.before[name]]:
            raise ValueError("no longer the same leaf tensors")
        found += [one.detach() for one in after]
    return found


def _leaves(tree: Any) -> list[Tensor]:
    if isinstance(tree, Tensor):
        return [tree]
    return [leaf for branch in tree.values() for leaf in _leaves(branch)]


def closed_form(weights: Tensor, values: list[Tensor]) -> Tensor:
    """Return the weighted sum of tensors of one shape."""
    return torch.einsum("k,k...->...", weights.double(), torch.stack(values))
