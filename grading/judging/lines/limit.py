"""A limit of time for code that may not end: it is interrupted where it runs, and nowhere else."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import torch

_OURS = (str(Path(__file__).parents[2]), str(Path(torch.__file__).parent))
_SECONDS_UNTIL_NEXT = 0.005


class OutOfTime(KeyboardInterrupt):
    """Code ran longer than it may; an interrupt, which is the one thing that an observed call does not catch."""


def can_limit() -> bool:
    """Tell whether this thread can limit time: the main one, on a system with interval timers, and nobody else uses the one for it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getitimer(signal.ITIMER_REAL)[0] == 0


@contextmanager
def limited(filename: str, seconds: float) -> Iterator[None]:
    """Raise OutOfTime after so many seconds by the clock, in code from the file of that name or in what that calls.

    It is not raised in our own code or in PyTorch's, which would leave things half done, but as soon as these return.
    """
    over = False

    def stop(number: int, frame: FrameType | None) -> None:
        if over:
            return  # armed again, it would go off when nobody listens any more
        if frame is not None and _may_stop(frame, filename):
            raise OutOfTime
        signal.setitimer(signal.ITIMER_REAL, _SECONDS_UNTIL_NEXT)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _may_stop(frame: FrameType, filename: str) -> bool:
    if frame.f_code.co_filename.startswith(_OURS):
        return False
    outer: FrameType | None = frame
    while outer is not None and outer.f_code.co_filename != filename:
        outer = outer.f_back
    return outer is not None
