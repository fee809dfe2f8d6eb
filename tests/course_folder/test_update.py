"""A change of course.toml is said before it is done; then source, release and gradebook have it, and nothing is lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from grading.__main__ import main
from grading.cells import grade_id_of, told_to_nbgrader
from grading.engine.course import open_course
from grading.engine.database import opened_gradebook, quiet_database

LESSON = "02-activations"


def change(folder: Path, before: str, after: str) -> None:
    text = (folder / "course.toml").read_text()
    assert before in text
    (folder / "course.toml").write_text(text.replace(before, after))


def notebook(folder: Path, kind: str = "source") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / kind / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    return found


def points_in(folder: Path, kind: str = "source") -> dict[str, float]:
    cells = notebook(folder, kind)["cells"]
    return {
        str(grade_id_of(cell)): told_to_nbgrader(cell)["points"]
        for cell in cells
        if told_to_nbgrader(cell).get("grade")
    }


def known_points(folder: Path) -> dict[str, float]:
    course = open_course(folder)
    with opened_gradebook(course) as gradebook:
        return {cell.name: cell.max_score for cell in gradebook.find_notebook(LESSON, LESSON).grade_cells}


def contents(folder: Path, kind: str = "release") -> str:
    return next("".join(cell["source"]) for cell in notebook(folder, kind)["cells"] if cell["id"] == "contents")


def record(folder: Path, student: str, auto: Mapping[str, float], by_hand: Mapping[str, float] | None = None) -> None:
    """Write what grading would, without running anything."""
    for kind in ("submitted", "autograded"):
        target = folder / kind / student / LESSON / f"{LESSON}.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text("{}")
    course = open_course(folder)
    with quiet_database(), Gradebook(course.database, course.directories.course_id) as gradebook:
        gradebook.update_or_create_student(student)
        for grade in gradebook.update_or_create_submission(LESSON, student).notebooks[0].grades:
            grade.auto_score, grade.needs_manual_grade = auto.get(grade.name, 0.0), False
            grade.manual_score = (by_hand or {}).get(grade.name)
        gradebook.db.commit()


def scores(folder: Path, database: Path | None = None) -> list[tuple[Any, ...]]:
    with sqlite3.connect(database or folder / "gradebook.db") as connection:
        return connection.execute("SELECT auto_score, manual_score FROM grade ORDER BY id").fetchall()


def test_nothing_changed_is_nothing_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["update-course"]) == 0
    assert capsys.readouterr().out == "nothing to do: the folder is as course.toml says\n"


def test_points_and_what_is_left_out_reach_source_release_and_gradebook(folder: Path) -> None:
    change(folder, "# relu = 2", "relu = 2\ntanh = 0.5")
    change(folder, "leave_out = []", 'leave_out = ["relu_interpolant"]')
    before = points_in(folder)
    cells = [grade_id_of(cell) for cell in notebook(folder)["cells"]]
    assert main(["update-course", "--yes"]) == 0
    wanted = {**before, "check-relu": 2, "check-tanh": 0.5, "check-relu_interpolant": 0}
    assert points_in(folder) == points_in(folder, "release") == known_points(folder) == wanted
    assert [grade_id_of(cell) for cell in notebook(folder)["cells"]] == cells
    told = contents(folder)
    assert f"{sum(wanted.values()):g} points." in told
    assert "| `relu` | 2 |" in told and "| `tanh` | 0.5 |" in told and "| `relu_interpolant` | practice |" in told
    change(folder, "relu = 2\ntanh = 0.5", "")
    change(folder, 'leave_out = ["relu_interpolant"]', "")
    assert main(["update-course", "--yes"]) == 0
    assert points_in(folder) == before and contents(folder) == contents(folder, "source")


def test_in_the_middle_of_a_term_it_is_said_before_it_is_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(folder, "s01", {"check-relu": 1.0})
    record(folder, "s02", {"check-relu": 0.0}, {"check-relu": 0.5, "check-tanh": 1.0})
    kept = scores(folder)
    before = points_in(folder)
    change(folder, "# relu = 2", "relu = 2")
    change(folder, "leave_out = []", 'leave_out = ["tanh"]')
    assert main(["update-course"]) == 1
    said = capsys.readouterr()
    assert (
        "02-activations: relu is worth 2 and no longer 1, tanh is left out and becomes practice (it had 1.5)"
        in said.out
    )
    assert "; 2 students handed it in, 2 of them graded: nobody has to hand in again, the next `autograde`" in said.out
    assert "1 answer to relu has points that a person gave, which stay as they are" in said.out
    assert "1 answer to tanh has points that a person gave" in said.out
    assert "nbgrader's own tables and pages still count those points for tanh; ours do not" in said.out
    assert said.err == "nothing was changed; --yes does it without asking\n"
    assert points_in(folder) == known_points(folder) == before
    assert main(["update-course", "--dry-run"]) == 0
    assert capsys.readouterr().out.endswith(f"{LESSON}: source, release and gradebook would be made\n")
    assert known_points(folder) == before
    assert main(["update-course", "--yes"]) == 0
    assert known_points(folder) == {**before, "check-relu": 2, "check-tanh": 0}
    assert scores(folder) == kept
    (aside,) = (folder / ".grading/set-aside").iterdir()
    assert scores(folder, aside / "gradebook.db") == kept
    assert points_in(aside) == points_in(aside, "release") == before


def test_a_due_date_reaches_the_gradebook_and_costs_nobody_a_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(folder, "s01", {"check-relu": 1.0})
    source = notebook(folder)
    change(folder, '# "02-activations" = 2026-10-12T23:59:00+02:00', "02 = 2026-10-12T23:59:00+02:00")
    assert main(["update-course", "--yes"]) == 0
    assert "it is due 2026-10-12 21:59 UTC; only penalties change" in capsys.readouterr().out
    with opened_gradebook(open_course(folder)) as gradebook:
        assert gradebook.find_assignment(LESSON).duedate == datetime(2026, 10, 12, 21, 59)
    assert notebook(folder) == source
    change(folder, "02 = 2026-10-12T23:59:00+02:00", "02 = 2026-10-19T23:59:00+02:00")
    assert main(["update-course", "--yes", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["done"] and found["lessons"][0]["due"] == "2026-10-19T23:59:00+02:00"
    assert main(["update-course"]) == 0


def test_cells_that_the_package_adds_or_drops_wait_for_a_new_term(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from grading.course_folder import plan

    record(folder, "s01", {"check-relu": 1.0})
    newer = notebook(folder)
    newer["cells"] = [cell for cell in newer["cells"] if grade_id_of(cell) not in ("tanh", "check-tanh")]
    monkeypatch.setattr(plan, "source_of", lambda folder, lesson: newer)
    change(folder, "# relu = 2", "relu = 2")
    before = points_in(folder)
    assert main(["update-course", "--yes"]) == 0
    assert (
        "other cells (check-tanh is gone, tanh is gone), and 1 student handed it in: it stays"
        in capsys.readouterr().out
    )
    assert points_in(folder) == known_points(folder) == {**before, "check-relu": 2}


def test_a_lesson_that_is_taken_out_keeps_its_points(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(folder, "s01", {"check-relu": 1.0})
    kept = scores(folder)
    change(folder, '"02-activations",', '"01-xor",')
    change(folder, '# "01-xor",', "")
    assert main(["update-course", "--yes"]) == 0
    assert "what 1 student handed in and all points stay" in capsys.readouterr().out
    assert [path.name for path in (folder / "source").iterdir()] == ["01-xor"]
    assert [path.name for path in (folder / ".grading/set-aside").glob("*/source/*")] == [LESSON]
    assert (folder / "submitted/s01" / LESSON).is_dir()
    with sqlite3.connect(folder / "gradebook.db") as connection:
        assert sorted(row[0] for row in connection.execute("SELECT name FROM assignment")) == ["01-xor", LESSON]
    assert [row for row in scores(folder) if row in kept]


def test_what_was_changed_in_source_by_hand_is_said_and_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "source" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("Activation", "MY OWN WORDS", 1), encoding="utf-8")
    (path.parent / "data.csv").write_text("1,2")
    mine = path.read_bytes()
    assert main(["update-course"]) == 1
    assert "its source was changed here since; that change goes, and a copy is kept" in capsys.readouterr().out
    assert path.read_bytes() == mine
    assert main(["update-course", "--yes"]) == 0
    assert path.read_bytes() != mine and (path.parent / "data.csv").is_file()
    assert next((folder / ".grading/set-aside").glob("*/source/*/*.ipynb")).read_bytes() == mine


@pytest.mark.parametrize("wrong", ["relu = -1", "reluu = 1", "relu = {", "relu = 'two'"])
def test_what_cannot_be_meant_changes_nothing(wrong: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (points_in(folder), known_points(folder))
    change(folder, "# relu = 2", wrong)
    assert main(["update-course", "--yes"]) == 1
    assert "course.toml, line " in capsys.readouterr().err
    change(folder, wrong, "")
    assert (points_in(folder), known_points(folder)) == before


def test_an_own_lesson_is_one_of_those_to_choose(folder: Path) -> None:
    (folder / "lessons").mkdir()
    text = (Path(__file__).parents[2] / "lessons" / f"{LESSON}.py").read_text(encoding="utf-8")
    (folder / "lessons" / f"{LESSON}.py").write_text(text.replace("ReLU", "RELU", 1), encoding="utf-8")
    assert main(["update-course", "--yes"]) == 0
    assert "RELU" in json.dumps(notebook(folder))
    (folder / "lessons" / f"{LESSON}.py").write_text(text.replace("### END SOLUTION", "", 1), encoding="utf-8")
    before = notebook(folder)
    assert main(["update-course", "--yes"]) == 1
    assert notebook(folder) == before


def test_an_own_lesson_with_an_own_exercise_is_made_beside_those_of_the_package(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLP_COURSE_FOLDER", str(folder))
    assert main(["new-lesson", "07-own", "--title", "My own"]) == 0
    assert main(["new-exercise", "softplus_of_mine", "--lesson", "07"]) == 0
    change(folder, '# "03-backpropagation",', '"07-own",')
    change(folder, "# relu = 2", "softplus_of_mine = 4")
    capsys.readouterr()
    assert main(["update-course", "--dry-run"]) == 0
    assert capsys.readouterr().out == "07-own: source, release and gradebook would be made\n"
    assert main(["update-course"]) == 0
    with opened_gradebook(open_course(folder)) as gradebook:
        cells = gradebook.find_notebook("07-own", "07-own").grade_cells
        assert {cell.name: cell.max_score for cell in cells} == {"check-softplus_of_mine": 4.0}
