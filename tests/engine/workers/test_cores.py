"""How the cores of a machine are shared out among workers."""

import subprocess
import sys

import pytest

from grading.engine.workers.cores import own_cores, pin, shares


@pytest.mark.parametrize(
    ("cores", "workers", "expected"),
    [
        ([0, 1], 2, [[0], [1]]),
        ([0, 1], 1, [[0, 1]]),
        ([5, 3, 7], 2, [[3], [5, 7]]),
        (range(8), 3, [[0, 1], [2, 3, 4], [5, 6, 7]]),
        ([2, 4], 5, [[2], [4], [2], [4], [2]]),
        ([], 2, [[], []]),
    ],
)
def test_every_worker_has_neighbouring_cores(cores: list[int], workers: int, expected: list[list[int]]) -> None:
    assert shares(cores, workers) == expected


@pytest.mark.parametrize("workers", [1, 2, 3, 7, 8, 9, 40])
@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_no_core_is_idle_and_the_shares_differ_by_one_at_most(count: int, workers: int) -> None:
    found = shares(range(count), workers)
    assert len(found) == workers
    assert {core for share in found for core in share} == set(range(count))
    assert max(map(len, found)) - min(map(len, found)) <= 1
    users = [sum(core in share for share in found) for core in range(count)]
    assert max(users) - min(users) <= 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says on which cores a process may run")
def test_a_process_that_settles_starts_its_own_there_too() -> None:
    code = (
        "import os, subprocess, sys; from grading.engine.workers.cores import own_cores, pin; "
        "last = own_cores()[-1:]; pin([]); assert own_cores() != [] ; pin(last); assert own_cores() == last; "
        "child = subprocess.run([sys.executable, '-c', 'import os; print(sorted(os.sched_getaffinity(0)))'], "
        "capture_output=True, text=True, check=True); assert child.stdout.strip() == str(last), child.stdout"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says on which cores a process may run")
def test_cores_that_are_gone_are_no_obstacle() -> None:
    before = own_cores()
    pin([1000])
    assert own_cores() == before
