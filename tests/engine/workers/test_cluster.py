"""The same class on a dask.distributed cluster: a real scheduler and real workers, one of which is killed in the middle."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from grading.__main__ import main
from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import open_course
from grading.engine.gradebook.results import read_results
from grading.engine.underway import Graded
from grading.engine.workers.cluster import ClusterPool, NoCluster
from tests.engine import tiny
from tests.waiting import wait_until

STUDENTS = 14


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            yield running
        finally:
            running.kill()


def worker(address: str) -> tuple[str, ...]:
    return ("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with ExitStack() as stack:
        stack.enter_context(process("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"))
        workers = [stack.enter_context(process(*worker(address))) for _ in range(2)]
        yield address, workers


def test_a_class_is_graded_on_a_cluster_although_a_worker_dies(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    course = open_course(tiny.write_course(tmp_path))
    generate_assignment(course, tiny.LESSON)
    for number in range(STUDENTS):
        wrong = {"half": "import time\ntime.sleep(0.5)\ndef half(x):\n    return x"} if number % 2 else {}
        tiny.hand_in(course.root, f"s{number:02}", tiny.answered(course.root, {**tiny.RIGHT, **wrong}))
    killed: list[str] = []

    def kill_one(graded: Graded) -> None:
        if not killed:
            workers[0].send_signal(signal.SIGKILL)
        killed.append(graded.student)

    plan = Plan(pool=lambda: connected(address))
    told = grade_class(course, tiny.LESSON, plan, kill_one)
    assert [graded.problems for graded in told] == [()] * STUDENTS
    assert sorted(killed) == [f"s{number:02}" for number in range(STUDENTS)]
    earned = [sum(cell.earned or 0 for cell in found.cells) for found in read_results(course, tiny.LESSON)]
    assert earned == [5.0 if number % 2 else 6.0 for number in range(STUDENTS)]


def test_garbage_is_not_looked_for_among_what_a_worker_imports() -> None:
    counted = (
        "import gc; from grading.engine.workers.cluster import run_chunk; run_chunk([]); print(gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", counted], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 100_000


def connected(address: str) -> ClusterPool:
    """Wait for scheduler and workers, which take their time on a busy machine."""
    pools: list[ClusterPool] = []

    def connects() -> bool:
        with suppress(NoCluster):
            pools.append(ClusterPool(address))
        return bool(pools)

    wait_until(connects)
    wait_until(lambda: pools[0].width >= 8)
    return pools[0]


def test_an_address_where_nobody_answers_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.engine.workers.cluster.SECONDS_TO_CONNECT", 1)
    course = open_course(tiny.write_course(tmp_path))
    generate_assignment(course, tiny.LESSON)
    tiny.hand_in(course.root, "s01", tiny.answered(course.root, tiny.RIGHT))
    words = ["autograde", tiny.LESSON, "--course", str(course.root), "--scheduler", "tcp://127.0.0.1:9"]
    assert main(words) == 1
    assert "no dask scheduler answers at tcp://127.0.0.1:9" in capfd.readouterr().err
