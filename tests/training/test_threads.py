"""As many threads as processors are free, and never against somebody's will."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from grading.graded import GRADING_VARIABLE
from grading.training import threads, use_free_processors


@pytest.fixture(autouse=True)
def own_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = torch.get_num_threads()
    for name in threads.CHOSEN:
        monkeypatch.delenv(name, raising=False)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("free", "most", "chosen"),
    [
        (2.0, 2, 2),
        (1.97, 2, 2),
        (1.75, 2, 2),
        (1.7, 2, 1),
        (1.0, 2, 1),
        (0.1, 2, 1),
        (-3.0, 2, 1),
        (7.9, 4, 4),
        (3.5, 8, 3),
        (0.5, 1, 1),
    ],
)
def test_a_thread_for_each_free_processor(free: float, most: int, chosen: int) -> None:
    assert threads.threads_for(free, most) == chosen


def test_the_number_is_given_to_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.set_num_threads(3)
    monkeypatch.setattr(threads, "free_processors", lambda: 2.1)
    assert use_free_processors() == 2 == torch.get_num_threads()


@pytest.mark.parametrize(
    ("variable", "value"), [(GRADING_VARIABLE, "autograde"), *((name, "3") for name in threads.CHOSEN)]
)
def test_while_grading_and_where_somebody_has_chosen_nothing_changes(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.set_num_threads(3)
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr(threads, "free_processors", lambda: 1.0)
    assert use_free_processors() == 3 == torch.get_num_threads()


def stat(*processors: tuple[int, int, int]) -> str:
    """Return /proc/stat with busy, idle and waiting time of each processor, and guests, which are in busy already."""
    rows = [
        f"cpu{number} {busy} 0 0 {idle} {wait} 0 0 0 {busy} 0" for number, (busy, idle, wait) in enumerate(processors)
    ]
    return "\n".join(["cpu  1 2 3 4 5 6 7 8 9 10", *rows, "intr 1 2 3", "cpufreq 3"])


@pytest.mark.parametrize(
    ("before", "after", "mine", "idle"),
    [
        (((0, 0, 0), (0, 0, 0)), ((0, 20, 0), (0, 20, 0)), {0, 1}, 2.0),
        (((0, 0, 0), (0, 0, 0)), ((20, 0, 0), (0, 20, 0)), {0, 1}, 1.0),
        (((7, 9, 5), (1, 2, 3)), ((17, 14, 10), (1, 12, 13)), {0, 1}, 1.5),
        (((0, 0, 0), (0, 0, 0)), ((20, 0, 0), (0, 20, 0)), {1}, 1.0),
        (((0, 0, 0), (0, 0, 0)), ((20, 0, 0), (0, 20, 0)), {0}, 0.0),
        (((0, 0, 0),), ((0, 0, 0),), {0}, 1.0),  # no time has passed
        (((0, 0, 0),), ((5, 5, 0),), {0, 7}, 1.5),  # one that is not listed
    ],
)
def test_idle_time_is_counted_for_the_processors_of_this_process(
    before: tuple[tuple[int, int, int], ...], after: tuple[tuple[int, int, int], ...], mine: set[int], idle: float
) -> None:
    assert threads.idle_processors(stat(*before), stat(*after), mine) == pytest.approx(idle)


FILES: dict[str, tuple[dict[str, str], float]] = {
    "no control groups": ({}, float("inf")),
    "no limit": ({"sys/fs/cgroup/cpu.max": "max 100000\n"}, float("inf")),
    "two processors": ({"sys/fs/cgroup/cpu.max": "200000 100000\n"}, 2.0),
    "half of one": ({"sys/fs/cgroup/cpu.max": "50000 100000\n"}, 0.5),
    "a group of its own": (
        {"proc/self/cgroup": "0::/user/hub\n", "sys/fs/cgroup/user/hub/cpu.max": "150000 100000\n"},
        1.5,
    ),
    "the group above": ({"proc/self/cgroup": "0::/user/hub\n", "sys/fs/cgroup/user/cpu.max": "300000 100000\n"}, 3.0),
    "the smallest of several": (
        {
            "proc/self/cgroup": "0::/user/hub\n",
            "sys/fs/cgroup/user/hub/cpu.max": "400000 100000\n",
            "sys/fs/cgroup/user/cpu.max": "100000 100000\n",
        },
        1.0,
    ),
    "the first version": (
        {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "250000\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"},
        2.5,
    ),
    "the first version without a limit": (
        {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"},
        float("inf"),
    ),
    "the first version, a group of its own": (
        {
            "proc/self/cgroup": "4:cpu,cpuacct:/docker/a\n3:memory:/docker/a\n",
            "sys/fs/cgroup/cpu/docker/a/cpu.cfs_quota_us": "100000\n",
            "sys/fs/cgroup/cpu/docker/a/cpu.cfs_period_us": "100000\n",
        },
        1.0,
    ),
    "nonsense": ({"sys/fs/cgroup/cpu.max": "many few\n", "proc/self/cgroup": "nothing\n"}, float("inf")),
    "a period of nothing": ({"sys/fs/cgroup/cpu.max": "100000 0\n"}, float("inf")),
}


@pytest.mark.parametrize("name", FILES)
def test_the_limit_of_a_container_is_read(name: str, tmp_path: Path) -> None:
    files, limit = FILES[name]
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert threads.quota(tmp_path) == limit


def test_no_more_processors_are_free_than_this_process_may_use() -> None:
    mine, limit = threads.allowed_processors()
    assert 0 < limit <= len(mine) <= (os.cpu_count() or 1)
    assert threads.free_processors(moment=0.02) <= limit


def test_without_counters_the_load_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: Path) -> str:
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "read_text", missing)
    monkeypatch.setattr(threads, "allowed_processors", lambda: ({0, 1, 2, 3}, 4.0))
    monkeypatch.setattr(os, "getloadavg", lambda: (2.5, 0, 0), raising=False)
    assert threads.free_processors() == 1.5
    monkeypatch.delattr(os, "getloadavg")
    assert threads.free_processors() == 4.0
