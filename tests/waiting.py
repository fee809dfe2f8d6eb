"""Waiting for what other processes do: of most of it no event tells, so it is looked for again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 120.0


def eventually(condition: Callable[[], bool], seconds: float = SECONDS) -> bool:
    """Return True as soon as the condition holds, False if it still does not after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return condition()
        time.sleep(0.05)  # between two looks; how long it takes in all is decided by the condition
    return True


def wait_until(condition: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Return as soon as the condition holds; fail if it still does not after so many seconds."""
    assert eventually(condition, seconds), "waited in vain"
