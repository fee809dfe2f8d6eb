"""`make clean` removes caches alone; `make clean-class` shows what a class left and removes it for one word only."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed"),
    pytest.mark.skipif(sys.platform == "win32", reason="the Makefile is for POSIX shells"),
]

ROOT = Path(__file__).parents[1]
CACHES = (
    ".hypothesis/examples/1", ".mypy_cache/3.11/x.json", ".pytest_cache/v/cache/lastfailed", ".ruff_cache/0.8/1", "build/lib/x.py",
    "dist/mlp_course.whl", "grading/__pycache__/x.pyc", "tests/engine/__pycache__/x.pyc", "lessons/__pycache__/x.pyc",
    "scripts/__pycache__/x.pyc", "benchmarks/judge/__pycache__/x.pyc",
)  # fmt: skip
OF_A_CLASS = (
    "submitted/s01/02-activations/02-activations.ipynb", "submitted/s01/02-activations/build/x", "submitted/s02/02-activations/a b.csv",
    "autograded/s01/02-activations/02-activations.ipynb", "feedback/s01/02-activations/02-activations.html", "gradebook.db",
    "gradebook.db-wal", "grades.csv", "reports/02-activations.html", ".grading/02-activations.jsonl", ".grading/02-activations.run",
    "downloaded/02-activations/archive/class.zip",
    ".nbgrader.log", "demo/.demo", "demo/gradebook.db", "demo/submitted/s01/01-xor/01-xor.ipynb",
)  # fmt: skip
# What neither command knows: it may be somebody's.
OF_SOMEBODY = (
    "exchange/mlp-course/inbound/s03.ipynb", "data/x.gz", "notes.log", "gradebook.db.2026-11-01.bak", "submitted.zip",
    "submitted-2025/s01/x",
    "source/02-activations/__pycache__/x.pyc", ".venv/bin/python",
)  # fmt: skip


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of what the two commands are made of, in a folder with everything that they may meet."""
    root = tmp_path / "my course"
    shutil.copytree(ROOT / "scripts", root / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "Makefile", root / "Makefile")
    for name in (*CACHES, *OF_A_CLASS, *OF_SOMEBODY):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def files(root: Path) -> set[str]:
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() or path.is_symlink()}
    return found - {"Makefile", *(path.relative_to(ROOT).as_posix() for path in (ROOT / "scripts").iterdir())}


def environment(**more: str) -> dict[str, str]:
    """This one without what would make this make a part of another, and without another gradebook."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "MLP_COURSE"))}
    return {**kept, **more}


def make(root: Path, target: str, stdin: int = subprocess.DEVNULL, **more: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", target]
    return subprocess.run(
        command, cwd=root, env=environment(**more), stdin=stdin, capture_output=True, text=True, check=False
    )


def answered(root: Path, answer: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `make clean-class` in a terminal where a person types an answer."""
    person, terminal = os.openpty()
    try:
        os.write(person, answer.encode())
        return make(root, "clean-class", terminal, **more)
    finally:
        os.close(person)
        os.close(terminal)


def test_make_clean_removes_caches_and_nothing_else(course: Path) -> None:
    assert make(course, "clean").returncode == 0
    assert files(course) == {*OF_A_CLASS, *OF_SOMEBODY}
    assert make(course, "clean").returncode == 0


def test_make_clean_names_nothing_that_git_ignores_for_being_of_a_class() -> None:
    ignored = (ROOT / ".gitignore").read_text().partition("# What a class leaves behind")[2].partition("\n\n")[0]
    names = [line.strip("/").rstrip("*/") for line in ignored.splitlines()[1:]]
    assert {"submitted", "gradebook.db", "feedback", "exchange", "demo"} <= set(names)
    recipe = (ROOT / "Makefile").read_text().partition("\nclean:")[2].partition("\n\n")[0]
    removed = set(re.findall(r"[\w.-]+", recipe))
    assert removed.isdisjoint(names)


def test_the_one_word_removes_what_was_shown_and_nothing_else(course: Path) -> None:
    run = answered(course, "yes\n")
    assert run.returncode == 0
    assert files(course) == {*CACHES, *OF_SOMEBODY}
    shown = {line.split()[0]: line for line in run.stdout.splitlines() if line.startswith("  ")}
    assert shown.keys() == {name.split("/")[0] for name in OF_A_CLASS}
    assert "students: 2, files: 3" in shown["submitted"]
    assert run.stdout.index("submitted") < run.stdout.index("Type yes")
    assert "nothing of a class" in answered(course, "yes\n").stdout


@pytest.mark.parametrize(
    "answer", ["\n", "y\n", "no\n", "Yes\n", "yes please\n", "yes!\n", "yess\n", "ye\n", "n\nyes\n", "\x04", "*\n"]
)
def test_any_other_answer_keeps_everything(course: Path, answer: str) -> None:
    before = files(course)
    run = answered(course, answer)
    assert run.returncode == 0
    assert "Nothing was removed." in run.stdout
    assert files(course) == before


@pytest.mark.parametrize("said", ["", "yes\n", "yes\nyes\n"])
def test_without_a_terminal_nothing_is_removed_and_that_is_said(course: Path, said: str) -> None:
    before = files(course)
    command = ["make", "--no-print-directory", "clean-class"]
    run = subprocess.run(
        command, cwd=course, env=environment(), input=said, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "Nothing was removed: there is no terminal to answer at." in run.stderr
    assert "submitted" in run.stdout
    assert files(course) == before


def test_a_gradebook_elsewhere_stays_and_so_does_the_one_here(course: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    elsewhere.write_text("grades")
    run = answered(course, "yes\n", MLP_COURSE_DB_URL=f"sqlite:///{elsewhere}")
    assert elsewhere.exists()
    assert {"gradebook.db", "gradebook.db-wal"} <= files(course)
    assert not (course / "submitted").exists()
    assert "MLP_COURSE_DB_URL names stays as it is" in run.stdout


def test_a_password_of_the_gradebook_is_not_shown(course: Path) -> None:
    run = answered(course, "no\n", MLP_COURSE_DB_URL="postgresql://me:geheim@db.example.org/mlp")
    assert "MLP_COURSE_DB_URL" in run.stdout
    assert "geheim" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    "url",
    ["sqlite:///{root}/reports/mlp.db", "sqlite:///reports/mlp.db?timeout=9", "sqlite+pysqlite:///./reports/mlp.db"],
)
def test_the_folder_that_holds_the_gradebook_stays(course: Path, url: str) -> None:
    (course / "reports" / "mlp.db").write_text("grades")
    run = answered(course, "yes\n", MLP_COURSE_DB_URL=url.format(root=course))
    assert "reports stays" in run.stdout
    assert (course / "reports" / "mlp.db").exists()
    assert not (course / "submitted").exists()


def test_of_a_link_the_link_alone_goes(course: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    shutil.move(course / "submitted", archive)
    (course / "submitted").symlink_to(archive)
    run = answered(course, "yes\n")
    assert f"a link to {archive}; only the link would go" in run.stdout
    assert (archive / "s01/02-activations/02-activations.ipynb").exists()
    assert not (course / "submitted").is_symlink()


def test_a_folder_named_demo_that_the_demo_did_not_make_stays(course: Path) -> None:
    (course / "demo" / ".demo").unlink()
    answered(course, "yes\n")
    assert (course / "demo" / "gradebook.db").exists()


@pytest.mark.parametrize("only", ["gradebook.db", ".grading/x.run", "feedback/s01/x.html"])
def test_a_little_that_is_left_is_found_alone(course: Path, only: str) -> None:
    for name in files(course):
        (course / name).unlink()
    shutil.rmtree(course / "submitted")
    shutil.rmtree(course / "reports")
    (course / only).parent.mkdir(parents=True, exist_ok=True)
    (course / only).write_text("x")
    run = answered(course, "yes\n")
    assert (run.returncode, files(course)) == (0, set())
