"""Points that cannot be written: one sentence says why, and what to do."""

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.engine.course import Course
from tests.lms import samples
from tests.lms.exported import TINY_CANVAS, export, write

REFUSED = {
    "canvas without its export": (["--for", "canvas"], "", "export its gradebook and name it by --canvas-export"),
    "another system's export": (["--for", "csv", "--canvas-export", "F"], TINY_CANVAS, "--canvas-export goes with --for canvas"),
    "not Canvas's": (["--for", "canvas", "--canvas-export", "F"], samples.MOODLE, "is not an export of Canvas's gradebook"),
    "not a worksheet": (["--for", "moodle", "--moodle-worksheet", "F"], samples.MOODLE, "is not a grading worksheet"),
    "not Brightspace's": (
        ["--for", "brightspace", "--brightspace-export", "F"], samples.MOODLE, "is not an export of Brightspace's grades",
    ),
    "no column": (
        ["--for", "canvas", "--canvas-export", "F", "00"],
        samples.CANVAS,
        "has no column for 00-tiny; name it by --column '00-tiny=",
    ),
    "no such column": (
        ["--for", "canvas", "--canvas-export", "F", "--column", "00=Homework"],
        TINY_CANVAS,
        "has no column 'Homework' for 00-tiny; name it by --column '00-tiny=Homework 3'",
    ),
    "a column twice": (
        ["--for", "canvas", "--canvas-export", "F"],
        TINY_CANVAS.replace("Homework 3 (4712)", "00-tiny (4712)"),
        "has 2 columns called '00-tiny'",
    ),
    "a column that nobody may write": (
        ["--for", "canvas", "--canvas-export", "F"],
        TINY_CANVAS.replace("Possible,,,,,7", "Possible,,,,,(read only)"),
        "Canvas lets nobody write '00 Tiny (4711)'",
    ),
    "no title": (["--for", "canvas", "--canvas-export", "F", "--column", "00"], TINY_CANVAS, "should be LESSON=TITLE"),
    "a title for nothing": (["--for", "csv", "--column", "00=a"], "", "--column names a column of an LMS's own table"),
    "a misspelt lesson": (["--for", "csv", "00-tinny"], "", "no lesson '00-tinny'; did you mean '00-tiny'?"),
    "an empty file": (["--for", "canvas", "--canvas-export", "F"], "", "is empty; export it again"),
    "one file for two tables": (["--for", "csv", "--output", "F", "--exercises", "F"], "", "cannot be both tables"),
    "exercises over the export": (
        ["--for", "canvas", "--canvas-export", "F", "--exercises", "F"],
        TINY_CANVAS,
        "would be written over",
    ),
    "into a folder": (["--for", "csv", "--output", "."], "", ". cannot be a file"),
    "below a file": (["--for", "csv", "--output", "nbgrader_config.py/x.csv"], "", "cannot be a file"),
    "over itself": (["--for", "canvas", "--canvas-export", "F", "--output", "F"], TINY_CANVAS, "would be written over"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said_in_one_sentence_and_nothing_is_written(
    name: str, class_of_four: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, text, said = REFUSED[name]
    path = write(tmp_path, text)
    words = [str(path) if word == "F" else word for word in words]
    assert main(["grades", "--course", str(class_of_four.root), *words]) == 1
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
    assert not (class_of_four.root / "reports").exists()
    assert path.read_text(encoding="utf-8") == text


def test_a_worksheet_is_about_one_lesson(
    class_of_four: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Gradebook(class_of_four.database, class_of_four.directories.course_id) as gradebook:
        gradebook.add_assignment("01-more")
    path = write(tmp_path, samples.MOODLE_WORKSHEET)
    words = ["grades", "--for", "moodle", "--moodle-worksheet", str(path), "--course", str(class_of_four.root)]
    assert main(words) == 1
    assert "name the one LESSON that it is about" in capsys.readouterr().err
    assert main([*words, "00"]) == 0


def test_a_lesson_without_a_column_is_noted_if_no_lesson_was_named(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.add_assignment("01-more")
    path = write(tmp_path, TINY_CANVAS)
    assert export(course, "--for", "canvas", "--canvas-export", str(path))[3][5] == "7"
    assert f"{path} has no column for 01-more; it is left out\n" == capsys.readouterr().err
