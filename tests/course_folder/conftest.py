"""A course's folder with one lesson, made once by the command; each test has a copy of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grading.__main__ import main


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "mlp-2026"
    assert main(["new-course", str(folder), "02"]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a test, in which its commands are given."""
    found = Path(shutil.copytree(made, tmp_path / "mlp-2026"))
    monkeypatch.chdir(found)
    return found
