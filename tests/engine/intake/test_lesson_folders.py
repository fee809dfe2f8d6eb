"""A folder of nearly a lesson's name: recognised by what is in it, in place of the lesson's own or beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, folders_like, open_course, students_with
from tests.engine import fake, tiny


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("02_activations", True),
        ("02-Activations", True),
        ("02 activations", True),
        ("activations", True),
        ("2-activations", True),
        ("ACTIVATIONS", True),
        ("02.activations", True),
        ("02activations", True),
        ("02-activations (1)", True),
        ("activations(2)", True),
        ("02-activations copy", True),
        ("02-activations-solved", True),
        ("homework 02 activations", True),
        ("02-activation", True),
        ("02-activaitons", True),
        ("\uff10\uff12-activations", True),
        ("02-activations", False),
        ("03-activations", False),
        ("01-xor", False),
        ("activations 3", False),
        ("notes", False),
        ("02", False),
        (".02-activations", False),
        ("", False),
    ],
)
def test_which_names_are_nearly_a_lessons(tmp_path: Path, name: str, alike: bool) -> None:
    (tmp_path / name).mkdir(exist_ok=True)
    assert (name in folders_like(tmp_path, "02-activations")) == alike


@pytest.mark.parametrize(("lesson", "other"), [("ps1", "ps2"), ("1", "2"), ("week-1", "week-11"), ("a", "b")])
def test_other_lessons_are_other_ones(tmp_path: Path, lesson: str, other: str) -> None:
    (tmp_path / other).mkdir()
    assert folders_like(tmp_path, lesson) == []


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = open_course(tiny.write_course(tmp_path / "course"))
    generate_assignment(course, tiny.LESSON)
    return course


def hand_in(
    course: Course, student: str, folder: str, content: dict[str, Any] | bytes, name: str = f"{tiny.LESSON}.ipynb"
) -> None:
    target = course.root / "submitted" / student / folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def told(course: Course) -> dict[str, list[str]]:
    graded = grade_class(course, tiny.LESSON, Plan(pool=fake.FakePool))
    assert all(one.recorded for one in graded)
    return {one.student: [problem.sentence for problem in one.problems] for one in graded}


def test_what_lies_in_place_of_the_lessons_folder_is_graded(course: Course) -> None:
    right = tiny.answered(course.root, tiny.RIGHT)
    hand_in(course, "s01", "00_Tiny", right)
    hand_in(course, "s01", "00_Tiny", b"2026-11-01 10:00:00 UTC", "timestamp.txt")
    hand_in(course, "s02", "tiny", right, "Untitled.ipynb")
    hand_in(course, "s03", "tiny", b"nothing of the kind", "notes.txt")
    hand_in(course, "s04", "something else", right)
    said = told(course)
    assert said == {
        "s01": ["'00-tiny.ipynb' is missing; '../00_Tiny/00-tiny.ipynb' holds its cells and was graded instead"],
        "s02": ["'00-tiny.ipynb' is missing; '../tiny/Untitled.ipynb' holds its cells and was graded instead"],
        "s03": ["no '00-tiny.ipynb' was handed in; there is '../tiny/notes.txt'"],
    }
    found = fake.gradebook(course)
    assert found["s01"]["score"] == found["s02"]["score"] > 0 == found["s03"]["score"]
    assert str(found["s01"]["timestamp"]) == "2026-11-01 10:00:00"
    assert not list((course.root / "autograded").rglob("..*"))


def test_what_lies_beside_the_lessons_folder_is_graded_if_nobody_worked_in_the_lessons(course: Course) -> None:
    right, untouched = tiny.answered(course.root, tiny.RIGHT), tiny.answered(course.root, {})
    for student, own, other in (("s01", untouched, right), ("s02", right, untouched)):
        hand_in(course, student, tiny.LESSON, own)
        hand_in(course, student, "00_tiny", other)
    said = told(course)
    beside = "holds the lesson, too, and was graded instead"
    assert said == {"s01": [f"'00-tiny.ipynb' is as it was handed out; '../00_tiny/00-tiny.ipynb' {beside}"], "s02": []}
    found = fake.gradebook(course)
    assert found["s01"]["score"] == found["s02"]["score"]


def test_the_folder_of_another_lesson_is_no_slip(course: Course) -> None:
    (course.root / "source" / "00-tiny-two").mkdir()
    right = tiny.answered(course.root, tiny.RIGHT)
    hand_in(course, "s01", tiny.LESSON, right)
    hand_in(course, "s02", "00-tiny-two", right)
    assert students_with(course, tiny.LESSON) == ["s01"]


def test_where_students_lie_below_lessons_nobody_gets_the_folder_of_somebody_else(tmp_path: Path) -> None:
    structure = "c.CourseDirectory.directory_structure = '{nbgrader_step}/{assignment_id}/{student_id}'\n"
    course = open_course(tiny.write_course(tmp_path / "course", tiny.ENGINE_CONFIG))
    generate_assignment(course, tiny.LESSON)
    (course.root / "nbgrader_config.py").write_text(tiny.ENGINE_CONFIG + structure)
    course = open_course(course.root)
    right = tiny.answered(course.root, tiny.RIGHT)
    for student in ("ann", "ann (1)", "Ann"):
        (course.root / "submitted" / tiny.LESSON / student).mkdir(parents=True)
    tiny.hand_in(course.root, tiny.LESSON, right)  # a path of ours, for a student called as the lesson
    target = course.root / "submitted" / tiny.LESSON / "Ann" / f"{tiny.LESSON}.ipynb"
    target.write_bytes((course.root / "submitted" / tiny.LESSON / tiny.LESSON / f"{tiny.LESSON}.ipynb").read_bytes())
    said = told(course)
    assert said["ann"] == said["ann (1)"] == ["no '00-tiny.ipynb' was handed in; there is no other file"]
    assert said["Ann"] == []


def test_a_link_to_a_folder_of_nearly_that_name_is_not_followed(course: Course, tmp_path: Path) -> None:
    (course.root / "submitted" / "s01").mkdir(parents=True)
    (course.root / "submitted" / "s01" / "00_tiny").symlink_to(course.source(tiny.LESSON))
    hand_in(course, "s02", tiny.LESSON, tiny.answered(course.root, tiny.RIGHT))
    assert students_with(course, tiny.LESSON) == ["s02"]
