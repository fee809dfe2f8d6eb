"""How much memory a process and all below it have, and the largest of those that are outside of a sandbox."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]


@dataclass
class Peaks:
    """The most that was seen, in bytes.

    together: a process and all below it, each shared page counted once. outside: the largest process that is in no sandbox,
    the most pages that it ever had; largest: its command.
    """

    together: int = 0
    outside: int = 0
    largest: str = ""

    def look(self, process_id: int) -> None:
        """Look at a process and all below it once."""
        found = family(process_id)
        self.together = max(self.together, sum(proportional_size(one) for one in found))
        for one in found:
            if _is_outside(one) and (size := _most(one)) > self.outside:
                self.outside, self.largest = size, _command(one)


@contextmanager
def memory_watched(process_id: int) -> Iterator[Peaks]:
    """Note twice a second how much memory a process and all below it have."""
    peaks, done = Peaks(), threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            peaks.look(process_id)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        done.set()
        watcher.join()


def family(process_id: int) -> list[Any]:
    """Return a process and all below it that are alive."""
    try:
        parent = psutil.Process(process_id)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def proportional_size(process: Any) -> int:
    """Return the bytes of memory of a process, of each page its share; 0 if it is gone."""
    return _kibibytes(process, "smaps_rollup", "Pss:")


def _most(process: Any) -> int:
    """Return the most memory that a process has had; what it shares with others counts."""
    return _kibibytes(process, "status", "VmHWM:")


def _kibibytes(process: Any, file: str, field: str) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process.pid}/{file}").read_text().splitlines():
            if line.startswith(field):
                return 1024 * int(line.split()[1])
    return 0


def _is_outside(process: Any) -> bool:
    """Tell whether a process sees the same processes as this one; one that is gone does not."""
    with suppress(OSError):
        return os.readlink(f"/proc/{process.pid}/ns/pid") == os.readlink("/proc/self/ns/pid")
    return False


def _command(process: Any) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())[:80]
    return ""
