"""Find the smallest input on which an answer fails, so that the fault can be followed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from grading.judging.compare import differs, largest, size_of
from grading.judging.context import Context
from grading.judging.exercise import Arguments, Case
from grading.judging.numbers import SHOWN, show, show_arguments, show_pair
from grading.judging.prepared import drawn
from grading.judging.trial import Trial, attempt
from grading.judging.verdict import Finding

# (largest size, number of draws): small ones first, and few, because each is a call of the learner's function.
_ROUNDS = ((1, 4), (2, 6), (3, 4))
# Numbers that are easy to follow by hand, small ones first, then those that overflow.
_EASY = (0.0, -0.5, 0.5, -1.0, 1.0, -2.0, 2.0, -4.0, 4.0, -10.0, 10.0, -100.0, 100.0, -1000.0, 1000.0)


def smallest_failure(context: Context, found: Trial, kind: str, part: str) -> Trial | None:
    """Return a trial with few input values that shows the same fault as `found`, or None if no small one does."""
    case = replace(found.case, layout="contiguous", requires_grad=False, twice=False, connected=False)
    for arguments in _candidates(context, found, case, part):
        trial = attempt(context, case, context.seed, arguments)
        if any(finding.kind == kind and finding.part == part for finding in trial.findings):
            return trial
    return None


def _candidates(context: Context, found: Trial, case: Case, part: str) -> Iterator[Arguments]:
    if context.exercise.elementwise:
        yield from _single_elements(context, found, case, part)
        return
    for limit, tries in _ROUNDS:
        found_here = [drawn(context.exercise, case, seed, simple=True, limit=limit) for seed in range(tries)]
        yield from sorted(found_here, key=size_of)


def _single_elements(context: Context, found: Trial, case: Case, part: str) -> Iterator[Arguments]:
    """Try all easy numbers at once, then the first of them that fails alone; else a failing element of the trial."""
    name = context.exercise.parameters[0]
    easy = torch.tensor(_EASY, dtype=case.dtype)
    trial = attempt(context, case, context.seed, {name: easy})
    for value in (*_failing(trial, name, part), *_failing(found, name, part)):
        yield {name: value.reshape(1)}


def _failing(trial: Trial, name: str, part: str) -> list[torch.Tensor]:
    got, expected = trial.reading.get(part), trial.expected[part]
    if not isinstance(got, torch.Tensor) or got.shape != expected.shape:
        return []
    wrong = differs(got, expected, trial.bounds[part]).flatten()
    return list(trial.arguments[name].flatten()[wrong][:2])


def with_example(finding: Finding, trial: Trial, *, alone: bool) -> Finding:
    """Return the finding with its facts taken from a small trial, or unchanged if that is too large to follow."""
    got, expected = trial.reading.get(finding.part), trial.expected.get(finding.part)
    if expected is None or not isinstance(got, torch.Tensor) or max(size_of(trial.arguments) / 3, got.numel()) > SHOWN:
        return finding
    label = "" if alone else f"{finding.part} = "
    wrong = differs(got, expected, trial.bounds[finding.part])
    # Nothing is added up where each element has its own value: a tiny one does not come from rounding.
    summed = not trial.prepared.exercise.elementwise
    scale = max(largest(expected), largest(got), largest(trial.arguments)) if summed else 0.0
    true, given = show_pair(expected, got, wrong, scale)
    places = trial.prepared.exercise.places
    facts = (
        ("input", show_arguments(trial.arguments)),
        *((("x", show(places(dict(trial.arguments)))),) if places is not None else ()),
        ("expected", f"{label}{true}"),
        ("got", f"{label}{given}"),
    )
    return replace(finding, facts=facts)
