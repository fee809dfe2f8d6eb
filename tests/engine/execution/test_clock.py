"""Seconds of waiting count a third, seconds of computing in full."""

import os
import subprocess
import sys
import time

import pytest

from grading.engine.execution import clock
from grading.engine.execution.clock import KernelClock


def test_waiting_counts_a_third() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"], stdout=-1)
    assert sleeper.stdout is not None
    with sleeper, sleeper.stdout:
        sleeper.stdout.readline()
        clock = KernelClock(sleeper.pid)
        time.sleep(1.5)
        assert clock.used() < 0.7 * clock.elapsed
        assert clock.used() >= clock.elapsed / 3 - 0.05
        sleeper.kill()


def test_computing_counts_in_full() -> None:
    clock = KernelClock(os.getpid())
    before = time.process_time()
    while time.process_time() < before + 0.5:
        pass
    assert clock.used() >= 0.4
    assert clock.used() <= clock.elapsed


def test_without_a_process_all_time_counts() -> None:
    clock = KernelClock(None)
    time.sleep(0.2)
    assert clock.used() >= 0.2


def test_a_process_that_has_died_is_charged_what_was_seen() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    clock = KernelClock(process.pid)
    process.kill()
    process.wait()
    time.sleep(0.3)
    assert clock.used() < clock.elapsed


def test_a_clock_that_follows_another_begins_where_that_one_was_read() -> None:
    first = KernelClock(os.getpid())
    first.used()
    before = time.process_time()
    while time.process_time() < before + 0.3:
        pass
    assert KernelClock(os.getpid(), first).used() < 0.1  # no more than what has passed since it was made
    second = KernelClock(os.getpid(), first)
    time.sleep(0.6)
    assert second.used() >= 0.25


def test_a_brief_while_counts_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_BRIEF", 1.0)
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with sleeper:
        watch = KernelClock(sleeper.pid)
        time.sleep(0.3)
        assert watch.used() >= 0.3
        time.sleep(1.5)
        assert watch.used() < 0.7 * watch.elapsed
        sleeper.kill()
