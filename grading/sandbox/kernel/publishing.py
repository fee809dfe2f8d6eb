"""What a kernel publishes, sent by the thread that makes it: handing it to another takes longer than most cells do."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from grading.adapters import ipykernel
from grading.adapters.jupyter_client import json_packer
from grading.text import whole_tree

# What a cell may have handlers for, which may print as well. All signals there are would take as long as the message itself.
_SIGNALS = frozenset({signal.SIGINT, signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2})


@contextmanager
def signals_blocked() -> Iterator[None]:
    """Keep signals for later: half a message, and whatever is sent next becomes its other half.

    A thread that is started within never gets them, so that they do not reach the main thread around it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def pack(content: Any) -> bytes:
    """Return a part of a message as JSON, which is always text; a lone surrogate becomes �.

    jupyter-client's own way raises at such a one, so that a reply is never sent, or writes bytes that are not text.
    """
    try:
        packed: bytes = json_packer(content)
        packed.decode()
    except UnicodeError:
        return json_packer(whole_tree(content))
    return packed


class Publisher(ipykernel.Publisher):
    """A publishing thread that is left with nothing but the clock of the streams.

    Its socket must be one that only sends, because only sending is guarded here.
    """

    def __init__(self, socket: Any) -> None:
        self._sending = threading.RLock()
        super().__init__(socket)

    def send_multipart(self, *args: Any, **kwargs: Any) -> None:
        """Send a message; that of a forked process goes nowhere, since the socket is not its own."""
        if self.is_own_process:
            with signals_blocked(), self._sending:
                self.send_here(*args, **kwargs)


class Stream(ipykernel.Stream):
    """Standard output or error of a kernel, sent where it is flushed, and not at all where there is nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._flushing = threading.RLock()
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def flush(self) -> None:
        """Send what was written; when this returns, it is sent, also if another thread was about to."""
        if self.is_written_here:
            return  # a signal handler, in the middle of `write`: what is there is sent in a moment, with the rest
        if self.is_own_process:
            with signals_blocked(), self._flushing:
                if self.is_waiting:
                    self.send_written()

    def send_written(self) -> None:
        """Send what was written, and nothing else meanwhile."""
        with signals_blocked(), self._flushing:
            super().send_written()
