"""Measure how fast the judge is and write the table into README.md beside this file: `python -m benchmarks.judge`.

Every right and every wrong answer of the corpus is checked as a learner's `check` does it, without the hidden cases, on some
seeds, in several rounds minutes apart. Each check is the first of its exercise: what the judge keeps for the next one is
forgotten before. Of each check the shortest time counts: what else the machine does meanwhile only ever adds
to it, as does what an answer makes PyTorch import the first time (`torch.func`, over a second). Imports are measured in fresh
processes, one after the other in each, because the time of PyTorch's alone changes by more than ours takes.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

README = Path(__file__).parent / "README.md"
IMPORTS = ("import torch", "from grading import check")
_BEGIN, _END = "<!-- measured -->\n", "<!-- /measured -->\n"
# Targets in milliseconds: median and worst, and of those that draw many samples or train.
TARGET, SLOW_TARGET, IMPORT_TARGET = (50.0, 300.0), 2000.0, 150.0
SLOW = frozenset({"xavier_uniform", "xavier_normal", "he_normal", "init_xavier", "train_epoch", "build_mlp"})


@dataclass(frozen=True)
class Times:
    """What the checks of one exercise took, in milliseconds."""

    name: str
    passing: tuple[float, ...]
    failing: tuple[float, ...]

    @property
    def kept(self) -> bool:
        """Whether the targets are kept."""
        everything = self.passing + self.failing
        quick = self.name in SLOW or statistics.median(self.passing) < TARGET[0]
        return quick and max(everything) < limit(self.name)


def limit(name: str) -> float:
    """Return what no check of an exercise should take, in milliseconds."""
    return SLOW_TARGET if name in SLOW else TARGET[1]


def measure(name: str, seeds: Sequence[int]) -> dict[bool, list[float]]:
    """Check every answer of the corpus to one exercise; milliseconds of the right and of the wrong ones."""
    from grading import exercise, judge
    from grading.judging.cache import forget
    from tests.corpus.entries import entries

    one = exercise(name)
    found: dict[bool, list[float]] = {True: [], False: []}
    for entry in entries():
        if entry.exercise == name:
            for seed in seeds:
                work = partial(judge, one, entry.function, "cpu", seed, hidden=False)
                forget()
                found[entry.right].append(_milliseconds(work))
    return found


def shortest(name: str, rounds: Sequence[dict[bool, list[float]]]) -> Times:
    """Return the shortest time of each check."""
    right, wrong = (
        [min(times) for times in zip(*(one[kind] for one in rounds), strict=True)] for kind in (True, False)
    )
    return Times(name, tuple(right), tuple(wrong))


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measure_imports(rounds: int) -> dict[str, list[float]]:
    """Import in fresh processes, one after the other in each; milliseconds."""
    timed = (f"t = time.perf_counter(); {statement}; print((time.perf_counter() - t) * 1000)" for statement in IMPORTS)
    code = "; ".join(("import time", *timed))
    found: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(rounds):
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for name, milliseconds in zip(IMPORTS, result.stdout.split(), strict=True):
            found[name].append(float(milliseconds))
    return found


def table(times: Sequence[Times], imports: dict[str, list[float]]) -> str:
    """Return the measured part of the page."""
    lines = [
        f"On {platform.system()} with {os.cpu_count()} cores, Python {platform.python_version()}, one thread; milliseconds.",
        "",
        "| exercise | passing, median | passing, worst | failing, median | failing, worst | within the target |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for one in times:
        cells = [statistics.median(one.passing), max(one.passing), statistics.median(one.failing), max(one.failing)]
        lines.append(
            f"| `{one.name}` | {' | '.join(f'{cell:.0f}' for cell in cells)} | {'yes' if one.kept else '**no**'} |"
        )
    plain, ours = (statistics.median(found) for found in imports.values())
    lines += [
        "",
        f"`import torch` takes {plain:.0f} ms in a fresh process, `from grading import check` {ours:.0f} ms more "
        f"(medians of {len(imports[IMPORTS[0]])}).",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Measure and write; return 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judge", description=__doc__)
    parser.add_argument(
        "--exercise", action="append", default=[], help="only this one; the table is printed, not written"
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often each check is timed; imports three times as often"
    )
    arguments = parser.parse_args()
    import torch
    from tqdm import tqdm

    from grading import exercises

    torch.set_num_threads(1)
    names = arguments.exercise or [one.name for one in exercises() if not one.manual]
    imports = measure_imports(3 * arguments.rounds)
    rounds = [
        {
            name: measure(name, range(1 if name == "build_mlp" else arguments.seeds))
            for name in tqdm(names, unit="exercise")
        }
        for _ in range(arguments.rounds)
    ]
    times = [shortest(name, [one[name] for one in rounds]) for name in names]
    text = table(times, imports)
    print(text)
    if not arguments.exercise:
        page = README.read_text()
        before, after = page[: page.index(_BEGIN) + len(_BEGIN)], page[page.index(_END) :]
        README.write_text(before + text + after)
    return int(not all(one.kept for one in times) or statistics.median(imports[IMPORTS[1]]) > IMPORT_TARGET)


if __name__ == "__main__":
    sys.exit(main())
