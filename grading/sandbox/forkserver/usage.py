"""What processes use: who started them, and the memory that is theirs, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable

from grading.units import GIBIBYTE, KIBIBYTE

# As the system calls a shared mapping of memory.
_NAMELESS = "/dev/zero (deleted)\n"
_COUNTED = ("RssAnon:", "RssShmem:", "VmPTE:")
# A process with less room than this holds little that it does not show.
_ROOMY = GIBIBYTE


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
    """Return the bytes of a process that belong to no file of a disk, those that it shares with others included.

    Its page tables count, and so does shared memory that it has told the system to forget, which keeps it.
    """
    sizes = dict(_named_sizes(f"/proc/{process}/status", (*_COUNTED, "VmSize:")))
    forgotten = 0
    if sizes.get("VmSize:", 0) >= _ROOMY:
        forgotten = max(sum(_shared_without_a_name(process).values()) - sizes.get("RssShmem:", 0), 0)
    return sum(sizes.get(name, 0) for name in _COUNTED) + forgotten


def together(processes: Iterable[str]) -> int:
    """Return the bytes of several processes that belong to no file of a disk, each counted once.

    A process that cannot be asked how it shares is counted with all that it holds. Reading takes longer than `memory`.
    """
    held = of_objects = 0
    objects: dict[str, int] = {}
    for process in processes:
        anonymous, shared = _sizes(f"/proc/{process}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) or (0, 0)
        if not anonymous + shared:
            held += memory(process)
            continue
        held += anonymous + sum(_sizes(f"/proc/{process}/status", ("VmPTE:",)))
        of_objects += shared
        # A child has what its parent shares mapped before it touches any of it.
        for name, size in _shared_without_a_name(process).items():
            objects[name] = max(objects.get(name, 0), size)
    return held + max(of_objects, sum(objects.values()))


def _shared_without_a_name(process: str) -> dict[str, int]:
    """Return the sizes of a process's shared mappings of memory that no file stands for, touched or not, by their object."""
    sizes: dict[str, int] = {}
    try:
        with open(f"/proc/{process}/maps") as file:
            for line in file:
                if line.endswith(_NAMELESS):
                    addresses, _, _, _, number = line.split()[:5]
                    first, last = addresses.split("-")
                    sizes[number] = sizes.get(number, 0) + int(last, 16) - int(first, 16)
    except (OSError, ValueError):
        pass
    return sizes


def _sizes(path: str, names: tuple[str, ...]) -> list[int]:
    return [size for _, size in _named_sizes(path, names)]


def _named_sizes(path: str, names: tuple[str, ...]) -> list[tuple[str, int]]:
    try:
        with open(path) as file:
            return [(line.split()[0], KIBIBYTE * int(line.split()[1])) for line in file if line.startswith(names)]
    except (OSError, ValueError):
        return []
