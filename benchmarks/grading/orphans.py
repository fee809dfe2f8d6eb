"""Processor time of everything that a command starts, also of what outlives the process that started it."""

from __future__ import annotations

import ctypes
import os
import resource
import time

_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_MOST_SECONDS = 30.0


def adopt_orphans() -> None:
    """Make this process the parent of every process below it whose own parent has ended, so that none escapes the account."""
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "this process cannot adopt orphans")


def wait_for_orphans() -> None:
    """Wait until no process below this one is left, half a minute at most."""
    end = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)
        except ChildProcessError:
            return


def processor_seconds() -> float:
    """Return the processor time of all that has ended below this process."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
