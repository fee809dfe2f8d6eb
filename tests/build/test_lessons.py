"""The lessons of this course, seen by the build."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grading import exercises
from grading.build import render
from grading.build.course import Masters, read_masters, render_lesson
from grading.build.explanations import explained_in
from grading.build.markers import CODE_STUB, TEXT_STUB
from grading.build.master import Role
from grading.build.settings import read_settings
from grading.catalogue.explanations import explanations
from grading.catalogue.questions import questions

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.stem for path in (ROOT / "lessons").glob("[0-9]*.py"))


@pytest.fixture(scope="module")
def masters() -> Masters:
    return read_masters(ROOT, exercises(), read_settings(ROOT), questions(), explanations())


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


@pytest.mark.parametrize("lesson", LESSONS)
def test_after_each_pass_comes_one_question_in_words(masters: Masters, lesson: str) -> None:
    master = next(master for master in masters.sound if master.name == lesson)
    order = "".join(
        "check " if cell.role is Role.CHECK else "explain " if explained_in(cell) else "" for cell in master.cells
    )
    assert order == "check explain " * len(master.with_role(Role.CHECK))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_model_answer_in_words_is_in_the_solution_and_in_nothing_that_is_handed_out(
    masters: Masters, lesson: str
) -> None:
    master = next(master for master in masters.sound if master.name == lesson)
    rendered = render_lesson(masters, master)
    handed_out = [cell["source"] for text in rendered.texts.values() for cell in json.loads(text)["cells"]]
    solved = [cell.source for cell in rendered.solution.cells]
    models = [one.model for one in explanations() if one.lesson == lesson]
    assert all(sum(model in source for source in solved) == 1 for model in models)
    assert not [model for model in models if any(model in "".join(source) for source in handed_out)]
    assert not [source for source in solved if "explain(" in source]


def test_nbgrader_is_told_to_write_the_same_stubs() -> None:
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    assert repr(CODE_STUB).replace("'", '"') in config
    assert f'"{TEXT_STUB}"' in config
