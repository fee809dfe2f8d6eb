"""Seconds of computing count in full, seconds by the clock on the wall a tenth. That clock is moved by hand."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from grading.engine.execution import clock
from grading.engine.execution.clock import BRIEF_SECONDS, WAITING_COUNTS, KernelClock


class Wall:
    """A clock on the wall that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    made = Wall()
    monkeypatch.setattr(clock, "monotonic", made)
    return made


@pytest.fixture
def waiting() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has begun and only waits."""
    code = "print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def compute(seconds: float) -> None:
    before = time.process_time()
    while time.process_time() < before + seconds:
        pass


def test_waiting_counts_a_tenth(wall: Wall, waiting: "subprocess.Popen[bytes]") -> None:
    watch = KernelClock(waiting.pid)
    wall.seconds += 60
    assert watch.elapsed == 60
    assert watch.used() == pytest.approx(6)


def test_computing_counts_in_full(wall: Wall) -> None:
    watch = KernelClock(os.getpid())
    compute(0.5)
    wall.seconds += 1
    assert 0.4 <= watch.used() <= 1  # ticks of a hundredth


def test_on_a_busy_machine_only_what_was_computed_counts(wall: Wall) -> None:
    watch = KernelClock(os.getpid())
    compute(0.5)
    wall.seconds += 4
    assert 0.4 <= watch.used() <= 0.8
    assert watch.computed == watch.used()


def test_processes_that_compute_at_the_same_time_count_together(wall: Wall) -> None:
    watch = KernelClock(os.getpid())
    code = "import time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\ninput()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    children = [subprocess.Popen([sys.executable, "-c", code], **pipes) for _ in range(2)]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    wall.seconds += 0.6
    used = watch.used()
    for child in children:
        child.communicate()
    assert used >= 0.9
    assert watch.used() >= used  # what has ended stays


def test_without_a_process_all_time_counts(wall: Wall) -> None:
    watch = KernelClock(None)
    wall.seconds += 60
    assert watch.used() == 60


def test_a_process_that_has_died_is_charged_what_was_seen(wall: Wall, waiting: "subprocess.Popen[bytes]") -> None:
    watch = KernelClock(waiting.pid)
    waiting.kill()
    waiting.wait()
    wall.seconds += 60
    assert watch.used() == 60 * WAITING_COUNTS


def test_a_clock_that_follows_another_begins_where_that_one_was_read(wall: Wall) -> None:
    first = KernelClock(os.getpid())
    wall.seconds += 60
    first.used()
    compute(0.3)
    second = KernelClock(os.getpid(), first)
    wall.seconds += 0.6
    assert 0.25 <= second.used() <= 0.6


def test_a_clock_of_another_process_begins_anew(wall: Wall, waiting: "subprocess.Popen[bytes]") -> None:
    first = KernelClock(waiting.pid)
    wall.seconds += 60
    first.used()
    compute(0.5)
    second = KernelClock(os.getpid(), first)
    wall.seconds += 0.6
    assert second.used() < 0.5


def test_a_brief_while_counts_in_full(wall: Wall, waiting: "subprocess.Popen[bytes]") -> None:
    watch = KernelClock(waiting.pid)
    wall.seconds += 0.9 * BRIEF_SECONDS
    assert watch.used() == wall.seconds
    wall.seconds += BRIEF_SECONDS
    assert watch.used() == pytest.approx(WAITING_COUNTS * watch.elapsed)
