"""What a log of epochs says, and when the pages of a lesson have changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.engine.course import Course, open_course
from grading.engine.seeding.epochs import Epochs, add, pages_of, read, replayed

LESSON = "00-tiny"


def lines(*pairs: tuple[str, str]) -> list[str]:
    return [json.dumps(dict([pair])) + "\n" for pair in pairs]


LOGS: list[tuple[list[str], Epochs]] = [
    ([], Epochs("", {})),
    (lines(("notebook", "a")), Epochs("", {"a": ""})),
    (lines(("notebook", "a"), ("pages", "p"), ("notebook", "b")), Epochs("p", {"a": "", "b": "p"})),
    (lines(("pages", "p"), ("notebook", "a"), ("pages", "q"), ("notebook", "a")), Epochs("q", {"a": "p"})),
    (lines(("pages", "p"), ("pages", "p"), ("notebook", "a")), Epochs("p", {"a": "p"})),
    (["", "\n", "oops\n", "[]\n", "7\n", '{"pages": "p"', '{"other": "x"}\n', *lines(("notebook", "a"))], Epochs("", {"a": ""})),
    (["[" * 100_000, *lines(("notebook", "a"))], Epochs("", {"a": ""})),
]  # fmt: skip


@pytest.mark.parametrize(("log", "epochs"), LOGS)
def test_the_first_line_about_a_notebook_counts(log: list[str], epochs: Epochs) -> None:
    assert replayed(log) == epochs


def test_what_is_added_is_read_also_behind_a_line_that_was_cut_off(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert read(log) == Epochs()
    add(log, "notebook", "a")
    log.write_bytes(log.read_bytes() + b'\n{"pages": "\xff')
    add(log, "pages", "p")
    add(log, "notebook", "b")
    assert read(log) == Epochs("p", {"a": "", "b": "p"})


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(tmp_path)


def page(course: Course, student: str, name: str = f"{LESSON}.html") -> Path:
    folder = course.folder("feedback", student, LESSON)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("a page")
    return folder / name


def later(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))


NONE: list[Callable[[Course], object]] = [
    lambda course: None,
    lambda course: course.folder("feedback", "s01", LESSON).mkdir(parents=True),
    lambda course: page(course, "s01", "notes.txt"),
    lambda course: page(course, "s01", f"{LESSON}.html").rename(course.root / "elsewhere.html"),
    lambda course: (course.folder("feedback", "s01", LESSON) / "folder.html").mkdir(parents=True),
    lambda course: (course.root / "feedback").write_text("no folder"),
]


@pytest.mark.parametrize("make", NONE)
def test_what_is_no_page_counts_for_nothing(course: Course, make: Callable[[Course], object]) -> None:
    make(course)
    assert pages_of(course, LESSON) == ""


CHANGES: list[Callable[[Course], object]] = [
    lambda course: page(course, "s02"),
    lambda course: page(course, "s01", "another.html"),
    lambda course: page(course, "s01").write_text("a longer page"),
    lambda course: later(course.folder("feedback", "s01", LESSON) / f"{LESSON}.html"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_another_page_or_a_page_written_again_is_another_epoch(
    course: Course, change: Callable[[Course], object]
) -> None:
    page(course, "s01")
    before = pages_of(course, LESSON)
    assert before
    assert pages_of(course, LESSON) == before
    change(course)
    assert pages_of(course, LESSON) not in ("", before)


def test_the_pages_of_another_lesson_do_not_count(course: Course) -> None:
    page(course, "s01")
    assert pages_of(course, "01-other") == ""
