"""A verdict that names nothing, with the line to look at."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType
from typing import Any

import torch

from grading.cells import owner_and_function
from grading.judging.context import Context, LocalAnswer
from grading.judging.exceptions import CALLED_IN
from grading.judging.exercise import Exercise
from grading.judging.lines.search import SECONDS, Clock, repairs
from grading.judging.lines.source import definition_of
from grading.judging.lines.telling import lines_around, with_sentence
from grading.judging.numbers import show_arguments
from grading.judging.precision import full_precision
from grading.judging.shrink import smallest_failure
from grading.judging.trial import Trial, attempt
from grading.judging.verdict import Finding, Verdict
from grading.probe.follow import follow

_KINDS = frozenset({"values", "finite", "shape", "type", "raised"})


def with_line(
    verdict: Verdict, exercise: Exercise, answer: Callable[..., Any], *, clock: Clock = time.monotonic
) -> Verdict:
    """Return the verdict of this answer with the line to look at, if that can be told; else the verdict as it is.

    answer: what was judged, in this process: the function, or for a method its class.

    It is told where the first finding has neither a name nor advice, if single edits of the function make it pass every visible
    case, and all of those stand on one line. The search takes at most SECONDS by the clock. Points, findings and their order
    stay as they are. Nothing is tried in exercises that are not held against a reference, of functions that do more than compute,
    and outside of the main thread.

    For the check where a learner is. Grading does not call it, because it would take a class that much longer.
    """
    function = _function(exercise, answer)
    if not is_nameless(verdict) or exercise.examine is not None or function is None:
        return verdict
    context = Context(exercise, LocalAnswer(function), torch.device(verdict.device), verdict.seed, hidden=False)
    try:
        with full_precision():
            first = _with_line_of(context, function, verdict.findings[0], clock)
    except Exception:
        return verdict  # a fault of the search must not take away what is known, as one of a check is not the learner's
    return replace(verdict, findings=(first, *verdict.findings[1:]))


def _with_line_of(context: Context, function: FunctionType, finding: Finding, clock: Clock) -> Finding:
    """Return the finding with the line; as it is if none is found, or if an exception has told that line."""
    found = repairs(context, function, clock, until=clock() + SECONDS)
    definition = definition_of(function)
    line = found.line if found is not None else None
    if definition is None or line is None or _is_told(line, finding):
        return finding
    call = _shown_trial(context, finding).prepared.unwatched
    return with_sentence(finding, function, line, follow(function, call, lines_around(definition, line)))


def _is_told(line: int, finding: Finding) -> bool:
    return any(
        said.startswith((f"line {line}:", f"line {line} of "))
        for label, said in finding.facts
        if label in ("in", CALLED_IN)
    )


def is_nameless(verdict: Verdict) -> bool:
    """Tell whether a verdict says that something is wrong, and neither a name for it nor what to do."""
    first = verdict.findings[0] if verdict.findings else None
    return first is not None and first.kind in _KINDS and not first.mistake and not first.advice


def _function(exercise: Exercise, answer: Callable[..., Any]) -> FunctionType | None:
    """Return the plain function that an answer is, or has as the method that the exercise asks for."""
    if isinstance(answer, type) and "." in exercise.name:
        answer = getattr(answer, owner_and_function(exercise.name)[1], answer)
    return answer if type(answer) is FunctionType else None


def _shown_trial(context: Context, finding: Finding) -> Trial:
    """Return the trial whose input the finding shows, or would show if it showed one."""
    case = next(case for case in context.exercise.cases if case.name == finding.case)
    trial = attempt(context, case, context.seed)
    raw = next((one for one in trial.findings if one.kind == finding.kind), finding)
    small = smallest_failure(context, trial, raw.kind, raw.part)
    shown = dict(finding.facts).get("input", "")
    return small if small is not None and shown in ("", show_arguments(small.arguments)) else trial
