"""What hangs, crashes or fails in another process is told in a clause, and what came before it is kept."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grading.doctor.apart import Apart

SAY = 'import json, os, sys\ndef say(name, **told): print("\\x1e" + json.dumps({"stage": name, **told}), flush=True)\n'


Start = Callable[[str], Apart]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Apart] = []

    def start(program: str) -> Apart:
        started.append(Apart(seconds=60, program=program))
        return started[-1]

    yield start
    for each in started:
        each.end()


def test_replies_come_in_any_order_they_are_asked_for(start: Start) -> None:
    apart = start(SAY + 'say("a", value={"x": 1}); say("b", error="OSError: no")')
    assert apart.reply("b").fault == "OSError: no"
    assert apart.reply("a").value == {"x": 1}


def test_what_else_is_printed_is_no_reply(start: Start) -> None:
    apart = start(SAY + 'print("noise\\n{}"); print("x", file=sys.stderr); say("a", value={"x": 1})')
    assert apart.reply("a").value == {"x": 1}


ENDS = {
    "an exit": ("sys.exit(3)", "it ended the interpreter (status 3)"),
    "last words": ('print("OMP: Error", file=sys.stderr); os._exit(4)', "(status 4): OMP: Error"),
    "no Python at all": ("def", "invalid syntax"),
    "bytes": ("sys.stdout.buffer.write(b'\\xff\\n'); os._exit(1)", "(status 1): \ufffd"),
}


@pytest.mark.parametrize("case", ENDS)
def test_an_end_before_the_reply_is_told(case: str, start: Start) -> None:
    code, told = ENDS[case]
    apart = start(SAY + f'say("a", value={{"x": 1}})\n{code}' if case != "no Python at all" else code)
    if case != "no Python at all":
        assert apart.reply("a").value == {"x": 1}
    assert told in apart.reply("b").fault
    assert told in apart.reply("c").fault


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGILL"])
def test_a_crash_is_told_by_its_signal(name: str, start: Start) -> None:
    program = f"import os, signal, resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.kill(os.getpid(), signal.{name})"
    assert start(program).reply("a").fault.startswith(f"it ended the interpreter (signal {name}")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no process group to end")
def test_what_hangs_is_ended_with_all_that_it_has_started(tmp_path: Path, start: Start) -> None:
    children = tmp_path / "children"
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(children)!r}, 'w').write(str(child.pid))\n" + SAY + 'say("a", value={"x": 1})\ntime.sleep(600)'
    )
    apart = start(program)
    assert apart.reply("a").value == {"x": 1}
    apart.seconds = 0.2
    assert apart.reply("b").fault == "it did not end within 0.2 seconds"
    child = int(children.read_text())
    ends = time.monotonic() + 30
    while _lives(child) and time.monotonic() < ends:
        os.sched_yield()
    assert not _lives(child)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path("/proc", str(process), "stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_python_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    apart = Apart("torch", seconds=60)
    assert apart.reply("torch").fault.startswith("no process can be started")
    apart.end()


def test_ending_twice_is_harmless(start: Start) -> None:
    apart = start(SAY + 'say("a", value={"x": 1})\nsys.stdin.read()')
    assert apart.reply("a").value == {"x": 1}
    apart.end()
    apart.end()
    assert apart.reply("a").value == {"x": 1}
