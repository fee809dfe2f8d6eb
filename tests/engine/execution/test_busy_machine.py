"""Whoever computes beside it, a class gets the same points, and a cell that did not end is told why. Real kernels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grading.engine.classroom import Plan, grade_class
from grading.engine.execution.endings import End
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, run
from tests.engine import tiny
from tests.hostile import sandbox
from tests.hostile.lesson import LESSON, RIGHT, filled
from tests.hostile.school import hand_in, make_school, points_of, released

# More than half of the three seconds of the processor that a check may use.
SLOW = """
import time
_end = time.process_time() + 1.8
def sigmoid(X):
    while time.process_time() < _end:
        pass
    E = torch.exp(-X.abs())
    return torch.where(X >= 0, 1 / (1 + E), E / (1 + E))
"""
CLASS = {
    "right": RIGHT,
    "slow": {**RIGHT, "sigmoid": SLOW},
    "loop": {**RIGHT, "sigmoid": "def sigmoid(X):\n    while True:\n        pass"},
    "quit": {**RIGHT, "sigmoid": "quit()"},
    "quit-in-check": {**RIGHT, "sigmoid": "def sigmoid(X):\n    quit()\n    return X"},
}
DUE = {"right": 3.5, "slow": 3.5, "loop": 2.0, "quit": 2.0, "quit-in-check": 2.0, "honest-half": 1.0}


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Have processes compute meanwhile, on the one processor that everything else here has, too."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    code = "print(flush=True)\nwhile True: pass"
    # Each in a session of its own: Linux shares a processor out among sessions first.
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
        for _ in range(count)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        yield
    finally:
        for process in started:
            process.kill()
            process.communicate()
        os.sched_setaffinity(0, cores)


def points(root: Path) -> dict[str, float]:
    """Return what everybody gets, graded now."""
    school = make_school(root, tiny.ENGINE_CONFIG)
    for student, answers in CLASS.items():
        hand_in(school, student, filled(released(school), answers))
    grade_class(school.course, LESSON, Plan(jobs=2, limits=Limits(seconds=6, isolated=sandbox.is_active())))
    return {student: sum(found) for student, found in points_of(school).items()}


def test_four_busy_processes_cost_nobody_a_point(tmp_path: Path) -> None:
    idle = points(tmp_path / "idle")
    assert DUE.items() <= idle.items()
    with busy_processes(4):
        assert points(tmp_path / "busy") == idle


def only(source: str, **metadata: Any) -> Job:
    return Job(json.dumps(tiny.notebook([tiny.cell("code", source, **metadata)])).encode(), limits=Limits(seconds=4))


@pytest.mark.parametrize(
    ("source", "end", "stopped"),
    [
        ("while True:\n    pass", End.TIME, "(stopped after 1 s of computing)"),
        ("import subprocess\nsubprocess.run('while :; do :; done', shell=True)", End.TIME, "1 s of computing)"),
        ("import time\ntime.sleep(1000)", End.WAITED, "(stopped after 10 s by the clock, 0 s of computing)"),
        ("import threading\nthreading.Event().wait()", End.WAITED, "(stopped after 10 s by the clock, "),
    ],
    ids=["a loop", "a loop of a child", "sleep", "an event that never comes"],
)
def test_a_cell_that_does_not_end_is_told_whether_it_computed_or_waited(source: str, end: End, stopped: str) -> None:
    (problem,) = run(only(source)).problems
    assert problem.kind == "time-limit"
    assert f"cell 1: {end.sentence} (stopped after" in problem.sentence
    assert problem.sentence.endswith(stopped) or stopped in problem.sentence
