"""Try an answer: call it, read what it returned, compare it with the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grading.judging.bench import Bench
from grading.judging.compare import differs, examine_output
from grading.judging.exercise import CARE, Arguments, Case, Exercise
from grading.judging.question import Question, question, question_about
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Failure, Observation


@dataclass(frozen=True)
class Trial:
    """An answer to a question, and everything that is wrong with it. reading: the outputs found, {} if there are none."""

    question: Question
    observation: Observation
    reading: Reading
    findings: tuple[Finding, ...]

    @property
    def case(self) -> Case:
        """The case that was tried."""
        return self.question.case

    @property
    def seed(self) -> int:
        """What the inputs were drawn from."""
        return self.question.seed

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The inputs by parameter name."""
        return self.question.arguments

    @property
    def expected(self) -> Truth:
        """The truth by output name."""
        return self.question.expected

    @property
    def bounds(self) -> Mapping[str, float]:
        """The tolerance by output name."""
        return self.question.bounds

    @property
    def missing(self) -> bool:
        """True if the TODO is untouched."""
        return untouched(self.observation)


def untouched(observation: Observation) -> bool:
    """Tell whether a call met the released stub of the TODO; any other NotImplementedError is an error of the answer."""
    return observation.failure is not None and observation.failure.missing


def attempt(bench: Bench, case: Case, seed: int, arguments: Arguments | None = None) -> Trial:
    """Try the answer once in this case, on these inputs if they are given."""
    if arguments is None:
        asked = question(bench.exercise, case, seed, bench.device)
    else:
        asked = question_about(bench.exercise, case, seed, bench.device, arguments)
    return tried(bench, asked, bench.run(asked.call))


def attempt_all(bench: Bench, cases: Sequence[Case], seed: int) -> list[Trial]:
    """Try the answer in each of these cases."""
    asked = [question(bench.exercise, case, seed, bench.device) for case in cases]
    observed = bench.run_all([one.call for one in asked])
    return [tried(bench, one, observation) for one, observation in zip(asked, observed, strict=True)]


def tried(bench: Bench, asked: Question, observation: Observation) -> Trial:
    """Return what is wrong with an answer that was observed; one that has to agree with itself is called once more."""
    exercise, case = asked.exercise, asked.case
    found = read(asked, observation)
    reading = {} if isinstance(found, Finding) else found
    findings = [found] if isinstance(found, Finding) else _examined(asked, found)
    findings += _conduct(exercise, case, observation)
    if case.twice and not findings:
        findings += _again(bench, asked, reading)
    return Trial(asked, observation, reading, tuple(findings))


def read(asked: Question, observation: Observation) -> Reading | Finding:
    """Return the outputs that are found in what was observed, by name, or why there are none."""
    if observation.failure is not None:
        return raised(observation.failure)
    if asked.exercise.read is None:
        raise TypeError(f"{asked.exercise.name} has no reader")
    return asked.exercise.read(observation, asked.arguments, asked.expected)


def _examined(asked: Question, reading: Reading) -> list[Finding]:
    exercise = asked.exercise
    dtype = asked.case.dtype if exercise.keeps_dtype else None
    found = (
        examine_output(
            name, reading.get(name), value, dtype, asked.bounds[name], exercise, at_stake=not asked.case.part
        )
        for name, value in asked.expected.items()
    )
    return [finding for finding in found if finding is not None]


def raised(failure: Failure) -> Finding:
    """Return the finding for an exception."""
    if failure.unwritten:
        title = f"`{failure.unwritten}`, which it calls, is not written yet."
        return Finding("", "raised", title, (("in", failure.line),), f"Write `{failure.unwritten}` first.")
    facts = [("error", f"{failure.type}: {failure.message}" if failure.message else failure.type)]
    if failure.line:
        facts.append(("in", failure.line))
    return Finding("", "raised", f"it raised {failure.type}.", tuple(facts), _advice_on(failure))


def _advice_on(failure: Failure) -> str:
    """Return what to do about an exception that says little by itself."""
    if failure.type == "StdinNotImplementedError":
        return "It asks for input, and there is nobody to answer: everything it needs is in its arguments."
    if failure.type == "NotImplementedError" and not failure.message:
        return "Take the line `raise NotImplementedError()` away: it ends the function before there is a result."
    return ""


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


def _again(bench: Bench, asked: Question, reading: Reading) -> list[Finding]:
    second = bench.run(asked.unwatched)  # what it calls is known from the first call
    again = read(asked, second)
    for name, value in reading.items():
        other = again.get(name) if isinstance(again, dict) else None
        if name not in asked.bounds:
            continue
        if (
            not isinstance(other, torch.Tensor)
            or value.shape != other.shape
            or differs(value, other, asked.bounds[name]).any()
        ):
            advice = "Something is kept between calls: a global, a default argument, or an input that was changed."
            return [Finding(CARE, "state", "a second call with the same input gives another result.", (), advice)]
    return []
