"""Try an answer: call it, read what it returned, compare it with the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grading.judging.compare import differs, examine_output
from grading.judging.context import Context
from grading.judging.exceptions import explanation_of, lines_of
from grading.judging.exercise import CARE, Arguments, Case
from grading.judging.gradients import CUTS_THE_GRAPH, cut_off, is_gradient, overflowed, split
from grading.judging.leftovers import left_behind
from grading.judging.prepared import PreparedCase, prepare, prepare_with
from grading.judging.reach import misled
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Failure, Observation
from grading.probe.device_audit import tensors_in
from grading.probe.networks import Network
from grading.probe.settings import FROZEN


@dataclass(frozen=True)
class Trial:
    """An answer tried on a prepared case, and everything that is wrong with it. reading: the outputs found, {} if there are none."""

    prepared: PreparedCase
    observation: Observation
    reading: Reading
    findings: tuple[Finding, ...]

    @property
    def case(self) -> Case:
        """The case that was tried."""
        return self.prepared.case

    @property
    def seed(self) -> int:
        """What the inputs were drawn from."""
        return self.prepared.seed

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The inputs by parameter name."""
        return self.prepared.arguments

    @property
    def expected(self) -> Truth:
        """The truth by output name."""
        return self.prepared.expected

    @property
    def bounds(self) -> Mapping[str, float]:
        """The tolerance by output name."""
        return self.prepared.bounds

    @property
    def missing(self) -> bool:
        """True if the TODO is untouched."""
        return untouched(self.observation)


def untouched(observation: Observation) -> bool:
    """Tell whether a call met the released stub of the TODO; any other NotImplementedError is an error of the answer."""
    return observation.failure is not None and observation.failure.missing


def attempt(context: Context, case: Case, seed: int, arguments: Arguments | None = None) -> Trial:
    """Try the answer once in this case, on these inputs if they are given."""
    if arguments is None:
        prepared = prepare(context.exercise, case, seed, context.device)
    else:
        prepared = prepare_with(context.exercise, case, seed, context.device, arguments)
    return evaluate(context, prepared, context.run(prepared.call))


def attempt_all(context: Context, cases: Sequence[Case], seed: int) -> list[Trial]:
    """Try the answer in each of these cases."""
    prepared = [prepare(context.exercise, case, seed, context.device) for case in cases]
    observed = context.run_all([one.call for one in prepared])
    return [evaluate(context, one, observation) for one, observation in zip(prepared, observed, strict=True)]


def evaluate(context: Context, prepared: PreparedCase, observation: Observation) -> Trial:
    """Return what is wrong with an answer that was observed; one that has to agree with itself is called once more."""
    exercise, case = prepared.exercise, prepared.case
    found = read(prepared, observation)
    reading = {} if isinstance(found, Finding) else found
    findings = [found] if isinstance(found, Finding) else _examined(prepared, found)
    findings += _conduct(prepared, observation)
    if observation.failure is None:
        findings += exercise.conduct(prepared.arguments, observation)
    findings += _on_other_devices(context, prepared, observation)
    if not findings and prepared.call.reach:
        findings += misled(prepared, observation)
    if case.gradient and not findings:
        findings += overflowed(observation)
    if case.twice and not findings:
        findings += _again(context, prepared, reading)
    return Trial(prepared, observation, reading, tuple(findings))


def read(prepared: PreparedCase, observation: Observation) -> Reading | Finding:
    """Return the outputs that are found in what was observed, by name, or why there are none."""
    if observation.failure is not None:
        return raised(observation.failure)
    if prepared.exercise.read is None:
        raise TypeError(f"{prepared.exercise.name} has no reader")
    if not prepared.case.gradient:
        return prepared.exercise.read(observation, prepared.arguments, prepared.expected)
    plain, gradients = split(observation)
    found = prepared.exercise.read(plain, prepared.arguments, prepared.expected)
    return found if isinstance(found, Finding) else {**found, **gradients}


def _examined(prepared: PreparedCase, reading: Reading) -> list[Finding]:
    exercise = prepared.exercise
    lost = cut_off(prepared.case, reading)
    if lost:
        return lost
    dtype = prepared.case.dtype if exercise.keeps_dtype else None
    places = exercise.places_of(prepared.arguments)
    found = (
        examine_output(
            name,
            reading.get(name),
            value,
            dtype,
            prepared.bounds[name],
            exercise,
            at_stake=not prepared.case.part,
            places=places,
        )
        for name, value in prepared.expected.items()
        if name in reading or not is_gradient(name)  # a value of the wrong type has none
    )
    return [finding for finding in found if finding is not None]


def raised(failure: Failure) -> Finding:
    """Return the finding for an exception."""
    if failure.unwritten:
        title = f"`{failure.unwritten}`, which it calls, is not written yet."
        return Finding("", "raised", title, lines_of(failure), f"Write `{failure.unwritten}` first.")
    error = ("error", f"{failure.type}: {failure.message}" if failure.message else failure.type)
    return Finding("", "raised", f"it raised {failure.type}.", (error, *lines_of(failure)), explanation_of(failure))


def _as_many(observation: Observation) -> tuple[bool, ...]:
    """Return of each returned tensor whether autograd can pass back from it: not from one of which that was not told."""
    told, due = observation.connected, len(observation.devices)
    return (*told[:due], *(False,) * (due - len(told)))


def _conduct(prepared: PreparedCase, observation: Observation) -> list[Finding]:
    """Return what is wrong with how the answer behaved, whatever it returned."""
    exercise, case = prepared.exercise, prepared.case
    findings = []
    if observation.used:
        used = ", ".join(sorted(observation.used))
        findings.append(
            Finding("", "forbidden", f"it leaves the work to PyTorch ({used}).", advice=exercise.ban.reason)
        )
    if observation.failure is not None:
        return findings
    spoilt = observation.changed - exercise.may_change
    if spoilt:
        title = f"it changes its input {' and '.join(sorted(spoilt))}."
        findings.append(Finding(CARE, "changed", title, advice=_how_it_changes(prepared, spoilt)))
    findings += left_behind(observation.left if exercise.returns else observation.left - {FROZEN})
    if case.connected and observation.devices and not exercise.passable(_as_many(observation)):
        title = "autograd cannot pass through the result."
        findings.append(Finding(case.part or CARE, "graph", title, (), CUTS_THE_GRAPH))
    return findings


def _how_it_changes(prepared: PreparedCase, spoilt: frozenset[str]) -> str:
    if any(isinstance(prepared.arguments[name], Network) for name in spoilt):
        return "The network should be as it was: its mode, its parameters and their gradients, its hooks, and no record of autograd."
    numbers = all(all(isinstance(one, int) for one in _listed(prepared.arguments[name])) for name in spoilt)
    if numbers:
        return "`pop`, `insert`, `append`, `sort` and assignments to entries change the list itself. Read it, or copy it first."
    return "Operations that end in an underscore, `+=` and assignments to elements write into the tensor itself."


def _listed(argument: Any) -> Sequence[Any]:
    return argument if isinstance(argument, list | tuple) else (argument,)


def _on_other_devices(context: Context, prepared: PreparedCase, observation: Observation) -> list[Finding]:
    """Return the finding for a function that would fail on a GPU; where its contract does not speak of one, it is a remark."""
    if not observation.device_fault or not observation.devices or observation.failure is not None:
        return []
    if not prepared.exercise.any_device:
        if next(tensors_in(prepared.arguments), None) is None:
            return []  # there is no device that it could follow
        remark = f"It would fail on a GPU, which costs no points here: {observation.device_fault}."
        if remark not in context.remarks:
            context.remarks.append(remark)
        return []
    facts = (("reason", observation.device_fault),)
    return [Finding(CARE, "device", "it would fail on a GPU.", facts, _how_to_follow(prepared, observation))]


def _how_to_follow(prepared: PreparedCase, observation: Observation) -> str:
    if "NumPy" in observation.device_fault:
        return "Stay with PyTorch's functions: NumPy works on the CPU only, and autograd cannot see what it does."
    tensors = (name for name, one in prepared.arguments.items() if isinstance(one, torch.Tensor))
    x = next(tensors, "X")
    return f"Give the device: `torch.zeros(..., device={x}.device)`, or derive it: `torch.zeros_like({x})`, `{x}.new_zeros(...)`."


def _again(context: Context, prepared: PreparedCase, reading: Reading) -> list[Finding]:
    second = context.run(prepared.unwatched)  # what it calls is known from the first call
    again = read(prepared, second)
    for name, value in reading.items():
        other = again.get(name) if isinstance(again, dict) else None
        if name not in prepared.bounds:
            continue
        if (
            not isinstance(other, torch.Tensor)
            or value.shape != other.shape
            or differs(value, other, prepared.bounds[name]).any()
        ):
            advice = "Something is kept between calls: a global, a default argument, or an input that was changed."
            return [Finding(CARE, "state", "a second call with the same input gives another result.", (), advice)]
    return []
