"""Whatever lies in a submission's folder, it is read within bounds, and what is left out is told in a line."""

import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grading.engine.intake import folder as folders
from grading.engine.intake import submission
from grading.engine.intake.submission import Submission, find_submission
from grading.engine.limits import DEFAULT_LIMITS, Limits
from tests.engine import odd
from tests.engine.intake.test_submission import GOOD, TEMPLATES

NAME = "lesson.ipynb"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A good submission, in the working folder."""
    monkeypatch.chdir(tmp_path)
    made = Path("s01")
    made.mkdir()
    (made / NAME).write_bytes(GOOD)
    for path in (tmp_path, made, made / NAME):
        path.chmod(0o755)  # for the tests without privileges
    yield made
    odd.remove(tmp_path / made)


def found(folder: Path, limits: Limits = DEFAULT_LIMITS) -> Submission:
    return find_submission(folder, "s01", TEMPLATES, limits)


def kinds(found: Submission) -> list[str]:
    return [problem.kind for problem in found.problems]


@pytest.mark.parametrize(("levels", "told"), [(31, []), (32, []), (33, ["too-deep"]), (300, ["too-deep"]),
                                              (990, ["too-deep"]), (1500, ["too-deep"]), (5000, ["too-deep"])])  # fmt: skip
def test_folders_may_be_nested_as_deep_as_anybody_likes(folder: Path, levels: int, told: list[str]) -> None:
    odd.nest(folder, levels)
    got = found(folder)
    assert (got.notebooks, kinds(got), got.readable) == ({"lesson": GOOD}, told, True)
    assert len(got.files) == (0 if told else 1)


def test_names_that_would_not_fit_anywhere_else_are_dropped(folder: Path) -> None:
    odd.nest(folder, 4, "n" * 240)
    odd.nest(folder, 40, "m" * 200)
    got = found(folder)
    assert (got.notebooks, list(got.files)) == ({"lesson": GOOD}, ["/".join(["n" * 240] * 4) + "/end.txt"])
    assert kinds(got) == ["unreadable"]  # 200 characters 20 times are more than a path may have
    odd.remove(folder)
    folder.mkdir()
    odd.nest(folder, 6, "n" * 200)
    assert kinds(found(folder)) == ["long-name", "missing-notebook"]


def test_in_a_crowd_the_notebook_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_ENTRIES", 100)
    for number in range(300):
        (folder / f"a{number}").touch()
    (folder / NAME).unlink()
    (folder / NAME).write_bytes(GOOD)
    got = found(folder)
    assert (got.notebooks, kinds(got)) == ({"lesson": GOOD}, ["too-many-files"])
    assert len(got.files) <= 101


def test_many_folders_are_not_looked_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_ENTRIES", 100)
    for number in range(60):
        (folder / f"d{number:02}" / "e").mkdir(parents=True)
        (folder / f"d{number:02}" / "x.csv").touch()
    got = found(folder)
    assert (got.notebooks, kinds(got)) == ({"lesson": GOOD}, ["too-many-files"])
    assert 10 <= len(got.files) <= 40


def test_notebooks_that_are_not_the_lessons_share_the_room_for_one(folder: Path) -> None:
    for number in range(5):
        (folder / f"{number}.ipynb").write_bytes(GOOD + b" " * 20_000)
    got = found(folder, Limits(file_bytes=50_000))
    assert got.notebooks == {"lesson": GOOD}
    assert kinds(got) == ["too-big"] * 3 + ["extra-notebook"] * 2


def fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero, which never ends
    except OSError as error:
        pytest.skip(f"no device can be made here: {error}")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def link_to_above(path: Path) -> None:
    path.symlink_to("..")


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        try:
            file.truncate(1 << 40)
        except OSError as error:
            pytest.skip(f"no file of a terabyte can be made here: {error}")


ODD: dict[Callable[[Path], None], str] = {
    fifo: "special-file",
    a_socket: "special-file",
    device: "special-file",
    link_to_itself: "symbolic-link",
    link_to_above: "symbolic-link",
    sparse: "too-big",
}


@pytest.mark.parametrize(("make", "kind"), ODD.items())
def test_what_is_no_plain_file_is_dropped_beside_the_notebook(
    folder: Path, make: Callable[[Path], None], kind: str
) -> None:
    make(folder / "x.csv")
    got = found(folder)
    assert (got.notebooks, got.files, kinds(got)) == ({"lesson": GOOD}, {}, [kind])


@pytest.mark.parametrize(("make", "kind"), ODD.items())
def test_what_is_no_plain_file_is_no_notebook(folder: Path, make: Callable[[Path], None], kind: str) -> None:
    (folder / NAME).unlink()
    make(folder / NAME)
    got = found(folder)
    assert (got.notebooks, kinds(got)[0], got.readable) == ({}, kind, True)


def test_a_device_is_not_even_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device(folder / "x.csv")
    opened: list[str] = []
    really = os.open
    monkeypatch.setattr(os, "open", lambda path, *more: opened.append(Path(path).name) or really(path, *more))
    found(folder)
    assert opened == [NAME]


def test_a_folder_in_the_place_of_the_notebook_is_none(folder: Path) -> None:
    (folder / NAME).unlink()
    (folder / NAME).mkdir()
    got = found(folder)
    assert (got.notebooks, kinds(got), got.readable) == ({}, ["missing-notebook"], True)


@pytest.mark.parametrize(
    "name", [b"caf\xe9.csv", b"\xff\xfe", b"a\nb", b"\x1b[31mred", "\u202ex".encode(), b" ", b"-rf"]
)
def test_names_may_be_any_bytes(folder: Path, name: bytes) -> None:
    with open(os.fsencode(folder) + b"/" + name, "wb") as file:
        file.write(b"1")
    got = found(folder)
    assert (got.notebooks, got.files, got.problems) == ({"lesson": GOOD}, {os.fsdecode(name): b"1"}, ())


def test_a_folder_that_may_not_be_read_costs_what_is_in_it(folder: Path) -> None:
    (folder / "data").mkdir(mode=0)
    with odd.without_privileges():
        got = found(folder)
    assert (got.notebooks, kinds(got), got.readable) == ({"lesson": GOOD}, ["unreadable"], True)
    assert got.problems[0].graded


def test_of_a_submission_that_may_not_be_read_nothing_is_said(folder: Path) -> None:
    folder.chmod(0)
    with odd.without_privileges():
        got = found(folder)
    folder.chmod(0o700)
    assert (got.notebooks, kinds(got), got.readable) == ({}, ["unreadable"], False)
    assert "Permission denied" in got.problems[0].sentence


def test_of_a_notebook_that_may_not_be_read_nothing_is_said(folder: Path) -> None:
    (folder / NAME).chmod(0)
    with odd.without_privileges():
        got = found(folder)
    assert (got.notebooks, kinds(got), got.readable) == ({}, ["unreadable"], False)


def test_another_notebook_that_may_not_be_read_is_not_needed(folder: Path) -> None:
    (folder / "scratch.ipynb").touch(mode=0)
    with odd.without_privileges():
        got = found(folder)
    assert (got.notebooks, kinds(got), got.readable) == ({"lesson": GOOD}, ["unreadable"], True)


def test_a_file_in_the_place_of_the_folder_is_told(folder: Path) -> None:
    (folder / NAME).rename("s02")
    got = found(Path("s02"))
    assert (got.notebooks, kinds(got), got.readable) == ({}, ["unreadable"], False)


def test_of_a_folder_that_is_gone_nothing_is_said(folder: Path) -> None:
    got = found(folder / "gone")
    assert (kinds(got), got.readable) == (["unreadable"], False)
    assert "was removed while it was read" in got.problems[0].sentence


def test_of_a_folder_that_vanishes_while_it_is_read_nothing_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "data").mkdir()
    really = submission.read

    def vanish(*arguments: object) -> bytes | None:
        odd.remove(folder)
        return really(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(submission, "read", vanish)
    got = found(folder)
    assert (got.notebooks, got.readable) == ({}, False)
    assert "was removed while it was read" in got.problems[0].sentence


def test_a_disk_that_fails_in_the_middle_of_a_file_costs_that_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "x.csv").write_text("1")
    really = os.fdopen

    class Failing:
        def __init__(self, descriptor: int, mode: str) -> None:
            self.file = really(descriptor, mode)

        def __enter__(self) -> "Failing":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def fileno(self) -> int:
            return self.file.fileno()

        def read(self, most: int) -> bytes:
            content = self.file.read(most)
            if content == b"1":
                raise OSError(5, "Input/output error")
            return content

    monkeypatch.setattr(os, "fdopen", Failing)
    got = found(folder)
    assert (got.notebooks, got.files, kinds(got)) == ({"lesson": GOOD}, {}, ["unreadable"])


def test_a_student_whose_name_is_no_text_is_told_so(folder: Path) -> None:
    got = find_submission(folder, os.fsdecode(b"caf\xe9"), TEMPLATES, DEFAULT_LIMITS)
    assert (kinds(got), got.readable) == (["student-name"], False)


@pytest.mark.parametrize(
    "number", ["7" * 10**6, "-" + "7" * 10**6, "1." + "7" * 10**6, "1e999999999", "NaN", "-Infinity"]
)
def test_a_number_that_no_machine_counts_with_costs_nothing(folder: Path, number: str) -> None:
    data = json.dumps({**json.loads(GOOD), "odd": 0}).replace('"odd": 0', f'"odd": {number}')
    (folder / NAME).write_text(data)
    cleaned = submission.clean(found(folder), TEMPLATES, frozenset(), DEFAULT_LIMITS)
    assert (sorted(cleaned.notebooks), cleaned.problems) == (["lesson"], ())
