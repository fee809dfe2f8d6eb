"""Try an answer in one case: call it, read what it returned, compare it with the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch

from grading.judging.bench import Bench, cast
from grading.judging.compare import differs, examine_output, largest
from grading.judging.devices import tolerance
from grading.judging.exercise import CARE, Arguments, Case, Exercise
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Call, Failure, Observation


@dataclass(frozen=True)
class Trial:
    """One call of an answer in one case, and everything that is wrong with it.

    expected and bounds: the truth and the tolerance by output name. reading: the outputs found, {} if there are none.
    """

    case: Case
    seed: int
    arguments: Arguments
    call: Call
    observation: Observation
    expected: dict[str, torch.Tensor]
    bounds: dict[str, float]
    reading: Reading
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> bool:
        """True if the TODO is untouched."""
        value, failure = self.observation.value, self.observation.failure
        return bool(failure and failure.missing) or value is Ellipsis or value is NotImplemented


def truth(exercise: Exercise, arguments: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Return the true outputs, by name, in float64."""
    if exercise.reference is None:
        raise TypeError(f"{exercise.name} has no reference")
    values = exercise.reference(*cast(arguments, torch.float64).values())
    if isinstance(values, Mapping):
        return {name: torch.as_tensor(value, dtype=torch.float64) for name, value in values.items()}
    listed = values if isinstance(values, tuple | list) else (values,)
    return dict(
        zip(output_names(exercise, listed), [torch.as_tensor(v, dtype=torch.float64) for v in listed], strict=True)
    )


def output_names(exercise: Exercise, values: tuple[Any, ...] | list[Any]) -> list[str]:
    """Name the outputs; a single name ending in `[]` stands for any number of them."""
    names = list(exercise.outputs)
    if len(names) == len(values):
        return names
    patterns = [name for name in names if name.endswith("[]")]
    count = len(values) // max(len(patterns), 1)
    return [f"{pattern[:-2]}[{i}]" for pattern in patterns for i in range(count)]


def bounds(
    exercise: Exercise, case: Case, arguments: Mapping[str, Any], expected: Mapping[str, torch.Tensor]
) -> dict[str, float]:
    """Return the absolute error that rounding can explain, by output name.

    The size of the terms in play is taken from the truth, from the inputs, and from the truth of the inputs' absolute
    values, where nothing cancels.
    """
    without_signs = truth(exercise, _absolute(arguments))
    inputs = largest(arguments)
    terms = exercise.reduction(dict(arguments))
    return {
        name: tolerance(case.dtype, terms, max(largest(value), inputs, largest(without_signs.get(name))))
        for name, value in expected.items()
    }


def _absolute(tree: Any) -> Any:
    if isinstance(tree, torch.Tensor):
        return tree.abs() if tree.is_floating_point() else tree
    if isinstance(tree, Mapping):
        return {key: _absolute(branch) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_absolute(branch) for branch in tree)
    return tree


def attempt(bench: Bench, case: Case, seed: int, arguments: Arguments | None = None) -> Trial:
    """Try the answer once in this case."""
    exercise = bench.exercise
    if arguments is None:
        arguments = bench.draw(case, seed)
    call = bench.call(arguments, case, seed=seed)
    expected = truth(exercise, arguments)
    return _tried(bench, case, call, bench.run(call), expected, bounds(exercise, case, arguments, expected))


def repeat(bench: Bench, trial: Trial, observation: Observation) -> Trial:
    """Return the trial of another answer on the inputs of this one, whose truth is known already.

    observation: what happened when the other answer was called.
    """
    return _tried(bench, trial.case, trial.call, observation, trial.expected, trial.bounds)


def _tried(
    bench: Bench,
    case: Case,
    call: Call,
    observation: Observation,
    expected: dict[str, torch.Tensor],
    limits: dict[str, float],
) -> Trial:
    exercise, arguments = bench.exercise, dict(call.arguments)
    found = read(exercise, arguments, observation, expected)
    reading = {} if isinstance(found, Finding) else found
    findings = [found] if isinstance(found, Finding) else _examined(exercise, case, found, expected, limits)
    findings += _conduct(exercise, case, observation)
    if case.twice and not findings:
        findings += _again(bench, case, call, reading, expected, limits)
    return Trial(case, call.seed, arguments, call, observation, expected, limits, reading, tuple(findings))


def read(exercise: Exercise, arguments: Arguments, observation: Observation, expected: Truth) -> Reading | Finding:
    """Return the outputs that are found in what was observed, by name, or why there are none."""
    if observation.failure is not None:
        return raised(observation.failure)
    if exercise.read is None:
        raise TypeError(f"{exercise.name} has no reader")
    return exercise.read(observation, arguments, expected)


def _examined(
    exercise: Exercise, case: Case, reading: Reading, expected: Truth, limits: Mapping[str, float]
) -> list[Finding]:
    dtype = case.dtype if exercise.keeps_dtype else None
    found = (
        examine_output(name, reading.get(name), value, dtype, limits[name], exercise)
        for name, value in expected.items()
    )
    return [finding for finding in found if finding is not None]


def raised(failure: Failure) -> Finding:
    """Return the finding for an exception."""
    facts = [("error", f"{failure.type}: {failure.message}" if failure.message else failure.type)]
    if failure.line:
        facts.append(("in", failure.line))
    return Finding("", "raised", f"it raised {failure.type}.", tuple(facts))


def _conduct(exercise: Exercise, case: Case, observation: Observation) -> list[Finding]:
    """Return what is wrong with how the answer behaved, whatever it returned."""
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
        names = " and ".join(sorted(spoilt))
        advice = "Operations that end in an underscore, `+=` and assignments to elements write into the tensor itself."
        findings.append(Finding(CARE, "changed", f"it changes its input {names}.", advice=advice))
    if observation.device_fault and observation.devices:
        advice = "Give the device: `torch.zeros(..., device=X.device)`, or derive it: `torch.zeros_like(X)`, `X.new_zeros(...)`."
        facts = (("reason", observation.device_fault),)
        findings.append(Finding(CARE, "device", "it would fail on a GPU.", facts, advice))
    if case.connected and observation.devices and not exercise.passable(observation.connected):
        advice = "`.detach()`, `.data`, `.item()`, `torch.no_grad()` and `torch.tensor(...)` cut the graph."
        findings.append(Finding(case.part or CARE, "graph", "autograd cannot pass through the result.", (), advice))
    return findings


def _again(
    bench: Bench, case: Case, call: Call, reading: Reading, expected: Truth, limits: Mapping[str, float]
) -> list[Finding]:
    second = bench.run(replace(call, watch=False))  # what it calls is known from the first call
    again = read(bench.exercise, dict(call.arguments), second, expected)
    for name, value in reading.items():
        other = again.get(name) if isinstance(again, dict) else None
        if name not in limits:
            continue
        if (
            not isinstance(other, torch.Tensor)
            or value.shape != other.shape
            or differs(value, other, limits[name]).any()
        ):
            advice = "Something is kept between calls: a global, a default argument, or an input that was changed."
            return [Finding(CARE, "state", "a second call with the same input gives another result.", (), advice)]
    return []
