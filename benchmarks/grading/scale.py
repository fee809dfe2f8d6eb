"""Grade 10,000 submissions with one command and see whether the last ones cost more than the first: `python -m benchmarks.grading.scale`.

A few hundred distinct submissions are handed in again and again under other names; nothing is taken from a cache, because
every student is new to the journal. While the command runs, its progress is read from the journal, and the processor time and
memory of all its processes from the system. A machine's speed changes within an hour, so a fixed computation is timed all
along, and the cost of a submission is also given in terms of it. The table goes into README.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import psutil  # type: ignore[import-untyped]

from benchmarks.grading.__main__ import ENVIRONMENT, publish, pupils
from grading.catalogue import exercises
from grading.demo.pupil import Pupil
from grading.demo.sample import CLASSES
from grading.demo.school import make_school
from tests.hostile.memory import family, proportional_size

# The shortest lesson: the less a notebook takes, the more it shows if the rest grows.
LESSON = "01-xor"


@dataclass(frozen=True)
class Moment:
    """How far a run was: seconds since its start, submissions recorded, processor seconds used, bytes held.

    writer: those of the one process that reads submissions and writes the gradebook. yardstick: those of a fixed computation.
    """

    wall: float
    done: int
    processor: float
    held: int
    writer: float
    yardstick: float


def mixed(lesson: str, count: int, seed: int = 1) -> tuple[Pupil, ...]:
    """Return so many distinct pupils: each exercise's answer is taken from a pupil of the sample, by chance."""
    sample, draw = pupils(lesson, len(CLASSES[lesson])), random.Random(seed)
    seen: set[tuple[int, ...]] = set()
    names = [exercise.name for exercise in exercises(lesson)]
    while len(seen) < count:
        seen.add(tuple(draw.randrange(len(sample)) for _ in names))
    found = []
    for number, chosen in enumerate(sorted(seen)):
        answers = {
            name: sample[of].answers.get(name, sample[of].otherwise) for name, of in zip(names, chosen, strict=True)
        }
        found.append(replace(sample[0], student=f"s{number:05}", answers=answers))
    return tuple(found)


def hand_in(course: Path, lesson: str, distinct: int, count: int) -> None:
    """Make the course and its submissions."""
    make_school(course, {lesson: mixed(lesson, min(distinct, count))})
    for number in range(distinct, count):
        origin = course / "submitted" / f"s{number % distinct:05}"
        shutil.copytree(origin, course / "submitted" / f"s{number:05}")


def watched(command: Sequence[str], course: Path, journal: Path, every: float) -> list[Moment]:
    """Run a command to its end and return how it went on."""
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": root}
    started = time.monotonic()
    moments: list[Moment] = []
    with subprocess.Popen(command, cwd=course, env=environment, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            time.sleep(every)
            processor = _processor(running.pid)
            # To read what pages are shared takes a while, so it is done only now and then.
            held = _held(running.pid) if len(moments) % 10 == 0 else moments[-1].held
            writer = _own(running.pid)
            moments.append(Moment(time.monotonic() - started, _lines(journal), processor, held, writer, _yardstick()))
            if sys.stderr.isatty():
                print(f"\r{moments[-1].done} graded", end="", file=sys.stderr)
        if running.returncode:
            raise SystemExit(f"the command ended with status {running.returncode}")
    return while_all_ran(moments)


def while_all_ran(moments: Sequence[Moment]) -> list[Moment]:
    """Leave out the moments at the end, when processes had gone whose processor time nobody could tell any more."""
    kept: list[Moment] = []
    for moment in moments:
        if not kept or moment.processor >= kept[-1].processor:
            kept.append(moment)
    return kept


def _yardstick() -> float:
    """Return the processor seconds of a fixed computation."""
    started = time.thread_time()
    counts: dict[int, str] = {}
    for number in range(20_000):
        counts[number % 997] = str(number)
    return time.thread_time() - started


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _processor(process_id: int) -> float:
    seconds = 0.0
    for process in family(process_id):
        with suppress(psutil.Error):
            seconds += sum(process.cpu_times()[:4])  # with that of its children that have ended
    return seconds


def _own(process_id: int) -> float:
    try:
        return float(sum(psutil.Process(process_id).cpu_times()[:2]))
    except psutil.Error:
        return 0.0


def _held(process_id: int) -> int:
    return sum(proportional_size(process) for process in family(process_id))


@dataclass(frozen=True)
class Part:
    """What a submission cost in a part of the class: seconds, processor seconds, those of the writer among them, all of them in
    fixed computations; bytes held at most.
    """

    wall: float
    processor: float
    writer: float
    computations: float
    held: int


def part(moments: Sequence[Moment], start: float, stop: float) -> Part:
    """Return what a submission cost between two shares of the class."""
    total = moments[-1].done
    first = next(number for number, one in enumerate(moments) if one.done >= start * total)
    last = next(number for number, one in enumerate(moments) if one.done >= stop * total)
    count = moments[last].done - moments[first].done
    processor = (moments[last].processor - moments[first].processor) / count
    within = moments[first : last + 1]
    return Part(
        wall=(moments[last].wall - moments[first].wall) / count,
        processor=processor,
        writer=(moments[last].writer - moments[first].writer) / count,
        computations=processor / median(one.yardstick for one in within),
        held=max(one.held for one in within),
    )


def seconds_of(command: Sequence[str], course: Path) -> float:
    """Return how long a command takes."""
    started = time.monotonic()
    subprocess.run(command, cwd=course, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def main() -> int:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading.scale", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="submissions (default 10,000)")
    parser.add_argument("--distinct", type=int, default=300, help="different ones among them (default 300)")
    parser.add_argument("--dry", action="store_true", help="print the table and write nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        course = Path(folder)
        hand_in(course, LESSON, arguments.distinct, arguments.count)
        command = (sys.executable, "-m", "grading", "autograde", LESSON)
        moments = watched(command, course, course / ".grading" / f"{LESSON}.jsonl", max(arguments.count / 5000, 0.2))
        again = seconds_of(command, course)
        report = seconds_of((sys.executable, "-m", "grading", "report", LESSON), course)
        export = seconds_of((sys.executable, "-m", "nbgrader", "export"), course)
        gradebook = (course / "gradebook.db").stat().st_size
    shares = ((0.1, 0.2), (0.45, 0.55), (0.9, 1.0))
    lines = [
        f"{arguments.count:,} submissions of {LESSON}, {arguments.distinct} of them distinct, "
        f"{os.cpu_count()} cores, {moments[-1].wall / 60:.1f} minutes, sandbox on.",
        "",
        "| part of the class | seconds each | seconds of CPU each | of these, the writer's | all at one speed of the machine "
        "| memory of all processes |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    parts = [part(moments, start, stop) for start, stop in shares]
    for (start, stop), one in zip(shares, parts, strict=True):
        lines.append(
            f"| {start:.0%} to {stop:.0%} | {one.wall:.3f} | {one.processor:.3f} | {one.writer:.4f} "
            f"| {one.computations / parts[0].computations:.0%} | {one.held / 2**20:.0f} MiB |"
        )
    lines += [
        "",
        f"The same command again, with nothing to do: {again:.1f} s. `python -m grading report`: {report:.1f} s. "
        f"`nbgrader export`: {export:.1f} s. The gradebook has {gradebook / 2**20:.0f} MiB.",
    ]
    publish("scale", "\n".join(lines) + "\n", arguments.dry)
    return 0


if __name__ == "__main__":
    sys.exit(main())
