"""The lessons of this course, seen by the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import exercises
from grading.build import render
from grading.build.course import Masters, read_masters, render_lesson
from grading.build.markers import CODE_STUB, TEXT_STUB
from grading.build.settings import read_settings
from grading.catalogue.questions import questions

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "lessons").glob("[0-9]*.py"))


@pytest.fixture(scope="module")
def masters() -> Masters:
    return read_masters(ROOT, exercises(), read_settings(ROOT), questions())


def test_every_master_is_in_order(masters: Masters) -> None:
    assert [str(diagnostic) for diagnostic in masters.diagnostics] == []
    assert [master.name for master in masters.sound] == LESSONS != []


@pytest.mark.parametrize("lesson", LESSONS)
def test_nothing_of_an_answer_reaches_learners(masters: Masters, lesson: str) -> None:
    master = next(master for master in masters.sound if master.name == lesson)
    rendered = render_lesson(masters, master)
    assert [str(diagnostic) for diagnostic in rendered.diagnostics] == []
    for path in (render.learner_path(lesson), render.release_path(lesson)):
        assert rendered.texts[path].count("YOUR CODE HERE\\n") >= 1


def test_nbgrader_is_told_to_write_the_same_stubs() -> None:
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    assert repr(CODE_STUB).replace("'", '"') in config
    assert f'"{TEXT_STUB}"' in config
