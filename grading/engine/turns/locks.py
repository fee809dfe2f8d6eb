"""A lock on a file that the operating system takes back when its process ends, however it ends: no lock is ever stale.

It holds between processes of one machine, between machines where the file system passes locks on (NFS does, unless it is
mounted with `nolock`), and between two that take it in one process. What a process starts does not have it.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from random import uniform
from time import sleep

_NOT_THERE = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
# A note is written in one piece of always the same size, so that nobody reads the half of one.
_NOTE_BYTES = 512
# How long somebody who only looks at a lock shares it, and how often they may come in between.
_SECONDS_TO_LOOK, _MOST_TRIES = 0.002, 1000

# What this process holds, by descriptor; they are closed at every exec, and here in a fork.
_held: set[int] = set()


class NoLocks(Exception):
    """The file system has no locks."""


class FileLock:
    """The lock of a file, which is made where it is missing and never removed: another process may be waiting for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, note: str) -> bool:
        """Take the lock if nobody has it, and leave a note for those who then cannot; return whether it was taken.

        Raises NoLocks, and OSError where the file cannot be made or opened.
        """
        for _ in range(_MOST_TRIES):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            try:
                taken = _lock(descriptor)
                # Those who only look share the lock for a moment, so that it can be shared then, and not be taken.
                if not taken and not _lock(descriptor, shared=True):
                    os.close(descriptor)
                    return False
                # Somebody may have removed the file meanwhile; the next try makes a new one, and locks that.
                is_there = taken and _is_the_file(descriptor, self.path)
            except BaseException:
                os.close(descriptor)
                raise
            if is_there:
                break
            os.close(descriptor)
            if not taken:
                sleep(uniform(0, _SECONDS_TO_LOOK))
        else:
            return False
        _held.add(descriptor)
        self._descriptor = descriptor
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, note.encode(errors="replace")[:_NOTE_BYTES].ljust(_NOTE_BYTES))
        except OSError:
            self.release()
            raise
        return True

    def is_taken(self) -> bool:
        """Tell whether somebody has the lock. Raises NoLocks, and OSError where there is no such file to be read."""
        descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            return not _lock(descriptor, shared=True)
        finally:
            os.close(descriptor)

    def note(self) -> str:
        """Return the note of the lock's holder; "" if there is none to be read."""
        try:
            return self.path.read_bytes()[:_NOTE_BYTES].decode(errors="replace").strip()
        except OSError:
            return ""

    def release(self) -> None:
        """Let go of the lock."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor in _held:
            _held.discard(descriptor)
            os.close(descriptor)


def _is_the_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _drop_in_a_fork() -> None:
    """Close what a fork has inherited: it would keep the lock when its parent is gone."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, shared: bool = False) -> bool:
        # Behind the note: what is locked there cannot be read.
        os.lseek(descriptor, _NOTE_BYTES, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    os.register_at_fork(after_in_child=_drop_in_a_fork)

    def _lock(descriptor: int, shared: bool = False) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in _NOT_THERE:
                raise NoLocks(error.strerror) from error
            raise
        return True
