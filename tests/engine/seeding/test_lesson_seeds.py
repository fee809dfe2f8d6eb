"""Within an epoch everybody has the same seed; once there is feedback, what is new has another and what is old keeps its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grading.engine.course import Course, open_course
from grading.engine.limits import DEFAULT_LIMITS
from grading.engine.seeding.lesson_seeds import LessonSeeds, seed_of_submitted
from tests.engine import tiny
from tests.engine.seeding.test_epochs import LESSON, later, page

OLD, NEW = b'{"cells": []}', b'{"cells": [1]}'


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(tmp_path)


def seed(course: Course, content: bytes | None, lesson: str = LESSON, notebook: str = LESSON, **files: bytes) -> int:
    return LessonSeeds(course, lesson, lambda sentence: None).seed(notebook, content, files)


def test_before_feedback_every_file_has_the_same_seed_at_any_time(course: Course) -> None:
    assert len({seed(course, content) for content in (OLD, NEW, OLD, None, b"")}) == 1


def test_lessons_notebooks_and_courses_have_their_own(course: Course, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = open_course(tmp_path / "other")
    found = [seed(course, OLD), seed(course, OLD, "01-other"), seed(course, OLD, notebook="part-2"), seed(other, OLD)]
    assert len(set(found)) == 4
    assert all(0 <= one < 2**63 for one in found)


def test_after_feedback_what_is_new_has_another_seed_and_what_is_old_its_own(course: Course) -> None:
    before = seed(course, OLD)
    page(course, "s01")
    assert seed(course, OLD) == before
    after = seed(course, NEW)
    assert after != before
    assert seed(course, NEW) == seed(course, b"somebody else's") == after
    later(page(course, "s01"))
    assert seed(course, OLD) == before
    assert seed(course, NEW) == after
    assert seed(course, b"newer still") not in (before, after)


def test_what_lies_beside_a_notebook_belongs_to_it(course: Course) -> None:
    before = seed(course, OLD)
    page(course, "s01")
    assert len({before, seed(course, OLD, inputs=b"1"), seed(course, NEW, inputs=b"1")}) == 2
    assert seed(course, OLD) == before


def test_what_cannot_be_read_is_never_taken_for_old(course: Course) -> None:
    before = seed(course, None)
    page(course, "s01")
    assert seed(course, None) != before


def test_a_run_keeps_its_epoch_to_the_end_and_two_agree(course: Course) -> None:
    first = LessonSeeds(course, LESSON, lambda sentence: None)
    begun = first.seed(LESSON, OLD, {})
    page(course, "s01")
    second = LessonSeeds(course, LESSON, lambda sentence: None)
    third = LessonSeeds(course, LESSON, lambda sentence: None)
    assert first.seed(LESSON, b"late", {}) == begun
    assert second.seed(LESSON, NEW, {}) == third.seed(LESSON, NEW, {}) != begun


def test_pages_that_are_removed_again_have_been_read_all_the_same(course: Course) -> None:
    before = seed(course, OLD)
    written = page(course, "s01")
    seed(course, OLD)
    written.unlink()
    assert seed(course, NEW) != before


def test_a_lost_log_gives_nobody_a_seed_that_was_shown(course: Course) -> None:
    before = seed(course, OLD)
    page(course, "s01")
    after = seed(course, NEW)
    for log in course.own_files.glob("*.epochs.jsonl"):
        log.unlink()
    assert before not in (seed(course, NEW), seed(course, OLD))
    assert seed(course, NEW) == after


def test_a_lost_secret_is_said_once(course: Course) -> None:
    before = seed(course, OLD)
    (course.own_files / "secret").unlink()
    said: list[str] = []
    for _ in range(2):
        assert LessonSeeds(course, LESSON, said.append).seed(LESSON, OLD, {}) != before
    assert len(said) == 1


def test_what_lies_in_submitted_has_the_seed_of_a_whole_run(course: Course) -> None:
    notebook = json.dumps(tiny.notebook([])).encode()
    target = tiny.hand_in(course.root, "s01", notebook)
    (target.parent / "data.txt").write_text("1")

    def submitted() -> int:
        return seed_of_submitted(course, LESSON, "s01", LESSON, DEFAULT_LIMITS, lambda sentence: None)

    before = seed(course, notebook, **{"data.txt": b"1"})
    page(course, "s01")
    assert submitted() == before
    (target.parent / "data.txt").write_text("the inputs that feedback shows")
    assert submitted() != before
    (target.parent / "data.txt").write_text("1")
    assert submitted() == before
    target.unlink()
    target.symlink_to("elsewhere")
    assert submitted() != before
