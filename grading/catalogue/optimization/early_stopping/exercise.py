"""`early_stopping`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.numbers import show_arguments
from grading.judging.read import Reading, Truth, as_number, describe, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation

Verdict = tuple[Any, Any]
_TIES = "ties"


def _patience(draw: Draw, usual: int) -> int:
    """Return the patience of a case, always the same: whether it is odd must not decide what a slip costs."""
    return draw.integer(1, 2) if draw.simple else usual


def _falling(draw: Draw, count: int, low: float = 1.0) -> list[float]:
    """Return so many losses that fall to `low` or little above, by large steps, and the last one by a small one.

    So a new lowest loss is hardly lower than the one before, and a mean over several is far above it.
    """
    steps = [0.0, *draw.uniform(1, low=0.02, high=0.05).tolist(), *draw.uniform(count, low=4.0, high=5.0).tolist()]
    end = low + float(draw.uniform(low=0.0, high=0.3))
    return [round(end + sum(steps[: count - i]), 2) for i in range(count)]


def _above(draw: Draw, count: int, low: float = 1.0) -> list[float]:
    """Return so many losses above `low` that go up and down in turn: each second one is lower than the one before."""
    return [round(low + (0.5 if i % 2 else 1.0) + float(draw.uniform(low=0.0, high=0.2)), 2) for i in range(count)]


def lowest_before(ago: int, patience: int) -> Callable[[Draw], Arguments]:
    """Return a draw of losses whose lowest lies `patience + ago` before the last one."""

    def make(draw: Draw) -> Arguments:
        wait = _patience(draw, patience)
        return {"losses": _falling(draw, wait + 2) + _above(draw, wait + ago), "patience": wait}

    return make


still_falling = lowest_before(-100, 4)
just_over = lowest_before(0, 3)
just_under = lowest_before(-1, 4)
long_ago = lowest_before(3, 3)


def _rising(draw: Draw) -> Arguments:
    patience = _patience(draw, 4)
    rising = (2.0 + torch.arange(1, patience + 1) / 10).tolist()
    return {"losses": _falling(draw, patience + 2) + [round(loss, 2) for loss in rising], "patience": patience}


def recovered(draw: Draw) -> Arguments:
    """Draw a pause longer than the patience that is over: a new lowest loss, and one more behind it."""
    patience = _patience(draw, 3)
    first, last = _falling(draw, 2, low=2.0), _falling(draw, 2, low=1.0)
    return {
        "losses": [*first, *_above(draw, patience + 1, low=2.0), *last, *_above(draw, 1, low=1.0)],
        "patience": patience,
    }


def _lowest_at_first(draw: Draw) -> Arguments:
    patience = _patience(draw, 4)
    return {"losses": [*_falling(draw, 1), *_above(draw, patience - 1)], "patience": patience}


def _lowest_early(draw: Draw) -> Arguments:
    """Draw fewer losses than twice the patience, whose lowest is the third, one less than the patience ago."""
    patience = _patience(draw, 5)
    return {"losses": [*_falling(draw, 3), *_above(draw, patience - 1, low=4.0)], "patience": patience}


def _lowest_at_last(draw: Draw) -> Arguments:
    """Draw a pause longer than the patience that the very last loss ends."""
    patience = _patience(draw, 3)
    first, last = _falling(draw, 2, low=2.0), _falling(draw, 1, low=1.0)
    return {"losses": [*first, *_above(draw, patience + 1, low=2.0), *last], "patience": patience}


def _short(draw: Draw) -> Arguments:
    return {"losses": [*_falling(draw, 1), *_above(draw, 1)], "patience": 4}


def _single(draw: Draw) -> Arguments:
    return {"losses": _falling(draw, 1), "patience": 2}


def _impatient(draw: Draw) -> Arguments:
    return {"losses": [*_falling(draw, 3), *_above(draw, 1)], "patience": 1}


def _below_zero(draw: Draw) -> Arguments:
    made = just_over(draw)
    return {**made, "losses": [round(loss - 20, 2) for loss in made["losses"]]}


def _large(draw: Draw) -> Arguments:
    made = just_over(draw)
    return {**made, "losses": [round(100 * loss + 1000, 2) for loss in made["losses"]]}


def equals(draw: Draw) -> Arguments:
    """Draw losses whose lowest comes twice, the second time within the last `patience`, where it is not lower."""
    made = just_over(draw)
    losses = list(made["losses"])
    losses[-1] = min(losses)
    return {**made, "losses": losses}


def _all_equal(draw: Draw) -> Arguments:
    patience = _patience(draw, 4)
    return {"losses": _falling(draw, 1) * (patience + 1), "patience": patience}


def _stopped(losses: Sequence[float], patience: int) -> tuple[bool, int]:
    """Return whether the losses before the last `patience` hold one that is not above any of these, and where the lowest is."""
    before, last = np.array(losses[:-patience]), np.array(losses[-patience:])
    return bool(before.size) and bool((before.min() <= last).all()), int(np.argmin(losses))


def _read(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    value = observation.value
    missing = nothing_returned(value)
    if missing:
        return missing
    numbers = [as_number(one) for one in value] if isinstance(value, tuple | list) else []
    stop, best = numbers if len(numbers) == 2 else (None, None)
    if stop is None or best is None:
        facts = (("expected", "(stop, best): True or False, and an index"), ("got", describe(value)))
        return Finding("", "type", "it should return two things.", facts)
    return {"best": torch.tensor(best, dtype=torch.float64)}


def _decision(arguments: Mapping[str, Any], observation: Observation) -> list[Finding]:
    """Return the finding for a wrong answer to the question whether to stop: it is yes or no, and no arithmetic explains it."""
    value = observation.value
    due, _ = _stopped(arguments["losses"], arguments["patience"])
    stop = as_number(value[0]) if isinstance(value, tuple | list) and len(value) == 2 else None
    if stop is None or stop == due:
        return []
    facts = (
        ("expected", f"stop = {due}"),
        ("got", f"stop = {bool(stop)}" if stop in (0, 1) else describe(value[0])),
        ("input", show_arguments(arguments)),
    )
    return [Finding("stop", "decision", "it should stop here." if due else "it should go on.", facts)]


mistake = Mistakes()


def _first_lowest(losses: Sequence[float]) -> int:
    return min(range(len(losses)), key=losses.__getitem__)


def _last_lowest(losses: Sequence[float]) -> int:
    return max(i for i, loss in enumerate(losses) if loss == min(losses))


@mistake("Of equal losses the last one is taken, so that a loss that is not lower buys more time. Take the first.")
def last_of_equals(losses: Sequence[float], patience: int) -> Verdict:
    best = _last_lowest(losses)
    return len(losses) - 1 - best >= patience, best


@mistake("It stops one loss too late: `>` where `patience` losses without a lower one are enough.")
def one_too_late(losses: Sequence[float], patience: int) -> Verdict:
    best = _first_lowest(losses)
    return len(losses) - 1 - best > patience, best


@mistake("It stops one loss too early: behind the lowest there are len(losses) - 1 - best losses.")
def one_too_early(losses: Sequence[float], patience: int) -> Verdict:
    best = _first_lowest(losses)
    return len(losses) - best >= patience, best


@mistake("The lowest loss itself is returned. Its index is asked for.")
def loss_for_index(losses: Sequence[float], patience: int) -> Verdict:
    return len(losses) - 1 - _first_lowest(losses) >= patience, min(losses)


@mistake("Each loss is compared with the one before it. It counts only what is lower than all before.")
def compared_with_the_last(losses: Sequence[float], patience: int) -> Verdict:
    waited = 0
    for before, loss in pairwise(losses):
        waited = 0 if loss < before else waited + 1
    return waited >= patience, _first_lowest(losses)


@mistake("All losses without improvement are counted, since the beginning. A new lowest loss sets the count back to 0.")
def never_set_back(losses: Sequence[float], patience: int) -> Verdict:
    lowest, waited = losses[0], 0
    for loss in losses[1:]:
        waited += loss >= lowest
        lowest = min(lowest, loss)
    return waited >= patience, _first_lowest(losses)


@mistake("It stops at the first pause, and never looks at what came after. Only the last `patience` losses decide.")
def stops_for_good(losses: Sequence[float], patience: int) -> Verdict:
    best = 0
    for i, loss in enumerate(losses):
        if loss < losses[best]:
            best = i
        elif i - best >= patience:
            return True, best
    return False, best


@mistake("The answer is upside down: stop is True while the losses still fall.")
def inverted(losses: Sequence[float], patience: int) -> Verdict:
    best = _first_lowest(losses)
    return len(losses) - 1 - best < patience, best


@mistake("The highest loss is looked for. The lowest is the best.")
def highest(losses: Sequence[float], patience: int) -> Verdict:
    best = max(range(len(losses)), key=losses.__getitem__)
    return len(losses) - 1 - best >= patience, best


@mistake("The two results are in the wrong order: (stop, best).")
def order(losses: Sequence[float], patience: int) -> Verdict:
    best = _first_lowest(losses)
    return best, len(losses) - 1 - best >= patience


@mistake("best is one too large: indices count from 0.")
def from_one(losses: Sequence[float], patience: int) -> Verdict:
    best = _first_lowest(losses)
    return len(losses) - 1 - best >= patience, best + 1


@mistake("best counts back from the end. Its place in the list is asked for.")
def from_the_end(losses: Sequence[float], patience: int) -> Verdict:
    best = _first_lowest(losses)
    return len(losses) - 1 - best >= patience, len(losses) - 1 - best


@mistake("best is the last index. The lowest loss may be earlier: that is why early stopping goes back.")
def last_index(losses: Sequence[float], patience: int) -> Verdict:
    return len(losses) - 1 - _first_lowest(losses) >= patience, len(losses) - 1


@mistake("Only the last `patience` losses are searched for the lowest. Search all of them.")
def within_the_last(losses: Sequence[float], patience: int) -> Verdict:
    stop = len(losses) - 1 - _first_lowest(losses) >= patience
    start = max(0, len(losses) - patience)
    return stop, start + _first_lowest(losses[start:])


@mistake("It stops as soon as there are more than `patience` losses, whatever they are.")
def counts_losses(losses: Sequence[float], patience: int) -> Verdict:
    return len(losses) > patience, _first_lowest(losses)


@mistake("It stops at the first loss that is not lower than all before, without patience.")
def no_patience(losses: Sequence[float], patience: int) -> Verdict:
    best = _first_lowest(losses)
    return best < len(losses) - 1, best


@mistake("It never stops.")
def never(losses: Sequence[float], patience: int) -> Verdict:
    return False, _first_lowest(losses)


@mistake("The last loss alone is compared with the one `patience` before it. Any of those between may be the lowest.")
def two_compared(losses: Sequence[float], patience: int) -> Verdict:
    stop = len(losses) > patience and losses[-1] >= losses[-1 - patience]
    return stop, _first_lowest(losses)


@mistake(
    "It stops only if the last `patience` losses rise one after the other. They need not rise: none is lower, that is enough."
)
def must_rise(losses: Sequence[float], patience: int) -> Verdict:
    last = losses[-patience - 1 :]
    rises = all(a < b for a, b in pairwise(last))
    return len(losses) > patience and rises, _first_lowest(losses)


@mistake("Sorting the list changes it, and the losses belong to the caller. `min` finds the lowest without.")
def sorts(losses: Any, patience: int) -> Verdict:
    best = _first_lowest(losses)
    stop = len(losses) - 1 - best >= patience
    losses.sort()
    return stop, best


@mistake("Only the index is returned. Two results are asked for: (stop, best).")
def index_only(losses: Sequence[float], patience: int) -> Any:
    return _first_lowest(losses)


@mistake("Only the answer to whether to stop is returned. Two results are asked for: (stop, best).")
def stop_only(losses: Sequence[float], patience: int) -> Any:
    return len(losses) - 1 - _first_lowest(losses) >= patience


EXERCISE = Exercise(
    name="early_stopping",
    points=1.0,
    parameters=("losses", "patience"),
    summary="Return whether the last `patience` losses brought no lower one, and the index of the lowest, first of equals.",
    outputs=("stop", "best"),
    read=_read,
    cases=(
        Case("the lowest loss just long enough ago", just_over, twice=True),
        Case("the lowest loss one less ago", just_under),
        Case("losses that still fall", still_falling),
        Case("the lowest loss long ago", long_ago),
        Case("losses that rise again", _rising),
        Case("a pause that is over", recovered),
        Case("a pause that the last loss ends", _lowest_at_last),
        Case("the first loss is the lowest, one less ago", _lowest_at_first),
        Case("an early lowest loss, one less ago", _lowest_early),
        Case("fewer losses than patience", _short),
        Case("a single loss", _single),
        Case("the lowest loss twice", equals, _TIES),
        Case("losses that are all equal", _all_equal, _TIES),
        Case("a patience of 1", _impatient, CARE),
        Case("losses below zero", _below_zero, CARE),
        Case("large losses", _large, CARE, torch.float64),
    ),
    reference=lambda losses, patience: {"best": _stopped(losses, patience)[1]},
    conduct=_decision,
    parts={"stop": 0.4, "best": 0.3, _TIES: 0.2, CARE: 0.1},
    keeps_dtype=False,
    mistakes=mistake.all,
    hints=(
        "Two questions: where is the lowest loss, and how many losses stand behind it?",
        "`min(losses)` is the lowest, and `losses.index(...)` gives the first place where a value stands.",
        "Behind the index best there are len(losses) - 1 - best losses. How many of them are enough?",
    ),
)
