"""Explain a wrong output by simple arithmetic: the truth or a known mistake times a constant, a transpose, one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch

from grading.judging.compare import differs
from grading.judging.context import Context
from grading.judging.exercise import Exercise, Mistake
from grading.judging.factors import Cause, causes_of, law_of
from grading.judging.numbers import number
from grading.judging.rivals import reading_of
from grading.judging.trial import Trial, attempt_all
from grading.judging.verdict import Finding

# So many trials must show a factor before it is believed; below the second number more are made.
_FEWEST, _ENOUGH = 4, 6
# What is constant may be so by chance in a few trials.
_FEWEST_CONSTANT = 4
_MORE_SEEDS = (350377, 611953, 1299709)


@dataclass(frozen=True)
class Diagnosis:
    """The name and the sentence of what went wrong.

    mistake is None for a transform of the truth. whole: it explains all that was observed, not only one output.
    """

    sentence: str
    mistake: str | None = None
    whole: bool = False


def arithmetic(context: Context, trials: Sequence[Trial], finding: Finding) -> Diagnosis | None:
    """Explain the output of a finding by the truth, or else by a known mistake, and what was done to it."""
    more = _with_more(context, trials, finding.part)
    return _transform(context.exercise, more, finding) or _multiple(context, more, finding)


def _with_more(context: Context, trials: Sequence[Trial], output: str) -> Sequence[Trial]:
    """Return the trials with some on other seeds, if there are too few that show the output: a factor needs several sizes."""
    showing = [trial for trial in trials if output in trial.expected]
    if not showing or len(showing) >= _ENOUGH:
        return trials
    cases = list({trial.case.name: trial.case for trial in showing}.values())
    return [*trials, *(trial for seed in _MORE_SEEDS for trial in attempt_all(context, cases, context.seed + seed))]


def _transform(exercise: Exercise, trials: Sequence[Trial], first: Finding) -> Diagnosis | None:
    """Explain an output by the truth: its transpose, or a constant times it."""
    output = first.part
    failed = [trial for trial in trials if output in trial.expected and trial.findings and trial.reading]
    pairs = [(got, trial) for trial in failed if isinstance(got := trial.reading.get(output), torch.Tensor)]
    if len(pairs) < len(failed) or len({trial.seed for _, trial in pairs}) < 2:
        return None
    if all(_is_transpose(got, trial.expected[output], trial.bounds[output]) for got, trial in pairs):
        return Diagnosis(f"This is the right {output}, transposed. Swap the two factors of the product.")
    observed = _factors(exercise, trials, output, lambda trial: trial.expected[output])
    subject = output if len(exercise.outputs) > 1 else ""
    if observed is None:
        return _constant(trials, output, subject)
    causes, text = _factor_in_words(exercise, output, observed)
    if causes:
        return Diagnosis(" ".join(cause.sentence for cause in causes), _joined(causes))
    what = "It" if all(trial.expected[output].numel() == 1 for _, trial in pairs) else "Every element"
    return Diagnosis(f"{what} is {text} times the right {subject or 'result'}.") if text else None


def _constant(trials: Sequence[Trial], output: str, subject: str) -> Diagnosis | None:
    """Explain an output that is one number, whatever came in, where it is right, too."""
    given = [trial.reading.get(output) for trial in trials if output in trial.expected and trial.reading]
    tensors = [one for one in given if isinstance(one, torch.Tensor) and one.numel()]
    if len(tensors) < max(len(given), _FEWEST_CONSTANT):
        return None
    value = float(tensors[0].flatten()[0])
    if any(bool((one.double() - value).abs().gt(1e-6 * abs(value)).any()) for one in tensors):
        return None
    if all(one.numel() == 1 for one in tensors):
        return Diagnosis(f"{subject or 'It'} is always {number(value)}, whatever comes in.")
    return Diagnosis(f"Every element{f' of {subject}' if subject else ''} is {number(value)}, whatever comes in.")


def _multiple(context: Context, trials: Sequence[Trial], first: Finding) -> Diagnosis | None:
    """Explain an output by a constant times what one known mistake gives: two things went wrong at one place."""
    exercise, output = context.exercise, first.part
    found: list[tuple[Mistake, tuple[Cause, ...]]] = []
    for mistake in exercise.mistakes:
        observed = _factors(exercise, trials, output, partial(_given_by, mistake.wrong, output))
        if observed is None:
            continue
        causes, text = _factor_in_words(exercise, output, observed)
        if mistake.any_scale and text:
            found.append((mistake, ()))
        elif causes or (text and first.kind == "shape"):  # a shape is wrong whatever the numbers are
            found.append((mistake, causes))
    found = [one for one in found if one[0].any_scale] or found
    if len(found) != 1:
        return None
    mistake, causes = found[0]
    sentences = [mistake.explanation, *(cause.sentence for cause in causes)]
    return Diagnosis(" ".join(sentences), "+".join(part for part in (mistake.name, _joined(causes)) if part))


def _given_by(wrong: Callable[..., Any], output: str, trial: Trial) -> Any:
    return reading_of(trial.prepared, wrong).get(output)


def _joined(causes: Sequence[Cause]) -> str:
    return "+".join(cause.name for cause in causes)


def _factors(
    exercise: Exercise, trials: Sequence[Trial], output: str, base_of: Callable[[Trial], Any]
) -> list[tuple[float, dict[str, int]]] | None:
    """Return by which factor the output differs from a base in every trial where both are not zero; None if it does otherwise."""
    observed = []
    for trial in trials:
        # What else is wrong in a trial may hide this output there; an exception does.
        if output not in trial.expected or (trial.findings and all(one.part != output for one in trial.findings)):
            continue
        got, base = trial.reading.get(output), base_of(trial)
        if not isinstance(got, torch.Tensor) or not isinstance(base, torch.Tensor) or got.shape != base.shape:
            return None
        bound = trial.bounds[output]
        if (
            not differs(got, torch.zeros_like(got), bound).any()
            and not differs(base, torch.zeros_like(base), bound).any()
        ):
            continue
        c = _factor(got, base, bound)
        if c is None:
            return None
        observed.append((c, exercise.dims(dict(trial.arguments))))
    return observed if len(observed) >= _FEWEST and any(abs(c - 1) > 1e-3 for c, _ in observed) else None


def _factor_in_words(
    exercise: Exercise, output: str, observed: Sequence[tuple[float, dict[str, int]]]
) -> tuple[tuple[Cause, ...], str]:
    """Return of which known causes the factor is made, and the factor as an expression; both may be empty."""
    law = law_of(observed)
    if law is not None:
        family = output.partition("[")[0] + "[]"  # as in `parts`
        return causes_of(law, exercise.factors.get(output, exercise.factors.get(family, ()))), str(law)
    first = observed[0][0]
    return (), f"{first:.4g}" if all(abs(c - first) < 1e-3 * abs(first) for c, _ in observed) else ""


def _is_transpose(got: torch.Tensor, expected: torch.Tensor, bound: float) -> bool:
    if expected.dim() != 2 or got.shape != expected.T.shape:
        return False
    return not bool(differs(got, expected.T, bound).any())


def _factor(got: torch.Tensor, base: torch.Tensor, bound: float) -> float | None:
    """Return c if `got` is c times `base` up to rounding, c not 0; None if it is not, or if `base` is zero."""
    if got.shape != base.shape or not torch.isfinite(got).all() or not torch.isfinite(base).all():
        return None
    got, base = got.double(), base.double()
    weight = float((base * base).sum())
    if weight < 1e-12:
        return None
    c = float((got * base).sum()) / weight
    if abs(c) < 1e-6 or differs(got, c * base, bound * max(1.0, abs(c))).any():
        return None
    return c
