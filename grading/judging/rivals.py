"""Known mistakes beside an answer: which of them give what it gave."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from typing import Any

import numpy as np
import torch

from grading.judging.cache import cached
from grading.judging.compare import differs
from grading.judging.context import Context, LocalAnswer
from grading.judging.exercise import Mistake
from grading.judging.prepared import PreparedCase
from grading.judging.reach import due_gradients
from grading.judging.read import Reading
from grading.judging.trial import Trial, evaluate, read
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.trees import trees_agree

# A lesson has two hundred known mistakes, each of which is tried on up to thirty prepared cases of its exercise.
_MOST = 8192
_VALUE_KINDS = frozenset({"values", "finite", "shape", "type", "raised", "nothing", "graph", "gradient"})
_OPERANDS = re.compile(r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)")


@cached(_MOST)
def _observed(prepared: PreparedCase, wrong: Callable[..., Any], watch: bool) -> Observation:
    """Return what happens when a known mistake is called."""
    return LocalAnswer(wrong).observe(prepared.call if watch else prepared.unwatched)


@cached(_MOST)
def _kinds_of(prepared: PreparedCase, wrong: Callable[..., Any], watch: bool) -> list[tuple[str, str]]:
    """Return which faults a known mistake has in a prepared case."""
    context = Context(prepared.exercise, LocalAnswer(wrong), prepared.call.device, prepared.seed)
    return _kinds(evaluate(context, prepared, _observed(prepared, wrong, watch)))


class Rival:
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
            if whole and not (_observed_alike(trial, observation) and self._shows_in(trial)):
                return False
            if not whole and trial.observation.failure is not None:
                continue  # what it raises is another fault
            if not whole and part in trial.expected and not _read_alike(trial, self.mistake.wrong, part):
                return False
            if not self._watch and (trial.seed in faulted or (part, kind) not in _kinds(trial)):
                continue  # values alike have faults alike: one of each seed is evidence enough
            others = _kinds_of(trial.prepared, self.mistake.wrong, self._watch)
            if whole and self._watch and _kinds(trial) != others:
                return False
            if (part, kind) in others:
                faulted.add(trial.seed)
        return len(faulted) >= 2 and (whole or self._is_true(trials))

    def _shows_in(self, trial: Trial) -> bool:
        """Tell whether the line that failed, if one did, looks as this mistake does."""
        failure = trial.observation.failure
        # What stands before the colon says where the line is.
        return failure is None or re.search(self.mistake.line, failure.line.partition(": ")[2]) is not None

    def parts(self, trials: Sequence[Trial]) -> set[str]:
        """Return the parts in which it is wrong in any of the trials."""
        return {part for trial in trials for part, _ in _kinds_of(trial.prepared, self.mistake.wrong, self._watch)}

    def returns(self, trial: Trial) -> bool:
        """Tell whether it returns something."""
        return _observed(trial.prepared, self.mistake.wrong, self._watch).value is not None

    def _is_true(self, trials: Sequence[Trial]) -> bool:
        """Tell whether the answer is wrong in all outputs in which it is: its sentence may speak of them."""
        wrong = {part for trial in trials for part, _ in _kinds(trial)}
        return all(part in wrong for part in self.parts(trials) if any(part in trial.expected for trial in trials))


def rivals_of(context: Context, finding: Finding) -> list[Rival]:
    """Return the known mistakes of the exercise beside this finding."""
    return [Rival(mistake, finding) for mistake in context.exercise.mistakes]


def only_one(rivals: Sequence[Rival], trials: Sequence[Trial]) -> Mistake | None:
    """Return the one mistake that is left, or the only one of them that does the least beside; None if two do as little.

    Variants of one mistake, which have the same sentence, count as one.
    """
    if len(rivals) < 2:
        return rivals[0].mistake if rivals else None
    harm = [len(rival.parts(trials)) for rival in rivals]
    least = [rival for rival, parts in zip(rivals, harm, strict=True) if parts == min(harm)]
    # Where what comes back does not count, it may still tell two of them apart.
    returning = [rival for rival in least if rival.returns(trials[0])]
    chosen = returning if len(returning) == 1 and not trials[0].prepared.exercise.returns else least
    return chosen[0].mistake if len({rival.mistake.explanation for rival in chosen}) == 1 else None


def _kinds(trial: Trial) -> list[tuple[str, str]]:
    return [(finding.part, finding.kind) for finding in trial.findings]


def _observed_alike(trial: Trial, b: Observation) -> bool:
    a = trial.observation
    if (a.failure is None) != (b.failure is None):
        return False
    if a.failure is not None and b.failure is not None:
        return a.failure.type == b.failure.type and _said(a.failure.message) == _said(b.failure.message)
    bound = max(trial.bounds.values(), default=0.0)
    # A mistake that returns nothing is not the less the same where something is returned that nobody asked for.
    alike = trees_alike(a.value, b.value, bound) or (b.value is None and not trial.prepared.exercise.returns)
    changed = a.changed | b.changed
    return alike and trees_alike(_state(a, changed), _state(b, changed), bound) and _led_alike(trial, b)


def _said(message: str) -> str:
    """Return the message of an exception, whichever of two operands came first."""
    return _OPERANDS.sub(lambda found: f"sizes {sorted(found.groups())}", message)


def _led_alike(trial: Trial, b: Observation) -> bool:
    """Tell whether autograd gets to the same places from both, with the same values."""
    if not trial.prepared.call.reach:
        return True
    return trees_alike(trial.observation.gradients, b.gradients, due_gradients(trial.prepared)[1])


def _state(observation: Observation, names: Set[str]) -> dict[str, Any]:
    return {name: observation.after[name] for name in sorted(names)}


@cached(_MOST)
def reading_of(prepared: PreparedCase, wrong: Callable[..., Any]) -> Reading:
    """Return the outputs of a known mistake, by name; {} if they cannot be read."""
    reading = read(prepared, _observed(prepared, wrong, False))
    return {} if isinstance(reading, Finding) else reading


def _read_alike(trial: Trial, wrong: Callable[..., Any], output: str) -> bool:
    """Tell whether one output, as it is read from a known mistake, is what the trial's answer gave."""
    reading = reading_of(trial.prepared, wrong)
    if output not in trial.reading or output not in reading:
        return False
    return trees_alike(trial.reading[output], reading[output], trial.bounds.get(output, 0.0))


def trees_alike(a: Any, b: Any, bound: float) -> bool:
    """Tell whether two frozen values agree in structure, shape and, up to `bound`, in value."""
    return trees_agree(a, b, lambda x, y: _leaves_alike(x, y, bound))


def _plain(value: Any) -> Any:
    """Return a tensor without axes as the number that it is: as a single number it may be returned either way."""
    if isinstance(value, np.floating):
        return float(value)
    single = isinstance(value, torch.Tensor) and value.dim() == 0 and value.is_floating_point()
    return value.double().item() if single else value


def _leaves_alike(a: Any, b: Any, bound: float) -> bool:
    a, b = _plain(a), _plain(b)
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        if a.shape != b.shape or (a.dtype != b.dtype and not (a.is_floating_point() and b.is_floating_point())):
            return False
        return not bool(differs(a, b, bound).any())
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and _leaves_alike(torch.as_tensor(a), torch.as_tensor(b), bound)
    if isinstance(a, bool | int | float) and isinstance(b, bool | int | float):
        return abs(float(a) - float(b)) <= bound or a == b or (a != a and b != b)
    return type(a) is type(b) and repr(a) == repr(b)
