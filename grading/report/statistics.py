"""The numbers of a class: mean, median, distribution, and how well each exercise tells the strong from the weak."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Below that many students a correlation says nothing.
FEWEST_TO_CORRELATE = 10
BINS = 10
# An exercise for which more than this share of the class waits for a person is left out for everybody.
_MOST_WAITING = 0.1


@dataclass(frozen=True)
class Numbers:
    """What a class earned, over the students and the exercises of which the points are known.

    points: what those exercises are worth. students: how many students count. left_out: the exercises that wait for a person.
    mean, median: None if nobody counts. bins: how many earned less than a tenth of the points, less than two tenths, and so on.
    pass_rates: of each exercise, the share of those graded who have all points. discriminations: the corrected item-total
    correlation of each exercise, None where it is not known.
    """

    points: float
    students: int
    left_out: tuple[str, ...]
    mean: float | None
    median: float | None
    bins: tuple[int, ...]
    pass_rates: Mapping[str, float | None]
    discriminations: Mapping[str, float | None]


@dataclass(frozen=True)
class Row:
    """What one student earned, by exercise, None while a person has to grade it; penalty: what lateness cost."""

    earned: Mapping[str, float | None]
    penalty: float = 0.0


def numbers(worth: Mapping[str, float], rows: Sequence[Row]) -> Numbers:
    """Return the numbers of a class: what the exercises are worth, and a row for each student with a usable notebook.

    What waits for a person counts for nothing, neither as 0 nor as points: an exercise is left out for everybody where more than
    a tenth wait, and else a student who waits.
    """
    waiting = {name: sum(row.earned.get(name) is None for row in rows) for name in worth}
    left_out = tuple(name for name in worth if waiting[name] > _MOST_WAITING * len(rows))
    counted = [name for name in worth if name not in left_out]
    whole = [row for row in rows if all(row.earned.get(name) is not None for name in counted)] if counted else []
    table = [[row.earned[name] or 0.0 for name in counted] for row in whole]
    totals = [max(sum(points) - row.penalty, 0.0) for points, row in zip(table, whole, strict=True)]
    most = sum(worth[name] for name in counted)
    return Numbers(
        points=most,
        students=len(whole),
        left_out=left_out,
        mean=statistics.fmean(totals) if totals else None,
        median=statistics.median(totals) if totals else None,
        bins=_bins(totals, most),
        pass_rates={name: _pass_rate(rows, name, worth[name]) for name in worth},
        discriminations={
            **dict.fromkeys(worth),
            **{name: discrimination(table, place) for place, name in enumerate(counted)},
        },
    )


def _bins(totals: Sequence[float], most: float) -> tuple[int, ...]:
    counts = [0] * BINS
    for total in totals:
        # All points belong to the last bin, and so does more than that.
        counts[min(int(BINS * total / most + 1e-9), BINS - 1) if most else 0] += 1
    return tuple(counts)


def _pass_rate(rows: Sequence[Row], name: str, worth: float) -> float | None:
    known = [earned for row in rows if (earned := row.earned.get(name)) is not None]
    return sum(earned >= worth - 1e-9 for earned in known) / len(known) if known else None


def discrimination(table: Sequence[Sequence[float]], place: int) -> float | None:
    """Return the corrected item-total correlation of the exercise at this place of a table, a row for each student.

    It is Pearson's correlation of the points in the exercise with the sum of the points in all others, before any penalty. None
    for fewer than ten students, for the only exercise, and where either of the two is the same for everybody.
    """
    if len(table) < FEWEST_TO_CORRELATE:
        return None
    one = [row[place] for row in table]
    others = [math.fsum(row[:place]) + math.fsum(row[place + 1 :]) for row in table]
    if max(one) - min(one) < 1e-9 or max(others) - min(others) < 1e-9:
        return None
    return statistics.correlation(one, others)
