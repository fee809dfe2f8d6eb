"""What a process holds is counted, also where it is in none of the usual figures."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from grading.sandbox.forkserver import usage
from grading.units import MEBIBYTE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is read from /proc")
HOLD = "import mmap, sys\n{}\nprint('held', flush=True)\nsys.stdin.read()"
FORGOTTEN = """
held = mmap.mmap(-1, 1200 * 2**20)
for start in range(0, len(held), 4096):
    held[start] = 1
held.madvise(mmap.MADV_DONTNEED)
"""
TABLES = """
held = mmap.mmap(-1, 2**36, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
held.madvise(15)  # no huge pages
for start in range(0, len(held), 2**21):
    held[start]
"""


@contextmanager
def process(does: str) -> Iterator[str]:
    command = [sys.executable, "-c", HOLD.format(does)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stdout.readline() == b"held\n"
        yield str(running.pid)
        running.communicate(b"")


@pytest.mark.parametrize(("does", "least"), [(FORGOTTEN, 1200), (TABLES, 120)], ids=["forgotten", "page tables"])
def test_memory_that_is_in_no_usual_figure_counts(does: str, least: int) -> None:
    with process(does) as number:
        found, together = usage.memory(number), usage.together([number])
    assert found >= least * MEBIBYTE
    assert together >= least * MEBIBYTE


def test_an_ordinary_process_holds_what_it_holds() -> None:
    with process("held = bytearray(50 * 2**20)") as number:
        assert 50 * MEBIBYTE <= usage.memory(number) < 80 * MEBIBYTE


def test_of_a_process_that_is_gone_there_is_nothing() -> None:
    assert usage.memory("999999999") == usage.together(["999999999"]) == 0


SHARED = """
import os
held = mmap.mmap(-1, 1200 * 2**20)
for _ in range(3):
    if os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
"""


def test_what_children_share_counts_once_also_before_they_touch_it() -> None:
    with process(SHARED) as number:
        processes = [number, *usage.children()[number]]
        assert len(processes) == 4
        assert 1200 * MEBIBYTE <= usage.together(processes) < 1300 * MEBIBYTE
