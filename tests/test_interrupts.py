"""Ctrl-C where it may be heard, and where it waits."""

import os
import signal
import subprocess
import sys
import threading
from textwrap import dedent

import pytest

from grading.interrupts import heed, interrupts_later, without_interrupts


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_it_waits_until_it_is_heeded() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        press()
        reached.append("after it was pressed")
        heed()
        reached.append("never")
    assert reached == ["after it was pressed"]


def test_it_waits_until_the_end_at_most_and_is_raised_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        press()
    heed()
    assert signal.getsignal(signal.SIGINT) is before


def test_pressed_again_it_waits_no_longer() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        press()
        reached.append("once")
        press()
        reached.append("twice")
    assert reached == ["once"]


def test_once_heeded_it_comes_at_once() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        press()
        try:
            heed()
        except KeyboardInterrupt:
            reached.append("heeded")
        press()
        reached.append("never")
    assert reached == ["heeded"]


def test_one_within_another_changes_nothing() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        with interrupts_later():
            press()
        reached.append("after the inner one")
        heed()
    assert reached == ["after the inner one"]


def test_without_it_nothing_is_raised() -> None:
    reached = []
    with interrupts_later():
        heed()
        reached.append("heeded")
    assert reached == ["heeded"]


def test_a_thread_does_not_take_it_from_the_main_one() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts_later():
        press()
        thread = threading.Thread(target=heed)
        thread.start()
        thread.join()
        heed()


def test_a_short_time_without_it_is_not_cut_short_even_if_it_is_pressed_twice() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), without_interrupts():
        press()
        press()
        reached.append("the end")
    assert reached == ["the end"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no masks of signals")
def test_a_process_that_is_started_meanwhile_hears_it_when_it_has_begun() -> None:
    child = dedent("""
        import os, signal, sys, time
        os.kill(os.getpid(), signal.SIGINT)
        print("not yet", flush=True)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        print("never", flush=True)
    """)
    with without_interrupts():
        started = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said, complained = started.communicate(timeout=60)
    assert said == b"not yet\n"
    assert b"KeyboardInterrupt" in complained
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
