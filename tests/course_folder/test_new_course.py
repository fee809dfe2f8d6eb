"""`new-course` makes a folder that is a whole course, and touches none that holds something."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from grading.__main__ import main
from grading.engine.course import open_course
from grading.engine.database import opened_gradebook
from grading.lms.table import read_table


def everything_in(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def test_the_folder_is_a_course_with_its_lesson(folder: Path) -> None:
    course = open_course(folder)
    assert course.directories.course_id == "mlp-2026"
    assert course.database == f"sqlite:///{folder / 'gradebook.db'}"
    for kind in ("source", "release"):
        assert [path.name for path in (folder / kind).glob("*/*")] == ["02-activations.ipynb"]
    with opened_gradebook(course) as gradebook:
        assert [(one.name, one.max_score) for one in gradebook.assignments] == [("02-activations", 10.0)]
    released = (folder / "release/02-activations/02-activations.ipynb").read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in released and "raise NotImplementedError" in released
    assert read_table(folder / "roster.csv").header == ("id", "first_name", "last_name", "email", "lms_user_id")


def test_git_sees_nothing_of_students(folder: Path) -> None:
    for name in (
        "submitted/s01/02/a.ipynb",
        "autograded/s01/x",
        "feedback/s01/x",
        "reports/x.html",
        "downloaded/x",
        "x.csv",
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Ada Lovelace")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=folder, check=True, capture_output=True, text=True
    )
    assert sorted(listed.stdout.split()) == [
        ".gitignore",
        "course.toml",
        "nbgrader_config.py",
        "release/02-activations/02-activations.ipynb",
        "source/02-activations/02-activations.ipynb",
    ]


@pytest.mark.parametrize(
    ("gradebook", "address"),
    [
        ("sqlite:///own.db", "sqlite:///{}/own.db"),
        ("sqlite:////srv/own.db", "sqlite:////srv/own.db"),
        ("postgresql://host/mlp", "postgresql://host/mlp"),
        ("postgres://host/mlp", "postgresql://host/mlp"),
    ],
)
def test_another_gradebook_is_where_the_settings_say(
    gradebook: str, address: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLP_COURSE_DB_URL", raising=False)
    path = folder / "course.toml"
    path.write_text(path.read_text().replace('# gradebook = "postgresql://host/mlp"', f'gradebook = "{gradebook}"'))
    assert open_course(folder).database == address.format(folder)
    monkeypatch.setenv("MLP_COURSE_DB_URL", "sqlite:////srv/environment.db")
    assert open_course(folder).database == "sqlite:////srv/environment.db"


@pytest.mark.parametrize("there", ["notes.txt", ".git/config", "course.toml", "submitted/s01/x"])
def test_a_folder_with_something_in_it_is_left_alone(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / there).write_text("mine")
    before = everything_in(tmp_path)
    assert main(["new-course", str(tmp_path), "02"]) == 1
    assert everything_in(tmp_path) == before
    assert "is not empty; name a new folder, or an empty one" in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "said"), [("file", "is a file; name a folder"), ("link", "is a link to nothing")])
def test_what_is_no_folder_is_left_alone(
    kind: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "here"
    target.write_text("mine") if kind == "file" else target.symlink_to(tmp_path / "nowhere")
    assert main(["new-course", str(target), "02"]) == 1
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_misspelt_lesson_makes_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-course", str(tmp_path / "new"), "02-activation"]) == 1
    assert "did you mean '02-activations'?" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_other_programs_read_what_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-course", str(tmp_path / "two words"), "01", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["lessons"] == ["01-xor"] and found["folder"] == str(tmp_path / "two words")
    assert open_course(tmp_path / "two words").directories.course_id == "two-words"


def test_commands_find_the_course_from_a_folder_within(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "roster.csv").write_text("id,first_name\ns01,Ada\n")
    monkeypatch.chdir(folder / "source" / "02-activations")
    assert main(["roster", "../../roster.csv"]) == 0
    with opened_gradebook(open_course(folder)) as gradebook:
        assert [student.id for student in gradebook.students] == ["s01"]
    assert not (folder / "source" / "02-activations" / "gradebook.db").exists()
