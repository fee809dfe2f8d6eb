"""The file of what was tried: a line is added at its end, and it is read as a whole.

Several notebooks may write at once. Nothing here raises or makes anybody wait: a check is worth more than its record. What goes
wrong is said once, in a sentence.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from grading.graded import is_being_graded
from grading.study import place
from grading.study.records import Record, line_of, record_in

# How long somebody may hold the lock; then it is done without: a line is written in one piece.
_SECONDS_TO_WRITE, _SECONDS_TO_READ = 0.001, 0.2
_SECONDS_BETWEEN = 0.0002
_MOST_TRIES = 3
# Without O_NONBLOCK, a pipe in the place of the file would wait for somebody to read it.
_FLAGS = os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

_said: set[str] = set()


@dataclass(frozen=True)
class Kept:
    """What was found: the records by their time, and sentences about what is not as it should be."""

    records: tuple[Record, ...]
    notes: tuple[str, ...] = ()


def add(record: Record) -> None:
    """Write a record down, if it can be; not while a notebook is graded."""
    paths = () if is_being_graded() else place.files()
    if not paths:
        return
    try:
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        with _locked(paths[0], os.O_RDWR | os.O_CREAT, _SECONDS_TO_WRITE) as (descriptor, _):
            line = line_of(record)
            os.write(descriptor, line if _ends_a_line(descriptor) else b"\n" + line)
    except OSError as error:
        _say_once(f"Your progress is not kept, everything else works: {paths[0]}: {error.strerror or error}.")


def read() -> Kept:
    """Return all that was written down. A line that cannot be read is put aside, with the whole file as it was."""
    found: list[Record] = []
    notes: list[str] = []
    for path in place.files():
        try:
            with _locked(path, os.O_RDWR, _SECONDS_TO_READ) as (descriptor, alone):
                content = _content(descriptor)
                records, good, bad = _parsed(content)
                if bad:
                    notes.append(_put_aside(path, content, good, bad) if alone else _unreadable(path, bad))
        except FileNotFoundError:
            continue
        except OSError as error:
            content = b""
            with suppress(OSError):
                content = path.read_bytes() if path.is_file() else b""
            records, _, _ = _parsed(content)
            notes.append(
                f"{path} can be read, and not written to." if content else f"{path}: {error.strerror or error}."
            )
        found.extend(records)
    return Kept(tuple(sorted(found, key=lambda one: one.time)), tuple(notes))


def forget() -> str:
    """Delete what was written down, and what was put aside of it; return a sentence about it."""
    deleted: list[str] = []
    for path in place.files():
        for one in [path, *_aside(path)]:
            try:
                one.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                return f"{one} cannot be deleted: {error.strerror or error}. Delete it yourself."
            deleted.append(str(one))
    return f"Deleted {', '.join(deleted)}." if deleted else "There was nothing to delete."


@contextmanager
def _locked(path: Path, flags: int, seconds: float) -> Iterator[tuple[int, bool]]:
    """Open a file and lock it for as long as it is open; give its descriptor, and whether the lock was to be had in time."""
    for _ in range(_MOST_TRIES):
        descriptor = os.open(path, flags | _FLAGS, 0o600)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError("not an ordinary file")
            alone = _lock(descriptor, time.monotonic() + seconds)
            if _is_still_there(descriptor, path):
                yield descriptor, alone
                return
        finally:
            os.close(descriptor)  # with its lock
    raise OSError("it is replaced again and again")


def _is_still_there(descriptor: int, path: Path) -> bool:
    """Tell whether nobody has replaced the file between opening and locking."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _lock(descriptor: int, until: float) -> bool:
    while not _try_to_lock(descriptor):
        if time.monotonic() > until:
            return False
        time.sleep(_SECONDS_BETWEEN)
    return True


if sys.platform == "win32":
    import msvcrt

    # Far behind the end: what is locked cannot be read there.
    _LOCKED_BYTE = 2**30

    def _try_to_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_to_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # somebody has it, or the file system has no locks
            return False
        return True


def _ends_a_line(descriptor: int) -> bool:
    """Tell whether the file ends where a line does; not if somebody was ended in the middle of one."""
    size = os.fstat(descriptor).st_size
    if size == 0:
        return True
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


def _content(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return b"".join(iter(lambda: os.read(descriptor, 1 << 20), b""))


def _parsed(content: bytes) -> tuple[list[Record], list[bytes], int]:
    """Return the records, the lines that are good, and the number of those that are not."""
    records, good, bad = [], [], 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        try:
            record = record_in(line)
        except ValueError:
            bad += 1
            continue
        good.append(line)
        if record is not None:
            records.append(record)
    return records, good, bad


def _put_aside(path: Path, content: bytes, good: list[bytes], bad: int) -> str:
    """Keep a file that is broken under another name, and the lines of it that are not in its place."""
    aside = path.with_name(f"{path.name}.broken-{len(_aside(path)) + 1}")
    draft = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(content)
        draft.write_bytes(b"".join(line + b"\n" for line in good))
        os.replace(draft, path)
    except OSError:
        return _unreadable(path, bad)
    return f"{_lines(bad)} of {path.name} could not be read; the file as it was is {aside}."


def _aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.broken-*"))


def _unreadable(path: Path, bad: int) -> str:
    return f"{_lines(bad)} of {path} cannot be read."


def _lines(number: int) -> str:
    return "One line" if number == 1 else f"{number} lines"


def _say_once(sentence: str) -> None:
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)
