"""Try the single edits of an answer, and see on which lines those stand that repair it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

import torch

from grading.judging.compare import differs, size_of
from grading.judging.context import Context, LocalAnswer
from grading.judging.lines.edits import Edit, edits
from grading.judging.lines.guard import surroundings
from grading.judging.lines.limit import Limit, OutOfTime, can_limit, limited
from grading.judging.lines.source import EDITED, definition_of, edited
from grading.judging.prepared import PreparedCase
from grading.judging.trial import attempt, evaluate, read
from grading.probe.call import Observation

SECONDS = 2.0
# A trial takes a few milliseconds. One edit that does not end may not take the time of the others.
_TRIAL_SECONDS = 0.25
_KINDS_FOR_A_GUESS = 2
Clock = Callable[[], float]


@dataclass(frozen=True)
class Repairs:
    """The edits that make an answer right. finished: whether all edits were tried."""

    found: tuple[Edit, ...]
    finished: bool

    @property
    def line(self) -> int | None:
        """The line that they agree on.

        Where time ran out, only two kinds of edits are evidence enough: the edits that were not tried may stand elsewhere.
        """
        lines = {edit.line for edit in self.found}
        kinds = {edit.kind for edit in self.found}
        enough = self.finished or len(kinds) >= _KINDS_FOR_A_GUESS
        return lines.pop() if len(lines) == 1 and enough else None


def repairs(context: Context, function: FunctionType, clock: Clock, until: float) -> Repairs | None:
    """Try edits of a wrong answer until two lines are found, or until that time; None if it may not be edited and run.

    context: the answer itself, with its exercise, device and seed. Only the visible cases are tried.
    """
    definition = definition_of(function)
    namespace = surroundings(function, definition) if definition is not None and can_limit() else None
    if definition is None or namespace is None:
        return None
    cases = _hardest_first(context)
    found: list[Edit] = []
    with warnings.catch_warnings(), limited(EDITED) as limit:
        warnings.simplefilter("ignore")  # what Python says of an edit is for nobody
        for edit in edits(definition):
            if clock() >= until:
                return Repairs(tuple(found), finished=False)
            answer = edited(definition, edit, dict(namespace))
            if answer is not None and _repaired(context, answer, cases, clock, until, limit):
                found.append(edit)
                if edit.line != found[0].line:
                    break
    return Repairs(tuple(found), finished=True)


def _hardest_first(context: Context) -> list[PreparedCase]:
    """Return the visible cases, those first that the answer fails, the smallest of them before the others."""
    shown = [case for case in context.exercise.cases if not case.hidden]
    trials = [attempt(context, case, context.seed) for case in shown]
    trials.sort(key=lambda trial: (not trial.findings, size_of(trial.arguments)))
    first = trials[0].prepared
    return [
        first,
        *(trial.prepared for trial in trials),
    ]  # the first one twice: once for a glance, once for all there is to see


def _repaired(
    context: Context,
    answer: Callable[..., Any],
    cases: Sequence[PreparedCase],
    clock: Clock,
    until: float,
    limit: Limit,
) -> bool:
    """Tell whether an edited answer passes all cases. Most fail in the first: what it calls need not be watched there."""
    changed = replace(context, answer=LocalAnswer(answer))
    for place, prepared in enumerate(cases):
        left = until - clock()
        if left <= 0:
            return False
        try:
            limit.allow(min(left, _TRIAL_SECONDS))
            observation = changed.run(prepared.unwatched if place == 0 else prepared.call)
            if observation.failure is not None or not _has_values(prepared, observation):
                return False
            if place > 0 and evaluate(changed, prepared, observation).findings:
                return False
        except OutOfTime:
            return False
    return True


def _has_values(prepared: PreparedCase, observation: Observation) -> bool:
    """Tell whether the true values were returned; quicker than to say what is wrong with others."""
    found = read(prepared, observation)
    return isinstance(found, dict) and all(
        isinstance(got := found.get(name), torch.Tensor)
        and got.shape == value.shape
        and not differs(got, value, prepared.bounds[name]).any()
        for name, value in prepared.expected.items()
    )
