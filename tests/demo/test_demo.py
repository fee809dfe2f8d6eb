"""The demo with real notebooks, on a part of its class: the whole one is graded by `make demo`."""

from pathlib import Path
from time import monotonic

import pytest

from grading.__main__ import main
from grading.demo import sample
from grading.demo.school import make_school
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.gradebook.results import read_results
from grading.errors import CourseError
from grading.report.summary import ClassSummary, Standing, summarize

ROOT = Path(__file__).parents[2]
LESSON = "02-activations"
PART = {LESSON: tuple(p for p in sample.CLASSES[LESSON] if p.student in {"s01", "s10", "s11", "s12", "s13"})}


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Course:
    if not (ROOT / "source" / LESSON).is_dir():
        pytest.skip("the lessons are not built; run make build")
    course = make_school(tmp_path_factory.mktemp("demo"), PART)
    grade_class(course, LESSON, Plan(jobs=2))
    return course


@pytest.fixture(scope="module")
def summary(school: Course) -> ClassSummary:
    return summarize(LESSON, read_results(school, LESSON))


def test_the_model_solution_gets_full_marks(summary: ClassSummary) -> None:
    student = summary.students[0]
    assert student.earned == summary.points
    assert {mark.standing for mark in student.marks} == {Standing.RIGHT}


def test_a_forgotten_return_is_explained_in_the_report(summary: ClassSummary) -> None:
    (mark,) = (mark for mark in summary.students[1].marks if mark.exercise == "sigmoid_grad")
    assert mark.standing is Standing.WRONG
    assert "return" in " ".join(mark.lines)


def test_a_syntax_error_costs_its_exercise_and_not_the_ones_before(summary: ClassSummary) -> None:
    standings = {mark.exercise: mark.standing for mark in summary.students[2].marks}
    assert standings["relu"] is standings["relu_grad"] is standings["relu_interpolant"] is Standing.RIGHT
    assert standings["sigmoid"] is Standing.WRONG
    titles = [fault.title for exercise in summary.exercises if exercise.name == "sigmoid" for fault in exercise.faults]
    assert any("SyntaxError" in title for title in titles)


def test_a_file_that_was_cut_off_is_reported_and_the_renamed_one_is_graded(summary: ClassSummary) -> None:
    told = [(student.student, [problem.kind for problem in student.problems]) for student in summary.troubled]
    assert told == [("s12", ["not-json"]), ("s13", ["renamed"])]
    assert summary.students[4].earned > 0


def test_the_second_time_is_quick_and_the_status_is_0(
    school: Course, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sample, "CLASSES", PART)
    started = monotonic()
    assert main(["demo", "--directory", str(school.root)]) == 0
    assert monotonic() - started < 30
    said = capfd.readouterr()
    assert "0 graded now, 5 unchanged" in said.err
    assert "s12  the file is not JSON" in said.out
    page = school.root / "reports" / f"{LESSON}.html"
    assert str(page) in said.out.replace("\n", "")
    assert ">What went wrong</h2>" in page.read_text(encoding="utf-8")


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "submitted" / "s01" / "work.ipynb"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    with pytest.raises(CourseError, match="not empty"):
        make_school(tmp_path, PART)
    assert precious.read_text() == "mine"


def test_without_built_lessons_the_demo_says_what_to_do(tmp_path: Path) -> None:
    origin = tmp_path / "empty"
    origin.mkdir()
    (origin / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(CourseError, match="make build"):
        make_school(tmp_path / "demo", PART, origin)


def test_the_settings_of_the_course_use_our_executor() -> None:
    course = open_course(ROOT)
    assert course.config.Autograde.autograde_preprocessors[0] == "grading.engine.stock.preprocessors.SandboxedExecute"


def test_a_misspelt_lesson_is_told_the_nearest_before_a_class_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "02-activation", "--directory", str(tmp_path / "demo")]) == 1
    assert capsys.readouterr().err.startswith("demo: no lesson '02-activation'; did you mean '02-activations'?")
    assert not (tmp_path / "demo").exists()
