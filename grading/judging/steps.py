"""Judge an exercise whose answers are called with a step: see `grading.probe.steps`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from grading.judging.bench import AnswerProxy, Bench, LocalAnswer
from grading.judging.exercise import Exercise, Mistake
from grading.judging.judge import judge
from grading.judging.verdict import Finding, Outcome
from grading.probe.call import Call, Observation
from grading.probe.steps import Step, SteppedCall, observe_step


@dataclass(frozen=True)
class SteppedAnswer:
    """An answer each of whose calls goes on with the step."""

    answer: AnswerProxy
    step: Step

    def observe(self, call: Call) -> Observation:
        """Make the call where the answer is."""
        values = {field.name: getattr(call, field.name) for field in fields(Call)}
        stepped = SteppedCall(**values, step=self.step)
        if isinstance(self.answer, LocalAnswer):
            return observe_step(self.answer.function, stepped)
        return self.answer.observe(stepped)


def examine_with(step: Step) -> Callable[[Exercise, Bench], list[Finding]]:
    """Return an `examine` that judges by the exercise's cases and reference, each call going on with the step."""

    def examine(exercise: Exercise, bench: Bench) -> list[Finding]:
        mistakes = tuple(_stepped(exercise, mistake, step) for mistake in exercise.mistakes)
        plain = replace(exercise, examine=None, mistakes=mistakes)
        verdict = judge(plain, SteppedAnswer(bench.answer, step), bench.device, bench.seed, hidden=bench.hidden)
        if verdict.outcome is Outcome.NOT_ATTEMPTED:
            return [Finding("", "missing", "not attempted.")]
        if verdict.outcome is Outcome.CHECK_ERROR:
            raise RuntimeError(dict(verdict.findings[0].facts).get("error", "unknown"))
        return list(verdict.findings)

    return examine


def _stepped(exercise: Exercise, mistake: Mistake, step: Step) -> Mistake:
    return replace(mistake, wrong=partial(_carry_out, step, mistake.wrong, exercise.parameters))


def _carry_out(step: Step, function: Callable[..., Any], names: tuple[str, ...], *values: Any) -> Any:
    import torch

    return step.carry_out(function, dict(zip(names, values, strict=True)), torch.device("cpu"))
