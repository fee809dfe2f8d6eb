"""What may be wrong with a machine is one sentence that says what to do."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import grading.commands.report as report
from grading.__main__ import main
from grading.data.files import Missing, default_root, read_unpacked, with_home
from grading.engine.faults import local_time
from grading.sandbox.forkserver.fonts import lists_of_fonts
from tests.engine.odd import without_privileges


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A home folder that is somebody else's."""
    home = tmp_path / "home"
    (home / ".cache").mkdir(parents=True)
    home.chmod(0)
    yield home
    home.chmod(0o700)


def test_a_home_that_is_somebody_elses_is_as_good_as_no_cache(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(closed))
    for name in ("XDG_CACHE_HOME", "MPLCONFIGDIR", "MLP_COURSE_DATA"):
        monkeypatch.delenv(name, raising=False)
    with without_privileges():
        assert lists_of_fonts() == {}
        found = read_unpacked(default_root())
    assert isinstance(found, Missing)
    assert "Permission denied" in found.reason


def test_a_user_without_a_home_has_a_temporary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "os.path.expanduser", lambda path: os.fspath(path)
    )  # as for a user whom the system does not know
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert with_home("~/.cache") == tmp_path / ".cache"
    assert with_home("~nobody/x") == Path("~nobody/x")
    assert with_home("/data") == Path("/data")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EACCES, "as a user who may read and write there"),
        (errno.EROFS, "as a user who may read and write there"),
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "make room"),
        (errno.EMFILE, "ulimit"),
    ],
)
def test_what_the_system_refuses_is_one_line_of_every_command(
    number: int, remedy: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> int:
        raise OSError(number, os.strerror(number), "/a/folder")

    monkeypatch.setattr(report, "run", refused)
    assert main(["report", "02-activations"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"report: /a/folder: {os.strerror(number)}; ")
    assert remedy in line


@pytest.mark.parametrize("mask", [0o777, 0o700, 0o277, 0o477, 0o177])
def test_a_umask_that_takes_the_owners_rights_is_named(
    mask: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))

    monkeypatch.setattr(report, "run", refused)
    before = os.umask(mask)
    try:
        assert main(["report", "02-activations"]) == 1
    finally:
        set_by_main = os.umask(before)
    assert set_by_main == mask
    (line,) = capsys.readouterr().err.splitlines()
    assert "umask 022" in line


@pytest.mark.parametrize("mask", [0o077, 0o022, 0o002, 0])
def test_any_other_umask_is_not(mask: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), "/a/folder")

    monkeypatch.setattr(report, "run", refused)
    before = os.umask(mask)
    try:
        main(["report", "02-activations"])
    finally:
        os.umask(before)
    assert "umask" not in capsys.readouterr().err


def test_what_is_not_expected_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(report, "run", broken)
    with pytest.raises(OSError, match="Bad file"):
        main(["report", "02-activations"])


@pytest.mark.parametrize("zone", ["XXX25YYY", ":/nowhere", "", "Europe/Berlin", "-99"])
def test_the_time_can_be_told_in_every_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert local_time().startswith("20")
    finally:
        monkeypatch.undo()
        time.tzset()
