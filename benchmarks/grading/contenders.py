"""Who grades in the comparison, and how each is called."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

QUICK = 'c.ExecutePreprocessor.shutdown_kernel = "immediate"\nc.ExecutePreprocessor.startup_timeout = 60\n'
STOCK = 'c = get_config()\nc.CourseDirectory.course_id = "mlp-course"\n'
# For otter-grader every submission is a process of its own, one as long as the other: a few are enough to know it.
OTTERS_STEP = 7
STUB = 'c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}\n'


@dataclass(frozen=True)
class Contender:
    """One row of the table: a command for the whole class, and what it needs in the course's folder.

    first: a file that appears or changes with the first result. step: it grades one submission out of so many.
    """

    name: str
    command: tuple[str, ...]
    settings: str | None = None
    first: str = ""
    step: int = 1


def contenders(course: Path, lesson: str, jobs: int, only: Sequence[str] = ()) -> Iterator[Contender]:
    """Yield everyone; with `only`, those whose names contain one of its words.

    nbgrader takes minutes, and a machine's speed changes: what is compared with it comes before it and, in reverse, after it.
    """
    ours = (sys.executable, "-m", "grading", "autograde", lesson, "--force", "--jobs")
    journal = f".grading/{lesson}.jsonl"
    floor = (sys.executable, "-m", "benchmarks.grading.floor", lesson)
    dask = (sys.executable, "-m", "benchmarks.grading.on_dask", lesson)
    stock = (sys.executable, "-m", "nbgrader", "autograde", lesson, "--force")
    once: dict[str, Callable[[str], Contender | None]] = {
        f"otter-grader (`otter run`), one of {OTTERS_STEP}": lambda name: _otter(name, course, lesson),
        "nbgrader with its quick settings": lambda name: Contender(name, stock, STOCK + STUB + QUICK, "autograded"),
        f"ours, {jobs} workers of a dask cluster": lambda name: Contender(name, (*dask, str(jobs)), first=journal),
    }
    around: dict[str, Callable[[str], Contender | None]] = {
        "floor: the cells alone in a warm process": lambda name: Contender(name, floor),
        "the cells and their own checks, likewise": lambda name: Contender(name, (*floor, "--checks")),
        "ours, one worker": lambda name: Contender(name, (*ours, "1"), first=journal),
        f"ours, {jobs} workers": lambda name: Contender(name, (*ours, str(jobs)), first=journal),
    }
    nbgrader = {"nbgrader": lambda name: Contender(name, stock, STOCK + STUB, first="autograded")}
    everyone = (*once.items(), *around.items(), *nbgrader.items(), *reversed(around.items()))
    for name, make in everyone:
        if not only or any(word in name for word in only):
            contender = make(name)
            if contender is not None:
                yield contender


def _otter(name: str, course: Path, lesson: str) -> Contender | None:
    command = otter_command(course, lesson)
    return Contender(name, command, step=OTTERS_STEP) if command else None


def otter_command(course: Path, lesson: str) -> tuple[str, ...] | None:
    """Return what runs otter-grader over the class, with tests equivalent to ours; None if it cannot be installed.

    It gets an environment of its own that also sees this one's libraries, because its pins are others.
    """
    place = course.parent / "otter"
    python = place / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        if subprocess.run([str(python), "-m", "pip", "install", "--quiet", "otter-grader"]).returncode:
            shutil.rmtree(place)
            return None
        site = next((place / "lib").glob("python*/site-packages"))
        (site / "course.pth").write_text(f"{sysconfig.get_path('purelib')}\n{Path(__file__).parents[2]}\n")
    archive = course / "autograder.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("otter_config.json", json.dumps({"lang": "python", "show_stdout": False}))
        for name in _exercises(lesson):
            file.writestr(f"tests/{name.replace('.', '_')}.py", _otter_test(name))
    return (sys.executable, "-m", "benchmarks.grading.otter", str(python), str(archive), lesson, str(OTTERS_STEP))


def _exercises(lesson: str) -> list[str]:
    from grading.catalogue import exercises

    return [exercise.name for exercise in exercises(lesson)]


def _otter_test(name: str) -> str:
    """Return an otter test that asks the same judge for the same verdict."""
    variable = name.partition(".")[0]
    call = f"float(check({variable}, {name!r}, hidden=True)) == exercise({name!r}).points"
    code = f">>> from grading import check, exercise\n>>> {call}\nTrue"
    cases = [{"code": code, "hidden": False, "locked": False}]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return f"test = { ({'name': name, 'points': 1, 'suites': [suite]})!r}\n"
