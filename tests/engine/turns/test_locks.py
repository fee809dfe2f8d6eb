"""A lock is had by one, ends with whoever had it, and says what to do where it cannot be taken."""

import errno
import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from grading.engine.classroom import Plan, grade_class
from grading.engine.turns.locks import FileLock
from grading.engine.turns.turns import at_work
from grading.errors import CourseError
from tests.engine import fake, tiny

HERE = Path(__file__).parents[2]


def test_a_lock_is_taken_by_one_even_in_one_process(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.take("first")
    assert not second.take("second")
    assert (second.is_taken(), second.note()) == (True, "first")
    first.release()
    assert not second.is_taken()
    assert second.take("second, longer than before")
    assert first.note() == "second, longer than before"
    second.release()


def test_a_fork_of_whoever_has_a_lock_does_not_have_it(tmp_path: Path) -> None:
    code = """
        import os, signal, sys
        from pathlib import Path
        from grading.engine.turns.locks import FileLock
        lock = FileLock(Path(sys.argv[1]))
        assert lock.take("")
        child = os.fork()
        if child == 0:
            print("ready", flush=True)
            signal.pause()
        signal.pause()
    """
    source = "\n".join(line[8:] for line in code.splitlines())
    lock = FileLock(tmp_path / "lock")
    with subprocess.Popen(
        [sys.executable, "-c", source, str(lock.path)], stdout=subprocess.PIPE, text=True, cwd=HERE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "ready\n"
        (child,) = psutil.Process(holder.pid).children()
        try:
            assert not lock.take("")
            holder.kill()
            holder.wait()
            assert child.is_running()
            assert lock.take("")
            lock.release()
        finally:
            child.kill()


def test_a_lock_whose_file_is_removed_meanwhile_is_taken_on_the_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, really, opened = FileLock(tmp_path / "lock"), fcntl.flock, []

    def lock_late(descriptor: int, operation: int) -> None:
        opened.append(descriptor)
        if len(opened) == 1:
            lock.path.unlink()
        really(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", lock_late)
    assert lock.take("me")
    assert len(opened) == 2
    monkeypatch.undo()
    assert not FileLock(lock.path).take("another")
    lock.release()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_where_no_locks_are_a_line_says_so_and_work_goes_on(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = fake.write_class(tmp_path / "course", 2)

    def no_locks(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", no_locks)
    told: list[str] = []
    assert len(grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool), wait=told.append)) == 2
    assert len(told) == 1
    assert "has no locks" in told[0]
    assert at_work(course, tiny.LESSON) == ""


def test_where_nobody_may_write_a_sentence_says_so(tmp_path: Path) -> None:
    course = fake.write_class(tmp_path / "course", 1)
    course.own_files.write_text("not a folder")
    with pytest.raises(CourseError, match=r"00-tiny\.lock cannot be opened: "):
        grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))


def test_those_who_only_look_never_keep_anybody_from_taking_a_lock(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.take("me")
    lock.release()
    looking = os.open(lock.path, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)  # as `is_taken` does
    done = threading.Timer(0.05, os.close, [looking])
    done.start()
    assert lock.take("me")
    assert not FileLock(lock.path).take("another")
    lock.release()
    done.join()
