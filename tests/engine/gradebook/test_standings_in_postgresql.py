"""A class and how it stands are the same in PostgreSQL, extensions among it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.gradebook.standings import read_standings
from grading.engine.gradebook.students import Student, read_students, write_roster
from tests.engine import tiny
from tests.engine.gradebook import postgresql
from tests.lms import school


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with postgresql.server() as found:
        yield found


@pytest.fixture
def course(address: str, tmp_path: Path) -> Course:
    url = postgresql.new_database(address, "standings")
    found = open_course(tiny.write_course(tmp_path, f"{tiny.ENGINE_CONFIG}c.CourseDirectory.db_url = {url!r}\n"))
    generate_assignment(found, tiny.LESSON)
    return found


def test_a_class_is_written_and_read(course: Course) -> None:
    write_roster(course, [Student("B", "Bea"), Student("a", "Ada", "Lovelace", "ada@uni.example", "101")])
    found = write_roster(course, [Student("a", email="new@uni.example"), Student("c")])
    assert (len(found.new), len(found.changed), len(found.gone)) == (1, 1, 1)
    ada = next(student for student in read_students(course) if student.id == "a")
    assert ada == Student("a", "Ada", "Lovelace", "new@uni.example", "101")
    school.extend(course, "a", 2)
    school.record(course, "c", school.FULL, 1.0, penalty=0.5)
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        standings = read_standings(course, gradebook, tiny.LESSON)
    assert [str(standings.of(student)) for student in ("a", "B", "c")] == [
        "not handed in, extended", "not handed in", "graded",
    ]  # fmt: skip
    assert (standings.of("c").earned, standings.of("a").extension) == (3.5, 2 * school.ONE_HOUR)
