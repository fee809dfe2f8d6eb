"""Packages that are reached by PYTHONPATH are there in the sandbox; what lies beside a course or this package is not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import grading
from grading.sandbox.confinement.jail import package_folders
from tests.engine import tiny
from tests.engine.stock.test_stock_tools import nbgrader, scores


def installed(folder: Path) -> Path:
    (folder / "widgets-1.0.dist-info").mkdir(parents=True)
    (folder / "widgets.py").write_text("def twice(x):\n    return 2 * x\n")
    return folder


def test_only_folders_with_installed_packages_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, plain, course, home = (installed(tmp_path / name) for name in ("good", "plain", "course", "home"))
    (plain / "widgets-1.0.dist-info").rmdir()
    (course / "nbgrader_config.py").touch()
    above = installed(tmp_path / "above")
    (above / "here").mkdir()
    monkeypatch.chdir(above / "here")
    monkeypatch.setenv("HOME", str(home))
    project = str(Path(grading.__file__).parents[1])
    entries = ["", str(plain), str(course), str(home), str(above), project, "/", "/nowhere", str(good)]
    monkeypatch.setattr(sys, "path", entries)
    assert list(package_folders()) == [str(good)]


def test_a_submission_finds_what_python_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tiny.write_course(tmp_path / "course")
    packages = installed(tmp_path / "packages")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(packages), str(root)]))
    nbgrader(root, "generate_assignment", tiny.LESSON)
    found = (
        "import os\nfrom widgets import twice\nassert not os.path.exists({!r})\n\ndef double(x):\n    return twice(x)"
    )
    tiny.hand_in(root, "s01", tiny.answered(root, {**tiny.RIGHT, "double": found.format(str(root))}))
    nbgrader(root, "autograde", tiny.LESSON)
    assert scores(root) == {"s01": 6.0}
