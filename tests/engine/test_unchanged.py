"""A submission is graded again if anything has changed that decides its grade, or its result is not there; otherwise not."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import grading
from grading.engine import classroom, versions
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import open_course
from grading.engine.limits import Limits
from grading.engine.versions import files_that_decide
from tests.engine import fake, tiny

PACKAGE = Path(grading.__file__).parent
EVERYBODY = ["s0000", "s0001", "s0002"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = fake.write_class(tmp_path_factory.mktemp("class"), len(EVERYBODY))
    (course.source(tiny.LESSON) / "data.txt").write_text("1 2 3")
    fake.grade(open_course(course.root))
    return course.root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "course"))


def ran(root: Path, **plan: Any) -> list[str]:
    """Grade, and return who was graded again."""
    told = grade_class(open_course(root), tiny.LESSON, Plan(pool=fake.FakePool, **plan))
    return [one.student for one in told if one.ran]


def add_to_config(line: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        path = root / "nbgrader_config.py"
        path.write_text(f"{path.read_text()}\n{line}\n")

    return change


def sql(statement: str) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        with sqlite3.connect(root / "gradebook.db") as gradebook:
            gradebook.execute(statement)
        gradebook.close()

    return change


def folder(root: Path, student: str = "s0001") -> Path:
    return root / "autograded" / student / tiny.LESSON


def notebook(root: Path) -> Path:
    path = folder(root) / f"{tiny.LESSON}.ipynb"
    path.chmod(0o644)
    return path


def empty(directory: Path) -> None:
    for path in directory.iterdir():
        path.unlink()


def emptied(path: Path) -> Callable[[Path], object]:
    return lambda root: (root / path).write_text("")


OF_ONE = "(SELECT id FROM submitted_assignment WHERE student_id = 's0001')"
NOTEBOOKS = f"(SELECT id FROM submitted_notebook WHERE assignment_id IN {OF_ONE})"
# What somebody does to one student's result.
LOST: dict[str, Callable[[Path], object]] = {
    "rm autograded/s/l/*": lambda root: empty(folder(root)),
    "rm -r autograded/s/l": lambda root: shutil.rmtree(folder(root)),
    "rm -r autograded/s": lambda root: shutil.rmtree(folder(root).parent),
    "rm the notebook": lambda root: notebook(root).unlink(),
    "rm the lesson's file": lambda root: (folder(root) / "data.txt").unlink(),
    "an empty notebook": lambda root: notebook(root).write_text(""),
    "half of a notebook": lambda root: notebook(root).write_text(notebook(root).read_text()[:-20]),
    "a folder in its place": lambda root: (notebook(root).unlink(), notebook_folder(root)),
    "a link to nothing": lambda root: (notebook(root).unlink(), (folder(root) / f"{tiny.LESSON}.ipynb").symlink_to("x")),
    "no submission": sql("DELETE FROM submitted_assignment WHERE student_id = 's0001'"),
    "no notebook": sql(f"DELETE FROM submitted_notebook WHERE assignment_id IN {OF_ONE}"),
    "no grades": sql(f"DELETE FROM grade WHERE notebook_id IN {NOTEBOOKS}"),
    "one grade less": sql(f"DELETE FROM grade WHERE id = (SELECT min(id) FROM grade WHERE notebook_id IN {NOTEBOOKS})"),
    "no comments": sql(f"DELETE FROM comment WHERE notebook_id IN {NOTEBOOKS}"),
    "no student": sql("DELETE FROM student WHERE id = 's0001'"),
}  # fmt: skip


def notebook_folder(root: Path) -> None:
    (folder(root) / f"{tiny.LESSON}.ipynb").mkdir()


@pytest.mark.parametrize("how", LOST)
def test_whose_result_is_not_there_is_graded_again_and_nobody_else(root: Path, how: str) -> None:
    before = fake.gradebook(open_course(root))
    assert ran(root) == []
    LOST[how](root)
    assert ran(root) == ["s0001"]
    assert fake.gradebook(open_course(root)) == before
    assert fake.notebooks_and_journal_agree(open_course(root))
    assert ran(root) == []


CHANGED: dict[str, Callable[[Path], object]] = {
    "an executor's setting": add_to_config("c.SandboxedExecute.time_budget = 60"),
    "another list": add_to_config("c.Autograde.autograde_preprocessors.remove('nbgrader.preprocessors.IgnorePattern')"),
    "one more": add_to_config("c.Autograde.sanitize_preprocessors = ['nbgrader.preprocessors.ClearOutput']"),
    "nbgrader's setting": add_to_config("c.LimitOutput.max_lines = 10"),
    "a course's own": add_to_config("c.OurChecker.strict = True"),
    "a function": add_to_config("c.OurChecker.rule = lambda points: points"),
    "in json": lambda root: (root / "nbgrader_config.json").write_text('{"LimitOutput": {"max_lines": 10}}'),
    "the lesson's file": lambda root: (root / "source" / tiny.LESSON / "data.txt").write_text("1 2 4"),
    "a file more": lambda root: (root / "source" / tiny.LESSON / "more.txt").write_text("1"),
}


@pytest.mark.parametrize("how", CHANGED)
def test_after_a_change_of_what_decides_everybody_is_graded_again(root: Path, how: str) -> None:
    assert ran(root) == []
    CHANGED[how](root)
    assert ran(root) == EVERYBODY
    assert ran(root) == []


SAME: dict[str, Callable[[Path], object]] = {
    "a comment": add_to_config("# a comment"),
    "the exchange": add_to_config("c.Exchange.root = '/srv/exchange'"),
    "the pages": add_to_config("c.HTMLExporter.exclude_input = True"),
    "the log": add_to_config("c.NbGrader.logfile = 'grading.log'"),
    "the same function": add_to_config(""),
    "what lateness costs": add_to_config("c.LateSubmissionPlugin.penalty_method = 'zero'"),
    "a person's points": sql("UPDATE grade SET manual_score = 1"),
}


@pytest.mark.parametrize("how", SAME)
def test_after_a_change_of_nothing_that_decides_nobody_is_graded_again(root: Path, how: str) -> None:
    SAME[how](root)
    assert ran(root) == []


def test_a_configuration_is_the_same_in_every_process(root: Path) -> None:
    add_to_config("c.OurChecker.rules = {len, max, str}\nc.OurChecker.rule = lambda points: [one for one in {1, 2}]")(
        root
    )
    code = f"""
from pathlib import Path
from grading.engine.configuration import digest_of_configuration
from grading.engine.course import open_course
print(digest_of_configuration(open_course(Path({str(root)!r})).config))
"""
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_other_limits_and_another_grader_are_changes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ran(root, limits=Limits(seconds=60)) == EVERYBODY
    assert ran(root) == EVERYBODY
    monkeypatch.setattr(classroom, "grader_version", lambda: "another")
    assert ran(root) == EVERYBODY


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the package, of which the version is asked."""
    copy = Path(shutil.copytree(PACKAGE, tmp_path / "grading", ignore=shutil.ignore_patterns("__pycache__")))
    monkeypatch.setattr(versions.grading, "__file__", str(copy / "__init__.py"))
    yield copy


def version() -> str:
    return versions.grader_version.__wrapped__()


@pytest.mark.parametrize(
    "name",
    [
        "sandbox/kernel/application.py",
        "sandbox/confinement/jail.py",
        "data/fashion.py",
        "data/sample/fashion-mnist-sample.idx.gz",
        "checking.py",
        "cells.py",
        "seeds.py",
        "text.py",
        "device.py",
        "outcome.py",
        "adapters/nbgrader.py",
        "figures/curves.py",
        "catalogue/activations/relu/exercise.py",
        "judging/judge.py",
        "probe/serve.py",
        "engine/intake/submission.py",
    ],
)
def test_every_part_of_the_grader_that_decides_is_in_its_version(package: Path, name: str) -> None:
    before = version()
    with (package / name).open("ab") as file:
        file.write(b"\n")
    assert version() != before


def test_a_file_that_is_added_renamed_or_removed_is_another_version(package: Path) -> None:
    found = [version()]
    (package / "judging" / "table.json").write_text("{}")
    found.append(version())
    (package / "judging" / "table.json").rename(package / "judging" / "tables.json")
    found.append(version())
    (package / "judging" / "tables.json").unlink()
    assert len(set(found)) == 3
    assert version() == found[0]


@pytest.mark.parametrize("name", ["report/page.py", "commands/report.py", "demo/school.py", "build/lint.py"])
def test_what_only_shows_is_not(package: Path, name: str) -> None:
    before = version()
    with (package / name).open("ab") as file:
        file.write(b"\n")
    (package / "__pycache__").mkdir(exist_ok=True)
    (package / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert version() == before


def test_everything_that_grading_imports_is_in_the_version() -> None:
    code = """
import sys
import grading.engine.classroom, grading.engine.workers.preloaded, grading.engine.stock.exporter
import grading.sandbox.forkserver.server, grading.sandbox.kernel.application, grading.probe.serve
print(*(module.__file__ for name, module in sys.modules.items() if name.partition(".")[0] == "grading"), sep="\\n")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = {Path(line) for line in done.stdout.splitlines()}
    assert len(imported) > 100
    assert imported <= set(files_that_decide(PACKAGE))
