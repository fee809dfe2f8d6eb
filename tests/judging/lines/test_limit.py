"""The limit of time for code that may not end."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from grading.judging.lines.limit import OutOfTime, can_limit, limited

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers on this system")
ENDLESS = "def endless():\n    while True:\n        pass\n"


def _endless(filename: str) -> object:
    names: dict[str, object] = {}
    exec(compile(ENDLESS, filename, "exec"), names)
    return names["endless"]


def test_code_that_does_not_end_is_stopped() -> None:
    function = _endless("<mine>")
    with pytest.raises(OutOfTime), limited("<mine>") as limit:
        limit.allow(0.02)
        function()  # type: ignore[operator]  # a function


def test_nothing_is_stopped_outside_of_that_code() -> None:
    with limited("<mine>") as limit:
        limit.allow(0.01)
        until = time.monotonic() + 0.05
        while time.monotonic() < until:  # the time goes by, and nobody is interrupted
            pass
    assert time.monotonic() >= until


def test_timer_and_handler_are_as_they_were() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with limited("<mine>"):
        assert not can_limit()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
    assert can_limit()


def test_another_thread_cannot() -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(can_limit()))
    thread.start()
    thread.join()
    assert found == [False]
