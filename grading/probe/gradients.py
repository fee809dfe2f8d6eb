"""What autograd finds when it goes back through what an answer returned, to the tensors that it was called with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from grading.probe.device_audit import tensors_in


def paths_to(arguments: Mapping[str, Any], names: Sequence[str]) -> dict[str, torch.Tensor]:
    """Return the floating-point tensors in these arguments by what a learner calls them: `O`, `params[W1]`."""
    found: dict[str, torch.Tensor] = {}
    for name in names:
        tree = arguments[name]
        branches = (
            {f"{name}[{key}]": branch for key, branch in tree.items()} if isinstance(tree, Mapping) else {name: tree}
        )
        found.update({path: leaf for path, leaf in branches.items() if isinstance(leaf, torch.Tensor)})
    return {path: leaf for path, leaf in found.items() if leaf.is_floating_point()}


def gradients_of(value: Any, leaves: Sequence[torch.Tensor]) -> tuple[torch.Tensor | None, ...]:
    """Return the gradients of the sum of the first tensor in a value by the leaves; None where autograd does not get to."""
    first = next(tensors_in(value), None)
    if first is None or not first.requires_grad:
        return (None,) * len(leaves)
    try:
        with torch.enable_grad():  # an answer may leave it off
            total = first.sum()
        return torch.autograd.grad(total, leaves, retain_graph=True, allow_unused=True)
    except RuntimeError:  # what was recorded has been overwritten since, or freed
        return (None,) * len(leaves)
