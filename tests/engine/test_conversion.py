"""nbgrader's own converter on what intake has read: what becomes of one that cannot be read, and when nbgrader reads itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

import grading.engine.conversion as conversion
from grading.__main__ import main
from grading.engine.assignment import generate_assignment
from grading.engine.course import Course, open_course
from grading.engine.gradebook.journal import read_journal
from grading.engine.gradebook.results import read_results
from grading.engine.points import PointsDoNotFit
from tests.engine import fake, odd, tiny
from tests.engine.turns.test_turns import GUARDED_CONFIG

CONFIG = GUARDED_CONFIG + "from grading.engine.conversion import take_in_submissions\ntake_in_submissions(c)\n"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # of nbgrader's use of it


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    root = tiny.write_course(tmp_path / "course", CONFIG)
    course = open_course(root)
    generate_assignment(course, tiny.LESSON)
    for student in ("s01", "s02", "s03"):
        tiny.hand_in(root, student, tiny.answered(root, tiny.RIGHT), "my work.ipynb")
    yield course
    odd.remove(root)


def autograde(course: Course, student: str = "*", **settings: Any) -> dict[str, Any]:
    """Do what formgrader's button does."""
    found: dict[str, Any] = NbGraderAPI(config=course.config).autograde(tiny.LESSON, student, **settings)
    return found


def points(course: Course) -> dict[str, float]:
    return {student: found["score"] for student, found in fake.gradebook(course).items()}


def test_an_error_while_one_is_read_costs_that_one(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def find(folder: Path, student: str, *others: Any) -> Any:
        if student == "s02":
            raise RecursionError("out of order")
        return found(folder, student, *others)

    found = conversion.find_submission
    monkeypatch.setattr(conversion, "find_submission", find)
    result = autograde(course)
    assert not result["success"]
    assert "RecursionError: out of order" in result["log"]
    (line,) = [line for line in result["log"].splitlines() if "not done: " in line]
    assert "/s02/" in line and "/s01/" not in line
    assert points(course) == {"s01": 6.0, "s03": 6.0}


def test_what_the_system_does_not_let_us_read_stays_as_it_was_graded(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert autograde(course)["success"]

    def forbidden(*_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("grading.engine.intake.submission.walk", forbidden)
    result = autograde(course, "s02")
    assert not result["success"]
    assert "s02: the folder cannot be read: Permission denied; nothing was graded" in result["log"]
    assert points(course)["s02"] == 6.0
    assert (course.folder("autograded", "s02", tiny.LESSON) / f"{tiny.LESSON}.ipynb").exists()


def test_lines_stand_under_the_students_name_and_in_reports(course: Course) -> None:
    dies = tiny.answered(course.root, tiny.RIGHT)
    dies["cells"].insert(1, {**tiny.cell("code", "import os\nos._exit(0)"), "id": "own"})
    tiny.hand_in(course.root, "s02", dies, "my work.ipynb")
    tiny.hand_in(course.root, "s03", b"not a notebook", "my work.ipynb")
    said = [line.partition("] ")[2] for line in autograde(course)["log"].splitlines()]
    renamed = f"'{tiny.LESSON}.ipynb' is missing; 'my work.ipynb' holds its cells and was graded instead"
    assert f"s01: {renamed}" in said
    assert sum(line.startswith("s02: cell 2: the kernel") for line in said) == 1
    told = {found.student: [one.kind for one in found.problems] for found in read_results(course, tiny.LESSON)}
    assert told == {
        "s01": ["renamed"],
        "s02": ["renamed", "kernel-died"],
        "s03": ["missing-notebook", "extra-notebook"],
    }
    words = ["feedback", tiny.LESSON, "--course", str(course.root), "--jobs", "1"]
    assert main(words) == 0
    page = (course.folder("feedback", "s03", tiny.LESSON) / f"{tiny.LESSON}.html").read_text()
    assert "was handed in" in page


def test_points_that_are_not_the_exercises_are_refused_before_anything_is_graded(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(lesson: str, templates: Mapping[str, Any], points: Mapping[str, float]) -> None:
        assert lesson == tiny.LESSON and templates
        raise PointsDoNotFit("the cell 'check-double' has 7 points")

    monkeypatch.setattr(conversion, "refuse_misfits", refuse)
    result = autograde(course)
    assert not result["success"]
    assert "the cell 'check-double' has 7 points" in result["log"]
    assert not (course.root / "autograded").exists()


def test_what_nbgrader_skips_is_not_noted_again(course: Course) -> None:
    assert autograde(course)["success"]
    journal = course.own_files / f"{tiny.LESSON}.jsonl"
    before = journal.read_bytes()
    assert autograde(course, force=False)["success"]
    assert journal.read_bytes() == before
    assert autograde(course, "s01")["success"]
    assert len(journal.read_bytes()) > len(before)


def test_our_command_grades_again_what_nbgrader_has_graded(course: Course) -> None:
    fake.grade(course)
    assert autograde(course, "s02")["success"]
    entries = read_journal(course.own_files / f"{tiny.LESSON}.jsonl")
    assert {name: bool(entry.fingerprint) for name, entry in entries.items()} == {
        "s01": True,
        "s02": False,
        "s03": True,
    }
    assert entries["s02"].seeds.keys() == {tiny.LESSON}


@pytest.mark.parametrize(("chosen", "graded"), [("s0[12]", {"s01", "s02"}), ("*3", {"s03"}), ("s01", {"s01"})])
def test_students_are_chosen_by_patterns(course: Course, chosen: str, graded: set[str]) -> None:
    assert autograde(course, chosen)["success"]
    assert points(course).keys() == graded


def test_who_is_left_out_by_the_settings_is_not_read(course: Course) -> None:
    course.config.CourseDirectory.student_id_exclude = "s02,s03"
    assert autograde(course)["success"]
    assert points(course).keys() == {"s01"}


def test_where_there_is_nothing_nbgrader_says_so(course: Course) -> None:
    result = autograde(course, "nobody")
    assert not result["success"]
    assert "No notebooks were matched by" in result["log"]


def test_a_lesson_that_the_gradebook_does_not_know_is_one_sentence(course: Course) -> None:
    (course.root / "gradebook.db").write_bytes(b"")
    result = autograde(course)
    assert not result["success"]
    assert (
        f"the gradebook does not know '{tiny.LESSON}'; run `nbgrader generate_assignment {tiny.LESSON}`"
        in result["log"]
    )
    assert "Traceback" not in result["log"]
    assert not (course.root / "autograded").exists()


def test_nothing_is_read_anew_where_nothing_is_run(course: Course) -> None:
    """What a notebook shows is what counts then, and intake would drop it: full marks to everyone."""
    course.config.Execute.enabled = False
    course.config.ClearOutput.enabled = False
    shown = tiny.answered(course.root, tiny.RIGHT)
    checks = [cell for cell in shown["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") == "check-double"]
    checks[0]["outputs"] = [{"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": []}]
    tiny.hand_in(course.root, "s01", shown)
    assert autograde(course, "s01")["success"]
    assert points(course) == {"s01": 4.0}


def test_a_full_disk_stops_the_class_with_a_sentence(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion, "write_notebook", full)
    result = autograde(course)
    assert not result["success"]
    assert result["log"].count("nothing can be written: No space left on device") == 1
    assert points(course) == {}


def test_a_course_with_other_settings_is_read_by_nbgrader_itself(course: Course, tmp_path: Path) -> None:
    plain = open_course(tiny.write_course(tmp_path / "plain", GUARDED_CONFIG))
    generate_assignment(plain, tiny.LESSON)
    stamp = tiny.hand_in(plain.root, "s01", tiny.answered(plain.root, tiny.RIGHT), "my work.ipynb").with_name(
        "timestamp.txt"
    )
    stamp.write_text("2026-11-01 10:00:00 UTC")
    result = autograde(plain)
    assert not result["success"]
    assert "No notebooks found" in result["log"]
    stamp.write_text("yesterday")
    with pytest.raises(AttributeError, match="fail"):
        plain.directories.get_existing_timestamp(str(stamp.parent))
    assert course.directories.get_existing_timestamp(str(stamp.parent)) is None


def test_a_converter_is_afterwards_as_it_was(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)
    directories = CourseDirectory(config=course.config, assignment_id=tiny.LESSON)
    converter = Autograde(coursedir=directories, config=course.config)
    converter.start()
    assert converter.coursedir is directories
    assert directories.submitted_directory == "submitted"
    assert sorted(map(os.path.basename, map(os.path.dirname, converter.assignments))) == ["s01", "s02", "s03"]
    assert not {"_format_source", "convert_single_notebook", "mlp_course_taken_in"} & vars(converter).keys()
