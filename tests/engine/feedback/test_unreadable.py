"""Somebody whose notebook could not be graded has a page, too, which says why."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grading.__main__ import main
from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.feedback.pages import _converter, write_pages  # made once for each process, with nbgrader's method
from grading.engine.feedback.unreadable import page_of_unreadable
from grading.engine.problems import Problem
from tests.engine import tiny
from tests.engine.fake import FakePool

FILES = {
    "html": (f"{tiny.LESSON}.ipynb", b"<!DOCTYPE html><html>", "the file is an HTML page, not a notebook"),
    "cut": (f"{tiny.LESSON}.ipynb", b'{"cells": [', "cut off or edited by hand?"),
    "pdf": ("report.pdf", b"%PDF-1.7", "&#39;report.pdf&#39; (a PDF document)"),
    "odd": ("<script>.txt", b"x", "&#39;&lt;script&gt;.txt&#39;"),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = open_course(tiny.write_course(tmp_path_factory.mktemp("unreadable")))
    generate_assignment(course, tiny.LESSON)
    for student, (name, content, _) in FILES.items():
        tiny.hand_in(course.root, student, content, name)
    tiny.hand_in(course.root, "fine", tiny.answered(course.root, tiny.RIGHT))
    grade_class(course, tiny.LESSON, Plan(pool=FakePool))
    return course


def pages(course: Course, capfd: pytest.CaptureFixture[str]) -> str:
    assert main(["feedback", tiny.LESSON, "--course", str(course.root), "--jobs", "1"]) == 0
    return capfd.readouterr().err


def page(course: Course, student: str) -> str:
    return (course.folder("feedback", student, tiny.LESSON) / f"{tiny.LESSON}.html").read_text(encoding="utf-8")


def test_everybody_has_a_page_and_it_says_what_was_wrong(course: Course, capfd: pytest.CaptureFixture[str]) -> None:
    assert "5 pages written, 0 unchanged" in pages(course, capfd)
    for student, (_, _, why) in FILES.items():
        assert why in page(course, student)
        assert "<script" not in page(course, student)
    assert "double" in page(course, "fine")
    assert "0 pages written, 5 unchanged" in pages(course, capfd)


def test_another_reason_makes_another_page(course: Course, capfd: pytest.CaptureFixture[str]) -> None:
    pages(course, capfd)
    tiny.hand_in(course.root, "html", b"%PDF-1.7")
    grade_class(course, tiny.LESSON, Plan(["html"], pool=FakePool))
    assert "1 pages written, 4 unchanged" in pages(course, capfd)
    assert "a PDF document" in page(course, "html")


@pytest.mark.parametrize("sentence", ["<b>", "&", "{0}", "{lesson}"])
def test_what_a_file_is_called_is_only_text(sentence: str) -> None:
    text = page_of_unreadable("lesson", [Problem("x", sentence)])
    assert (
        "<b>" not in text and f"What was found: {sentence.replace('&', '&amp;').replace('<b>', '&lt;b&gt;')}." in text
    )


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.chmod(0o644)
    path.write_text("")


def folder_removed(path: Path) -> None:
    shutil.rmtree(path.parent)


@pytest.mark.parametrize("lose", [removed, emptied, folder_removed])
@pytest.mark.parametrize("student", ["html", "fine"])
def test_a_page_that_is_gone_is_written_again(
    course: Course, student: str, lose: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    pages(course, capfd)
    before = page(course, student)
    lose(course.folder("feedback", student, tiny.LESSON) / f"{tiny.LESSON}.html")
    assert "1 pages written, 4 unchanged" in pages(course, capfd)
    assert page(course, student) == before


def test_who_handed_in_and_was_not_graded_has_a_page_until_then(
    course: Course, capfd: pytest.CaptureFixture[str]
) -> None:
    pages(course, capfd)
    tiny.hand_in(course.root, "late", tiny.answered(course.root, tiny.RIGHT))
    try:
        assert "1 pages written, 5 unchanged" in pages(course, capfd)
        assert "has not been graded so far" in page(course, "late")
        assert "0 pages written, 6 unchanged" in pages(course, capfd)
        grade_class(course, tiny.LESSON, Plan(["late"], pool=FakePool))
        assert "1 pages written, 5 unchanged" in pages(course, capfd)
        assert "double" in page(course, "late")
    finally:
        for step in ("submitted", "autograded", "feedback"):
            shutil.rmtree(course.folder(step, "late", tiny.LESSON).parent, ignore_errors=True)


def test_a_page_that_nbgrader_did_not_write_is_not_counted(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(course.folder("feedback", "fine", tiny.LESSON), ignore_errors=True)
    monkeypatch.setattr("nbgrader.converters.GenerateFeedback.convert_notebooks", lambda converter: None)
    _converter.cache_clear()
    (found,) = write_pages(course.root, tiny.LESSON, ["fine"])
    _converter.cache_clear()
    assert not found.made
    assert f"wrote no {tiny.LESSON}.html" in found.failure
