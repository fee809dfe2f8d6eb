"""Sockets have room for their addresses, whatever the folder for temporary files is called."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grading.engine.assignment import generate_assignment
from grading.engine.course import open_course
from grading.sandbox.forkserver.addresses import folder_for_sockets
from tests.engine import tiny

LONGEST = "mlp-course-sandbox-1234567-abcdefgh/0123456789abcdef/sockets/check-1999"


@pytest.mark.parametrize("length", [20, 32, 33, 40, 41, 60, 90, 100, 200])
def test_the_longest_address_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    folder = Path("/tmp/").joinpath("x" * (length - len("/tmp/")))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    folder.mkdir()
    try:
        assert len(os.fsencode(f"{folder_for_sockets()}/{LONGEST}")) <= 107
    finally:
        folder.rmdir()


def test_a_class_is_graded_where_the_folder_for_temporary_files_has_a_long_path(tmp_path: Path) -> None:
    course = open_course(tiny.write_course(tmp_path / "course"))
    generate_assignment(course, tiny.LESSON)
    tiny.hand_in(course.root, "s01", tiny.answered(course.root, tiny.RIGHT))
    long = tmp_path / ("x" * 60)
    long.mkdir()
    command = [sys.executable, "-m", "grading", "autograde", tiny.LESSON, "--course", str(course.root), "--jobs", "1"]
    result = subprocess.run(command, env={**os.environ, "TMPDIR": str(long)}, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert "1 submissions, 1 graded now, 0 unchanged, 0 with a problem" in result.stderr
