"""Ctrl-C, heard only where it does no harm: raised anywhere, it may leave a lock closed for which another thread waits for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any

# How often code that waits for something else looks whether Ctrl-C has been pressed.
SECONDS_BETWEEN_LOOKS = 0.2

_Handler = Callable[[int, FrameType | None], Any]


class _Waiting:
    """What happens on Ctrl-C where it does not wait, and one that came and waits."""

    handler: _Handler | None = None
    came: tuple[int, FrameType | None] | None = None


def _handler() -> _Handler | None:
    """Return what this thread does on Ctrl-C; None if it is none of this thread's concern."""
    found = signal.getsignal(signal.SIGINT)
    return found if callable(found) and threading.current_thread() is threading.main_thread() else None


@contextmanager
def interrupts_later() -> Iterator[None]:
    """Let Ctrl-C wait until somebody calls `heed`, or until the end; pressed a second time, it waits no longer.

    Where it waits already, this changes nothing.
    """
    handler = _handler()
    if handler is None or handler is _hear:
        yield
        return
    _Waiting.handler = handler
    signal.signal(signal.SIGINT, _hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        heed()


def _hear(number: int, frame: FrameType | None) -> None:
    if _Waiting.came is None:
        _Waiting.came = number, frame
    else:
        heed()


def heed() -> None:
    """Raise KeyboardInterrupt if Ctrl-C came and waits; from then on it comes at once. In other threads than the main one do nothing."""
    if threading.current_thread() is not threading.main_thread():
        return
    came, _Waiting.came = _Waiting.came, None
    if came is not None and _Waiting.handler is not None:
        signal.signal(signal.SIGINT, _Waiting.handler)
        _Waiting.handler(*came)


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Let Ctrl-C wait until the end of this, which is near; and keep it from a process that is started within.

    A terminal sends Ctrl-C to all processes. One that has not begun would complain, and so would one whose grader was
    interrupted, and ended, while it started it. What is started here lets Ctrl-C through by `processes.begin`.
    """
    masks = hasattr(signal, "pthread_sigmask")
    if masks:
        resource_tracker.ensure_running()  # it would be started within, and lift what is held back
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = _handler()
    came: list[tuple[int, FrameType | None]] = []
    if handler is not None:
        # Whatever thread the signal reaches, the main one is told, and no mask of its own delays that.
        signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
            if came:
                handler(*came[-1])
