"""A limit of time for code that may not end: it is interrupted where it runs, and nowhere else."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import torch

_OURS = (str(Path(__file__).parents[2]), str(Path(torch.__file__).parent))
# How often somebody looks whether the time is up. One timer for all trials: to set one for each takes longer than a trial.
_SECONDS_BETWEEN_LOOKS = 0.01


class OutOfTime(KeyboardInterrupt):
    """Code ran longer than it may; an interrupt, which is the one thing that an observed call does not catch."""


class Limit:
    """Until when code from the file of that name, and what it calls, may run.

    OutOfTime is not raised in our own code or in PyTorch's, which would leave things half done, but as soon as these return.
    """

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._until = math.inf

    def allow(self, seconds: float) -> None:
        """Let it run for this many seconds by the clock from now on."""
        self._until = time.monotonic() + seconds

    def look(self, number: int, frame: FrameType | None) -> None:
        """Raise OutOfTime if the time is up and the code runs: the handler of a signal."""
        if time.monotonic() >= self._until and frame is not None and self._may_stop(frame):
            self._until = math.inf
            raise OutOfTime

    def _may_stop(self, frame: FrameType) -> bool:
        if frame.f_code.co_filename.startswith(_OURS):
            return False
        outer: FrameType | None = frame
        while outer is not None and outer.f_code.co_filename != self._filename:
            outer = outer.f_back
        return outer is not None


def can_limit() -> bool:
    """Tell whether this thread can limit time: the main one, on a system with interval timers, and nobody else uses the one for it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getitimer(signal.ITIMER_REAL)[0] == 0


@contextmanager
def limited(filename: str) -> Iterator[Limit]:
    """Give a limit for code from the file of that name; timer and handler are afterwards as they were."""
    limit = Limit(filename)
    before = signal.signal(signal.SIGALRM, limit.look)
    signal.setitimer(signal.ITIMER_REAL, _SECONDS_BETWEEN_LOOKS, _SECONDS_BETWEEN_LOOKS)
    try:
        yield limit
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
