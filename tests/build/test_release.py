from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.build import render
from grading.build.declared import DeclaredExercise
from grading.build.diagnostic import BuildError
from grading.build.master import Master
from grading.build.nodes import from_text, to_text
from grading.build.release import release_text
from grading.build.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
Exercises = dict[str, DeclaredExercise]


def test_stubs_in_the_release_are_those_of_the_self_study_notebook(master: Master, exercises: Exercises) -> None:
    released = from_text(release_text(master.name, to_text(render.source_notebook(master, exercises))))
    learner = {cell.id: cell.source for cell in render.learner_notebook(master, exercises, Settings()).cells}
    for cell in released.cells:
        if cell.id != "setup":
            assert cell.source == learner[cell.id]


def test_a_class_cannot_edit_checks_or_lose_its_todos(master: Master, exercises: Exercises) -> None:
    released = from_text(release_text(master.name, to_text(render.source_notebook(master, exercises))))
    cells = {cell.id: cell.metadata for cell in released.cells}
    assert (cells["check-double"]["editable"], cells["check-double"]["deletable"]) == (False, False)
    assert (cells["setup"]["editable"], cells["setup"]["deletable"]) == (False, False)
    assert cells["double"]["deletable"] is False
    assert "editable" not in cells["double"]


def test_the_release_does_not_depend_on_the_working_folder(
    master: Master, exercises: Exercises, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = to_text(render.source_notebook(master, exercises))
    before = release_text(master.name, source)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nbgrader_config.py").write_text("raise SystemExit('read by mistake')")
    assert release_text(master.name, source) == before
    assert [path.name for path in tmp_path.iterdir()] == ["nbgrader_config.py"]


def test_what_nbgrader_refuses_is_said_in_one_line(master: Master, exercises: Exercises) -> None:
    source = render.source_notebook(master, exercises)
    source.cells[-1].metadata["nbgrader"]["grade_id"] = "double"
    with pytest.raises(BuildError, match=r"nbgrader refuses source/02-tiny: .*Duplicate grade id: double") as error:
        release_text(master.name, to_text(source))
    assert "\n" not in str(error.value)


@pytest.mark.slow
def test_the_release_is_what_nbgrader_generate_assignment_writes(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the course's own settings, a gradebook elsewhere, and the environment not activated."""
    ours = (built / render.release_path("02-tiny")).read_bytes()
    shutil.rmtree(built / "release")
    shutil.copy(ROOT / "nbgrader_config.py", built)
    monkeypatch.setenv("MLP_COURSE_DB_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "02-tiny"]
    done = subprocess.run(command, cwd=built, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (built / render.release_path("02-tiny")).read_bytes() == ours
    assert (tmp_path / "elsewhere.db").exists()
    assert not (built / "gradebook.db").exists()


def test_points_reach_nbgrader(master: Master, with_points: Callable[[float], Exercises]) -> None:
    source = to_text(render.source_notebook(master, with_points(0.25)))
    cells = {cell["id"]: cell for cell in json.loads(release_text(master.name, source))["cells"]}
    assert cells["check-double"]["metadata"]["nbgrader"]["points"] == 0.25
