"""Where an answer is tried: one call at a time, on a device, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import torch

from grading.judging.draw import Draw
from grading.judging.exercise import Arguments, Case, Exercise
from grading.probe.call import Call, Observation
from grading.probe.observe import observe


@runtime_checkable
class AnswerProxy(Protocol):
    """An answer that lives somewhere else, in another process or on another machine."""

    def observe(self, call: Call) -> Observation:
        """Make the call there and return what happened."""


@dataclass(frozen=True)
class LocalAnswer:
    """An answer in this process."""

    function: Callable[..., Any]

    def observe(self, call: Call) -> Observation:
        """Make the call here."""
        return observe(self.function, call)


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


@dataclass
class Bench:
    """An answer, the device and the seed of one judgement.

    visible: show inputs in findings; False while a hidden case runs.
    """

    exercise: Exercise
    answer: AnswerProxy
    device: torch.device
    seed: int
    hidden: bool = True
    calls: int = field(default=0)

    def draw(self, case: Case, seed: int | None = None, *, simple: bool = False, limit: int = 1) -> Arguments:
        """Draw the arguments of a case, rounded to its dtype."""
        label = f"{self.exercise.name}/{case.name}"
        made = case.make(Draw(label, self.seed if seed is None else seed, simple=simple, limit=limit))
        return {name: cast(tree, case.dtype) for name, tree in made.items()}

    def call(
        self, arguments: Mapping[str, Any], case: Case | None = None, *, seed: int = 0, watch: bool = True
    ) -> Call:
        """Describe a call with these arguments."""
        return Call(
            arguments=arguments,
            device=self.device,
            banned=self.exercise.ban.operations,
            layout=case.layout if case else "contiguous",
            requires_grad=case.requires_grad if case else False,
            may_change=self.exercise.may_change,
            seed=seed,
            watch=watch,
        )

    def run(self, call: Call) -> Observation:
        """Call the answer."""
        self.calls += 1
        return self.answer.observe(call)
