"""What processes use: who started them, and the memory that is theirs, read from /proc."""

from __future__ import annotations

import os

from grading.units import KIBIBYTE


def children() -> dict[str, list[str]]:
    """Return the children of every process; a process cannot hide its parent, as it can its namespaces."""
    found: dict[str, list[str]] = {}
    for process in os.listdir("/proc"):
        if process.isdigit():
            try:
                with open(f"/proc/{process}/stat", "rb") as file:
                    # The name, in parentheses, may hold anything.
                    parent = file.read().rpartition(b")")[2].split()[1].decode()
            except (OSError, IndexError):
                continue
            found.setdefault(parent, []).append(process)
    return found


def threads(process: str) -> int:
    """Return how many threads a process has, at least its first; 0 of one that is gone."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[17])
    except (OSError, ValueError, IndexError):
        return 0


def memory(process: str) -> int:
    """Return the bytes of a process that belong to no file of a disk, those that it shares with others included."""
    return sum(_sizes(f"/proc/{process}/status", ("RssAnon:", "RssShmem:")))


def share(process: str) -> int:
    """Return the same bytes, divided by the number of processes that share each; all of them where that cannot be told."""
    return sum(_sizes(f"/proc/{process}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))) or memory(process)


def _sizes(path: str, names: tuple[str, ...]) -> list[int]:
    try:
        with open(path) as file:
            return [KIBIBYTE * int(line.split()[1]) for line in file if line.startswith(names)]
    except (OSError, ValueError):
        return []
