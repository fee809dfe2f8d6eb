"""Progress is kept whatever the circumstances, or else everything works without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from grading.graded import GRADING_VARIABLE
from grading.study import place, store
from grading.study.records import Check, Prediction

PASSED = Check("02-activations", "relu", "passed", 1.0, 1.0)
WRONG = Check("02-activations", "relu", "failed", 0.0, 1.0, ("absolute",))
GUESS = Prediction("03-backpropagation", "slope", "3", True)


def test_what_is_added_is_read_again_in_the_order_of_its_time(kept: Path) -> None:
    later = Check("02-activations", "tanh", "passed", 1.0, 1.5, time=5.0)
    earlier = Check("02-activations", "tanh", "failed", 0.2, 1.5, ("half", "doubled"), time=1.0)
    for record in (later, earlier, GUESS):
        store.add(record)
    assert store.read() == store.Kept((earlier, later, GUESS))


def test_every_line_is_json_that_says_what_it_is(kept: Path) -> None:
    store.add(WRONG)
    store.add(GUESS)
    first, second = map(json.loads, kept.read_text(encoding="ascii").splitlines())
    assert (first["kind"], first["exercise"], first["mistakes"]) == ("check", "relu", ["absolute"])
    assert (second["kind"], second["value"], second["right"]) == ("prediction", "3", True)


def test_only_its_owner_may_read_it(kept: Path) -> None:
    store.add(PASSED)
    if sys.platform == "win32":
        pytest.skip("Windows keeps a user's folder from other users by other means")
    assert kept.stat().st_mode & 0o077 == 0


def test_several_processes_write_at_once_and_nothing_is_lost(kept: Path) -> None:
    program = (
        "import sys\n"
        "from grading.study import store\n"
        "from grading.study.records import Prediction\n"
        "for number in range(100):\n"
        "    store.add(Prediction('03-x', sys.argv[1], str(number), True))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, name]) for name in ("a", "b", "c")]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    found = store.read()
    assert found.notes == ()
    assert sorted((one.name, int(one.value)) for one in found.records if isinstance(one, Prediction)) == [
        (name, number) for name in "abc" for number in range(100)
    ]


def test_writing_takes_less_than_two_milliseconds(kept: Path) -> None:
    def seconds() -> float:
        started = time.perf_counter()
        store.add(WRONG)
        return time.perf_counter() - started

    assert median(seconds() for _ in range(101)) < 0.002


def test_nobody_waits_for_somebody_who_holds_the_lock(kept: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("on Windows a file is locked by other means")
    else:
        import fcntl
    store.add(PASSED)
    with kept.open("rb") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        started = time.perf_counter()
        store.add(WRONG)
        assert time.perf_counter() - started < 0.5
        kept.write_bytes(kept.read_bytes() + b"nonsense\n")
        found = store.read()
    assert [one.outcome for one in found.records if isinstance(one, Check)] == ["passed", "failed"]
    # Without the lock nothing is put aside.
    assert found.notes == (f"One line of {kept} cannot be read.",)
    assert [path.name for path in kept.parent.iterdir()] == ["progress.jsonl"]


BROKEN: dict[str, bytes] = {
    "half a line at the end": b'{"kind": "check", "less',
    "binary": bytes(range(256)) * 3,
    "another format": b"<?xml version='1.0'?>\n<progress/>\n",
    "a list": b"[1, 2]\n",
    "a number": b"17\n",
    "a check without its exercise": b'{"kind": "check", "lesson": "x"}\n',
    "a score that is text": json.dumps(
        {"kind": "check", "lesson": "a", "exercise": "b", "outcome": "c", "score": "1", "points": 1, "mistakes": [], "time": 1}
    ).encode()
    + b"\n",
    "no kind": b"{}\n",
    "nested without end": b"[" * 100_000 + b"\n",
    "zeros, as after a power cut": b"\0" * 5000,
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_kept_aside_once_and_its_good_lines_stay(kept: Path, name: str) -> None:
    store.add(PASSED)
    spoiled = kept.read_bytes() + BROKEN[name]
    kept.write_bytes(spoiled)
    store.add(GUESS)
    found = store.read()
    assert found.records == (PASSED, GUESS)
    aside = kept.with_name("progress.jsonl.broken-1")
    (note,) = found.notes
    assert "could not be read" in note and str(aside) in note
    assert aside.read_bytes().startswith(spoiled)
    assert store.read() == store.Kept((PASSED, GUESS))


def test_a_line_of_a_later_version_is_neither_shown_nor_lost(kept: Path) -> None:
    store.add(PASSED)
    with kept.open("ab") as file:
        file.write(b'{"kind": "reading", "minutes": 12}\nnonsense\n')
    assert store.read().records == (PASSED,)
    assert b'"reading"' in kept.read_bytes()


def test_more_fields_than_are_known_are_no_fault(kept: Path) -> None:
    store.add(PASSED)
    kept.write_bytes(kept.read_bytes().replace(b'"kind"', b'"colour": "red", "kind"'))
    assert store.read() == store.Kept((PASSED,))


def _a_folder(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "progress.jsonl").mkdir()


def _below_a_file(path: Path) -> None:
    path.parent.write_text("a file where a folder should be")


def _a_link_to_nowhere(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path.parent / "no folder" / "file")


def _a_circle_of_links(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path)


def _a_pipe(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)


IMPOSSIBLE: dict[str, Callable[[Path], None]] = {
    "a folder": _a_folder,
    "below a file": _below_a_file,
    "a link to nowhere": _a_link_to_nowhere,
    "a circle of links": _a_circle_of_links,
    "a pipe that nobody reads": _a_pipe,
}


@pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links as Windows does not")
@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_where_nothing_can_be_written_it_is_said_once(
    kept: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    IMPOSSIBLE[name](kept)
    store.add(PASSED)
    said = capsys.readouterr().out
    assert said.startswith("Your progress is not kept, everything else works: ") and said.count("\n") == 1
    store.add(PASSED)
    assert capsys.readouterr().out == ""
    assert store.read().records == ()


def test_a_disk_that_is_full_is_said_and_stops_nothing(
    kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    store.add(PASSED)
    assert capsys.readouterr().out.rstrip().endswith("No space left on device.")


def test_what_can_only_be_read_is_read(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.add(PASSED)
    opened = os.open

    def for_reading_only(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR and Path(path) == kept:
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, mode)

    monkeypatch.setattr(os, "open", for_reading_only)
    assert store.read() == store.Kept((PASSED,), (f"{kept} can be read, and not written to.",))


def test_while_a_notebook_is_graded_nothing_is_written(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GRADING_VARIABLE, "validate")
    store.add(PASSED)
    assert not kept.parent.exists()


@pytest.mark.parametrize("word", ["off", "OFF", " no ", "0", "false", "none"])
def test_it_can_be_switched_off(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(place.VARIABLE, word)
    monkeypatch.chdir(tmp_path)
    store.add(PASSED)
    assert store.read() == store.Kept(())
    assert [*tmp_path.iterdir()] == []
    assert place.described() == "Nothing is kept, because MLP_COURSE_PROGRESS says so."


def test_all_of_it_can_be_deleted_at_any_time(kept: Path) -> None:
    assert store.forget() == "There was nothing to delete."
    store.add(PASSED)
    kept.write_bytes(kept.read_bytes() + b"nonsense\n")
    store.read()
    assert store.forget() == f"Deleted {kept}, {kept}.broken-1."
    assert [*kept.parent.iterdir()] == []
    store.add(PASSED)
    assert store.read().records == (PASSED,)


def test_a_file_that_is_replaced_while_it_is_locked_is_opened_again(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(PASSED)
    stats = iter([True])

    def replaced_once(first: os.stat_result, second: os.stat_result) -> bool:
        return next(stats, None) is None

    monkeypatch.setattr(os.path, "samestat", replaced_once)
    store.add(GUESS)
    assert store.read().records == (PASSED, GUESS)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder of its own, in which nothing says where progress is kept."""
    for name in (place.VARIABLE, "XDG_DATA_HOME", "LOCALAPPDATA", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    yield tmp_path


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "{home}/.local/share/mlp-course"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/mlp-course"),
        ("darwin", {}, "{home}/Library/Application Support/mlp-course"),
        ("win32", {}, "{home}/AppData/Local/mlp-course"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/mlp-course"),
        ("linux", {"MLP_COURSE_PROGRESS": "~/mine.jsonl"}, "{home}"),
        ("linux", {"MLP_COURSE_PROGRESS": "~"}, "{home}"),
        ("linux", {"MLP_COURSE_PROGRESS": "/somewhere/new/"}, "/somewhere/new"),
        ("linux", {"MLP_COURSE_PROGRESS": "  "}, "{home}/.local/share/mlp-course"),
        ("linux", {"COLAB_RELEASE_TAG": "release"}, "{home}/.local/share/mlp-course"),
    ],
)
def test_it_lies_where_the_system_keeps_a_users_data_or_where_one_says(
    platform: str, variables: dict[str, str], folder: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert [path.parent for path in place.files()] == [Path(os.path.abspath(folder.format(home=home)))]


def test_on_colab_it_lies_in_drive_once_that_is_mounted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    drive = home / "drive" / "MyDrive"
    monkeypatch.setattr("grading.study.place._DRIVE", drive)  # Drive is mounted below the root folder
    store.add(PASSED)
    assert "deleted after use" in place.described()
    drive.mkdir(parents=True)
    store.add(GUESS)
    assert (drive / "mlp-course" / "progress.jsonl").is_file()
    assert store.read().records == (PASSED, GUESS)
    assert "in your Google Drive" in place.described()
    assert store.forget().count("progress.jsonl") == 2
