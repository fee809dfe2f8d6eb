"""The map of the course says what checks and predictions gave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grading import check, progress
from grading.errors import CheckFailed
from grading.graded import GRADING_VARIABLE
from grading.study import store
from grading.study.course_map import CourseMap, ExerciseState, course_map
from grading.study.records import Check, Prediction


def state_of(name: str, lesson: str = "02-activations") -> ExerciseState:
    (found,) = course_map(lesson).lessons
    return next(one for one in found.exercises if one.name == name)


def checks(*outcomes: tuple[str, float, tuple[str, ...]], exercise: str = "relu") -> None:
    for number, (outcome, score, mistakes) in enumerate(outcomes):
        store.add(Check("02-activations", exercise, outcome, score, 1.0, mistakes, time=float(number)))


def test_a_check_is_kept_with_its_mistakes(kept: Path) -> None:
    with pytest.raises(CheckFailed):
        check(lambda X: X.abs(), "relu")
    check(lambda X: X.clamp(min=0), "relu")
    first, second = store.read().records
    assert isinstance(first, Check) and isinstance(second, Check)
    assert (first.lesson, first.exercise, first.outcome, first.score) == ("02-activations", "relu", "failed", 0.0)
    assert first.mistakes == ("absolute",)
    assert (second.outcome, second.score, second.points, second.mistakes) == ("passed", 1.0, 1.0, ())


def test_a_check_with_the_hidden_cases_is_no_learners_own(kept: Path) -> None:
    check(lambda X: X.clamp(min=0), "relu", hidden=True)
    assert not kept.exists()


def test_a_check_works_the_same_where_nothing_can_be_kept(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept.parent.write_text("a file where a folder should be")
    assert check(lambda X: X.clamp(min=0), "relu") == 1.0
    assert "everything else works" in capsys.readouterr().out


HISTORIES: dict[str, tuple[tuple[tuple[str, float, tuple[str, ...]], ...], tuple[Any, ...]]] = {
    "nothing": ((), ("open", 0.0, 0, 0, 0)),
    "an untouched TODO": ((("not attempted", 0.0, ()),), ("open", 0.0, 0, 0, 0)),
    "a fault of the check": ((("error in the check", 1.0, ()),), ("open", 0.0, 0, 0, 0)),
    "wrong": ((("failed", 0.0, ("absolute",)),), ("tried", 0.0, 1, 1, 0)),
    "an exception": ((("error in the answer", 0.0, ()),), ("tried", 0.0, 1, 0, 0)),
    "partly right": ((("failed", 0.8, ()),), ("tried", 0.8, 1, 0, 0)),
    "right at once": ((("passed", 1.0, ()),), ("passed", 1.0, 1, 0, 0)),
    "right, then run again": ((("passed", 1.0, ()), ("passed", 1.0, ())), ("passed", 1.0, 1, 0, 0)),
    "wrong, then right": ((("failed", 0.0, ("absolute",)), ("passed", 1.0, ())), ("passed", 1.0, 2, 1, 1)),
    "right, then broken": ((("passed", 1.0, ()), ("failed", 0.0, ("absolute",))), ("passed", 1.0, 1, 1, 0)),
    "one mistake for another": (
        (("failed", 0.0, ("absolute",)), ("failed", 0.0, ("a", "b"))),
        ("tried", 0.0, 2, 3, 1),
    ),
    "the same mistake again": (
        (("failed", 0.0, ("absolute",)), ("failed", 0.5, ()), ("failed", 0.0, ("absolute",))),
        ("tried", 0.5, 3, 1, 0),
    ),
    "a score out of bounds": ((("failed", 7.0, ()),), ("tried", 1.0, 1, 0, 0)),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_the_state_of_an_exercise_follows_from_its_checks(kept: Path, name: str) -> None:
    history, expected = HISTORIES[name]
    checks(*history)
    found = state_of("relu")
    assert (found.state, found.earned, found.attempts, found.made, found.fixed) == expected


def test_a_written_answer_is_for_a_person_and_gives_no_points_here(kept: Path) -> None:
    (lesson,) = course_map("01-xor").lessons
    written = [one for one in lesson.exercises if one.state == "for a person to read"]
    assert [one.name for one in written] == ["why-no-line"]
    assert lesson.points == sum(one.points for one in lesson.exercises) - written[0].points


def test_the_map_is_read_by_eye(kept: Path) -> None:
    checks(("failed", 0.0, ("absolute",)), ("passed", 1.0, ()))
    text = str(progress("02-activations")).splitlines()
    assert text[0] == "02-activations: 1 of 10 points"
    assert text[1].split() == ["\u2713", "relu", "1", "/", "1", "2", "attempts,", "1", "known", "mistake", "fixed"]
    shown = progress("02-activations")
    assert isinstance(shown, CourseMap)
    html = shown._repr_html_()
    assert html.count("<tr") == len(shown.lessons[0].exercises) and "2 attempts, 1 known mistake fixed" in html


def test_the_whole_map_has_all_lessons_and_says_where_it_comes_from(kept: Path) -> None:
    found = progress()
    assert found is not None and len(found.lessons) >= 5
    assert f"All lessons: 0 of {sum(one.points for one in found.lessons):g} points\n" in str(found)
    assert "– / 2" in str(found) and "All lessons: 0 of" in found._repr_html_()
    assert str(found).endswith(f"Kept in {kept}, for you alone; progress.forget() deletes it.")


def test_what_a_renamed_exercise_or_question_left_behind_is_no_fault(kept: Path) -> None:
    store.add(Check("02-activations", "softplus", "passed", 1.0, 1.0))
    store.add(Check("09-gone", "relu", "passed", 1.0, 1.0))
    store.add(Prediction("02-activations", "gone", "1", True))
    (lesson,) = course_map("02-activations").lessons
    assert (lesson.earned, lesson.entered) == (0.0, min(1, lesson.asked))


@pytest.mark.parametrize("name", ["03-backpropagation", "03", 3, "backpropagation", " 03-Backpropagation "])
def test_a_lesson_may_be_named_in_short(kept: Path, name: Any) -> None:
    assert [one.name for one in course_map(name).lessons] == ["03-backpropagation"]


@pytest.mark.parametrize("name", ["03-backpropagaton", "", "x" * 1000, 17, [], 3.0])
def test_a_lesson_that_is_not_there_is_told_in_a_line(kept: Path, name: Any) -> None:
    found = course_map(name)
    assert found.lessons == ()
    assert str(found).startswith("There is no lesson ") and "; try progress('0" in str(found)
    assert "\n" not in str(found) and len(str(found)) < 140


def test_while_a_notebook_is_graded_there_is_no_map(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(Check("02-activations", "relu", "passed", 1.0, 1.0))
    monkeypatch.setenv(GRADING_VARIABLE, "autograde")
    assert progress() is None
    progress.forget()
    assert kept.exists()


def test_it_can_be_forgotten(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checks(("passed", 1.0, ()))
    progress.forget()
    assert capsys.readouterr().out == f"Deleted {kept}.\n"
    assert state_of("relu").state == "open"
