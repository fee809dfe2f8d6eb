"""Grade the same class with ours, nbgrader and otter-grader and write the table into README.md beside this file.

python -m benchmarks.grading                   60 submissions of each of two lessons; three quarters of an hour
python -m benchmarks.grading --count 4 --dry   a quick look, nothing written
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from compileall import compile_dir
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

from benchmarks.grading.contenders import Contender, contenders
from benchmarks.grading.orphans import adopt_orphans, processor_seconds, wait_for_orphans
from grading.demo.pupil import Damage, Pupil
from grading.demo.sample import CLASSES
from grading.demo.school import make_school
from tests.hostile.memory import memory_watched

README = Path(__file__).parent / "README.md"
ROOT = Path(__file__).parents[2]
LESSONS = ("02-activations", "04-fashion-mnist")
# Everyone runs the notebooks as nbgrader has them run: cells that only show something know that nobody looks.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg", "NBGRADER_EXECUTION": "autograde"}


@dataclass(frozen=True)
class Measured:
    """What one contender took for so many submissions; seconds, bytes, and seconds until each first result, if it shows."""

    contender: Contender
    count: int
    wall: float
    processor: float
    peak: int
    first: tuple[float, ...]
    failed: bool

    def __add__(self, other: Measured) -> Measured:
        """Return both runs of the same contender as one."""
        return Measured(
            self.contender,
            self.count + other.count,
            self.wall + other.wall,
            self.processor + other.processor,
            max(self.peak, other.peak),
            self.first + other.first,
            self.failed or other.failed,
        )


def pupils(lesson: str, count: int) -> tuple[Pupil, ...]:
    """Return so many real submissions, the sample's own again and again; broken files and endless loops are left out."""
    usable = [one for one in CLASSES[lesson] if one.damage is Damage.NONE and "endless" not in one.description]
    return tuple(replace(one, student=f"s{n:04}") for n, one in enumerate(islice(cycle(usable), count)))


def measure(contender: Contender, course: Path, count: int) -> Measured:
    """Let one contender grade the class from the beginning."""
    settings = course / "nbgrader_config.py"
    own = settings.read_text()
    if contender.settings is not None:
        settings.write_text(contender.settings)
    marker, seen = course / contender.first, []
    before = marker.stat().st_mtime if contender.first and marker.exists() else 0.0
    wait_for_orphans()
    before_it, started = processor_seconds(), time.monotonic()
    ended = threading.Event()

    def watch() -> None:
        while contender.first and not ended.wait(0.05):
            if marker.exists() and marker.stat().st_mtime > before:
                seen.append(time.monotonic() - started)
                return

    threading.Thread(target=watch, daemon=True).start()
    root = str(ROOT)
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": root}
    try:
        with (
            subprocess.Popen(
                contender.command, cwd=course, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as running,
            memory_watched(running.pid) as peaks,
        ):
            status = running.wait()
    finally:
        ended.set()
        settings.write_text(own)
    wall = time.monotonic() - started
    wait_for_orphans()
    processor = processor_seconds() - before_it
    return Measured(
        contender, -(-count // contender.step), wall, processor, peaks.together, tuple(seen), status not in (0, 1)
    )


def table(lesson: str, count: int, found: Sequence[Measured]) -> str:
    """Return one lesson's table."""
    rows: dict[str, Measured] = {}
    for one in found:
        name = one.contender.name
        rows[name] = rows[name] + one if name in rows else one
    stock = rows["nbgrader"].wall / rows["nbgrader"].count if "nbgrader" in rows else None
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; OMP_NUM_THREADS=1."
    lines = [
        f"### {lesson}, {count} submissions",
        "",
        machine,
        "",
        "| | a minute | against nbgrader | seconds of CPU each | peak memory | first result |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, one in rows.items():
        times = f"{stock * one.count / one.wall:.1f} ×" if stock else ""
        first = " and ".join(f"{seconds:.1f}" for seconds in one.first)
        lines.append(
            f"| {name}{' (failed)' if one.failed else ''} | {60 * one.count / one.wall:.1f} | {times} "
            f"| {one.processor / one.count:.2f} | {one.peak / 2**20:.0f} MiB | {first}{' s' if first else ''} |"
        )
    return "\n".join(lines) + "\n"


def publish(name: str, measured: str, dry: bool) -> None:
    """Print what was measured and, unless this is a dry run, put it between the marks of this name in README.md."""
    print(measured)
    if dry:
        return
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    head, _, rest = README.read_text(encoding="utf-8").partition(begin)
    README.write_text(head + begin + measured + end + rest.partition(end)[2], encoding="utf-8")


def main() -> int:
    """Measure everyone on both lessons, one after another, and write each table as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--count", type=int, default=60, help="submissions of each lesson (default 60)")
    parser.add_argument("--lesson", action="append", help="only this lesson; may be given again")
    parser.add_argument("--only", action="append", help="only contenders whose names contain this")
    parser.add_argument("--dry", action="store_true", help="print the tables and write nothing")
    arguments = parser.parse_args()
    adopt_orphans()
    # As after an installation: no process of anyone has to compile our modules first.
    if not all(compile_dir(ROOT / part, quiet=1) for part in ("grading", "benchmarks")):
        sys.exit("our modules cannot be compiled ahead; see what is said above")
    jobs = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        for lesson in arguments.lesson or LESSONS:
            course = Path(folder, lesson)
            make_school(course, {lesson: pupils(lesson, arguments.count)})
            found = []
            for contender in contenders(course, lesson, jobs, arguments.only or ()):
                found.append(measure(contender, course, arguments.count))
                print(f"{lesson}: {contender.name}: {found[-1].wall:.0f} s", file=sys.stderr)
            publish(lesson, table(lesson, arguments.count, found), arguments.dry)
    return 0


if __name__ == "__main__":
    sys.exit(main())
