"""Name what went wrong: a known mistake that reproduces the answer, else a simple transform of the truth.

A name is given only if it explains every trial that was made, on at least two seeds, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import torch

from grading.judging.cache import cached
from grading.judging.compare import differs
from grading.judging.context import Context, LocalAnswer
from grading.judging.exercise import Exercise, Mistake
from grading.judging.prepared import PreparedCase
from grading.judging.trial import Trial, evaluate, read
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.trees import trees_agree

# A lesson has a hundred known mistakes, each of which is tried on up to thirty prepared cases of its exercise.
_MOST = 4096
_VALUE_KINDS = frozenset({"values", "finite", "shape", "type", "raised", "nothing", "graph"})


@dataclass(frozen=True)
class Diagnosis:
    """The name and the sentence of what went wrong; `mistake` is None for a transform."""

    sentence: str
    mistake: str | None = None


def diagnose(context: Context, trials: Sequence[Trial], first: Finding) -> Diagnosis | None:
    """Explain the first finding, from trials of the answer on at least two seeds."""
    if len({trial.seed for trial in trials}) < 2:
        return None
    named = _known_mistakes(context, trials, first)
    if named:
        return Diagnosis(named.explanation, named.name)
    if first.kind in ("values", "shape"):
        return _transform(context.exercise, trials, first)
    return None


@cached(_MOST)
def _observed(prepared: PreparedCase, wrong: Callable[..., Any], watch: bool) -> Observation:
    """Return what happens when a known mistake is called."""
    return LocalAnswer(wrong).observe(prepared.call if watch else prepared.unwatched)


@cached(_MOST)
def _kinds_of(prepared: PreparedCase, wrong: Callable[..., Any], watch: bool) -> list[tuple[str, str]]:
    """Return which faults a known mistake has in a prepared case."""
    context = Context(prepared.exercise, LocalAnswer(wrong), prepared.call.device, prepared.seed)
    return _kinds(evaluate(context, prepared, _observed(prepared, wrong, watch)))


class _Rival:
    """A known mistake beside an answer whose first fault is `first`."""

    def __init__(self, mistake: Mistake, first: Finding) -> None:
        self.mistake = mistake
        self.first = first
        # What a function calls need not be watched, which takes longer than the call, where values tell mistakes apart.
        self._watch = first.kind not in _VALUE_KINDS

    def reproduces(self, trials: Sequence[Trial], *, whole: bool) -> bool:
        """Tell whether it gives what the answer gave in every trial, and is found out in at least one of each seed.

        whole: compare everything that was observed; else only the output of the first finding.
        """
        part, kind = self.first.part, self.first.kind
        faulted: set[int] = set()
        for trial in sorted(trials, key=lambda one: not one.findings):
            observation = _observed(trial.prepared, self.mistake.wrong, self._watch)
            if whole and not _observed_alike(trial, observation):
                return False
            if not whole and part in trial.expected and not _read_alike(trial, observation, part):
                return False
            if not self._watch and (trial.seed in faulted or (part, kind) not in _kinds(trial)):
                continue  # values alike have faults alike: one of each seed is evidence enough
            others = _kinds_of(trial.prepared, self.mistake.wrong, self._watch)
            if whole and self._watch and _kinds(trial) != others:
                return False
            if (part, kind) in others:
                faulted.add(trial.seed)
        return len(faulted) >= 2


def _known_mistakes(context: Context, trials: Sequence[Trial], first: Finding) -> Mistake | None:
    rivals = [_Rival(mistake, first) for mistake in context.exercise.mistakes]
    found = [rival.mistake for rival in rivals if rival.reproduces(trials, whole=True)]
    if not found and any(first.part in trial.expected for trial in trials):
        found = [rival.mistake for rival in rivals if rival.reproduces(trials, whole=False)]
    return found[0] if len(found) == 1 else None


def _kinds(trial: Trial) -> list[tuple[str, str]]:
    return [(finding.part, finding.kind) for finding in trial.findings]


def _observed_alike(trial: Trial, b: Observation) -> bool:
    a = trial.observation
    if (a.failure is None) != (b.failure is None):
        return False
    if a.failure is not None and b.failure is not None:
        return (a.failure.type, a.failure.message) == (b.failure.type, b.failure.message)
    bound = max(trial.bounds.values(), default=0.0)
    return trees_alike(a.value, b.value, bound) and trees_alike(_state(a), _state(b), bound)


def _state(observation: Observation) -> dict[str, Any]:
    return {name: observation.after[name] for name in sorted(observation.changed)}


def _read_alike(trial: Trial, observation: Observation, output: str) -> bool:
    """Tell whether one output, as it is read from another answer, is what the trial's answer gave."""
    if output not in trial.reading:
        return False
    reading = read(trial.prepared, observation)
    if isinstance(reading, Finding) or output not in reading:
        return False
    return trees_alike(trial.reading[output], reading[output], trial.bounds.get(output, 0.0))


def trees_alike(a: Any, b: Any, bound: float) -> bool:
    """Tell whether two frozen values agree in structure, shape and, up to `bound`, in value."""
    return trees_agree(a, b, lambda x, y: _leaves_alike(x, y, bound))


def _leaves_alike(a: Any, b: Any, bound: float) -> bool:
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        if a.shape != b.shape or (a.dtype != b.dtype and not (a.is_floating_point() and b.is_floating_point())):
            return False
        return not bool(differs(a, b, bound).any())
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and _leaves_alike(torch.as_tensor(a), torch.as_tensor(b), bound)
    if isinstance(a, bool | int | float) and isinstance(b, bool | int | float):
        return abs(float(a) - float(b)) <= bound or a == b or (a != a and b != b)
    return type(a) is type(b) and repr(a) == repr(b)


def _transform(exercise: Exercise, trials: Sequence[Trial], first: Finding) -> Diagnosis | None:
    output = first.part
    failed = [trial for trial in trials if output in trial.expected and trial.findings]
    pairs = [(got, trial) for trial in failed if isinstance(got := trial.reading.get(output), torch.Tensor)]
    if len(pairs) < len(failed) or len({trial.seed for _, trial in pairs}) < 2:
        return None
    if all(_is_transpose(got, trial.expected[output], trial.bounds[output]) for got, trial in pairs):
        return Diagnosis(f"This is the right {output}, transposed. Swap the two factors of the product.")
    observed = []
    for got, trial in pairs:
        factor = _factor(got, trial.expected[output], trial.bounds[output])
        if factor is None:
            return None
        observed.append((factor, exercise.dims(dict(trial.arguments))))
    name = _name_factor(observed)
    subject = output if len(exercise.outputs) > 1 else "result"
    what = "It" if all(trial.expected[output].numel() == 1 for _, trial in pairs) else "Every element"
    return Diagnosis(f"{what} is {name} times the right {subject}.") if name else None


def _is_transpose(got: torch.Tensor, expected: torch.Tensor, bound: float) -> bool:
    if expected.dim() != 2 or got.shape != expected.T.shape:
        return False
    return not bool(differs(got, expected.T, bound).any())


def _factor(got: torch.Tensor, expected: torch.Tensor, bound: float) -> float | None:
    """Return c if `got` is c times `expected` up to rounding, c not 1; else None."""
    if got.shape != expected.shape or not torch.isfinite(got).all():
        return None
    got = got.double()
    weight = float((expected * expected).sum())
    if weight < 1e-12:
        return None
    factor = float((got * expected).sum()) / weight
    slack = bound * max(1.0, abs(factor))
    if abs(factor) < 1e-6 or abs(factor - 1) < 1e-3 or differs(got, factor * expected, slack).any():
        return None
    return factor


def _name_factor(observed: list[tuple[float, dict[str, int]]]) -> str | None:
    """Find one expression in the sizes that explains the factor of every trial."""
    letters = list(observed[0][1])
    products = [(name,) for name in letters] + list(combinations(letters, 2))
    formulas: list[tuple[str, tuple[str, ...], float, int]] = [
        ("-1", (), -1.0, 0),
        ("2", (), 2.0, 0),
        ("1/2", (), 0.5, 0),
    ]
    for product in products:
        joined = " ".join(product)
        for scale, text in ((1.0, ""), (2.0, "2 "), (0.5, "1/2 "), (-1.0, "-")):
            formulas.append((f"{text}{joined}", product, scale, 1))
            top = {1.0: "1", 2.0: "2", 0.5: "1/2", -1.0: "-1"}[scale]
            formulas.append((f"{top} / ({joined})" if len(product) > 1 else f"{top}/{joined}", product, scale, -1))
    fitting = [text for text, product, scale, power in formulas if _fits(observed, product, scale, power)]
    if fitting:
        return fitting[0]
    first = observed[0][0]
    if all(abs(factor - first) < 1e-3 * abs(first) for factor, _ in observed):
        return f"{first:.4g}"
    return None


def _fits(observed: list[tuple[float, dict[str, int]]], product: tuple[str, ...], scale: float, power: int) -> bool:
    for factor, dims in observed:
        value = scale
        for letter in product:
            value *= float(dims[letter]) ** power
        if abs(factor - value) > 1e-3 * abs(value):
            return False
    return True


def explain(finding: Finding, diagnosis: Diagnosis | None) -> Finding:
    """Return the finding with the diagnosis as its advice."""
    if diagnosis is None:
        return finding
    return replace(finding, advice=diagnosis.sentence, mistake=diagnosis.mistake)
