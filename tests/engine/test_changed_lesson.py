"""An instructor changes a lesson that was handed out: points follow, what does not fit is refused, and no student is blamed."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grading.demo.sample import CLASSES as LESSONS
from grading.demo.school import make_school
from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.database import opened_gradebook
from grading.engine.gradebook.recorder import Recorder
from grading.engine.gradebook.results import read_results
from grading.engine.gradebook.standings import Status, read_standings
from grading.engine.intake.notebook_file import read_notebook
from grading.engine.limits import DEFAULT_LIMITS
from grading.engine.points import PointsDoNotFit, refuse_misfits
from grading.engine.underway import Graded
from tests.engine import fake, tiny
from tests.hostile import lesson as checks

Notebook = dict[str, Any]


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = open_course(tiny.write_course(tmp_path_factory.mktemp("class")))
    generate_assignment(course, tiny.LESSON)
    tiny.hand_in(course.root, "s01", tiny.answered(course.root, tiny.RIGHT))
    tiny.hand_in(course.root, "s02", tiny.answered(course.root, {}))
    return course.root


@pytest.fixture
def course(handed_out: Path, tmp_path: Path) -> Course:
    return open_course(Path(shutil.copytree(handed_out, tmp_path / "course")))


def change_source(course: Course, change: Callable[[Notebook], object], lesson: str = tiny.LESSON) -> None:
    path = course.source(lesson) / f"{lesson}.ipynb"
    notebook = json.loads(path.read_text())
    change(notebook)
    path.write_text(json.dumps(notebook))
    generate_assignment(course, lesson)


def graded(course: Course, lesson: str = tiny.LESSON) -> list[Graded]:
    return grade_class(course, lesson, Plan(pool=fake.FakePool))


def kinds(told: list[Graded]) -> list[list[str]]:
    return [[problem.kind for problem in one.problems if problem.worth_telling] for one in told]


def cell_of(notebook: Notebook, grade_id: str) -> Any:
    return next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def settings(notebook: Notebook, grade_id: str) -> Any:
    return cell_of(notebook, grade_id)["metadata"]["nbgrader"]


def reworded(grade_id: str, old: str, new: str) -> Callable[[Notebook], object]:
    def change(notebook: Notebook) -> None:
        cell = cell_of(notebook, grade_id)
        source = "".join(cell["source"])
        assert old in source
        cell["source"] = source.replace(old, new)

    return change


def with_points(grade_id: str, points: float) -> Callable[[Notebook], object]:
    return lambda notebook: settings(notebook, grade_id).update(points=points)


def more(notebook: Notebook) -> None:
    notebook["cells"] += [
        tiny.todo("triple", "return 3 * x"),
        tiny.check("triple", 1.0, "assert triple(1) == 3", "triple(2)"),
    ]
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"tiny-{number}"


def without(*grade_ids: str) -> Callable[[Notebook], object]:
    def change(notebook: Notebook) -> None:
        for grade_id in grade_ids:
            notebook["cells"].remove(cell_of(notebook, grade_id))

    return change


def turned_round(notebook: Notebook) -> None:
    cells = notebook["cells"]
    cells[2:4], cells[4:6] = cells[4:6], cells[2:4]


def every(*changes: Callable[[Notebook], object]) -> Callable[[Notebook], object]:
    return lambda notebook: [change(notebook) for change in changes]


# What the instructor changes.
CHANGES: dict[str, Callable[[Notebook], object]] = {
    "points of a check": with_points("check-double", 4.0),
    "points of a written answer": with_points("written", 2.0),
    "points of everything": every(with_points("check-double", 3.0), with_points("check-half", 0.5), with_points("written", 5.0)),
    "the visible part of a check": reworded("check-double", "assert double(2) == 4", "assert double(20) == 40"),
    "the hidden part of a check": reworded("check-double", "assert double(3) == 6", "assert double(30) == 60"),
    "the stub": reworded("double", "def double(x):", "def double(x):\n    # twice x"),
    "the question": reworded("written", "Why?", "Why is it so?"),
    "question and points": every(reworded("written", "Why?", "Why is it so?"), with_points("written", 2.0)),
    "the question becomes another kind": lambda notebook: settings(notebook, "check-share").update(points=0.5),
    "an exercise less": without("half", "check-half"),
    "exercises in another order, and points": every(turned_round, with_points("check-double", 4.0)),
    "an exercise more, and points": every(more, with_points("check-double", 4.0)),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_the_instructor_changed_is_not_told_as_a_students_doing(course: Course, what: str) -> None:
    change_source(course, CHANGES[what])
    told = graded(course)
    assert [one.recorded for one in told] == [True, True]
    assert kinds(told) == [[], []]


def test_where_nothing_shows_whose_doing_it_was_the_line_blames_nobody(course: Course) -> None:
    change_source(course, more)
    told = graded(course)
    assert kinds(told) == [["missing-cell", "missing-cell"]] * 2
    assert told[0].problems[0].sentence == "cell 'triple' was missing and was put in its place"


def edited(change: Callable[[Notebook], object]) -> Callable[[Course], object]:
    def hand_in(course: Course) -> None:
        notebook = copy.deepcopy(tiny.answered(course.root, tiny.RIGHT))
        change(notebook)
        tiny.hand_in(course.root, "s01", notebook)

    return hand_in


# What a student changes in a copy of the present version.
TOLD: dict[str, tuple[Callable[[Notebook], object], str]] = {
    "a check": (reworded("check-double", "assert double(2) == 4", "pass"), "changed-cell"),
    "points of a check": (with_points("check-double", 40.0), "changed-metadata"),
    "points of a written answer": (with_points("written", 40.0), "changed-metadata"),
    "a lock": (lambda notebook: settings(notebook, "check-double").update(locked=False), "changed-metadata"),
    "an answer that is graded": (lambda notebook: settings(notebook, "double").update(grade=True), "changed-metadata"),
    "a check without a checksum": (
        every(
            reworded("check-double", "assert double(2) == 4", "pass"),
            lambda notebook: settings(notebook, "check-double").pop("checksum"),
        ),
        "changed-cell",
    ),
    "a check with a checksum that fits nothing": (
        every(
            reworded("check-double", "assert double(2) == 4", "pass"),
            lambda notebook: settings(notebook, "check-double").update(checksum="0" * 32),
        ),
        "changed-cell",
    ),
    "a check less": (without("check-double"), "missing-cell"),
    "checks in another order": (turned_round, "moved-cell"),
    "a graded cell of its own": (
        lambda notebook: notebook["cells"].append(
            tiny.cell("code", "1", grade=True, grade_id="mine", locked=True, solution=False, points=50, checksum="0" * 32)
        ),
        "unknown-cell",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_what_a_student_changed_is_told(course: Course, what: str) -> None:
    change, kind = TOLD[what]
    edited(change)(course)
    assert kind in kinds(graded(course))[0]


ODD: list[Any] = [None, 7, "", "ä", [], {}, ["x"], True]


@pytest.mark.parametrize("odd", ODD)
def test_odd_checksums_and_points_are_no_reason_to_stop(course: Course, odd: Any) -> None:
    def change(notebook: Notebook) -> None:
        for grade_id in ("check-double", "written", "double"):
            settings(notebook, grade_id).update(checksum=odd, points=odd)
        settings(notebook, "check-half").update(points=odd)

    edited(change)(course)
    told = graded(course)
    assert all(one.recorded for one in told)
    assert "changed-metadata" in kinds(told)[0]


def maximum(course: Course) -> float:
    from nbgrader.api import Gradebook

    with Gradebook(course.database, course.directories.course_id) as gradebook:
        return float(gradebook.find_assignment(tiny.LESSON).max_score)


def test_points_follow(course: Course) -> None:
    assert kinds(graded(course)) == [[], []]
    before = fake.gradebook(course)["s01"]["notebooks"][tiny.LESSON]["grades"]["check-double"][0]
    assert maximum(course) == 7.0
    change_source(course, with_points("check-double", 4.0))
    assert [one.ran for one in graded(course)] == [True, True]
    assert maximum(course) == 9.0
    assert fake.gradebook(course)["s01"]["notebooks"][tiny.LESSON]["grades"]["check-double"][0] == 2 * before


@pytest.fixture
def course_with_checks(tmp_path: Path) -> Course:
    checks.write_course(tmp_path / "course", tiny.ENGINE_CONFIG)
    course = open_course(tmp_path / "course")
    generate_assignment(course, checks.LESSON)
    released = json.loads((course.root / "release" / checks.LESSON / f"{checks.LESSON}.ipynb").read_text())
    target = course.folder("submitted", "s01", checks.LESSON) / f"{checks.LESSON}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(checks.filled(released, checks.RIGHT)))
    return course


@pytest.mark.parametrize("points", [4.0, 0.5, 0.0, 1.5001])
def test_points_that_are_not_the_exercises_are_refused_before_anything_is_graded(
    course_with_checks: Course, points: float
) -> None:
    course = course_with_checks
    change_source(course, with_points("check-sigmoid", points), checks.LESSON)
    sentence = (
        rf"00-hostile: the cell 'check-sigmoid' has {points:g} points, its exercise 'sigmoid' 1.5; "
        r"give cell and exercise the same points, and run `nbgrader generate_assignment 00-hostile --force`"
    )
    with pytest.raises(PointsDoNotFit, match=sentence):
        graded(course, checks.LESSON)
    assert not (course.root / "autograded").exists()
    change_source(course, with_points("check-sigmoid", 1.5), checks.LESSON)
    assert [one.ran for one in graded(course, checks.LESSON)] == [True]


def test_many_points_that_do_not_fit_are_one_sentence(course_with_checks: Course) -> None:
    change = every(*(with_points(f"check-{name}", 7.0) for name in checks.POINTS))
    change_source(course_with_checks, change, checks.LESSON)
    with pytest.raises(PointsDoNotFit, match=r"'check-relu' has 7 .*'check-sigmoid' has 7 .*'check-relu_grad' has 7"):
        graded(course_with_checks, checks.LESSON)


def test_points_that_the_course_gives_are_those_that_are_earned(course_with_checks: Course) -> None:
    root = course_with_checks.root
    given = {"sigmoid": 4.0, "relu_grad": 0.0}
    (root / "nbgrader_config.py").write_text(f"{tiny.ENGINE_CONFIG}\nc.CoursePoints.points = {given}\n")
    course = open_course(root)
    with pytest.raises(PointsDoNotFit, match=r"'check-sigmoid' has 1\.5 points, its exercise 'sigmoid' 4"):
        graded(course, checks.LESSON)
    change = every(with_points("check-sigmoid", 4.0), with_points("check-relu_grad", 0.0))
    change_source(course, change, checks.LESSON)
    assert [one.recorded for one in grade_class(course, checks.LESSON, Plan(jobs=1))] == [True]
    with opened_gradebook(course) as gradebook:
        found = gradebook.find_submission_notebook(checks.LESSON, checks.LESSON, "s01")
        assert {grade.name: grade.auto_score for grade in found.grades} == {
            "check-relu": 1.0,
            "check-sigmoid": 4.0,
            "check-relu_grad": 0.0,
        }
        standings = read_standings(course, gradebook, checks.LESSON)
    assert (standings.worth, standings.exercises) == (5.0, (("relu", 1.0), ("sigmoid", 4.0)))
    (result,) = read_results(course, checks.LESSON)
    assert [(cell.grade_id, cell.earned) for cell in result.cells] == [("check-relu", 1.0), ("check-sigmoid", 4.0)]


def test_a_written_answer_without_points_waits_for_nobody(course: Course) -> None:
    change_source(course, with_points("written", 0.0))
    assert all(one.recorded for one in graded(course))
    with opened_gradebook(course) as gradebook:
        assert read_standings(course, gradebook, tiny.LESSON).of("s01").status is Status.GRADED


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_of_the_course_as_it_is_handed_out_is_of_the_present_version(tmp_path: Path, lesson: str) -> None:
    course = make_school(tmp_path / "course", {lesson: ()})
    with Recorder(course, lesson) as recorder:
        templates = recorder.templates()
    refuse_misfits(lesson, templates)
    content = (course.root / "release" / lesson / f"{lesson}.ipynb").read_bytes()
    assert read_notebook(content, templates[lesson], DEFAULT_LIMITS).problems == ()
