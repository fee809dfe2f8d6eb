"""How much of its time budget a running kernel has used, the same on a busy machine as on an idle one.

What counts is the processor's time, of all its processes together. Seconds by the clock on the wall count a tenth: that ends what only
waits, and leaves honest work ten times as long where the machine is busy with something else.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from time import monotonic

import psutil  # type: ignore[import-untyped]  # without type information

WAITING_COUNTS = 1 / 10
# Below this many seconds all of the time counts. Most cells take a few milliseconds, and to look one up takes nearly half of one.
BRIEF_SECONDS = 0.02


class KernelClock:
    """Measures, from its creation on, what one process and its children use; without a process, all time counts in full.

    previous: a clock that has just been read; if it was the same process's, what it read is where this one begins.
    computed: the processor's seconds, as they were when the clock was read last.
    """

    def __init__(self, process_id: int | None, previous: KernelClock | None = None) -> None:
        self._process_id = process_id
        self._started = monotonic()
        same = previous is not None and previous._process_id == process_id
        self._last: float | None = previous._last if previous is not None and same else self._processor_seconds()
        self._before = self._last
        self.computed = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds by the clock on the wall."""
        return monotonic() - self._started

    def used(self) -> float:
        """Return the seconds that count; of a process that has died, what was seen of it last."""
        if self._before is None or self.elapsed < BRIEF_SECONDS:
            return self.elapsed
        now = self._processor_seconds()
        if now is not None:
            # A child that has ended unnoticed takes what it used with it; what was seen once stays.
            self._last, self.computed = now, max(self.computed, now - self._before)
        return max(self.computed, WAITING_COUNTS * self.elapsed)

    def _processor_seconds(self) -> float | None:
        if self._process_id is None:
            return None
        try:
            return _with_descendants(self._process_id) if _HAS_CHILDREN else _with_descendants_slowly(self._process_id)
        except (OSError, ValueError, psutil.Error):
            return None


class Silence:
    """Measures, from its creation on, how long a process has been silent of its own will: not the time in which it had no processor."""

    def __init__(self, process_id: int | None) -> None:
        self._process_id = process_id
        self._started, self._before = monotonic(), _seconds_without_processor(process_id)

    def seconds(self) -> float:
        """Return the seconds; where the system does not say, a tenth of those on the clock."""
        elapsed, now = monotonic() - self._started, _seconds_without_processor(self._process_id)
        if self._before is None or now is None:
            return elapsed if self._process_id is None else WAITING_COUNTS * elapsed
        return elapsed - (now - self._before)


def _seconds_without_processor(process_id: int | None) -> float | None:
    """Return for how long a process's first thread, which runs the cells, could have run and did not."""
    try:
        with open(f"/proc/{process_id}/schedstat", "rb") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None


# Linux lists a process's children; elsewhere all processes have to be looked through, which takes many times longer.
_HAS_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children").exists()


def _with_descendants(process_id: int) -> float:
    """Return the processor seconds of a process, its living descendants and the children that it has outlived."""
    folder = f"/proc/{process_id}"
    with open(f"{folder}/stat", "rb") as file:
        # The name, in parentheses, may hold anything.
        columns = file.read().rpartition(b")")[2].split()
    seconds = sum(map(int, columns[11:15])) / os.sysconf("SC_CLK_TCK")
    for thread in os.listdir(f"{folder}/task"):
        with suppress(OSError), open(f"{folder}/task/{thread}/children", "rb") as file:
            for child in file.read().split():
                with suppress(OSError, ValueError):
                    seconds += _with_descendants(int(child))
    return seconds


def _with_descendants_slowly(process_id: int) -> float:
    kernel = psutil.Process(process_id)
    times = [process.cpu_times() for process in [kernel, *kernel.children(recursive=True)]]
    return float(sum(time.user + time.system for time in times))
