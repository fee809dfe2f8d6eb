"""A course's secret is drawn once; where it is lost or broken, a new one is drawn and that is said once."""

from __future__ import annotations

import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.engine.course import Course, open_course
from grading.engine.seeding.secret import course_secret
from grading.errors import CourseError

GOOD = "0123456789abcdef" * 4


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(tmp_path)


def secret(course: Course, in_use: bool = False) -> tuple[str, list[str]]:
    said: list[str] = []
    return course_secret(course, in_use, said.append), said


def path_of(course: Course) -> Path:
    return course.own_files / "secret"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_drawn_once_without_a_word_and_stays(course: Course) -> None:
    first, said = secret(course)
    assert len(first) == 64
    assert said == []
    assert secret(course) == (first, [])
    assert sorted(path.name for path in course.own_files.iterdir()) == ["secret", "secret.lock"]


def test_another_course_has_another(course: Course, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert secret(course)[0] != secret(open_course(tmp_path / "other"))[0]


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such permissions there")
def test_only_its_owner_can_read_it(course: Course) -> None:
    before = os.umask(0)
    try:
        found, _ = secret(course)
    finally:
        os.umask(before)
    assert mode(path_of(course)) == 0o600
    path_of(course).chmod(0o644)
    assert secret(course) == (found, [])
    assert mode(path_of(course)) == 0o600


@pytest.mark.parametrize("before", [None, b"", b"half of one"])
def test_all_who_begin_at_once_get_the_same(course: Course, before: bytes | None) -> None:
    if before is not None:
        course.own_files.mkdir()
        path_of(course).write_bytes(before)
    together, found, said = threading.Barrier(16), [], []

    def begin() -> None:
        together.wait()
        found.append(course_secret(course, False, said.append))

    everybody = [threading.Thread(target=begin) for _ in range(16)]
    for one in everybody:
        one.start()
    for one in everybody:
        one.join()
    assert len(found) == 16
    assert len(set(found)) == 1
    assert len(said) == (before is not None)


def folder(path: Path) -> None:
    path.mkdir()
    (path / "something").write_text("of somebody's")


BROKEN: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_text(GOOD[:-1] + "\n"),
    "without its end": lambda path: path.write_text(GOOD),
    "longer": lambda path: path.write_text(f"{GOOD}0\n"),
    "two": lambda path: path.write_text(f"{GOOD}\n{GOOD}\n"),
    "in capitals": lambda path: path.write_text(f"{GOOD.upper()}\n"),
    "from Windows": lambda path: path.write_bytes(f"{GOOD}\r\n".encode()),
    "zeros of a crash": lambda path: path.write_bytes(bytes(65)),
    "no text": lambda path: path.write_bytes(b"\xff\xfe" * 40),
    "a page": lambda path: path.write_text("<html>" * 1000),
    "a folder": folder,
    "a link to nothing": lambda path: path.symlink_to("nothing"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_one_is_replaced_and_that_is_said_once(course: Course, how: str) -> None:
    course.own_files.mkdir()
    BROKEN[how](path_of(course))
    found, said = secret(course)
    assert len(found) == 64
    assert found != GOOD
    assert len(said) == 1
    assert "the course's secret is broken" in said[0]
    assert str(path_of(course)) in said[0]
    assert secret(course) == (found, [])
    assert mode(path_of(course)) == 0o600


def test_a_lost_one_is_replaced_and_that_is_said_once(course: Course) -> None:
    first, _ = secret(course)
    path_of(course).unlink()
    second, said = secret(course, in_use=True)
    assert second != first
    assert len(said) == 1
    assert "is lost" in said[0]
    assert secret(course, in_use=True) == (second, [])


def test_a_whole_one_is_taken_as_it_is(course: Course) -> None:
    course.own_files.mkdir()
    path_of(course).write_text(f"{GOOD}\n")
    assert secret(course) == (GOOD, [])


def test_one_that_cannot_be_read_is_told_and_left_alone(course: Course) -> None:
    course.own_files.mkdir()
    path_of(course).symlink_to("secret")  # which the system refuses to follow, to whomever
    with pytest.raises(CourseError, match=r"secret, from which .* cannot be used: .*; grade as its owner"):
        secret(course)
    assert path_of(course).is_symlink()
