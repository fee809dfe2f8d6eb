"""What the lessons ask to be explained in words: found where it lies, each with a question and a model answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grading.catalogue import finding
from grading.catalogue.explanations import Explanation, explanations
from grading.catalogue.questions import questions
from grading.errors import CourseError
from tests.catalogue.test_finding import EXERCISE

OWN = """
from grading.catalogue.explanations import Explanation

EXPLANATIONS = (Explanation("why-same", "Why is it the same?", "It is $X$. <!-- claim: so -->\\nAll 3 of it. <!-- claim: three -->"),)
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of what a course's own lesson asks, which has an exercise."""
    folder = tmp_path / "exercises" / "07-own"
    (folder / "same").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").touch()
    (folder / "same" / "exercise.py").write_text(EXERCISE)
    monkeypatch.setenv(finding.COURSE_VARIABLE, str(tmp_path))
    return folder / "explanations.py"


@pytest.mark.parametrize("one", explanations(), ids=lambda one: one.name)
def test_a_question_is_one_and_its_answer_is_fit_to_be_shown(one: Explanation) -> None:
    assert one.question.endswith(("?", ".")) and one.question == " ".join(one.question.split())
    assert one.model.endswith(".") and not re.search(r"</?[A-Za-z!]", one.model)
    # What opens is closed: the answer stands in a frame, where a rest would run on.
    assert one.model.count("$") % 2 == one.model.count("`") % 2 == 0


def test_no_two_questions_have_the_same_name() -> None:
    names = [one.name for one in (*questions(), *explanations())]
    assert sorted(set(names)) == sorted(names)


def test_a_courses_own_explanations_are_found_and_shown_without_claims(own: Path) -> None:
    own.write_text(OWN)
    found = explanations()[-1]
    assert (found.name, found.lesson, found.model) == ("why-same", "07-own", "It is $X$.\nAll 3 of it.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (", "cannot be imported: SyntaxError"),
        ("x = 1", "declares no EXPLANATIONS"),
        ("EXPLANATIONS = [1]", "declares no EXPLANATIONS"),
        ("EXPLANATIONS = ('why-same',)", "declares no EXPLANATIONS"),
        ("EXPLANATIONS = 'why-same'", "declares no EXPLANATIONS"),
    ],
)
def test_a_broken_file_is_named_in_one_sentence(own: Path, text: str, words: str) -> None:
    own.write_text(text)
    with pytest.raises(CourseError, match=r"explanations") as raised:
        explanations()
    assert words in str(raised.value) and "\n" not in str(raised.value)
