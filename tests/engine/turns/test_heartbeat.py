"""Where the file system has no locks, a file that is touched again and again is one."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course
from grading.engine.turns import heartbeat
from grading.engine.turns.heartbeat import HeartbeatLock
from grading.engine.turns.turns import Busy, at_work, turn
from grading.engine.workers.worker import Job, Result
from grading.errors import CourseError
from tests.engine import fake, tiny
from tests.waiting import wait_until

HERE = Path(__file__).parents[3]
HOLDER = """
import sys, time
from pathlib import Path
from grading.engine.turns.heartbeat import HeartbeatLock
lock = HeartbeatLock(Path(sys.argv[1]), beat=0.05, silence=1.0)
assert lock.take("the other")
print("ready", flush=True)
sys.stdin.read()
"""


def quick(path: Path) -> HeartbeatLock:
    return HeartbeatLock(path, beat=0.05, silence=1.0)


def silent(path: Path) -> None:
    """Make a file look as if nobody had touched it for an hour."""
    os.utime(path, (time.time() - 3600,) * 2)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_has_it_until_it_lets_go(tmp_path: Path) -> None:
    first, second = quick(tmp_path / "new" / "alive"), quick(tmp_path / "new" / "alive")
    assert not first.is_taken()
    assert first.take("first")
    assert first.is_mine()
    assert not second.take("second")
    assert (second.is_taken(), second.note(), second.is_mine()) == (True, "first", False)
    second.release()
    assert first.is_mine()
    first.release()
    assert second.take("second")
    second.release()
    assert names(tmp_path / "new") == []


def test_of_many_at_once_one_gets_it_also_from_somebody_who_is_silent(tmp_path: Path) -> None:
    for before in (None, "of the dead"):
        locks = [quick(tmp_path / "alive") for _ in range(12)]
        if before:
            (tmp_path / "alive").write_text(before)
            silent(tmp_path / "alive")
        together = threading.Barrier(len(locks))

        def begin(lock: HeartbeatLock, together: threading.Barrier = together) -> None:
            together.wait()
            lock.take("me")

        everybody = [threading.Thread(target=begin, args=(lock,)) for lock in locks]
        for one in everybody:
            one.start()
        for one in everybody:
            one.join()
        assert sum(lock.is_mine() for lock in locks) == 1
        for lock in locks:
            lock.release()
        assert names(tmp_path) == []


def test_whoever_lives_keeps_it_and_whoever_was_killed_does_not(tmp_path: Path) -> None:
    path = tmp_path / "alive"
    words = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE) as other:
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
        begun, mine = path.stat().st_mtime, quick(path)
        wait_until(lambda: path.stat().st_mtime - begun > 1.5)
        assert not mine.take("me")
        other.send_signal(signal.SIGKILL)
        other.wait()
        wait_until(lambda: mine.take("me"))
    assert mine.note() == "me"
    mine.release()


def test_whoever_was_silent_for_too_long_has_it_no_more_and_leaves_the_others_alone(tmp_path: Path) -> None:
    asleep, awake = HeartbeatLock(tmp_path / "alive", beat=3600), quick(tmp_path / "alive")
    assert asleep.take("asleep")
    silent(tmp_path / "alive")
    assert not asleep.is_taken()
    assert awake.take("awake")
    assert not asleep.is_mine()
    asleep.release()
    assert awake.is_mine()
    awake.release()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"half", b"x" * 10_000])
def test_an_odd_file_is_somebodys_until_it_is_silent(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "alive").write_bytes(content)
    lock = quick(tmp_path / "alive")
    assert not lock.take("me")
    silent(tmp_path / "alive")
    assert lock.take("me")
    lock.release()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course on a file system without locks."""

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    course = fake.write_class(tmp_path / "course", 2)
    monkeypatch.setattr(fcntl, "flock", no_locks)
    return course


def test_two_runs_exclude_each_other_and_say_who_is_at_work(course: Course) -> None:
    with turn(course, tiny.LESSON, "autograde", None):
        assert f"process {os.getpid()} on {socket.gethostname()}" in at_work(course, tiny.LESSON)
        with pytest.raises(Busy, match=f"process {os.getpid()} on .* is at work on '00-tiny'"):
            grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))
    assert at_work(course, tiny.LESSON) == ""
    assert len(grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))) == 2


def test_a_run_that_is_gone_keeps_nobody_for_long(course: Course) -> None:
    course.own_files.mkdir()
    (course.own_files / f"{tiny.LESSON}.alive").write_text("of the dead")
    with pytest.raises(Busy, match="somebody else is at work"):
        grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))
    silent(course.own_files / f"{tiny.LESSON}.alive")
    assert len(grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))) == 2


class Sleepy(fake.FakePool):
    """While its notebooks run, somebody else finds the grader silent and takes its turn."""

    course: Course

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        path = self.course.own_files / f"{tiny.LESSON}.alive"
        if path.exists():
            path.unlink()
            assert HeartbeatLock(path).take("{}")
        return super().submit(jobs)


def test_a_run_that_has_lost_its_turn_writes_nothing(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sleepy, "course", course, raising=False)
    with pytest.raises(CourseError, match="silent for so long that somebody else may be at work"):
        grade_class(course, tiny.LESSON, Plan(pool=Sleepy))
    assert fake.gradebook(course) == {}
    assert not list(course.root.glob(f"autograded/*/{tiny.LESSON}"))


def test_silence_is_longer_than_other_machines_take_to_see_a_beat() -> None:
    assert heartbeat.SECONDS_OF_SILENCE > 60 + 2 * heartbeat.SECONDS_BETWEEN_BEATS
