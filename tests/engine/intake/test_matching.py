"""The notebook that was meant is found by what it holds, under whatever name and wherever it lies."""

import io
import json
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grading.engine.intake.submission import Submission, find_submission
from grading.engine.intake.template import Template
from grading.engine.limits import Limits
from tests.engine.intake.test_intake import SHOWN, TEMPLATE, cells
from tests.engine.tiny import cell, notebook

LIMITS = Limits(file_bytes=100_000)
STUB = TEMPLATE.cells[0].source


def work(f: str = "def f(x): return x", why: str = "It is.") -> bytes:
    return json.dumps(notebook(cells(f=f, why=why))).encode()


def self_study(f: str = "def f(x): return x") -> bytes:
    """The lesson without what nbgrader keeps in its cells."""
    own = [cell("markdown", "# Lesson"), cell("code", "import torch")]
    return json.dumps(notebook([*own, cell("code", f), cell("code", SHOWN), cell("markdown", "So.")])).encode()


WORK, OTHER_WORK, UNTOUCHED = work(), work("def f(x): return -x"), work(STUB, "Because.")
ANOTHER_LESSON = json.dumps(notebook([cell("code", "1 + 1")])).encode()


def zipped(members: Mapping[str, bytes], **options: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def handed_in(folder: Path, files: Mapping[str, bytes]) -> Submission:
    templates: dict[str, Template] = {"lesson": TEMPLATE}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return find_submission(folder, "s01", templates, LIMITS)


def kinds(found: Submission) -> list[str]:
    return [problem.kind for problem in found.problems]


NAMES = [
    "lesson.ipynb.txt", "lesson.ipynb.json", "lesson.json", "lesson.IPYNB", "Lesson.Ipynb", "lesson.txt", "lesson", "lesson.ipynb.bak",
    "lesson.ipynb.download", "lesson.ipynb (1)", "lesson.html", "lesson.py", "abgabe/lesson.ipynb", "02_lesson/lesson.ipynb",
    "a/b/c/mine.ipynb",
    "a/lesson.json", "lesson.ipynb/lesson.ipynb",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content", [WORK, self_study(), work().decode().encode("utf-16")], ids=["class", "self-study", "UTF-16"]
)
def test_a_notebook_under_another_name_or_in_a_folder_is_graded_with_a_line(
    tmp_path: Path, name: str, content: bytes
) -> None:
    found = handed_in(tmp_path, {name: content})
    assert found.notebooks == {"lesson": content}
    assert (kinds(found), found.files) == (["renamed"], {})
    assert name in found.problems[0].sentence


def test_files_beside_a_notebook_in_a_folder_lie_beside_it_when_it_runs(tmp_path: Path) -> None:
    beside = {
        "mine/lesson.ipynb": WORK,
        "mine/helper.py": b"1",
        "mine/data/a.csv": b"2",
        "mine/torch.py": b"3",
        "b.csv": b"4",
    }
    found = handed_in(tmp_path, beside)
    assert found.files == {"helper.py": b"1", "data/a.csv": b"2", "mine/torch.py": b"3", "b.csv": b"4"}


def test_a_file_at_the_top_stays_where_one_in_the_folder_would_go(tmp_path: Path) -> None:
    files = {"mine/lesson.ipynb": WORK, "mine/data/a.csv": b"1", "data": b"2", "mine/b.csv": b"3", "b.csv": b"4"}
    assert handed_in(tmp_path, files).files == {
        "mine/data/a.csv": b"1", "data": b"2", "mine/b.csv": b"3", "b.csv": b"4"
    }  # fmt: skip


# What lies beside an untouched, damaged or foreign notebook of the right name, and is graded.
BETTER = {
    "a copy": {"lesson (1).ipynb": WORK},
    "a copy as text": {"lesson.ipynb.txt": WORK},
    "a self-study notebook": {"study.ipynb": self_study()},
    "two copies of one work": {"a.ipynb": WORK, "b.ipynb": WORK},
    "a copy, and an older one in a folder": {"lesson (1).ipynb": WORK, "old/lesson.ipynb": OTHER_WORK},
    "a folder of the right name, and another file": {"new/lesson.ipynb": WORK, "new/notes.json": OTHER_WORK},
    "a copy and an untouched one": {"lesson (1).ipynb": UNTOUCHED, "lesson (2).ipynb": WORK},
}
WORSE = {
    "untouched": UNTOUCHED,
    "cut off": WORK[:300],
    "empty": b"",
    "of another lesson": ANOTHER_LESSON,
    "a zip": zipped({"a": b"b"}),
}


@pytest.mark.parametrize("beside", BETTER.values(), ids=BETTER.keys())
@pytest.mark.parametrize("mine", WORSE.values(), ids=WORSE.keys())
def test_the_one_somebody_has_worked_in_is_graded_and_both_are_told(
    tmp_path: Path, mine: bytes, beside: dict[str, bytes]
) -> None:
    found = handed_in(tmp_path, {"lesson.ipynb": mine, **beside})
    assert found.notebooks["lesson"] in (WORK, self_study())
    assert kinds(found)[0] == "renamed"
    sentence = found.problems[0].sentence
    assert sentence.startswith("'lesson.ipynb' ") and "holds the lesson, too, and was graded instead" in sentence


@pytest.mark.parametrize("beside", [WORK, OTHER_WORK, UNTOUCHED, self_study()], ids=["same", "other", "stub", "study"])
def test_work_under_the_right_name_is_graded_and_the_other_is_told(tmp_path: Path, beside: bytes) -> None:
    found = handed_in(tmp_path, {"lesson.ipynb": work("def f(x): return 3"), "lesson (1).ipynb": beside})
    assert found.notebooks == {"lesson": work("def f(x): return 3")}
    assert kinds(found) == ["extra-notebook"]
    assert "'lesson (1).ipynb' holds the lesson, too; 'lesson.ipynb' was graded" in found.problems[0].sentence


@pytest.mark.parametrize("mine", [None, UNTOUCHED])
def test_of_several_works_none_is_guessed(tmp_path: Path, mine: bytes | None) -> None:
    own = {} if mine is None else {"lesson.ipynb": mine}
    found = handed_in(tmp_path, {**own, "a.ipynb": WORK, "b.ipynb": OTHER_WORK})
    assert found.notebooks == ({} if mine is None else {"lesson": mine})
    assert kinds(found) == ["missing-notebook" if mine is None else "several-notebooks"]
    assert "('a.ipynb', 'b.ipynb'); keep one of them" in found.problems[0].sentence


def test_an_untouched_notebook_alone_is_graded_without_a_word(tmp_path: Path) -> None:
    assert handed_in(tmp_path, {"lesson.ipynb": UNTOUCHED}).problems == ()


def test_data_beside_the_notebook_is_data(tmp_path: Path) -> None:
    files = {"data.json": b'{"cells": [1, 2]}', "net.json": b'{"a": 1}', "old/scratch.ipynb": ANOTHER_LESSON}
    found = handed_in(tmp_path, {"lesson.ipynb": WORK, **files})
    assert (found.files, found.problems) == (files, ())


INSTEAD = {
    "report.pdf": (b"%PDF-1.7", "a PDF document"),
    "lesson.html": (b"<!DOCTYPE html><html>", "an HTML page"),
    "lesson.py": (b"import torch\n", "a Python program"),
    "lesson.docx": (zipped({"[Content_Types].xml": b""}), "a document of Word"),
    "broken.zip": (b"PK\x03\x04 and no more", "a zip archive"),
    "lesson.7z": (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    "notes.zip": (zipped({"notes.txt": b"x"}), "a zip archive"),
    "cut.ipynb": (WORK[:300], "a notebook that cannot be read"),
    "other.ipynb": (ANOTHER_LESSON, "a notebook of something else"),
    "photo.heic": (b"\0\0\0\x18ftypheic", "a picture or a film of a phone"),
}


@pytest.mark.parametrize(("name", "instead"), INSTEAD.items())
def test_what_lies_there_instead_is_named(tmp_path: Path, name: str, instead: tuple[bytes, str]) -> None:
    found = handed_in(tmp_path, {name: instead[0]})
    assert found.notebooks == {}
    sentence = found.problems[0].sentence
    assert f"there is '{name}' ({instead[1]}" in sentence and sentence.isprintable()


def test_of_many_files_a_few_are_named(tmp_path: Path) -> None:
    found = handed_in(tmp_path, {f"{number}.txt": b"x" for number in range(9)})
    assert found.problems[0].sentence.endswith("there is '0.txt', '1.txt', '2.txt' and 6 more")


ARCHIVES = {
    "the notebook": {"lesson.ipynb": WORK},
    "a folder": {"abgabe/lesson.ipynb": WORK, "abgabe/data/a.csv": b"1"},
    "another name": {"my work.ipynb": WORK},
    "what macOS adds": {"lesson.ipynb": WORK, "__MACOSX/._lesson.ipynb": b"x", ".DS_Store": b"x"},
    "a self-study notebook": {"study.ipynb": self_study()},
}


@pytest.mark.parametrize("members", ARCHIVES.values(), ids=ARCHIVES.keys())
@pytest.mark.parametrize("name", ["lesson.zip", "Abgabe Müller.zip", "lesson.ipynb", "lesson.ipynb.zip"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_notebook_in_an_archive_is_graded_with_a_line(
    tmp_path: Path, members: dict[str, bytes], name: str, method: int
) -> None:
    found = handed_in(tmp_path, {name: zipped(members, compression=method)})
    assert found.notebooks["lesson"] in (WORK, self_study())
    assert kinds(found) == ["renamed"] and f"'{name}/" in found.problems[0].sentence
    assert found.files == ({"data/a.csv": b"1"} if "abgabe/data/a.csv" in members else {})


def link() -> bytes:
    info = zipfile.ZipInfo("lesson.ipynb")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def damaged() -> bytes:
    content = bytearray(zipped({"lesson.ipynb": WORK}))
    content[60:90] = b"x" * 30
    return bytes(content)


HOSTILE = {
    "a bomb": zipped({"lesson.ipynb": b" " * 50_000_000}, compression=zipfile.ZIP_DEFLATED),
    "a thousand bombs": zipped(
        {f"{n}.ipynb": b" " * 60_000 + WORK for n in range(1001)}, compression=zipfile.ZIP_DEFLATED
    )[:99_999],
    "a path outside": zipped({"../lesson.ipynb": WORK}),
    "an absolute path": zipped({"/lesson.ipynb": WORK}),
    "a path of Windows": zipped({"..\\lesson.ipynb": WORK}),
    "a link": link(),
    "a method that takes memory": zipped({"lesson.ipynb": WORK}, compression=zipfile.ZIP_LZMA),
    "a wrong sum": damaged(),
    "half of one": zipped({"lesson.ipynb": WORK})[:200],
    "an archive in an archive": zipped({"a.zip": zipped({"lesson.ipynb": WORK})}),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_nothing_of_an_odd_archive_is_taken_and_the_archive_is_named(tmp_path: Path, content: bytes) -> None:
    found = handed_in(tmp_path, {"a.zip": content})
    assert (found.notebooks, list(found.files)) == ({}, ["a.zip"])
    assert "there is 'a.zip' (a zip archive)" in found.problems[0].sentence


def test_an_archive_beside_work_is_not_opened(tmp_path: Path) -> None:
    archive = zipped({"lesson.ipynb": OTHER_WORK})
    found = handed_in(tmp_path, {"lesson.ipynb": WORK, "old.zip": archive})
    assert (found.notebooks, found.files, found.problems) == ({"lesson": WORK}, {"old.zip": archive}, ())
