"""A prepared case: its inputs are drawn, and what does not depend on the answer is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch

from grading.judging.cache import cached
from grading.judging.compare import largest
from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case, Exercise
from grading.judging.gradients import true_gradients
from grading.judging.precision import tolerance
from grading.probe.call import Call
from grading.probe.steps import WithGradients

# A lesson asks some three hundred: ten exercises with a dozen cases each, on one seed, and on a second one to name a mistake.
_MOST = 512


@dataclass(frozen=True, eq=False)
class PreparedCase:
    """One case on one seed; nothing of it may be written to, since it is asked again.

    call: what an answer is called with. expected and bounds: the truth and the tolerance by output name.
    """

    exercise: Exercise
    case: Case
    call: Call
    expected: Mapping[str, torch.Tensor]
    bounds: Mapping[str, float]

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The inputs by parameter name."""
        return self.call.arguments

    @property
    def seed(self) -> int:
        """What the inputs were drawn from."""
        return self.call.seed

    @cached_property
    def unwatched(self) -> Call:
        """The same call, without a record of what is called in it."""
        return replace(self.call, watch=False)


@cached(_MOST)
def prepare(exercise: Exercise, case: Case, seed: int, device: torch.device) -> PreparedCase:
    """Return a case, prepared on a seed."""
    return prepare_with(exercise, case, seed, device, drawn(exercise, case, seed))


def prepare_with(exercise: Exercise, case: Case, seed: int, device: torch.device, arguments: Arguments) -> PreparedCase:
    """Return a case with these inputs in place of drawn ones."""
    call = Call(
        arguments=arguments,
        device=device,
        banned=exercise.ban.operations,
        layout=case.layout,
        requires_grad=case.requires_grad,
        may_change=exercise.may_change,
        reach=exercise.reach.arguments if exercise.reach is not None and case.connected else (),
        seed=seed,
        # An answer that calls a forbidden function in disguise does so in an ordinary case as well.
        primitives=case.hidden or case is exercise.cases[0],
        step=WithGradients() if case.gradient else exercise.step,
    )
    expected = truth_of(exercise, arguments)
    if case.gradient:
        expected |= true_gradients(exercise, cast(arguments, torch.float64))
    return PreparedCase(exercise, case, call, expected, _bounds(exercise, case, arguments, expected))


def drawn(exercise: Exercise, case: Case, seed: int, *, simple: bool = False, limit: int = 1) -> Arguments:
    """Draw the inputs of a case, rounded to its dtype."""
    made = case.make(Draw(f"{exercise.name}/{case.name}", seed, simple=simple, limit=limit))
    return {name: cast(tree, case.dtype) for name, tree in made.items()}


def cast(tree: Any, dtype: torch.dtype) -> Any:
    """Return the tree with every floating-point tensor rounded to the dtype."""
    if isinstance(tree, torch.Tensor):
        return tree.to(dtype) if tree.is_floating_point() else tree
    if isinstance(tree, Mapping):
        return {key: cast(branch, dtype) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(cast(branch, dtype) for branch in tree)
    if hasattr(tree, "cast"):
        return tree.cast(dtype)
    return tree


def truth_of(exercise: Exercise, arguments: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Return the true outputs, by name, in float64."""
    if exercise.reference is None:
        raise TypeError(f"{exercise.name} has no reference")
    values = exercise.reference(*cast(arguments, torch.float64).values())
    if isinstance(values, Mapping):
        return {name: torch.as_tensor(value, dtype=torch.float64) for name, value in values.items()}
    listed = values if isinstance(values, tuple | list) else (values,)
    return dict(
        zip(_output_names(exercise, listed), [torch.as_tensor(v, dtype=torch.float64) for v in listed], strict=True)
    )


def _output_names(exercise: Exercise, values: tuple[Any, ...] | list[Any]) -> list[str]:
    """Name the outputs; a single name ending in `[]` stands for any number of them."""
    names = list(exercise.outputs)
    if len(names) == len(values):
        return names
    patterns = [name for name in names if name.endswith("[]")]
    count = len(values) // max(len(patterns), 1)
    return [f"{pattern[:-2]}[{i}]" for pattern in patterns for i in range(count)]


def _bounds(
    exercise: Exercise, case: Case, arguments: Mapping[str, Any], expected: Mapping[str, torch.Tensor]
) -> dict[str, float]:
    """Return the absolute error that rounding can explain, by output name.

    The size of the terms in play is taken from the truth, from the inputs, and from the truth of the inputs' absolute
    values, where nothing cancels.
    """
    without_signs = truth_of(exercise, absolute(arguments))
    inputs = largest(arguments)
    terms = exercise.reduction(dict(arguments))
    return {
        name: tolerance(case.dtype, terms, max(largest(value), inputs, largest(without_signs.get(name))))
        for name, value in expected.items()
    }


def absolute(tree: Any) -> Any:
    """Return the tree with every floating-point tensor without its signs."""
    if isinstance(tree, torch.Tensor):
        return tree.abs() if tree.is_floating_point() else tree
    if isinstance(tree, Mapping):
        return {key: absolute(branch) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(absolute(branch) for branch in tree)
    return tree
