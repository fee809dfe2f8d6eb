from __future__ import annotations

from pathlib import Path

import pytest

from grading.study.place import VARIABLE


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that this test's progress is kept in."""
    path = tmp_path / "own" / "progress.jsonl"
    monkeypatch.setenv(VARIABLE, str(path))
    return path
