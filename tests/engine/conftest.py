"""One tiny course with a graded class, made once for a test session."""

from collections.abc import Iterator

import pytest

from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.limits import Limits
from grading.engine.underway import Graded
from tests.engine import tiny

LOOP = "def half(x):\n    while True:\n        pass"
PLAN = Plan(jobs=2, limits=Limits(seconds=16))


@pytest.fixture(scope="session")
def tiny_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A generated lesson with everyone's submissions, nothing graded yet."""
    root = tiny.write_course(tmp_path_factory.mktemp("course"))
    course = open_course(root)
    generate_assignment(course, tiny.LESSON)
    right = tiny.answered(root, tiny.RIGHT)
    tiny.hand_in(root, "s01", right)
    tiny.hand_in(root, "s02", tiny.answered(root, {}))
    tiny.hand_in(root, "s03", tiny.answered(root, {**tiny.RIGHT, "half": LOOP}))
    tiny.hand_in(root, "s04", b'{"cells": [')
    tiny.hand_in(root, "s05", right, "my copy.ipynb")
    tiny.hand_in(root, "s06", tiny.answered(root, {**tiny.RIGHT, "share": "def share(x):\n    return 0.5"}))
    tiny.hand_in(root, "s07", tiny.answered(root, {**tiny.RIGHT, "double": "def double(x:\n    return"}))
    stored = tiny.answered(root, tiny.RIGHT)
    next(cell for cell in stored["cells"] if cell["cell_type"] == "code")["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}
    ]
    tiny.hand_in(root, "s08", stored)
    (root / "submitted" / "s01" / tiny.LESSON / "timestamp.txt").write_text("2026-11-01 10:00:00 UTC")
    return course


@pytest.fixture(scope="session")
def graded_class(tiny_course: Course) -> Iterator[tuple[Course, dict[str, Graded]]]:
    """The course with all of its class graded, and what was told of each student."""
    yield tiny_course, {graded.student: graded for graded in grade_class(tiny_course, tiny.LESSON, PLAN)}
