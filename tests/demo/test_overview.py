"""The table over all lessons, from summaries made by hand."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from grading.__main__ import main
from grading.demo.overview import overview
from grading.report.summary import ClassSummary, ExerciseMark, ExerciseSummary, Standing, StudentSummary


def student(name: str, *earned: float | None) -> StudentSummary:
    marks = tuple(ExerciseMark(f"e{i}", 2.0, points, Standing.RIGHT) for i, points in enumerate(earned))
    return StudentSummary(name, marks, (), 0.0)


def lesson(name: str, *students: StudentSummary) -> ClassSummary:
    exercises = tuple(ExerciseSummary(f"e{i}", 2.0, {}, (), 0.0) for i in range(2))
    return ClassSummary(name, students, exercises)


def printed() -> dict[str, list[str]]:
    """Return the cells of the table by the first one of their row."""
    first = lesson("01-one", student("s01", 2.0, None), student("s02", 1.0, 0.5), student("s03"))
    second = lesson("02-two", student("s01", 2.0, 2.0))
    paper = StringIO()
    Console(width=100, file=paper).print(overview([first, second]))
    rows = [line.split() for line in paper.getvalue().splitlines() if line.strip()]
    return {row[0]: row[1:] for row in rows}


def test_every_student_has_a_row_with_the_points_of_each_lesson_and_their_sum() -> None:
    rows = printed()
    assert rows["s01"] == ["2.0+", "4.0", "6.0"]  # the plus: a person may still give points
    assert rows["s02"] == ["1.5", "–", "1.5"]  # the second lesson was not handed in
    assert rows["s03"] == ["no", "notebook", "–", "0.0"]


def test_the_table_says_what_each_lesson_is_worth_and_its_mean() -> None:
    rows = printed()
    assert rows["student"] == ["of", "4", "of", "4", "of", "8"]
    assert rows["mean"] == ["1.5", "4.0"]  # of the first lesson, one exercise waits for a person


def test_a_lesson_without_a_class_is_refused_with_the_names_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "06-nothing", "--directory", str(tmp_path)]) == 1
    assert "01-xor, 02-activations" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
