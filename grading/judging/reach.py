"""Whether autograd gets from what an answer returned to the tensors that it depends on, and with the right values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from grading.judging.cache import cached
from grading.judging.compare import differs, largest
from grading.judging.exercise import CARE
from grading.judging.gradients import CUTS_THE_GRAPH
from grading.judging.numbers import number
from grading.judging.precision import tolerance
from grading.judging.prepared import PreparedCase, absolute, cast, truth_of
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.gradients import paths_to

_MOST = 64


def misled(prepared: PreparedCase, observation: Observation) -> list[Finding]:
    """Return the finding about the first tensor whose gradient autograd gets wrong, or does not get at all."""
    due, bound = due_gradients(prepared)
    found = observation.gradients if len(observation.gradients) == len(due) else (None,) * len(due)
    for (path, expected), got in zip(due.items(), found, strict=True):
        if got is None and bool((expected.abs() > bound).any()):
            title = f"the values are right, but autograd does not get from them to {path}."
            return [Finding(prepared.case.part or CARE, "gradient", title, (), CUTS_THE_GRAPH)]
        if got is not None and (got.shape != expected.shape or differs(got, expected, bound).any()):
            return [_wrong(prepared, path, expected, got)]
    return []


def _wrong(prepared: PreparedCase, path: str, expected: torch.Tensor, got: torch.Tensor) -> Finding:
    at = int((got.double() - expected).abs().argmax()) if got.shape == expected.shape else 0
    facts = (("expected", number(float(expected.flatten()[at]))), ("got", number(float(got.flatten()[at]))))
    title = f"the values are right, but the gradient that autograd finds for {path} is wrong."
    return Finding(
        prepared.case.part or CARE, "gradient", title, facts, f"A part of the way back is missing: {CUTS_THE_GRAPH}"
    )


@cached(_MOST)
def due_gradients(prepared: PreparedCase) -> tuple[dict[str, torch.Tensor], float]:
    """Return the right gradients by the path of their tensor, in float64, and the error that rounding can explain."""
    exact = cast(prepared.arguments, torch.float64)
    due = _differentiated(prepared, exact)
    without_signs = _differentiated(prepared, absolute(exact))
    size = max(largest(due), largest(exact), largest(without_signs))
    return due, tolerance(prepared.case.dtype, prepared.exercise.reduction(dict(prepared.arguments)), size)


def _differentiated(prepared: PreparedCase, arguments: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    reach = prepared.exercise.reach
    if reach is None:
        raise TypeError(f"{prepared.exercise.name} says nothing of where autograd has to get to")
    with torch.enable_grad():
        leaves = _as_leaves(arguments)
        paths = paths_to(leaves, reach.arguments)
        output = truth_of(prepared.exercise, leaves)[reach.output]
        found = torch.autograd.grad(output.sum(), list(paths.values()), allow_unused=True)
    return {
        path: torch.zeros_like(leaf) if one is None else one
        for (path, leaf), one in zip(paths.items(), found, strict=True)
    }


def _as_leaves(tree: Any) -> Any:
    if isinstance(tree, torch.Tensor):
        return tree.detach().clone().requires_grad_(tree.is_floating_point())
    if isinstance(tree, Mapping):
        return {key: _as_leaves(branch) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(map(_as_leaves, tree))
    return tree
