"""Workers that share one fork server: what they share, what ends with a worker, and how everyone is replaced."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from grading.engine.limits import Limits
from grading.engine.workers import pool as pools
from grading.engine.workers.cores import own_cores, shares
from grading.engine.workers.pool import LocalPool, WorkerDied
from grading.engine.workers.worker import Job, Result
from grading.sandbox.forkserver.client import ForkServer, take_fork_server
from tests.engine import tiny
from tests.waiting import eventually

LIMITS = Limits(seconds=60)


@pytest.fixture
def pool() -> Iterator[LocalPool]:
    made = LocalPool(2, modules=("colorsys",))
    yield made
    made.close()


def job(*sources: str) -> list[Job]:
    cells = [tiny.cell("code", source) for source in sources]
    return [Job(json.dumps(tiny.notebook(cells)).encode(), limits=LIMITS)]


def shown(results: list[Result]) -> str:
    assert results[0].failure == ""
    return str(json.loads(results[0].notebook)["cells"][-1]["outputs"][0]["data"]["text/plain"])


def below_here(words: str) -> list[psutil.Process]:
    """Return the processes below this one whose command line has these words."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            if words in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def workers() -> list[int]:
    """Return the workers below this process: the forks of the process whose forks they are."""
    found = below_here("multiprocessing.forkserver")
    return [process.pid for process in found if process.ppid() in {one.pid for one in found}]


def private_memory(process_id: int) -> int:
    """Return the bytes of a process that no other one shares."""
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


def test_all_workers_order_their_kernels_from_one_parent(pool: LocalPool) -> None:
    look = "import sys, time\ntime.sleep(1)\n'colorsys' in sys.modules"
    waiting = [pool.submit(job(look)) for _ in range(4)]
    assert [shown(one.result()) for one in waiting] == ["True"] * 4
    assert len(workers()) == 2
    assert not any(psutil.Process(process_id).children() for process_id in workers())


def test_a_kernel_runs_on_the_cores_of_its_worker(pool: LocalPool) -> None:
    look = "import os, time\ntime.sleep(1)\nsorted(os.sched_getaffinity(0))"
    seen = [shown(one.result()) for one in [pool.submit(job(look)) for _ in range(4)]]
    shared_out = shares(own_cores(), 2)
    assert sorted(own_cores_of(process_id) for process_id in workers()) == sorted(shared_out)
    assert {*seen} == {*map(str, shared_out)}


def own_cores_of(process_id: int) -> list[int]:
    return sorted(os.sched_getaffinity(process_id))


def test_an_extra_worker_costs_little_memory_because_workers_are_forks(pool: LocalPool) -> None:
    for one in [pool.submit(job("import time\ntime.sleep(1)")) for _ in range(2)]:
        one.result()
    for process_id in workers():
        assert private_memory(process_id) < 100 * 2**20
        assert "forkserver" in " ".join(psutil.Process(psutil.Process(process_id).ppid()).cmdline())


def test_a_kernel_ends_with_its_worker_and_the_parent_serves_the_others(pool: LocalPool) -> None:
    marker = f"86421{os.getpid()}"
    doomed = pool.submit(job(f"import subprocess\nsubprocess.run(['sleep', '{marker}'])"))
    assert eventually(lambda: len(below_here(f"sleep {marker}")) == 1)
    first = set(workers())
    parents = {process.pid for process in below_here("grading.sandbox.forkserver.server")}
    for process_id in first:
        os.kill(process_id, signal.SIGKILL)
    with pytest.raises(WorkerDied):
        doomed.result()
    assert eventually(lambda: not below_here(f"sleep {marker}"))
    assert parents & {process.pid for process in below_here("grading.sandbox.forkserver.server")}
    assert shown(pool.submit(job("6 * 7")).result()) == "42"
    assert not first & set(workers())


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[ForkServer]:
    """The fork servers that pools have taken, oldest first."""
    found: list[ForkServer] = []

    def take(modules: Sequence[str] = ()) -> ForkServer:
        found.append(take_fork_server(modules))
        return found[-1]

    monkeypatch.setattr(pools, "take_fork_server", take)
    return found


def test_workers_and_parent_are_replaced_after_their_share(
    taken: list[ForkServer], pool: LocalPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "MOST_KERNELS", 3)
    generation = []
    waiting = []
    for number in range(10):
        waiting.append(pool.submit(job(f"import os\n{number}")))
        generation.append(len(taken))
    assert [shown(one.result()) for one in waiting] == [str(number) for number in range(10)]
    assert generation == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4]
    folders = [one.exchange for one in taken]
    processes = [one.process for one in taken]
    assert eventually(lambda: all(one.poll() is not None for one in processes[:-1]))
    pool.close()
    assert not any(folder.exists() for folder in folders)
    assert processes[-1].poll() is not None


def test_a_pool_that_is_told_to_stop_leaves_no_kernel(pool: LocalPool) -> None:
    marker = f"97531{os.getpid()}"
    waiting = pool.submit(job(f"import subprocess\nsubprocess.run(['sleep', '{marker}'])"))
    assert eventually(lambda: len(below_here(f"sleep {marker}")) == 1)
    pool.stop()
    pool.close()
    assert eventually(lambda: not below_here(f"sleep {marker}"))
    assert waiting.exception() is not None


STOPPED = """
import json, time
import psutil
from grading.engine.workers.pool import LocalPool
from grading.engine.workers.worker import Job
from tests.engine import tiny

if __name__ == "__main__":
    pool = LocalPool(2)
    cells = [tiny.cell("code", "import subprocess\\nsubprocess.run(['sleep', '{marker}'])")]
    waiting = [pool.submit([Job(json.dumps(tiny.notebook(cells)).encode())]) for _ in range(2)]

    def sleepers():
        return [one for one in psutil.process_iter(["cmdline"]) if "{marker}" in (one.info["cmdline"] or [])[1:2]]

    while len(sleepers()) < 2:
        time.sleep(0.1)
    pool.stop()
    pool.close()
    print([type(one.exception()).__name__ for one in waiting], len(sleepers()))
"""


def test_workers_that_are_told_to_stop_say_nothing(tmp_path: Path) -> None:
    script = tmp_path / "stopped.py"
    script.write_text(STOPPED.replace("{marker}", f"64208{os.getpid()}"))
    root = str(Path(__file__).parents[3])
    environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=300, env=environment)
    assert done.stdout == "['KeyboardInterrupt', 'KeyboardInterrupt'] 0\n"
    assert done.stderr == ""


def test_without_a_sandbox_there_is_no_parent(taken: list[ForkServer]) -> None:
    pool = LocalPool(1, isolated=False)
    try:
        assert taken == []
        done = pool.submit([Job(job("6 * 7")[0].notebook, limits=Limits(isolated=False))])
        assert shown(done.result()) == "42"
    finally:
        pool.close()
