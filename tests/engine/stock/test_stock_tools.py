"""The stock tools on the same course, called as a person calls them, with no command of ours in between."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import open_course
from grading.engine.gradebook.results import read_results
from tests.engine import tiny

HONEST = {
    "s01": tiny.RIGHT,
    "s02": {},
    "s03": {**tiny.RIGHT, "double": "def double(x):\n    return x"},
    "s04": {**tiny.RIGHT, "share": "def share(x):\n    return 0.75"},
    "s05": {**tiny.RIGHT, "half": "def half(x:"},
}
WARNING = {**tiny.RIGHT, "half": "import warnings\n\ndef half(x):\n    warnings.warn('old')\n    return x / 2"}


def nbgrader(root: Path, *words: str) -> str:
    """Run a stock command in a course's folder and return what it said; it must end well."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def scores(root: Path) -> dict[str, float]:
    """Return the scores that `nbgrader export` writes."""
    nbgrader(root, "export")
    with (root / "grades.csv").open(newline="") as rows:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(rows)}


def stock_class(root: Path, config: str, answers: dict[str, dict[str, str]]) -> dict[str, float]:
    """Make a course, hand in, autograde and export with stock commands only."""
    tiny.write_course(root, config)
    nbgrader(root, "generate_assignment", tiny.LESSON)
    for student, answer in answers.items():
        tiny.hand_in(root, student, tiny.answered(root, answer))
    nbgrader(root, "autograde", tiny.LESSON)
    return scores(root)


@pytest.fixture(scope="module")
def with_our_executor(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    root = tmp_path_factory.mktemp("ours")
    return root, stock_class(root, tiny.ENGINE_CONFIG, {**HONEST, "s06": WARNING})


def test_stock_autograde_with_our_executor_gives_the_points_that_are_due(
    with_our_executor: tuple[Path, dict[str, float]],
) -> None:
    expected = {"s01": 6.0, "s02": 0.0, "s03": 4.0, "s04": 3.75, "s05": 5.0, "s06": 6.0}
    assert with_our_executor[1] == expected


def test_our_command_gives_the_same_points_in_the_same_gradebook(
    with_our_executor: tuple[Path, dict[str, float]],
) -> None:
    root, before = with_our_executor
    course = open_course(root)
    assert [graded.problems for graded in grade_class(course, tiny.LESSON, Plan(force=True, jobs=2))] == [()] * 6
    assert scores(root) == before


def test_feedback_is_generated_for_what_our_command_graded(with_our_executor: tuple[Path, dict[str, float]]) -> None:
    root = with_our_executor[0]
    course = open_course(root)
    grade_class(course, tiny.LESSON, Plan(jobs=2))
    nbgrader(root, "generate_feedback", tiny.LESSON, "--force")
    page = (root / "feedback" / "s04" / tiny.LESSON / f"{tiny.LESSON}.html").read_text()
    assert "Score: 3.75 / 7.0" in " ".join(page.split())


def test_results_read_the_same_after_stock_autograde(with_our_executor: tuple[Path, dict[str, float]]) -> None:
    root, expected = with_our_executor
    results = {found.student: found for found in read_results(open_course(root), tiny.LESSON)}
    earned = {student: sum(cell.earned or 0 for cell in found.cells) for student, found in results.items()}
    assert earned == expected


def test_honest_work_gets_the_same_points_without_our_executor(
    tmp_path: Path, with_our_executor: tuple[Path, dict[str, float]]
) -> None:
    # s06 is left out: stock nbgrader gives no points where a library's warning went to stderr, which is wrong.
    stock = stock_class(tmp_path, tiny.STOCK_CONFIG, HONEST)
    assert stock == {student: with_our_executor[1][student] for student in HONEST}


def test_validate_passes_the_solution_and_fails_the_untouched_notebook(
    with_our_executor: tuple[Path, dict[str, float]],
) -> None:
    root = with_our_executor[0]
    path = f"{tiny.LESSON}/{tiny.LESSON}.ipynb"
    assert "Success" in nbgrader(root, "validate", f"source/{path}")
    assert "VALIDATION FAILED" in nbgrader(root, "validate", f"release/{path}")


def test_the_gradebook_may_be_another_database(tmp_path: Path) -> None:
    root = tmp_path / "course"
    url = f"sqlite:///{tmp_path}/elsewhere.db"
    tiny.write_course(root, tiny.ENGINE_CONFIG + f"c.CourseDirectory.db_url = {url!r}\n")
    course = open_course(root)
    generate_assignment(course, tiny.LESSON)
    tiny.hand_in(root, "s01", tiny.answered(root, tiny.RIGHT))
    grade_class(course, tiny.LESSON, Plan(jobs=1))
    assert scores(root) == {"s01": 6.0}
    assert (tmp_path / "elsewhere.db").exists()
    assert not (root / "gradebook.db").exists()
