"""The same points and the same lines from the same files, whoever grades: our command, `nbgrader autograde`, formgrader's button.

`make hostile` compares the whole hostile class.
"""

from __future__ import annotations

import copy
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from grading.engine.course import open_course
from grading.engine.gradebook.journal import read_journal
from tests.engine.odd import remove
from tests.hostile import sandbox
from tests.hostile.case import ALL, NOTHING, Case, Notebook
from tests.hostile.conftest import quick
from tests.hostile.corpus import CASES
from tests.hostile.lesson import LESSON, RIGHT
from tests.hostile.school import School, changes, enrol, make_school, points_of, snapshot

OUR_CONFIG = (Path(__file__).parents[3] / "nbgrader_config.py").read_text(encoding="utf-8")
BUDGET = 16
# Of the hostile class: files that nbgrader itself would stop at, run as they are, or not look at; and some cells.
SAMPLE = {
    "cut-off", "utf-16", "zip", "many-cells", "format-3", "other-language", "no-metadata", "duplicate-check", "half-surrogate",
    "name-newline", "name-dots", "no-notebook", "two-copies", "linked-notebook", "linked-file", "hard-link", "pipe",
    "deep-folders", "folder-notebook", "name-bytes", "torch-beside", "displayhook", "quit-again-and-again",
    "x\ny", "..s", "[red]", "{student_id}",
}  # fmt: skip


def right(name: str, description: str, **named: Any) -> Case:
    return Case(name, description, **{"cell": RIGHT["sigmoid"], "points": ALL, **named})


def kernel(spec: Any) -> Callable[[Notebook], Notebook]:
    return lambda notebook: {**notebook, "metadata": {"kernelspec": spec}}


def with_cell(cell: Any) -> Callable[[Notebook], Notebook]:
    return lambda notebook: {**notebook, "cells": [*notebook["cells"], cell]}


def said(content: bytes) -> Callable[[Path, Path], None]:
    return lambda folder, outside: (folder / "timestamp.txt").write_bytes(content) and None


def for_self_study(notebook: Notebook) -> Notebook:
    found = copy.deepcopy(notebook)
    for cell in found["cells"]:
        cell["metadata"] = {}
    return found


def on_windows(notebook: Notebook) -> Notebook:
    cells = [{**cell, "source": "".join(cell["source"]).replace("\n", "\r\n")} for cell in notebook["cells"]]
    return {**notebook, "cells": cells}


def zipped(notebook: Notebook) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{LESSON}/{LESSON}.ipynb", json.dumps(notebook))
    return content.getvalue()


def beside_the_untouched(folder: Path, outside: Path) -> None:
    solved = folder / f"{LESSON} (1).ipynb"
    (folder / f"{LESSON}.ipynb").rename(solved)
    released = folder.parents[2] / "release" / LESSON / f"{LESSON}.ipynb"
    shutil.copy(released, folder / f"{LESSON}.ipynb")


def into_a_folder(folder: Path, outside: Path) -> None:
    (folder / "inside").mkdir()
    (folder / f"{LESSON}.ipynb").rename(folder / "inside" / f"{LESSON}.ipynb")


# What people hand in who mean no harm; all of it is worth all points unless it cannot be read.
MISHAPS = (
    right("kernel-no-language", "a kernel without a language", change=kernel({"name": "mlp"})),
    right("kernel-odd-language", "a kernel with an odd one", change=kernel({"name": "x", "language": "python3"})),
    right("kernel-empty", "a kernel without a name", change=kernel({"name": "", "display_name": ""})),
    right("time-mark", "a time with a byte order mark", beside=said(b"\xef\xbb\xbf2026-11-01 10:00:00 UTC")),
    right("time-words", "a time in words", beside=said(b"on Sunday evening")),
    right("time-utf-16", "a time in UTF-16", beside=said("2026-11-01 10:00:00 UTC".encode("utf-16"))),
    right("time-empty", "an empty time", beside=said(b"\n")),
    right("time-zone", "a time of another zone", beside=said(b"2026-11-01 10:00:00 +02:00")),
    right("no-source", "an own cell without a source", change=with_cell({"cell_type": "code", "metadata": {}})),
    right("sql-cell", "an own cell of another type", change=with_cell({"cell_type": "sql", "metadata": {}, "source": ""})),
    right("mark", "a byte order mark", change=lambda notebook: b"\xef\xbb\xbf" + json.dumps(notebook).encode()),
    right("as-text", "a file that a browser named", file_name=f"{LESSON}.ipynb.txt"),
    right("upper-case", "a name in capital letters", file_name=f"{LESSON}.IPYNB"),
    right("zipped", "a zip archive of the folder", change=zipped, file_name=f"{LESSON}.zip"),
    right("in-a-folder", "a folder in the folder", beside=into_a_folder),
    right("second-copy", "the work in a second copy", beside=beside_the_untouched),
    right("self-study", "the notebook for self-study", change=for_self_study, file_name="mine.ipynb"),
    right("windows", "line ends of Windows", change=on_windows),
    right("page", "a web page", change=lambda _: b"<!DOCTYPE html><html></html>", points=NOTHING),
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What is known of a student after grading: points, when the work was handed in, everything that was wrong, what is kept."""

    points: tuple[float, ...] | None
    handed_in: datetime | None
    problems: tuple[tuple[str, str], ...]
    kept: frozenset[str]


def seen(school: School, cases: Sequence[Case]) -> dict[str, Seen]:
    course, points = school.course, points_of(school)
    journal = read_journal(course.own_files / f"{LESSON}.jsonl")
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        times = {one.student_id: one.timestamp for one in gradebook.assignment_submissions(LESSON)}
    found = {}
    for name in (case.name for case in cases):
        folder = course.folder("autograded", name, LESSON)
        kept = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        problems = sorted((one.kind, one.sentence) for one in journal[name].problems)
        found[name] = Seen(points.get(name), times.get(name), tuple(problems), kept)
    return found


def environment(school: School) -> dict[str, str]:
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {"PATH": programs, "HOME": str(school.root / "home"), "HOSTILE_SECRET": school.secret}
    return {**os.environ, **own, "OMP_NUM_THREADS": "1"}


def run(school: School, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=school.root / "course",
        env=environment(school),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=3000,
    )
    return done.returncode, done.stdout + done.stderr


def press_the_button(school: School, cases: Sequence[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what formgrader's server does, for one student after another; and list them before and after."""
    for name, value in environment(school).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(school.root / "course")
    api = NbGraderAPI(config=open_course(school.root / "course").config)
    assert len(api.get_submissions(LESSON)) >= len(cases)
    for case in cases:
        found = api.autograde(LESSON, case.name)
        assert found["success"], case.name + found["error"]
    graded = {one["student"] for one in api.get_submissions(LESSON) if one["autograded"]}
    assert graded >= {case.name for case in cases}


def schools(root: Path, cases: Sequence[Case], count: int) -> Iterator[School]:
    """Yield as many equal courses with this class."""
    pristine = make_school(root / "pristine", f"{OUR_CONFIG}\nc.SandboxedExecute.time_budget = {BUDGET}.0\n")
    for number in range(count):
        school = School(root / str(number), secret=pristine.secret)
        shutil.copytree(pristine.root, school.root)
        for case in cases:
            enrol(school, case, port=9, abstract="nobody")
        yield school


def compare(root: Path, cases: Sequence[Case], button: Sequence[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade one class in three ways and compare all that is seen of it."""
    ours, stock, formgrader = schools(root, cases, 3)
    before = [snapshot(school) for school in (ours, stock, formgrader)]
    run(ours, "grading", "autograde", LESSON, f"--seconds={BUDGET}", *sandbox.words())
    status, text = run(stock, "nbgrader", "autograde", LESSON)
    assert status == 0, text[-3000:]
    press_the_button(formgrader, button, monkeypatch)
    due = seen(ours, cases)
    assert {case.name for case in cases if not case.at_most and due[case.name].points != case.points} == set()
    assert {name: pair for name, pair in _pairs(due, seen(stock, cases)) if pair[0] != pair[1]} == {}
    assert {name: pair for name, pair in _pairs(due, seen(formgrader, button)) if pair[0] != pair[1]} == {}
    for school, was in zip((ours, stock, formgrader), before, strict=True):
        assert list(changes(was, snapshot(school))) == []


def _pairs(due: dict[str, Seen], got: dict[str, Seen]) -> Iterator[tuple[str, tuple[Seen, Seen]]]:
    return ((name, (due[name], found)) for name, found in got.items())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "schools"
    remove(tmp_path / "schools")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's use of it
def test_a_class_with_odd_files_gets_the_same_whoever_grades_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [*MISHAPS, *(case for case in CASES if case.name in SAMPLE)]
    assert len(cases) == len(MISHAPS) + len(SAMPLE)
    # nbgrader logs the names of files, here in this process, and what runs tests in parallel takes no name that is not text.
    button = [case for case in cases if case.name != "name-bytes"]
    compare(place, cases, button, monkeypatch)


@pytest.mark.hostile
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_hostile_class_gets_the_same_whoever_grades_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(place, quick(), quick(), monkeypatch)
