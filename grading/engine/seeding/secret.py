"""The secret of a course: drawn once, kept beside the journals, read by its owner only, and never shown to a kernel.

Everything that a class is asked follows from it, so that the same file is asked the same whoever grades it, and whenever.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

from grading.engine.course import Course
from grading.engine.publishing import stopped_by_the_disk
from grading.engine.turns.locks import FileLock, NoLocks
from grading.errors import CourseError

_BYTES = 32
_FORM = re.compile(rb"[0-9a-f]{%d}\n" % (2 * _BYTES))
_OWNER_ONLY, _OTHERS = 0o600, 0o077
# Drawing a secret takes a moment; who finds another at it looks again, for half a minute at most.
_SECONDS_BETWEEN_LOOKS, _MOST_LOOKS = 0.01, 3000


def course_secret(course: Course, in_use: bool, say: Callable[[str], None]) -> str:
    """Return the secret of a course; draw it where there is none yet, or where what is there is none.

    in_use: whether something was graded with the secret before, so that it is lost if it is not there. say: called with one
    sentence where a secret is lost or broken, by the run that draws the new one. Raises CourseError if that cannot be read or
    written.
    """
    path = course.own_files / "secret"
    try:
        found = _read(path)
        if not found:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(path.with_name("secret.lock")):
                found = _read(path) or _drawn(path, in_use, say)
        return found
    except OSError as error:
        stopped_by_the_disk(error)
        message = (
            f"{path}, from which the inputs of checks are drawn, cannot be used: {error.strerror}; grade as its owner"
        )
        raise CourseError(message) from error


def _read(path: Path) -> str:
    """Return the secret that a file holds; "" if there is no such file, or it holds something else."""
    try:
        with path.open("rb") as file:
            content = file.read(2 * _BYTES + 2)
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                with suppress(OSError):  # somebody else's, or a system without owners
                    path.chmod(_OWNER_ONLY)
    except (FileNotFoundError, IsADirectoryError):
        return ""
    return content.decode().strip() if _FORM.fullmatch(content) else ""


def _drawn(path: Path, in_use: bool, say: Callable[[str], None]) -> str:
    """Draw a secret and put it in its place, whole or not at all."""
    broken = os.path.lexists(path)
    if path.is_dir() and not path.is_symlink():
        path.rename(path.with_name(f"secret.{secrets.token_hex(4)}"))
    secret = secrets.token_hex(_BYTES)
    partial = path.with_name(f".secret.{secrets.token_hex(4)}")
    try:
        with os.fdopen(
            os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="ascii"
        ) as file:
            file.write(f"{secret}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    if broken or in_use:
        what = "is broken" if broken else "is lost"
        say(
            f"the course's secret {what} ({path}): a new one is drawn, and what is graded from now on is asked other inputs"
        )
    return secret


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only one who draws, as far as the file system can tell."""
    lock = FileLock(path)
    try:
        for _ in range(_MOST_LOOKS):
            if lock.take(""):
                break
            sleep(_SECONDS_BETWEEN_LOOKS)
    except NoLocks:
        pass
    try:
        yield
    finally:
        lock.release()
