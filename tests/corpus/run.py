"""Run the measurements on all cores, resumably: every finished piece of work is written to a journal and not done again."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

from tqdm import tqdm

from grading import exercise
from grading.catalogue.finding import course_folder, find
from grading.errors import CourseError
from tests.corpus.contracts import CONTRACTS
from tests.corpus.entries import Entry, entries, path_of
from tests.corpus.measure import Result, measure_mutants, measure_names, measure_scores, mutants_of
from tests.corpus.oracle import LeftOut

ROOT = Path(__file__).parents[2]
JOURNAL = ROOT / "build" / "judge" / "journal.jsonl"
_MEMORY = 16 * 2**30
_HERE = Path(__file__).parent
_MUTATION = ("mutate.py", "mutations.py", "oracle.py", "sampling.py", "measure.py", "damage.py")


@dataclass(frozen=True)
class Plan:
    """How much is measured: the seeds on which all answers are scored, wrong ones named, and generated ones scored."""

    scores: int = 1000
    names: int = 50
    generated: int = 50

    def of(self, name: str) -> Plan:
        """Return the plan of one exercise; one that trains takes a second or two a judgement and gets fewer seeds."""
        return Plan(min(self.scores, 50), min(self.names, 20), 0) if name == "build_mlp" else self


@dataclass(frozen=True)
class Unit:
    """A piece of work of some seconds: the scores of all answers to an exercise on a range of seeds ("scores"), or one entry
    and what it is called ("names"), or a range of what is generated from it ("mutants"). entry: the first one, for "scores"."""

    kind: str
    entry: int
    start: int
    stop: int
    seeds: int

    def do(self) -> list[Result]:
        """Measure, in this process."""
        entry = entries()[self.entry]
        if self.kind == "scores":
            return measure_scores(entry.exercise, range(self.start, self.stop))
        if self.kind == "names":
            return [measure_names(entry, range(self.start, self.stop))]
        return measure_mutants(entry, mutants_of(self.entry)[self.start : self.stop], range(self.seeds))

    @property
    def key(self) -> str:
        """A digest of everything that the result depends on."""
        entry = entries()[self.entry]
        about = [one for one in entries() if one.exercise == entry.exercise] if self.kind == "scores" else [entry]
        sources = [[str(one), _source(one.function)] for one in about]
        text = json.dumps([self.kind, self.start, self.stop, self.seeds, sources])
        return hashlib.sha256((text + fingerprint(entry.exercise, self.kind == "mutants")).encode()).hexdigest()[:32]


def units(plan: Plan, only: Sequence[str] = ()) -> list[Unit]:
    """Return all the work for these exercises, in order."""
    made: list[Unit] = []
    seen: set[str] = set()
    for index, entry in enumerate(entries()):
        if only and entry.exercise not in only:
            continue
        mine = plan.of(entry.exercise)
        if entry.exercise not in seen:
            seen.add(entry.exercise)
            made += [Unit("scores", index, a, min(a + 25, mine.scores), mine.scores) for a in range(0, mine.scores, 25)]
        if not entry.right:
            made.append(Unit("names", index, 0, mine.names, mine.names))
        elif not isinstance(CONTRACTS.get(entry.exercise, LeftOut()), LeftOut) and mine.generated:
            count = len(mutants_of(index))
            made += [Unit("mutants", index, a, min(a + 20, count), mine.generated) for a in range(0, count, 20)]
    return made


def run(
    plan: Plan, only: Sequence[str] = (), jobs: int | None = None, *, fresh: bool = False
) -> list[tuple[Unit, list[Result]]]:
    """Do all the work that the journal does not hold yet and return everything, in order. Ctrl-C keeps what is done."""
    if fresh:
        JOURNAL.unlink(missing_ok=True)
    done = _read_journal()
    work = units(plan, only)
    keys = {unit: unit.key for unit in work}
    missing = [unit for unit in work if keys[unit] not in done]
    JOURNAL.parent.mkdir(parents=True, exist_ok=True)
    with JOURNAL.open("a") as journal:
        for unit, results in _results(missing, jobs or os.cpu_count() or 1):
            done[keys[unit]] = results
            journal.write(json.dumps({"key": keys[unit], "unit": asdict(unit), "results": results}) + "\n")
            journal.flush()
    return [(unit, done[keys[unit]]) for unit in work]


def _results(work: list[Unit], jobs: int) -> Iterator[tuple[Unit, list[Result]]]:
    if not work:
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(work)), mp_context=context, initializer=_start_worker) as pool:
        futures = {pool.submit(Unit.do, unit): unit for unit in work}
        try:
            for future in tqdm(
                as_completed(futures), total=len(futures), unit="piece", smoothing=0.02, file=sys.stderr
            ):
                yield futures[future], future.result()
        except BrokenProcessPool as error:
            raise CourseError(
                "a worker died, which a generated answer may have done; run the command again to go on"
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start_worker() -> None:
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _read_journal() -> dict[str, list[Result]]:
    done: dict[str, list[Result]] = {}
    if JOURNAL.exists():
        for line in JOURNAL.read_text().splitlines():
            try:
                entry = json.loads(line)
                done[entry["key"]] = entry["results"]
            except (ValueError, KeyError):  # a line that was cut off when the run was killed
                continue
    return done


@cache
def fingerprint(name: str, generated: bool) -> str:
    """Return a digest of the code that judges an exercise, and of the code that mutates if that matters."""
    home = next(found.folder for found in find(course_folder()) if found.name == name)
    paths = _reachable(home / "exercise.py", home / "hidden.py")
    if generated:
        paths |= _reachable(path_of(exercise(name))) | {_HERE / file for file in _MUTATION}
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _reachable(*start: Path) -> set[Path]:
    """Return the files of the package that files import, directly or not, and these files."""
    found: set[Path] = set()
    waiting = [*start, ROOT / "grading" / "judging" / "judge.py"]
    while waiting:
        path = waiting.pop()
        if path in found or not path.exists():
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grading"):
                base = ROOT / (node.module or "").replace(".", "/")
                waiting += [
                    base.with_suffix(".py"),
                    base / "__init__.py",
                    *((base / f"{a.name}.py") for a in node.names),
                ]
    return found


def _source(function: Callable[..., Any]) -> str:
    """Return the source of a function and of the functions of its module that it calls."""
    seen: dict[int, str] = {}

    def visit(one: Any) -> None:
        if not isinstance(one, FunctionType) or id(one) in seen or one.__module__ != function.__module__:
            return
        seen[id(one)] = inspect.getsource(one)
        for name in one.__code__.co_names:
            visit(one.__globals__.get(name))

    visit(function)
    return "\n".join(seen.values()) or repr(function)


def answers_of(name: str) -> list[Entry]:
    """Return the entries of one exercise."""
    return [entry for entry in entries() if entry.exercise == name]
