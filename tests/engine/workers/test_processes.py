"""How worker processes begin, and how they end."""

import subprocess
import sys
import time
from textwrap import dedent

import pytest


def python(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", dedent(code)], capture_output=True, text=True, timeout=120)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere workers are not forks")
def test_ctrl_c_does_not_reach_the_process_whose_forks_the_workers_are() -> None:
    done = python("""
        import os, signal, time
        from multiprocessing import forkserver
        from grading.engine.workers.processes import start_what_forks, worker_context
        start_what_forks(worker_context())
        process_id = forkserver._forkserver._forkserver_pid  # multiprocessing has no public name for it
        for _ in range(60):
            os.kill(process_id, signal.SIGINT)
            time.sleep(0.02)
        with open(f"/proc/{process_id}/stat") as file:
            print(file.read().rpartition(")")[2].split()[0])
    """)
    assert (done.stdout.strip() in ("R", "S", "D"), done.stderr) == (True, "")


TOLD = """
    import os, signal, sys
    from grading.engine.workers.processes import begin, unless_ending
    begin()
    print("before", file=sys.stderr, flush=True)
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        print("after", file=sys.stderr, flush=True)
        print("interrupted", flush=True)
"""


def test_a_worker_that_is_told_to_end_says_nothing_more() -> None:
    done = python(TOLD)
    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "before\n")


def test_a_worker_that_is_told_to_end_begins_nothing_more_and_is_not_interrupted_again() -> None:
    done = python(
        TOLD
        + """
    try:
        unless_ending(print, "begun")
    except KeyboardInterrupt:
        print("refused", flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
    print("cleaned up", flush=True)
"""
    )
    assert (done.returncode, done.stdout) == (0, "interrupted\nrefused\ncleaned up\n")


def test_a_worker_that_cannot_end_is_ended() -> None:
    started = time.monotonic()
    done = python(TOLD + "    import threading\n    threading.Event().wait(90)\n")
    assert (done.returncode, done.stdout) == (1, "interrupted\n")
    assert time.monotonic() - started < 60


def test_a_worker_works_as_long_as_nobody_tells_it_to_end() -> None:
    done = python("""
        import os, signal
        from grading.engine.workers.processes import begin, unless_ending
        begin()
        os.kill(os.getpid(), signal.SIGINT)
        print(unless_ending(divmod, 17, 5))
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "(3, 2)\n", "")
