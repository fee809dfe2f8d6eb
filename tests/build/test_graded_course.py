"""All six lessons as they are committed, handed in untouched and solved, graded by our command and by stock nbgrader."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grading import exercises
from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.gradebook.results import StudentResult, read_results

ROOT = Path(__file__).parents[2]
LESSONS = tuple(sorted(path.stem for path in (ROOT / "lessons").glob("[0-9]*.py")))
# What stock nbgrader needs to know, none of our preprocessors; a training check may take long on a busy machine.
STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
c.Execute.timeout = 600
"""
# `nbgrader autograde` for several lessons, imported once.
AUTOGRADE = """
import sys
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.nbgraderapp import NbGraderApp
app = NbGraderApp()
app.load_config_file()
api = NbGraderAPI(config=app.config)
for lesson in sys.argv[1:]:
    done = api.autograde(lesson, "solved")
    if not done["success"]:
        raise SystemExit(done.get("error") or done.get("log"))
"""

pytestmark = pytest.mark.slow


def make_course(root: Path, config: str, folders: dict[str, str]) -> Course:
    """Make a course of the committed lessons in which each student hands in the files of one of its folders."""
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    shutil.copytree(ROOT / "source", root / "source")
    course = open_course(root)
    for lesson in LESSONS:
        generate_assignment(course, lesson)
        for student, folder in folders.items():
            shutil.copytree(ROOT / folder / lesson, root / "submitted" / student / lesson)
    return course


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Course:
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    folders = {"solved": "source", "untouched": "release"}
    root = tmp_path_factory.mktemp("ours")
    course = make_course(root, config.replace("Path(__file__).resolve().parent", f"Path({str(root)!r})"), folders)
    for lesson in LESSONS:
        grade_class(course, lesson, Plan(jobs=2))
    return course


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("stock")
    course = make_course(root, STOCK_CONFIG, {"solved": "source"})
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": programs}
    command = [sys.executable, "-c", AUTOGRADE, *LESSONS]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return course


def result(course: Course, lesson: str, student: str) -> StudentResult:
    (found,) = (one for one in read_results(course, lesson) if one.student == student)
    return found


def outputs(course: Course, lesson: str, student: str) -> list[dict[str, Any]]:
    path = course.root / "autograded" / student / lesson / f"{lesson}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


def short_of_full_marks(found: StudentResult) -> dict[str, float | None]:
    """Return what a student has lost, by cell; what a person has to grade is left out."""
    manual = {one.name for one in exercises() if one.manual}
    cells = [cell for cell in found.cells if cell.grade_id not in manual]
    assert cells
    return {cell.grade_id: cell.earned for cell in cells if cell.earned != cell.points}


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solution_gets_full_marks_by_our_command(ours: Course, lesson: str) -> None:
    found = result(ours, lesson, "solved")
    assert found.problems == ()
    assert short_of_full_marks(found) == {}


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_solution_gets_full_marks_by_stock_nbgrader(stock: Course, lesson: str) -> None:
    assert short_of_full_marks(result(stock, lesson, "solved")) == {}


@pytest.mark.parametrize("lesson", LESSONS)
def test_an_untouched_notebook_is_not_attempted_everywhere(ours: Course, lesson: str) -> None:
    found = result(ours, lesson, "untouched")
    assert found.problems == ()
    judged = [cell for cell in found.cells if cell.verdict is not None]
    assert len(judged) == sum(not one.manual for one in exercises(lesson))
    assert {cell.verdict["outcome"] for cell in judged if cell.verdict} == {"not attempted"}
    assert sum(cell.earned or 0.0 for cell in found.cells) == 0


@pytest.mark.parametrize("student", ["untouched", "solved"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_no_cell_raises_or_writes_to_stderr(ours: Course, lesson: str, student: str) -> None:
    found = outputs(ours, lesson, student)
    assert [output.get("evalue") for output in found if output["output_type"] == "error"] == []
    assert [output.get("text") for output in found if output.get("name") == "stderr"] == []
