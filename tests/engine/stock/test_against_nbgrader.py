"""Still nbgrader: its own tests pass under our configuration as without it, and honest work gets the points that it gives.

Minutes, so not part of the default run: `make nbgrader-test`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from grading.demo.pupil import Damage, Pupil
from grading.demo.sample import CLASSES
from grading.demo.school import make_school
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.gradebook.results import read_results

pytestmark = pytest.mark.nbgrader

ROOT = Path(__file__).parents[3]
# What is configured for every course on a machine: ours, without what only says where this one course is and what its stubs are.
CONFIGURATION = """
c = get_config()
load_subconfig({settings!r})
for name in ("CourseDirectory", "ClearSolutions"):
    c.pop(name, None)
"""
PARTS = ("autograde", "generate_assignment", "generate_feedback", "validate", "zip_collect")
# Tests of nbgrader that end otherwise under our configuration, each with the reason why it should.
DIFFERENCES = {
    "test_side_effects": "what a submission writes stays in its sandbox and is gone with it",
    "test_grade_empty_timestamp": "a time that cannot be read is told and costs nobody the lesson",
    "test_handle_failure": "a notebook that is not the lesson's is told and costs nothing but itself",
    "test_handle_failure_single_notebook": "the same",
    "test_missing_source_kernelspec": "a kernel that nobody knows is taken for the lesson's",
    "test_incorrect_source_kernelspec": "a notebook for another language is told and not run",
    "test_force_single_notebook": "a notebook whose cells are all gone is told, and there is no graded one",
    "test_update_newer": "the same",
    "test_update_newer_single_notebook": "the same",
    "test_missing_files": "an empty folder is told and gets 0 points, as by our command",
}
# Checks that score a network by its accuracy after training from a seed, which is another one in every run of ours.
TRAINED = {"check-build_mlp"}


def outcomes(part: str, folder: Path, configuration: str) -> dict[str, str]:
    """Run nbgrader's own tests of one command, with this configuration for the whole machine; return how each ended."""
    settings, report = folder / "settings", folder / "report.xml"
    settings.mkdir(parents=True)
    (settings / "nbgrader_config.py").write_text(configuration)
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": str(settings), "PATH": programs, "OMP_NUM_THREADS": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    module = f"nbgrader.tests.apps.test_nbgrader_{part}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--pyargs", module]
    subprocess.run([*command, f"--junit-xml={report}"], cwd=folder, env=environment, capture_output=True, check=False)
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        ends = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        found[str(case.get("name"))] = ends[0] if ends else "passed"
    return found


@pytest.mark.parametrize("part", PARTS)
def test_nbgraders_own_tests_end_as_without_our_configuration(part: str, tmp_path: Path) -> None:
    stock = outcomes(part, tmp_path / "stock", "")
    ours = outcomes(part, tmp_path / "ours", CONFIGURATION.format(settings=str(ROOT / "nbgrader_config.py")))
    assert len(stock) >= 10
    assert list(stock.values()).count("passed") >= len(stock) / 2
    differing = {name: (stock[name], ours.get(name)) for name in stock if ours.get(name) != stock[name]}
    print(f"{part}: {len(stock)} tests, {list(stock.values()).count('passed')} pass, {len(differing)} end otherwise")
    assert differing.keys() == {name for name in DIFFERENCES if name in stock}, differing


STOCK_SETTINGS = """
c = get_config()
c.CourseDirectory.course_id = "mlp-course"
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
c.Execute.timeout = 600
"""


def points(course: Course, lesson: str) -> dict[str, dict[str, float | None]]:
    """Return what everybody earned, cell by cell."""
    return {one.student: {cell.grade_id: cell.earned for cell in one.cells} for one in read_results(course, lesson)}


def honest(lesson: str) -> tuple[Pupil, ...]:
    """Return the sample's submissions that stock nbgrader can run to their end: whole files, no endless loop."""
    return tuple(one for one in CLASSES[lesson] if one.damage is Damage.NONE and "endless" not in one.description)


@pytest.mark.parametrize("lesson", sorted(CLASSES))
def test_honest_work_gets_the_points_that_stock_nbgrader_gives(lesson: str, tmp_path: Path) -> None:
    school = make_school(tmp_path / "ours", {lesson: honest(lesson)})
    list(grade_class(school, lesson, Plan()))
    other = make_school(tmp_path / "stock", {lesson: honest(lesson)}).root
    (other / "nbgrader_config.py").write_text(STOCK_SETTINGS)
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": programs, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "nbgrader", "autograde", lesson]
    done = subprocess.run(command, cwd=other, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    ours, stock = points(school, lesson), points(open_course(other), lesson)
    assert len(ours) >= 4
    assert ours.keys() == stock.keys()
    for student, cells in ours.items():
        expected = {
            name: pytest.approx(earned, abs=0.6 if name in TRAINED else 0) for name, earned in stock[student].items()
        }
        assert cells == expected, student
