"""How many threads PyTorch computes with: as many as there are processors with nothing else to do.

PyTorch takes a thread for each core that the machine has. Its threads wait for each other after every product, so one that
shares its core with another program holds up all of them: on two cores, one of which was busy, two threads took ten times as
long as one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from pathlib import Path

import torch

from grading.graded import is_being_graded

# Whoever sets one of these has chosen.
CHOSEN = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
# How long the processors are watched, in seconds: Linux counts their time in hundredths.
_MOMENT = 0.2
# A processor that others use for less than this share counts as free.
_SLACK = 0.25


def use_free_processors() -> int:
    """Let PyTorch use as many threads as processors are free at this moment; return how many those are.

    It watches them for a fifth of a second. There are never more threads than PyTorch would take by itself, nor than this
    process may use. Where `OMP_NUM_THREADS` or `MKL_NUM_THREADS` is set, or a notebook is graded, nothing changes.
    """
    if not is_being_graded() and not any(os.environ.get(name) for name in CHOSEN):
        torch.set_num_threads(threads_for(free_processors(), torch.get_num_threads()))
    return torch.get_num_threads()


def threads_for(free: float, most: int) -> int:
    """Return the number of threads for so many free processors: at least one, and `most` at most."""
    return max(1, min(most, int(free + _SLACK)))


def free_processors(moment: float = _MOMENT) -> float:
    """Return how many processors this process could have to itself, in parts of one. They are watched for `moment` seconds.

    Where the system does not say what each of them does, as on macOS, the load of the last minute has to do.
    """
    mine, limit = allowed_processors()
    stat = Path("/proc/stat")
    try:
        before = stat.read_text()
        time.sleep(moment)
        idle = idle_processors(before, stat.read_text(), mine)
    except OSError:
        idle = len(mine) - os.getloadavg()[0] if hasattr(os, "getloadavg") else len(mine)
    return min(idle, limit)


def allowed_processors(root: Path = Path("/")) -> tuple[set[int], float]:
    """Return the numbers of the processors that this process may run on, and how many of them its containers let it use."""
    mine = set(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    return mine, min(float(len(mine)), quota(root))


def quota(root: Path) -> float:
    """Return how many processors the control groups of this process are limited to; infinity without a limit."""
    version2, version1 = root / "sys/fs/cgroup", root / "sys/fs/cgroup/cpu"
    limits = [float("inf")]
    for name in _groups(root):
        for folder in (name, *Path(name).parents):
            inside = str(folder).strip("/")
            limits.append(_ratio(_words(version2 / inside / "cpu.max")))
            old = version1 / inside
            limits.append(_ratio(_words(old / "cpu.cfs_quota_us") + _words(old / "cpu.cfs_period_us")))
    return min(limits)


def _groups(root: Path) -> list[str]:
    """Return the paths of this process's control groups; that of the container at least, which is the root from inside."""
    lines = _words(root / "proc/self/cgroup")
    return ["/", *(line.split(":", 2)[2] for line in lines if line.count(":") >= 2)]


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def _ratio(words: list[str]) -> float:
    """Return quota / period; infinity if there is none ("max", or -1 in the first version of control groups)."""
    if len(words) != 2 or not all(word.isdigit() for word in words) or int(words[1]) == 0:
        return float("inf")
    return int(words[0]) / int(words[1])


def idle_processors(before: str, after: str, mine: Collection[int]) -> float:
    """Return how many of these processors did nothing, from two readings of /proc/stat; all where no time has passed."""
    first, second = _times(before), _times(after)
    shares = []
    for number in mine:
        start, end = first.get(number), second.get(number)
        if start is None or end is None:
            shares.append(1.0)  # containers may renumber theirs
            continue
        total = sum(end) - sum(start)
        # The fourth and the fifth: idle, and idle while a disk works.
        shares.append((sum(end[3:5]) - sum(start[3:5])) / total if total > 0 else 1.0)
    return sum(shares)


def _times(stat: str) -> dict[int, list[int]]:
    """Return the times that /proc/stat has for each processor, without those of guests, which it counts twice."""
    rows = [line.split() for line in stat.splitlines() if line.startswith("cpu") and line[3:4].isdigit()]
    return {int(row[0][3:]): [int(word) for word in row[1:9]] for row in rows}
