"""What one more submission costs, with and without a cluster: `python -m benchmarks.grading.one_more`.

A class of 60 and one of 300 are graded by turns with two workers of this machine and with two of a dask cluster on it; the
difference leaves out what a run costs once, the start of the cluster among it. The table goes into README.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import psutil  # type: ignore[import-untyped]

from benchmarks.grading.__main__ import ENVIRONMENT, LESSONS, ROOT, publish, pupils
from benchmarks.grading.orphans import adopt_orphans, processor_seconds, wait_for_orphans
from benchmarks.grading.scale import LESSON
from grading.demo.school import make_school
from tests.hostile.memory import family

_SMALL, _LARGE = 60, 300
_WORKERS = "2"


@dataclass(frozen=True)
class Cost:
    """Seconds, seconds of CPU, and those of them that the one process took that reads submissions and writes the gradebook."""

    wall: float
    processor: float
    writer: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.wall - other.wall, self.processor - other.processor, self.writer - other.writer)

    def __truediv__(self, count: int) -> Cost:
        return Cost(self.wall / count, self.processor / count, self.writer / count)


def cost(command: Sequence[str], course: Path) -> Cost:
    """Run a command that grades a class and return what it took."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    wait_for_orphans()
    before, started, writer = processor_seconds(), time.monotonic(), 0.0
    with subprocess.Popen(command, cwd=course, env=environment, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            writer = max([writer, *map(_writers_seconds, family(running.pid))])
            time.sleep(0.1)
    wall = time.monotonic() - started
    if running.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with status {running.returncode}")
    wait_for_orphans()
    return Cost(wall, processor_seconds() - before, writer)


def _writers_seconds(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        if process.cmdline()[1:4] == ["-m", "grading", "autograde"]:
            return float(sum(process.cpu_times()[:2]))
    return 0.0


def one_more(folder: Path, lesson: str, rounds: int) -> list[tuple[str, Cost]]:
    """Return what one more submission costs with each kind of workers."""
    ours = (sys.executable, "-m", "grading", "autograde", lesson, "--force", "--jobs", _WORKERS)
    dask = (sys.executable, "-m", "benchmarks.grading.on_dask", lesson, _WORKERS)
    courses = {count: folder / f"{lesson}-{count}" for count in (_SMALL, _LARGE)}
    for count, course in courses.items():
        make_school(course, {lesson: pupils(lesson, count)})
    found: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        for name, command in (("of this machine", ours), ("of a dask cluster on it", dask)):
            small, large = (cost(command, course) for course in courses.values())
            found.setdefault(name, []).append((large - small) / (_LARGE - _SMALL))
            print(f"{lesson}, workers {name}: {found[name][-1]}", file=sys.stderr)
    return [
        (
            name,
            Cost(mean(one.wall for one in each), mean(one.processor for one in each), mean(one.writer for one in each)),
        )
        for name, each in found.items()
    ]


def main() -> int:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading.one_more", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="how often each is measured (default 2)")
    parser.add_argument("--dry", action="store_true", help="print the table and write nothing")
    arguments = parser.parse_args()
    adopt_orphans()
    lines = [
        f"One more submission, from the difference of {_LARGE} and {_SMALL}; {_WORKERS} workers, {os.cpu_count()} cores, sandbox on.",
        "",
        "| lesson | workers | seconds | seconds of CPU | of these, the writer's |",
        "|---|---|---:|---:|---:|",
    ]
    with tempfile.TemporaryDirectory(prefix="one-more-") as folder:
        for lesson in (LESSON, *LESSONS):
            for name, one in one_more(Path(folder), lesson, arguments.rounds):
                lines.append(f"| {lesson} | {name} | {one.wall:.3f} | {one.processor:.3f} | {one.writer:.4f} |")
    publish("one-more", "\n".join(lines) + "\n", arguments.dry)
    return 0


if __name__ == "__main__":
    sys.exit(main())
