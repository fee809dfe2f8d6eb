"""How hard a drill is, by a rule: from how much of the result is wrong at an ordinary input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from grading.judging.context import Context, LocalAnswer
from grading.judging.exercise import Exercise
from grading.judging.precision import full_precision
from grading.judging.trial import Trial, attempt

Pairs = list[tuple[Tensor, Tensor]]
# A share of right elements above which a result counts as partly right: single hits happen by chance.
_MANY = 0.34
# Of a single number any other is a multiple; several draws show whether it is always the same one.
_DRAWS = 3


def level_of(exercise: Exercise, wrong: Callable[..., Any], score: float) -> int:
    """Return 3, 2 or 1 for a wrong answer. score: the share of the points that it earns.

    3: an ordinary input shows nothing, or only a factor. 2: half of the outputs are right there, or a third of the elements. 1: else.
    Of what is judged by statistics or by training, 3 means that some of the points are earned, and there is no 2.
    """
    if exercise.examine is not None:
        return 3 if score > 0 else 1
    context = Context(exercise, LocalAnswer(wrong), torch.device("cpu"), 0, False)
    with full_precision():
        trials = [attempt(context, exercise.cases[0], seed) for seed in range(_DRAWS)]
    if not any(trial.findings for trial in trials):
        return 3
    return _level_of_wrong(trials)


def _level_of_wrong(trials: Sequence[Trial]) -> int:
    names = trials[0].expected
    outputs = [found for name in names if (found := _output(name, trials)) is not None]
    wrong = [pairs for pairs in outputs if not all(_all_right(got, truth) for got, truth in pairs)]
    if wrong and len(outputs) == len(names) and all(map(_is_multiple, wrong)):
        return 3
    some_right = 2 * (len(outputs) - len(wrong)) >= len(names) > 1
    if some_right or (len(names) == len(outputs) == 1 and _share_right(*_joined(outputs[0])) >= _MANY):
        return 2
    return 1


def _output(name: str, trials: Sequence[Trial]) -> Pairs | None:
    """Return an output in all trials, as it is and as it should be; None if it has another shape in one."""
    found = [(trial.reading.get(name), trial.expected.get(name)) for trial in trials]
    pairs = [(got.double(), truth.double()) for got, truth in found if isinstance(got, Tensor) and truth is not None]
    return pairs if len(pairs) == len(found) and all(got.shape == truth.shape for got, truth in pairs) else None


def _joined(pairs: Pairs) -> tuple[Tensor, Tensor]:
    gots, truths = zip(*pairs, strict=True)
    return torch.cat([got.flatten() for got in gots]), torch.cat([truth.flatten() for truth in truths])


def _near(got: Tensor, truth: Tensor) -> Tensor:
    return torch.isclose(got, truth, rtol=1e-4, atol=1e-6 * float(truth.abs().max()) if truth.numel() else 0.0)


def _all_right(got: Tensor, truth: Tensor) -> bool:
    return bool(_near(got, truth).all())


def _share_right(got: Tensor, truth: Tensor) -> float:
    return float(_near(got, truth).double().mean())


def _is_multiple(pairs: Pairs) -> bool:
    """Tell whether an output is right up to a factor above zero, one for each draw; of single numbers, one for all of them."""
    if all(truth.numel() == 1 for _, truth in pairs):
        pairs = [_joined(pairs)]
    return all(_is_multiple_of(got, truth) for got, truth in pairs)


def _is_multiple_of(got: Tensor, truth: Tensor) -> bool:
    size = float((truth * truth).sum())
    factor = float((got * truth).sum()) / size if size else 0.0
    return factor > 0.0 and _all_right(got, factor * truth)
