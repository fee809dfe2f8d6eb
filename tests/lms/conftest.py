"""One course with a class that has handed in nothing, made once; each test has a copy of its own."""

from pathlib import Path

import pytest

from grading.engine.course import Course
from tests.lms import school


@pytest.fixture(scope="session")
def school_template(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return school.make(tmp_path_factory.mktemp("school"))


@pytest.fixture
def class_of_four(school_template: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """The course of a test, in whose folder nbgrader's own commands are called."""
    found = school.copy(school_template, tmp_path / "course")
    monkeypatch.chdir(found.root)
    return found


@pytest.fixture
def course(class_of_four: Course) -> Course:
    """Ada has 7 of 7 points, Grace waits for a person, Jörg is late and has 0, Emmy has handed in nothing."""
    school.record(class_of_four, "ada", {"check-double": 2.0, "check-half": 1.0, "check-share": 3.0}, 1.0)
    school.record(class_of_four, "grace", {"check-double": 2.0})
    school.record(class_of_four, "joerg", {}, 0.0, timestamp="2026-11-02 10:00:00 UTC")
    return class_of_four
