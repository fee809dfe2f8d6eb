"""nbgrader's own commands with our configuration: one student's fault costs one student, and they take their turn."""

import copy
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from sqlalchemy.exc import OperationalError

from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, NoSuchLesson, open_course
from grading.engine.stock.exporter import GuardedNotebook, guard
from grading.engine.turns.turns import at_work, turn
from tests.engine import fake, odd, tiny
from tests.engine.turns.test_turns import GUARDED_CONFIG, autograded


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    root = tiny.write_course(tmp_path / "course", GUARDED_CONFIG)
    course = open_course(root)
    generate_assignment(course, tiny.LESSON)
    for student in ("a-first", "z-last"):
        tiny.hand_in(root, student, tiny.answered(root, tiny.RIGHT))
    yield course
    odd.remove(root)


def of_another_schema(notebook: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(notebook)
    for cell in changed["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 99
    return changed


def test_whatever_is_handed_in_everybody_else_is_graded(course: Course) -> None:
    right = tiny.answered(course.root, tiny.RIGHT)
    odd.nest(tiny.hand_in(course.root, "deep", right).parent, 1500)
    tiny.hand_in(course.root, "cut-off", b'{"cells": [')
    tiny.hand_in(course.root, "new\nline", right)
    tiny.hand_in(course.root, "schema", of_another_schema(right))
    tiny.hand_in(course.root, "twice", {**right, "cells": [*right["cells"], *right["cells"]]})
    os.mkfifo(tiny.hand_in(course.root, "pipe", right).with_name("pipe"))
    (course.folder("submitted", "folder", tiny.LESSON) / f"{tiny.LESSON}.ipynb").mkdir(parents=True)
    words = [sys.executable, "-m", "nbgrader", "autograde", tiny.LESSON]
    done = subprocess.run(words, cwd=course.root, capture_output=True, text=True, timeout=600)
    said = done.stderr.splitlines()
    assert done.returncode == 1
    assert {"a-first", "z-last"} <= set(autograded(course))
    points = {student: found["score"] for student, found in fake.gradebook(course).items()}
    assert (points["a-first"], points["z-last"]) == (6.0, 6.0)
    left_out = {"deep", "cut-off", "new?line", "schema", "pipe", "folder"}
    (line,) = [line for line in said if "not done: " in line]
    assert {name for name in (*left_out, "a-first", "z-last") if f"/{name}/" in line} == left_out
    assert line.endswith("the lines above say why. All others are done.")
    assert "RecursionError" in done.stderr


def test_a_gradebook_that_cannot_be_used_stops_at_once(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    met: list[str] = []

    def fail(converter: Autograde, assignment: str, student: str) -> None:
        met.append(student)
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    monkeypatch.setattr(Autograde, "init_assignment", fail)
    found = NbGraderAPI(config=course.config).autograde(tiny.LESSON, "*")
    assert not found["success"]
    assert met == ["a-first"]


BROKEN: dict[str, Callable[[Path], object]] = {
    "text": lambda gradebook: gradebook.write_text("student,points\n" * 100),
    "a folder": lambda gradebook: (gradebook.unlink(), gradebook.mkdir()),
    "cut off": lambda gradebook: gradebook.write_bytes(gradebook.read_bytes()[:10_000]),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's use of it
@pytest.mark.parametrize(
    ("command", "how"),
    [("generate_assignment", how) for how in BROKEN] + [("generate_feedback", "cut off")],
)
def test_a_gradebook_that_is_none_is_one_sentence(
    course: Course, command: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.root)
    course.config.GenerateAssignment.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"
    page = course.folder("autograded", "a-first", tiny.LESSON) / f"{tiny.LESSON}.ipynb"
    page.parent.mkdir(parents=True)
    page.write_text("{}")
    BROKEN[how](course.root / "gradebook.db")
    students = () if command == "generate_assignment" else ("a-first",)
    found = getattr(NbGraderAPI(config=course.config), command)(tiny.LESSON, *students, force=True)
    assert not found["success"]
    assert found["log"].count("the gradebook cannot be used: ") == 1
    assert "Traceback" not in found["log"]
    assert (course.root / "release" / tiny.LESSON / f"{tiny.LESSON}.ipynb").exists()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's use of it
def test_formgraders_button_is_told_who_is_at_work(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)
    api = NbGraderAPI(config=course.config)
    assert api.autograde(tiny.LESSON, "a-first")["success"]
    with turn(course, tiny.LESSON, "autograde", None):
        for found in (api.autograde(tiny.LESSON, "a-first"), api.generate_feedback(tiny.LESSON, "a-first")):
            assert not found["success"]
            assert "`autograde` of " in found["log"]
            assert f"(process {os.getpid()} on " in found["log"]
    assert autograded(course) == ["a-first"]
    assert api.generate_feedback(tiny.LESSON, "a-first")["success"]
    assert not at_work(course, tiny.LESSON)


def test_a_lesson_is_not_generated_anew_while_it_is_graded(course: Course) -> None:
    course.config.GenerateAssignment.exporter_class = "grading.engine.stock.exporter.GuardedNotebook"
    with turn(course, tiny.LESSON, "autograde", None), pytest.raises(NoSuchLesson, match="is at work on '00-tiny'"):
        generate_assignment(course, tiny.LESSON)
    generate_assignment(course, tiny.LESSON)


def test_this_courses_configuration_guards_every_converter_that_writes() -> None:
    config = open_course(Path(__file__).parents[3]).config
    for converter in (GenerateAssignment, Autograde, GenerateFeedback):
        made = converter(config=config)
        guarded = made.exporter_class(parent=made, config=made.config)
        assert guarded.parent is made
        assert "convert_notebooks" in vars(made), converter


def test_what_is_no_converter_is_left_alone() -> None:
    guard(None)
    assert GuardedNotebook().parent is None
