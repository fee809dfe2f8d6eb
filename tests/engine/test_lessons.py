"""Every command that is about a lesson finds it by its number, and says which one may be meant by a misspelt name."""

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.lessons import lesson_of
from grading.lesson_names import UnknownLesson
from tests.engine import tiny


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(tiny.write_course(tmp_path))


def test_a_lesson_is_found_by_what_its_source_is_called(course: Course) -> None:
    assert [lesson_of(course, word) for word in ("00", "0", "00-tiny")] == [tiny.LESSON] * 3


def test_a_lesson_that_only_the_gradebook_knows_is_found(course: Course) -> None:
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.add_assignment("07-own")
    assert lesson_of(course, "07") == "07-own"
    with pytest.raises(UnknownLesson, match="did you mean '07-own'"):
        lesson_of(course, "07-owm")


def test_a_lesson_that_was_only_handed_in_goes_by_its_whole_name(course: Course) -> None:
    (course.root / "submitted" / "s01" / "09-other").mkdir(parents=True)
    assert lesson_of(course, "09-other") == "09-other"


def test_looking_for_a_lesson_makes_no_gradebook(course: Course) -> None:
    with pytest.raises(UnknownLesson):
        lesson_of(course, "nothing")
    assert not (course.root / "gradebook.db").exists()


@pytest.mark.parametrize("command", ["autograde", "feedback", "report"])
def test_a_command_suggests_the_nearest_lesson(
    command: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "00-tinny", "--course", str(course.root)]) == 1
    assert capsys.readouterr().err == f"{command}: no lesson '00-tinny'; did you mean '00-tiny'? There are 00-tiny\n"


@pytest.mark.parametrize("command", ["autograde", "feedback", "report"])
def test_a_command_takes_the_number_of_a_lesson(
    command: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    generate_assignment(course, tiny.LESSON)
    assert main([command, "00", "--course", str(course.root)]) == 1
    assert "'00-tiny'" in capsys.readouterr().err
