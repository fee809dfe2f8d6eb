"""A due date, an extension or a policy that has changed holds for everyone, and no notebook is run for it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.engine import classroom
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import open_course
from grading.errors import CourseError
from tests.engine import fake, tiny

ZERO = "c.LateSubmissionPlugin.penalty_method = 'zero'"
# Handed in at ten, eleven and twelve o'clock.
HANDED_IN = {f"s{number:04}": f"2026-11-01 {10 + number}:00:00 UTC" for number in range(3)}
OWN_POLICY = """
from nbgrader.plugins import BasePlugin

class ByTheHour(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        if student_id == "s0001" and {broken}:
            raise ValueError("out of order")
        return {points} * total_seconds_late / 3600
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = fake.write_class(tmp_path_factory.mktemp("class"), 3)
    for student, when in HANDED_IN.items():
        (course.folder("submitted", student, tiny.LESSON) / "timestamp.txt").write_text(when)
    (course.root / "nbgrader_config.py").write_text(f"{tiny.ENGINE_CONFIG}\n{ZERO}\n")
    fake.grade(open_course(course.root))
    return course.root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Iterator[Path]:
    root = Path(shutil.copytree(graded, tmp_path / "course"))
    sys.path.insert(0, str(root))
    yield root
    sys.path.remove(str(root))
    sys.modules.pop("our_policy", None)


def due(root: Path, when: str | None, **extensions: int) -> None:
    """Set the due date, and extensions in hours."""
    course = open_course(root)
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.update_or_create_assignment(tiny.LESSON, duedate=when)
        for student, hours in extensions.items():
            gradebook.find_submission(tiny.LESSON, student).extension = timedelta(hours=hours)
        gradebook.db.commit()


def policy(root: Path, points: float, broken: bool = False) -> None:
    """Give the course a policy of its own."""
    (root / "our_policy.py").write_text(OWN_POLICY.format(points=points, broken=broken))
    sys.modules.pop("our_policy", None)
    (root / "nbgrader_config.py").write_text(
        f"{tiny.ENGINE_CONFIG}\nc.AssignLatePenalties.plugin_class = 'our_policy.ByTheHour'\n"
    )


def again(root: Path) -> tuple[int, list[str]]:
    """Run; return how many penalties changed and what was said. Nobody may be graded again."""
    changed: list[int] = []
    said: list[str] = []
    told = grade_class(
        open_course(root), tiny.LESSON, Plan(pool=fake.FakePool), say=said.append, late=changed.append
    )  # fmt: skip
    assert not any(one.ran for one in told)
    return sum(changed), said


def penalties(root: Path) -> list[float | None]:
    found = fake.gradebook(open_course(root))
    return [found[student]["notebooks"][tiny.LESSON]["penalty"] for student in HANDED_IN]


def scores(root: Path) -> list[float]:
    found = fake.gradebook(open_course(root))
    return [found[student]["score"] for student in HANDED_IN]


def test_a_due_date_that_is_set_moved_and_dropped(root: Path) -> None:
    zero, full = [None] * 3, scores(root)
    assert penalties(root) == zero
    assert again(root) == (0, [])
    due(root, "2026-11-01 10:30:00 UTC")
    assert again(root) == (2, [])
    assert penalties(root) == [None, full[1], full[2]]
    assert again(root) == (0, [])
    due(root, "2026-11-01 11:30:00 UTC")
    assert again(root) == (1, [])
    assert penalties(root) == [None, None, full[2]]
    due(root, None)
    assert again(root) == (1, [])
    assert penalties(root) == zero


def test_an_extension(root: Path) -> None:
    due(root, "2026-11-01 09:00:00 UTC", s0001=2)
    assert again(root) == (2, [])
    assert [points is None for points in penalties(root)] == [False, True, False]
    due(root, "2026-11-01 09:00:00 UTC", s0001=0, s0002=3)
    assert again(root) == (2, [])
    assert [points is None for points in penalties(root)] == [False, False, True]


def test_another_policy_and_one_of_the_courses_own(root: Path) -> None:
    due(root, "2026-11-01 09:00:00 UTC")
    assert again(root) == (3, [])
    policy(root, 1 / 64)
    assert again(root) == (3, [])
    assert penalties(root) == [hours / 64 for hours in (1, 2, 3)]
    policy(root, 1 / 32)
    assert again(root) == (3, [])
    assert again(root) == (0, [])


def test_the_points_that_a_person_gives(root: Path) -> None:
    due(root, "2026-11-01 11:30:00 UTC")
    assert again(root) == (1, [])
    course = open_course(root)
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        for student in HANDED_IN:
            gradebook.find_grade("written", tiny.LESSON, tiny.LESSON, student).manual_score = 1.0
        gradebook.db.commit()
    assert again(root) == (1, [])
    assert penalties(root) == [None, None, scores(root)[2]]


def test_a_student_for_whom_the_policy_fails_keeps_the_penalty(root: Path) -> None:
    due(root, "2026-11-01 09:00:00 UTC")
    again(root)
    before = penalties(root)
    policy(root, 1 / 64, broken=True)
    changed, said = again(root)
    assert changed == 2
    assert penalties(root) == [1 / 64, before[1], 3 / 64]
    assert len(said) == 1
    assert said[0].startswith("s0001: the late penalty stays as it was: ValueError: out of order (the traceback is in")


@pytest.mark.parametrize("name", ["no_such_module.Policy", "os.path", "nbgrader.plugins.NoSuchPlugin"])
def test_a_policy_that_is_none_stops_the_run_with_a_sentence(root: Path, name: str) -> None:
    (root / "nbgrader_config.py").write_text(f"{tiny.ENGINE_CONFIG}\nc.AssignLatePenalties.plugin_class = {name!r}\n")
    with pytest.raises(CourseError, match=r"nbgrader_config\.py"):
        again(root)


def test_without_penalties_in_the_configuration_the_column_is_left_alone(root: Path) -> None:
    due(root, "2026-11-01 09:00:00 UTC")
    again(root)
    before = penalties(root)
    text = tiny.ENGINE_CONFIG.replace('    "nbgrader.preprocessors.AssignLatePenalties",\n', "")
    (root / "nbgrader_config.py").write_text(text)
    due(root, None)
    fake.grade(open_course(root))
    assert penalties(root) == before


def test_the_last_line_says_how_many_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(classroom, "LocalPool", lambda *_: fake.FakePool())
    words: list[Any] = ["autograde", tiny.LESSON, "--course", str(root), "--unsafe-no-sandbox"]
    main(words)  # with another limit than before: everybody is graded again
    capfd.readouterr()
    due(root, "2026-11-01 10:30:00 UTC")
    assert main(words) == 0
    assert capfd.readouterr().err.strip().endswith("3 unchanged, 0 with a problem, the late penalty of 2 changed")
    assert main(words) == 0
    assert capfd.readouterr().err.strip().endswith("3 unchanged, 0 with a problem")
