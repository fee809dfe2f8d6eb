"""A running kernel of the fork server, as the grader's process sees it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any


@dataclass
class ForkedKernel:
    """A kernel of the fork server; what a provisioner needs of `subprocess.Popen`."""

    pid: int
    life: socket.socket
    returncode: int | None = None
    reason: str = ""
    stdin = stdout = stderr = None

    def __post_init__(self) -> None:
        self._descriptor = os.pidfd_open(self.pid)

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when there is news of the kernel."""
        return self.life.fileno()

    def poll(self) -> int | None:
        """Return how the kernel ended, or None while it runs."""
        if self.returncode is None:
            try:
                message = self.life.recv(1 << 16, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
            except OSError:
                message = b""
            news: dict[str, Any] = (
                json.loads(message) if message else {"ended": -signal.SIGKILL, "reason": "the fork server ended"}
            )
            if "ended" in news:
                self.returncode, self.reason = int(news["ended"]), str(news["reason"])
                os.close(self._descriptor)
                self.life.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the kernel has ended."""
        end = monotonic() + (60.0 if timeout is None else timeout)
        while self.poll() is None:
            self.life.settimeout(max(end - monotonic(), 0.001))
            try:
                self.life.recv(1, socket.MSG_PEEK)
            except TimeoutError:
                raise subprocess.TimeoutExpired("kernel", timeout or 60.0) from None
            finally:
                self.life.setblocking(False)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel; nothing happens if it has ended, even if that is not known here yet."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        """End the kernel and everything that it started."""
        self.send_signal(signal.SIGKILL)

    terminate = kill
