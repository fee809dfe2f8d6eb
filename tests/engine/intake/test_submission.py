"""Finding the notebook that was meant, and nothing that was not handed in."""

import json
import os
from pathlib import Path

import pytest

from grading.engine.intake.submission import clean, find_submission
from grading.engine.intake.template import Template
from grading.engine.limits import Limits
from tests.engine.intake.test_intake import TEMPLATE, cells
from tests.engine.tiny import notebook

GOOD = json.dumps(notebook(cells())).encode()
TEMPLATES: dict[str, Template] = {"lesson": TEMPLATE}
LIMITS = Limits(file_bytes=50_000)


def found_kinds(folder: Path) -> tuple[list[str], list[str]]:
    found = find_submission(folder, "s01", TEMPLATES, LIMITS)
    return [problem.kind for problem in found.problems], sorted(found.notebooks)


def test_the_notebook_under_its_own_name_is_taken_with_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "points.csv").write_text("1,2")
    found = find_submission(tmp_path, "s01", TEMPLATES, LIMITS)
    assert found.notebooks == {"lesson": GOOD}
    assert found.files == {"data/points.csv": b"1,2"}
    assert found.problems == ()


@pytest.mark.parametrize(
    "name", ["lesson (1).ipynb", "Copy of lesson.ipynb", "Untitled.ipynb", "a\nb.ipynb", "\N{SNAKE}.ipynb"]
)
def test_a_renamed_notebook_is_recognized_by_its_cells(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(GOOD)
    assert found_kinds(tmp_path) == (["renamed"], ["lesson"])


def test_an_empty_folder_is_a_missing_notebook(tmp_path: Path) -> None:
    assert found_kinds(tmp_path) == (["missing-notebook"], [])


def test_another_notebook_beside_the_right_one_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    (tmp_path / "scratch.ipynb").write_bytes(GOOD)
    assert found_kinds(tmp_path) == (["extra-notebook"], ["lesson"])


def test_symbolic_links_are_dropped_wherever_they_point(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the solution")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "lesson.ipynb").write_bytes(GOOD)
    (folder / "notes.txt").symlink_to(secret)
    (folder / "everything").symlink_to(tmp_path, target_is_directory=True)
    found = find_submission(folder, "s01", TEMPLATES, LIMITS)
    assert found.files == {}
    assert sorted(problem.kind for problem in found.problems) == ["symbolic-link", "symbolic-link"]


def test_a_submission_that_is_itself_a_link_is_not_followed(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "lesson.ipynb").write_bytes(GOOD)
    link = tmp_path / "link"
    link.symlink_to(real, target_is_directory=True)
    assert found_kinds(link) == (["symbolic-link", "missing-notebook"], [])


def test_a_huge_notebook_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(b" " * 60_000)
    assert found_kinds(tmp_path) == (["too-big"], [])


def test_files_beyond_the_limit_are_left_out_and_the_notebook_is_graded(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    (tmp_path / "a.bin").write_bytes(b"x" * 40_000)
    (tmp_path / "b.bin").write_bytes(b"x" * 40_000)
    found = find_submission(tmp_path, "s01", TEMPLATES, LIMITS)
    assert sorted(found.files) == ["a.bin"]
    assert [problem.graded for problem in found.problems] == [True]
    assert sorted(found.notebooks) == ["lesson"]


def test_a_pipe_in_the_folder_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    os.mkfifo(tmp_path / "pipe")
    assert found_kinds(tmp_path) == (["special-file"], ["lesson"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("torch.py", "module-name"),
        ("random.py", "module-name"),
        ("grading/__init__.py", "module-name"),
        ("sitecustomize.py", "module-name"),
        (".ipython/profile_default/startup/00.py", "hidden-file"),
        (".env", "hidden-file"),
    ],
)
def test_a_file_that_would_change_the_kernel_is_dropped_and_told(tmp_path: Path, name: str, kind: str) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("raise SystemExit")
    found = find_submission(tmp_path, "s01", TEMPLATES, LIMITS)
    assert found.files == {}
    assert [problem.kind for problem in found.problems] == [kind]
    assert all(problem.graded and problem.worth_telling for problem in found.problems)


@pytest.mark.parametrize("name", ["helper.py", "model.pth", "code/points.csv", "test/x.txt"])
def test_files_that_only_look_like_it_stay(tmp_path: Path, name: str) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("1")
    found = find_submission(tmp_path, "s01", TEMPLATES, LIMITS)
    assert (sorted(found.files), found.problems) == ([name], ())


@pytest.mark.parametrize(
    "name", [".DS_Store", "._lesson.ipynb", ".ipynb_checkpoints/lesson.ipynb", "__pycache__/a.pyc"]
)
def test_what_programs_leave_behind_is_no_problem(tmp_path: Path, name: str) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("1")
    assert found_kinds(tmp_path) == ([], ["lesson"])


def test_a_hard_link_beside_the_notebook_is_dropped_and_a_linked_notebook_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    folder.mkdir()
    for name, content in {"lesson.ipynb": GOOD, "notes.txt": b"the solution"}.items():
        (tmp_path / name).write_bytes(content)
        os.link(tmp_path / name, folder / name)
    found = find_submission(folder, "s01", TEMPLATES, LIMITS)
    assert (found.notebooks, found.files) == ({"lesson": GOOD}, {})
    assert [problem.kind for problem in found.problems] == ["hard-link", "hard-link"]


def test_thousands_of_files_are_not_read_and_the_notebook_is(tmp_path: Path) -> None:
    (tmp_path / "lesson.ipynb").write_bytes(GOOD)
    for number in range(1500):
        (tmp_path / f"a{number}").touch()
    kinds, notebooks = found_kinds(tmp_path)
    assert (kinds, notebooks) == (["too-many-files"], ["lesson"])


@pytest.mark.parametrize("name", ["lesson.ipynb/x", "data.csv/x", "folder"])
def test_a_file_in_the_place_of_one_of_the_lesson_is_dropped(tmp_path: Path, name: str) -> None:
    (tmp_path / "my copy.ipynb").write_bytes(GOOD)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("1")
    found = find_submission(tmp_path, "s01", TEMPLATES, LIMITS)
    cleaned = clean(found, TEMPLATES, {"data.csv", "folder/a.csv"}, LIMITS)
    assert (cleaned.files, sorted(cleaned.notebooks)) == ({}, ["lesson"])
    assert [problem.kind for problem in cleaned.problems] == ["renamed", "in-the-way"]
