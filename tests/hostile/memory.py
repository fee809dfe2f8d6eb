"""How much memory a process and all below it have."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]


@contextmanager
def memory_watched(process_id: int) -> Iterator[list[int]]:
    """Note once a second how much memory a process and all below it have, each shared page counted once."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(1):
            peak.append(sum(proportional_size(found) for found in family(process_id)))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
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
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    return 0
