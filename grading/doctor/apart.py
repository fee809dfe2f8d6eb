"""Run stages in a process of its own: what hangs there is ended, and what crashes there crashes nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from grading.doctor import stages

SOURCE = Path(stages.__file__)
ROOT = SOURCE.parents[2]


@dataclass(frozen=True)
class Reply:
    """What a stage found, or in a clause why it found nothing."""

    value: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


class Apart:
    """Stages that run one after the other, from now on, in a process of their own.

    names: of the functions in `stages`; seconds: how long each may take; program: what is run, for tests.
    """

    def __init__(self, *names: str, seconds: float, program: str = "") -> None:
        self.seconds = seconds
        self._replies: dict[str, Reply] = {}
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._last_words = ""
        self._ended = ""
        self._since = time.monotonic()
        text = program or SOURCE.read_text(encoding="utf-8")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", text, str(ROOT), *names],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            self._ended = f"no process can be started ({error.strerror})"
            return
        assert self._process.stdout is not None
        self._reader = threading.Thread(target=_pass_on, args=(self._process.stdout, self._lines), daemon=True)
        self._reader.start()

    def reply(self, name: str) -> Reply:
        """Wait for the reply of a stage, no longer than it may take; the stages before it have had their time by then."""
        while name not in self._replies and not self._ended:
            try:
                line = self._lines.get(timeout=max(0.0, self._since + self.seconds - time.monotonic()))
            except queue.Empty:
                self._ended = f"it did not end within {self.seconds:g} seconds"
                self.end()
                break
            self._read(line)
        return self._replies.get(name) or Reply(fault=self._ended)

    def end(self) -> None:
        """End the process and all that it has started."""
        if not hasattr(self, "_process"):
            return
        # Once it was waited for, its number may be another's.
        if self._process.returncode is None and hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        # Not for long: on Windows a program that the process has started may hold the pipe.
        self._reader.join(timeout=1)

    def _read(self, line: str | None) -> None:
        if line is None:
            self._ended = _how_it_ended(self._process.wait(), self._last_words)
        elif line.startswith(stages.MARK):
            told = json.loads(line[len(stages.MARK) :])
            self._replies[told["stage"]] = Reply(told.get("value", {}), told.get("error", ""))
            self._since = time.monotonic()
        elif line.strip():
            self._last_words = line.strip()


def _pass_on(stream: IO[str], lines: queue.Queue[str | None]) -> None:
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _how_it_ended(status: int, last_words: str) -> str:
    how = f"signal {_signal(-status)}" if status < 0 else f"status {status}"
    return f"it ended the interpreter ({how}){f': {last_words[:200]}' if last_words else ''}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
