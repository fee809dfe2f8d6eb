"""How everybody stands in a lesson: what is not known is not 0, and nothing that happened looks like something else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grading.engine.course import Course, NoSuchLesson
from grading.engine.database import quiet_database
from grading.engine.gradebook.standings import LessonStandings, Status, read_standings
from grading.engine.underway import Graded
from tests.engine import tiny
from tests.lms import school


def standings(course: Course, lesson: str = tiny.LESSON) -> LessonStandings:
    with quiet_database(), Gradebook(course.database, course.directories.course_id) as gradebook:
        return read_standings(course, gradebook, lesson)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return school.make(tmp_path_factory.mktemp("school"))


@pytest.fixture
def course(template: Course, tmp_path: Path) -> Course:
    return school.copy(template, tmp_path / "course")


def hand_in(course: Course) -> None:
    tiny.hand_in(course.root, "ada", b"{}")


CASES: dict[str, tuple[Callable[[Course], None], str, float | None]] = {
    "graded": (lambda c: school.record(c, "ada", {"check-double": 2.0, "check-half": 1.0}, 0.5), "graded", 3.5),
    "everything wrong": (lambda c: school.record(c, "ada", {}, 0.0), "graded", 0.0),
    "nothing but written answers": (lambda c: school.record(c, "ada", {}), "waiting for a person", None),
    "waiting": (lambda c: school.record(c, "ada", school.FULL), "waiting for a person", None),
    "a check that failed itself": (
        lambda c: school.record(c, "ada", school.FULL, 1.0, waits="check-half"),
        "waiting for a person",
        None,
    ),
    "nothing": (lambda c: None, "not handed in", None),
    "handed in": (hand_in, "not graded yet", None),
    "unreadable": (lambda c: school.record(c, "ada", {}, present=False), "unreadable", None),
    "late": (
        lambda c: school.record(c, "ada", school.FULL, 1.0, timestamp="2026-11-01 13:00:00 UTC", penalty=1.5),
        "graded, late",
        2.5,
    ),
    "late by everything": (
        lambda c: school.record(c, "ada", {"check-half": 1.0}, 0.0, timestamp="2026-11-03 13:00:00 UTC", penalty=7.0),
        "graded, late",
        0.0,
    ),
    "extended and nothing": (lambda c: school.extend(c, "ada", 2), "not handed in, extended", None),
    "extended and handed in": (
        lambda c: (school.extend(c, "ada", 2), hand_in(c))[0],  # type: ignore[func-returns-value]
        "not graded yet, extended",
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_lesson_stands_as_it_stands(name: str, course: Course) -> None:
    happen, status, earned = CASES[name]
    happen(course)
    found = standings(course).of("ada")
    assert (str(found), found.earned) == (status, earned)


def test_an_extension_makes_what_would_be_late_be_in_time(course: Course) -> None:
    school.extend(course, "ada", 2)
    school.record(course, "ada", school.FULL, 1.0, timestamp="2026-11-01 13:00:00 UTC")
    found = standings(course).of("ada")
    assert (str(found), found.late, found.extension) == ("graded, extended", 0.0, 2 * school.ONE_HOUR)


def test_a_lesson_says_what_it_and_its_exercises_are_worth(course: Course) -> None:
    found = standings(course)
    assert found.worth == 7.0
    assert found.exercises == (("double", 2.0), ("half", 1.0), ("share", 3.0), ("written", 1.0))


def test_an_exercise_that_waits_has_no_points_and_the_others_have_theirs(course: Course) -> None:
    school.record(course, "ada", {"check-double": 2.0})
    assert [each.earned for each in standings(course).of("ada").exercises] == [2.0, 0.0, 0.0, None]


def test_a_lesson_that_the_gradebook_does_not_know_is_said(course: Course) -> None:
    with pytest.raises(NoSuchLesson, match="generate_assignment 09-none"):
        standings(course, "09-none")


def test_a_graded_class_stands_as_its_grading_said(graded_class: tuple[Course, dict[str, Graded]]) -> None:
    course, _ = graded_class
    found = {student: standing.status for student, standing in standings(course).by_student.items()}
    waiting = dict.fromkeys(("s01", "s03", "s05", "s06", "s07", "s08"), Status.WAITING)
    # An untouched written answer waits for nobody.
    assert found == {**waiting, "s02": Status.GRADED, "s04": Status.UNREADABLE}
