"""The same work gets the same points: whoever grades it, when, and with how many workers.

A few submissions of the demo class and of the hostile class in `make test`; all of them, which takes long, in `make same-points`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grading.cells import grade_id_of, verdicts_in
from grading.demo.pupil import Damage, Pupil
from grading.demo.sample import CLASSES
from grading.demo.school import make_school as make_demo
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.limits import Limits
from tests.engine import tiny
from tests.engine.odd import remove
from tests.hostile import sandbox
from tests.hostile.case import Case
from tests.hostile.corpus import CASES
from tests.hostile.lesson import LESSON as HOSTILE
from tests.hostile.school import HONEST, enrol, hand_in, make_school

PLAN = Limits(isolated=sandbox.is_active())
HOSTILE_CONFIG = (
    tiny.ENGINE_CONFIG
    + 'c.Autograde.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"\n'
    + "from grading.engine.conversion import take_in_submissions\ntake_in_submissions(c)\n"
    + 'c.Autograde.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"\n'
    + f"c.SandboxedExecute.unsafe_no_sandbox = {not sandbox.is_active()}\n"
)
# What makes up its mind anew each time is left out.
STEADY = [case for case in CASES if not (case.at_most or case.slow)]
# Whether the kernel still gets to say why it ends is a race within it: what is told of its cell differs, and the points do not.
RACES = {"stopped-loop"}
SAFE = [case for case in STEADY if sandbox.is_active() or not case.needs_sandbox]
FEW_HOSTILE = 5
FEW_PUPILS = ("s01", "s08", "s16")


@dataclass(frozen=True)
class Round:
    """What came of grading a class once, by student: the points of each cell, and the verdicts with their seeds."""

    points: Mapping[str, Mapping[str, float | None]]
    verdicts: Mapping[str, Mapping[str, Any]]


def results(course: Course, lesson: str) -> Round:
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        points = {
            found.student_id: {
                grade.name: grade.auto_score for notebook in found.notebooks for grade in notebook.grades
            }
            for found in gradebook.assignment_submissions(lesson)
        }
    return Round(points, {student: dict(_verdicts(course, lesson, student)) for student in points})


def _verdicts(course: Course, lesson: str, student: str) -> Iterator[tuple[str, Any]]:
    for path in course.folder("autograded", student, lesson).glob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            for verdict in verdicts_in(cell):
                yield f"{path.stem} {grade_id_of(cell)}", verdict


def ours(course: Course, lesson: str, jobs: int, force: bool) -> Round:
    grade_class(course, lesson, Plan(jobs=jobs, force=force, limits=PLAN))
    return results(course, lesson)


def stock(course: Course, lesson: str, *words: str) -> Round:
    """Grade with nbgrader's own command; it says by its status whether it could read everything."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    command = [sys.executable, "-m", "nbgrader", "autograde", lesson, "--force", *words]
    done = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, timeout=3600)
    assert done.returncode == 0 or "All others are done." in done.stderr, done.stderr
    return results(course, lesson)


def differences(rounds: Sequence[Round], students: Sequence[str]) -> list[str]:
    """Return what is not the same in all rounds, in words."""
    first, found = rounds[0], []
    for number, other in enumerate(rounds[1:], 2):
        for student in students:
            for what, before, now in (
                ("points", first.points[student], other.points[student]),
                ("verdicts", first.verdicts[student], other.verdicts[student]),
            ):
                if what == "verdicts" and student in RACES:
                    continue
                cells = [cell for cell in before.keys() | now.keys() if before.get(cell) != now.get(cell)]
                found += [
                    f"round {number}: {student}, {what} of {cell}: {before.get(cell)}, {now.get(cell)}"
                    for cell in cells
                ]
    return found


def thrice(course: Course, lesson: str) -> list[Round]:
    return [ours(course, lesson, 1, False), ours(course, lesson, 2, True), stock(course, lesson)]


def hostile_course(root: Path, cases: Sequence[Case]) -> Course:
    school = make_school(root, HOSTILE_CONFIG)
    for case in cases:
        enrol(school, case, port=9, abstract="nobody")
    return school.course


def demo_course(root: Path, classes: Mapping[str, tuple[Pupil, ...]]) -> Course:
    course = make_demo(root, classes)
    if not sandbox.is_active():
        with (root / "nbgrader_config.py").open("a") as config:
            config.write("\nc.SandboxedExecute.unsafe_no_sandbox = True\n")
    return open_course(course.root)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "school"
    remove(tmp_path / "school")


def few_cases() -> list[Case]:
    safe = [case for case in SAFE if not case.needs_sandbox]
    return safe[:: max(1, len(safe) // FEW_HOSTILE)][:FEW_HOSTILE]


@pytest.mark.slow
def test_some_of_the_hostile_class_get_the_same_thrice_and_other_inputs_after_feedback(place: Path) -> None:
    cases = few_cases()
    course = hostile_course(place, cases)
    rounds = thrice(course, HOSTILE)
    students = [*HONEST, *(case.name for case in cases)]
    assert differences(rounds, students) == []
    for case in cases:
        assert tuple(rounds[0].points[case.name].values()) == case.points, case.name
    page = course.folder("feedback", "honest-right", HOSTILE) / f"{HOSTILE}.html"
    page.parent.mkdir(parents=True)
    page.write_text("what was asked")
    shutil.copytree(course.folder("submitted", "honest-half", HOSTILE), place / "half")
    changed = json.loads((place / "half" / f"{HOSTILE}.ipynb").read_text())
    changed["cells"].append(tiny.cell("code", "'I have read the feedback'"))
    for student in ("late-one", "late-two"):
        hand_in(_School(place), student, changed)  # type: ignore[arg-type]
    after = [ours(course, HOSTILE, 2, True), stock(course, HOSTILE, "--student=late-*")]
    assert differences([*rounds[:1], after[0]], students) == []
    assert differences(after, ["late-one", "late-two"]) == []
    late, before = (after[0].verdicts[name] for name in ("late-one", "honest-half"))
    assert after[0].points["late-one"] == after[0].points["late-two"] == after[0].points["honest-half"]
    assert all(late[cell]["seed"] == after[0].verdicts["late-two"][cell]["seed"] for cell in late)
    assert not any(late[cell]["seed"] == before[cell]["seed"] for cell in before)


@dataclass(frozen=True)
class _School:
    """Where `hand_in` puts something."""

    root: Path


@pytest.mark.slow
def test_some_of_the_demo_class_get_the_same_thrice(tmp_path: Path) -> None:
    lesson = "02-activations"
    pupils = tuple(pupil for pupil in CLASSES[lesson] if pupil.student in FEW_PUPILS)
    assert len(pupils) == len(FEW_PUPILS)
    rounds = thrice(demo_course(tmp_path / "demo", {lesson: pupils}), lesson)
    assert differences(rounds, FEW_PUPILS) == []


@pytest.mark.same_points
def test_all_of_the_hostile_class_get_the_same_thrice(place: Path) -> None:
    course = hostile_course(place, SAFE)
    rounds = thrice(course, HOSTILE)
    found = differences(rounds, [*HONEST, *(case.name for case in SAFE)])
    assert not found, "\n".join(found)


@pytest.mark.same_points
@pytest.mark.parametrize("lesson", CLASSES)
def test_all_of_the_demo_class_get_the_same_thrice(tmp_path: Path, lesson: str) -> None:
    rounds = thrice(demo_course(tmp_path / "demo", {lesson: CLASSES[lesson]}), lesson)
    whole = [pupil.student for pupil in CLASSES[lesson] if pupil.damage is Damage.NONE]
    assert len(whole) > len(CLASSES[lesson]) / 2
    found = differences(rounds, whole)
    assert not found, "\n".join(found)
