"""`nbgrader export` with our exporter writes what our own command writes."""

from pathlib import Path

import pytest
from nbgrader.apps import ExportApp

from grading.engine.course import Course
from tests.lms.exported import export, table


def nbgrader_export(course: Course, *words: str) -> list[list[str]]:
    target = course.root / "by-nbgrader.csv"
    app = ExportApp()
    exporter = "--exporter=grading.lms.exporter.GradesExporter"
    app.initialize(
        [f"--CourseDirectory.root={course.root}", f"--db={course.database}", exporter, f"--to={target}", *words]
    )
    app.start()
    return table(target)


def test_nbgraders_export_is_our_table(course: Course, tmp_path: Path) -> None:
    exercises = tmp_path / "exercises.csv"
    assert nbgrader_export(course, f"--GradesExporter.exercises={exercises}") == export(course, "--for", "csv")
    assert len(table(exercises)) == 1 + 4 * 4


def test_nbgraders_export_is_of_whom_and_what_was_asked_for(course: Course) -> None:
    rows = nbgrader_export(course, "--assignment=00", "--student=ada", "--student=emmy")
    assert [row[0] for row in rows] == ["student_id", "ada", "emmy"]


def test_nbgraders_export_suggests_the_nearest_lesson(course: Course, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        nbgrader_export(course, "--assignment=00-tinny")
    assert "no lesson '00-tinny'; did you mean '00-tiny'?" in capfd.readouterr().err
