"""Where an answer is tried, on a device and from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import torch

from grading.judging.exercise import Exercise
from grading.probe.call import Call, Observation, Step
from grading.probe.legible import made_legible
from grading.probe.observe import observe, observe_all


@runtime_checkable
class AnswerProxy(Protocol):
    """An answer that lives somewhere else, in another process or on another machine.

    It may have `observe_all` as well, which makes many calls, one after another, for the price of one round trip.
    """

    def observe(self, call: Call) -> Observation:
        """Make the call there and return what happened."""


@dataclass(frozen=True)
class LocalAnswer:
    """An answer in this process."""

    function: Callable[..., Any]

    def observe(self, call: Call) -> Observation:
        """Make the call here."""
        return made_legible(observe(self.function, call))

    def observe_all(self, calls: Sequence[Call]) -> list[Observation]:
        """Make several calls here."""
        return [made_legible(found) for found in observe_all(self.function, calls)]


def all_observed(answer: AnswerProxy, calls: Sequence[Call]) -> list[Observation]:
    """Make several calls, one after another."""
    together = getattr(answer, "observe_all", None)
    return [answer.observe(call) for call in calls] if together is None else list(together(calls))


@dataclass
class Context:
    """An answer, the device and the seed of one judgement.

    hidden: whether the cases are tried, too, that a learner's own check leaves out.
    remarks: what an examination finds worth saying although it costs nothing.
    left: what the answer has left otherwise than it found it, in any of its calls (see `grading.probe.settings`).
    """

    exercise: Exercise
    answer: AnswerProxy
    device: torch.device
    seed: int
    hidden: bool = True
    remarks: list[str] = field(default_factory=list)
    left: set[str] = field(default_factory=set)

    def call(
        self, arguments: Mapping[str, Any], *, seed: int = 0, watch: bool = True, step: Step | None = None
    ) -> Call:
        """Describe a call with these arguments."""
        return Call(
            arguments=arguments,
            device=self.device,
            banned=self.exercise.ban.operations,
            may_change=self.exercise.may_change,
            seed=seed,
            watch=watch,
            step=step,
        )

    def run(self, call: Call) -> Observation:
        """Call the answer."""
        found = self.answer.observe(call)
        self.left |= found.left
        return found

    def run_all(self, calls: Sequence[Call]) -> list[Observation]:
        """Call the answer several times, one after another."""
        found = all_observed(self.answer, calls)
        self.left.update(*(one.left for one in found))
        return found
