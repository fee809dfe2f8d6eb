"""What a kernel tells with each reply about its end: whether it was asked to end, by whom, and what was left running in it.

A kernel that is asked to end (`quit()`, `exit`, `do_shutdown`) goes on for a moment and ends in the middle of another cell. So
does one that a thread, a child process or a timer ends later. A reader of this needs no clock to know which cell it was.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import signal
import threading
from contextlib import suppress
from typing import Any

# Keys in the metadata of a reply: who asked, in which functions of the notebook, how much is running.
ASKED = "mlp_course_asked_to_end"
WITHIN = "mlp_course_within"
RUNNING = "mlp_course_left_running"
# Who asked: the cell that is replied to, something that runs beside it, or something that was there before it.
HERE = "here"
BESIDE = "beside"
EARLIER = "earlier"
_MOST_NAMES = 50


class Ending:
    """What a kernel knows of its end: it is told when a cell begins, when somebody asks for the end, and when a cell ends."""

    def __init__(self) -> None:
        self._asked = ""
        self._within: list[str] = []
        self._usual: int | None = None
        self._executing = False
        self._earlier: frozenset[threading.Thread] = frozenset()
        self._lock = threading.RLock()  # not held up by itself: a handler of signals may ask, too

    def begin(self) -> None:
        """Take note of what runs before a cell does."""
        if self._usual is None:
            self._usual = _running()
        self._earlier = frozenset(threading.enumerate())
        self._executing = True

    def asked(self) -> bool:
        """Take note of who asks the kernel to end, the first one counts; return whether there is a cell to reply to before."""
        thread, main = threading.current_thread(), threading.main_thread()
        with self._lock:
            if not self._asked:
                in_this_cell = self._executing and (thread is main or thread not in self._earlier)
                self._asked = (HERE if thread is main else BESIDE) if in_this_cell else EARLIER
                self._within = _functions() if self._asked == HERE else []
            return self._executing

    def end(self) -> dict[str, Any]:
        """Return what the reply to a cell tells."""
        # In this order: a thread that asks meanwhile was running, or is heard.
        running = _running() - (self._usual or 0)
        with self._lock:
            self._executing = False
            asked = self._asked or (BESIDE if _loop_ends() else "")
            return {ASKED: asked, WITHIN: self._within, RUNNING: max(running, 0)}


def _functions() -> list[str]:
    """Return the names of the notebook's own functions that are being called."""
    names: list[str] = []
    frame = inspect.currentframe()
    while frame is not None and len(names) < _MOST_NAMES:
        if frame.f_globals.get("__name__") == "__main__":
            names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def _loop_ends() -> bool:
    """Tell whether the loop that reads the kernel's messages was stopped, which ends the kernel."""
    with suppress(RuntimeError):
        return bool(getattr(asyncio.get_running_loop(), "_stopping", False))
    return False


def _running() -> int:
    """Count what may act when no cell does: threads, child processes, an alarm, what the loop is to call later."""
    return _threads() + _has_children() + (signal.getitimer(signal.ITIMER_REAL)[0] > 0) + _scheduled()


def _threads() -> int:
    """Count the threads, also those that Python did not start."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _scheduled() -> int:
    with suppress(RuntimeError):
        loop = asyncio.get_running_loop()
        waiting = [*getattr(loop, "_scheduled", ()), *getattr(loop, "_ready", ())]
        return len(asyncio.all_tasks(loop)) + sum(not handle.cancelled() for handle in waiting)
    return 0
