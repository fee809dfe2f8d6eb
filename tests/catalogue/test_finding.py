"""Exercises are found where they lie: in the package, then in the folder of a course; nothing is registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import exercise, exercises
from grading.catalogue import finding
from grading.errors import CourseError, UnknownExercise

EXERCISE = """
from grading.judging.exercise import Exercise, Case, Mistakes
from grading.judging.read import Tensors
mistake = Mistakes()

@mistake("This is twice as much.")
def twice_as_much(X):
    return 2 * X

def draw_matrix(draw):
    return {"X": draw.normal(3, 2)}

EXERCISE = Exercise("same", 1.0, ("X",), "Return X.", ("result",), Tensors(("result",)), (Case("any", draw_matrix),),
                    lambda X: X, mistakes=mistake.all, hints=("One.",))
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "exercises" / "02-activations" / "same"
    folder.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").touch()
    (folder / "exercise.py").write_text(EXERCISE)
    (folder / "hidden.py").write_text(
        "from .exercise import Case, draw_matrix\nCASES = (Case('another', draw_matrix, hidden=True),)\n"
    )
    (folder / "answers.py").write_text("LAST_HINT = 'X'\n")
    monkeypatch.setenv(finding.COURSE_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("relu", "relu"),
        ("why-no-line", "why_no_line"),
        ("MLPScratch.forward", "mlp_scratch_forward"),
        ("HTTPServer.runFast", "http_server_run_fast"),
    ],
)
def test_the_folder_of_an_exercise_follows_from_its_name(name: str, folder: str) -> None:
    assert finding.folder_of(name) == folder


def test_every_exercise_lies_in_the_folder_of_its_name_and_knows_its_lesson() -> None:
    found = finding.find(None)
    assert [one.folder.name for one in found] == [finding.folder_of(one.name) for one in found]
    assert all(finding.load(one).lesson == one.lesson for one in found)


def test_the_order_is_that_of_the_lessons() -> None:
    lessons = Path(__file__).parents[2] / "lessons"
    expected = [
        name for path in sorted(lessons.glob("*.py")) for name in finding.order_in(path.read_text(encoding="utf-8"))
    ]
    assert [one.name for one in exercises()] == expected


def test_a_courses_own_exercise_stands_behind_those_of_the_package(course: Path) -> None:
    assert [one.name for one in exercises("02-activations")][-1] == "same"
    own = exercise("same")
    assert ([case.hidden for case in own.cases], own.hints) == ([False, True], ("One.", "X"))
    assert own.mistakes[0].name == "twice-as-much"


def test_its_place_is_that_of_its_cells_where_the_course_has_the_lesson(course: Path) -> None:
    (course / "lessons").mkdir()
    (course / "lessons" / "02-activations.py").write_text('# %% todo="same"\n')
    assert [one.name for one in finding.find(course) if one.lesson == "02-activations"][-1] == "same"


def test_without_the_course_it_is_not_there(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(finding.COURSE_VARIABLE)
    with pytest.raises(UnknownExercise):
        exercise("same")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (", ":1 cannot be imported: SyntaxError"),
        ("\nimport nonsense_of_nobody", ":2 cannot be imported: ModuleNotFoundError"),
        ("\n\n1 / 0", ":3 cannot be imported: ZeroDivisionError: division by zero; fix it there"),
        ("x = 1", "declares no EXERCISE"),
    ],
)
def test_a_broken_file_is_named_in_one_sentence(course: Path, text: str, words: str) -> None:
    path = course / "exercises" / "02-activations" / "broken" / "exercise.py"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(CourseError, match=r"broken.exercise\.py") as raised:
        finding.find(course)
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)
