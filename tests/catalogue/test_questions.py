"""The questions of the lessons: found where they lie, each with an answer of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading.catalogue import finding
from grading.catalogue.questions import Kind, Question, questions
from grading.errors import CourseError
from grading.study import values
from tests.catalogue.test_finding import EXERCISE

OWN = """
from grading.catalogue.questions import Kind, Questions
ask = Questions()

@ask("How many?", kind=Kind.NUMBER, why="So.", within=0.5)
def how_many():
    return 7

QUESTIONS = ask.all
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the questions in a course's own lesson, which has an exercise."""
    folder = tmp_path / "exercises" / "07-own"
    (folder / "same").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").touch()
    (folder / "same" / "exercise.py").write_text(EXERCISE)
    monkeypatch.setenv(finding.COURSE_VARIABLE, str(tmp_path))
    return folder / "predictions.py"


@pytest.mark.parametrize("one", questions(), ids=lambda one: one.name)
def test_an_answer_is_of_the_kind_that_is_asked_for(one: Question) -> None:
    truth = values.read(one, one.answer())
    assert values.agree(one, truth, truth)
    assert one.text.endswith("?") and one.why.endswith(".")
    assert (one.kind is Kind.WORD) is (len(one.choices) > 1)


def test_no_two_questions_have_the_same_name() -> None:
    names = [one.name for one in questions()]
    assert sorted(set(names)) == sorted(names)


def test_a_courses_own_questions_are_found(own: Path) -> None:
    own.write_text(OWN)
    found = questions()[-1]
    assert (found.name, found.lesson, found.within, found.answer()) == ("how-many", "07-own", 0.5, 7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (", "cannot be imported: SyntaxError"),
        ("x = 1", "declares no QUESTIONS"),
        ("QUESTIONS = [1]", "declares no QUESTIONS"),
        ("QUESTIONS = ('how-many',)", "declares no QUESTIONS"),
    ],
)
def test_a_broken_file_is_named_in_one_sentence(own: Path, text: str, words: str) -> None:
    own.write_text(text)
    with pytest.raises(CourseError, match=r"predictions") as raised:
        questions()
    assert words in str(raised.value) and "\n" not in str(raised.value)
