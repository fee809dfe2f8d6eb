"""A lock for file systems that have none: a file that only one can make, and that its holder touches again and again.

Whoever dies touches it no more, and after a while of silence it may be taken away. How long it was silent is told by the file
system's own clock, so that the clocks of machines need not agree. A holder that was silent and lives, such as one on a laptop
that slept, finds that the file is another one, and must write no more.
"""

from __future__ import annotations

import os
import secrets
import threading
from contextlib import suppress
from pathlib import Path

SECONDS_BETWEEN_BEATS = 5.0
# Other machines may see for a minute what was there before.
SECONDS_OF_SILENCE = 120.0
_NOTE_BYTES = 512


class HeartbeatLock:
    """The lock of a file that is there as long as somebody has the lock."""

    def __init__(self, path: Path, beat: float = SECONDS_BETWEEN_BEATS, silence: float = SECONDS_OF_SILENCE) -> None:
        self.path = path
        self._beat, self._silence = beat, silence
        self._token = ""
        self._ended = threading.Event()

    def take(self, note: str) -> bool:
        """Take the lock if nobody who lives has it, and leave a note; return whether it was taken. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self._is_silent():
            self._take_away()
        token = secrets.token_hex(8)
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            return False
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{token} {note}".encode(errors="replace")[:_NOTE_BYTES])
        self._token, self._ended = token, threading.Event()
        threading.Thread(target=self._beat_on, args=(token, self._ended), daemon=True).start()
        return True

    def is_taken(self) -> bool:
        """Tell whether somebody who lives has the lock."""
        return self.path.exists() and not self._is_silent()

    def note(self) -> str:
        """Return the note of the lock's holder; "" if there is none to be read."""
        return self._content().partition(" ")[2]

    def is_mine(self) -> bool:
        """Tell whether this one still has the lock; who was silent for too long has it no more."""
        return bool(self._token) and self._content().partition(" ")[0] == self._token

    def release(self) -> None:
        """Let go of the lock."""
        self._ended.set()
        if self.is_mine():
            with suppress(OSError):
                self.path.unlink()
        self._token = ""

    def _content(self) -> str:
        try:
            return self.path.read_bytes()[:_NOTE_BYTES].decode(errors="replace")
        except OSError:
            return ""

    def _beat_on(self, token: str, ended: threading.Event) -> None:
        while not ended.wait(self._beat) and self._content().partition(" ")[0] == token:
            with suppress(OSError):  # the file system may be away for a moment
                os.utime(self.path)

    def _is_silent(self) -> bool:
        try:
            with self.path.open("rb") as file:
                touched = os.fstat(file.fileno()).st_mtime
        except FileNotFoundError:
            return False
        return self._now() - touched > self._silence

    def _now(self) -> float:
        """Return the time of the file system's own clock."""
        probe = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        try:
            with probe.open("wb") as file:
                file.write(b"now")
                file.flush()
                return os.fstat(file.fileno()).st_mtime
        finally:
            probe.unlink(missing_ok=True)

    def _take_away(self) -> None:
        """Remove the file of somebody who is silent; of several who do so at once only one gets hold of it."""
        aside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        try:
            os.rename(self.path, aside)
        except FileNotFoundError:
            return
        silent = self._now() - aside.stat().st_mtime > self._silence
        # Somebody may have taken the lock a moment ago: then it was theirs, and is again.
        if not silent:
            with suppress(OSError):  # a third one was faster; the holder sees that it has the lock no more
                os.link(aside, self.path)
        aside.unlink(missing_ok=True)
