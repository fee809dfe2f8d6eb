"""Which cores a worker and its kernels run on.

The two take turns, some hundred times for a submission: one asks, the other answers. Where every core is busy, it costs time
when the scheduler puts them on different ones: each turn wakes another core and finds its cache cold.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from itertools import pairwise


def shares(cores: Iterable[int], workers: int) -> list[list[int]]:
    """Return the cores of each of this many workers: neighbours, as many as come to each; one that is shared if there are too few."""
    listed = sorted(cores)
    if workers >= len(listed):
        return [[listed[n % len(listed)]] if listed else [] for n in range(workers)]
    return [listed[start:stop] for start, stop in pairwise(n * len(listed) // workers for n in range(workers + 1))]


def own_cores() -> list[int]:
    """Return the cores that this process may run on; [] where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if sys.platform.startswith("linux") else []


def pin(cores: Iterable[int]) -> None:
    """Have this thread, and what it starts, run on these cores only, if the system allows it; no cores: leave it as it is."""
    chosen = set(cores)
    if chosen and sys.platform.startswith("linux"):
        with suppress(OSError):  # no core of these may be left: it works without
            os.sched_setaffinity(0, chosen)
