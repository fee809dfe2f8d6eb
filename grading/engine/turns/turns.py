"""One at a time: one process writes a lesson's grades or pages, and every other one waits or is told who is at work.

The turn is a lock on a file in the course's folder, beside the journal, so it ends with the process that has it. Where the
file system has no locks it is a file that is touched again and again, and ends some time after its process.
`advisory` has the same for graders that share a gradebook and not the folder.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import count
from time import sleep

from grading.engine.course import Course
from grading.engine.faults import local_time
from grading.engine.problems import one_line
from grading.engine.publishing import stopped_by_the_disk
from grading.engine.turns.heartbeat import HeartbeatLock
from grading.engine.turns.locks import FileLock, NoLocks
from grading.errors import CourseError
from grading.interrupts import SECONDS_BETWEEN_LOOKS, heed

# Called with a sentence to show before waiting. None in its place: do not wait.
Wait = Callable[[str], None] | None


class Busy(CourseError):
    """Somebody else is at work on the lesson, and nobody wanted to wait."""


@dataclass(frozen=True)
class Holder:
    """Who is at work: which command, in which process on which machine, for whom, since when (local time)."""

    command: str
    process: int
    host: str
    user: str
    since: str = ""

    def __str__(self) -> str:
        since = f", since {self.since}" if self.since else ""
        return one_line(f"`{self.command}` of {self.user} (process {self.process} on {self.host}{since})", 200)


def this_process(command: str) -> Holder:
    """Return this process as the holder of a turn that begins now."""
    return Holder(command, os.getpid(), socket.gethostname(), _user(), local_time())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user id without a name, as containers have
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


@contextmanager
def turn(course: Course, lesson: str, command: str, wait: Wait) -> Iterator[Callable[[], None]]:
    """Be the only one who writes a lesson's results in a course's folder.

    Gives a function that raises CourseError if the turn is lost, which happens only where the file system has no locks. wait: called
    with who is at work, if that is somebody else, and if the file system has no locks; None: do not wait. Raises Busy if that is
    needed and not wanted, KeyboardInterrupt while it waits, and CourseError if nothing can be written here.
    """
    lock: FileLock | HeartbeatLock = _lock_of(course, lesson)
    note = json.dumps(asdict(this_process(command)))
    try:
        wait_for(lambda: lock.take(note), lambda: _holder(lock.note()), lesson, wait)
    except NoLocks as error:
        lock = _substitute(course, lesson)
        if wait is not None:
            wait(f"the file system of {lock.path.parent} has no locks ({error}); {lock.path.name} takes their place")
        _wait_for_substitute(lock, note, lesson, wait)
    except OSError as error:
        stopped_by_the_disk(error)
        reason = f"{error.strerror}; run this as a user who may write there"
        raise CourseError(f"{lock.path} cannot be opened: {reason}") from error
    try:
        yield lambda: _see_that_it_is_ours(lock, lesson)
    finally:
        lock.release()


def _wait_for_substitute(lock: HeartbeatLock, note: str, lesson: str, wait: Wait) -> None:
    try:
        wait_for(lambda: lock.take(note), lambda: _holder(lock.note()), lesson, wait)
    except OSError as error:
        stopped_by_the_disk(error)
        raise CourseError(
            f"{lock.path} cannot be made: {error.strerror}; run this as a user who may write there"
        ) from error


def _see_that_it_is_ours(lock: FileLock | HeartbeatLock, lesson: str) -> None:
    if isinstance(lock, HeartbeatLock) and not lock.is_mine():
        raise CourseError(
            f"this run was silent for so long that somebody else may be at work on {lesson!r}; what was graded is kept, run it again"
        )


def both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    """Return a function that calls both of these."""

    def call() -> None:
        first()
        second()

    return call


def at_work(course: Course, lesson: str) -> str:
    """Say in a clause who is writing a lesson's results at this moment; "" if nobody is, or that cannot be told."""
    lock = _lock_of(course, lesson)
    substitute = _substitute(course, lesson)
    try:
        return _who(_holder(lock.note())) if lock.is_taken() else ""
    except NoLocks:
        with suppress(OSError):
            return _who(_holder(substitute.note())) if substitute.is_taken() else ""
    except OSError:
        pass
    return ""


def wait_for(take: Callable[[], bool], holder: Callable[[], Holder | None], lesson: str, wait: Wait) -> None:
    """Return as soon as `take` says that it has taken something. Raises Busy if that takes a while and `wait` is None."""
    told = ""
    for look in count():
        if take():
            return
        # Not after the first look: where a lock cannot be shared, those who only look have it for a moment, too.
        if look:
            who = _who(holder())
            if wait is None:
                raise Busy(f"{who} is at work on {lesson!r}; run this again when that has ended")
            if who != told:
                wait(f"{who} is at work on {lesson!r}; this waits until that has ended, or until Ctrl-C")
                told = who
        heed()
        sleep(SECONDS_BETWEEN_LOOKS)


def _lock_of(course: Course, lesson: str) -> FileLock:
    return FileLock(course.own_files / f"{lesson}.lock")


def _substitute(course: Course, lesson: str) -> HeartbeatLock:
    return HeartbeatLock(course.own_files / f"{lesson}.alive")


def _holder(note: str) -> Holder | None:
    """Return who left this note; None if it says nothing, as for a moment after a turn has begun."""
    try:
        data = json.loads(note)
        return Holder(str(data["command"]), int(data["process"]), *(str(data[n]) for n in ("host", "user", "since")))
    except (ValueError, KeyError, TypeError):
        return None


def _who(holder: Holder | None) -> str:
    return str(holder) if holder else "somebody else"
