"""What is no notebook is named as what it is."""

import io
import json
import tarfile
import zipfile

import pytest

from grading.engine.intake.file_kinds import kind_of
from tests.engine import tiny
from tests.engine.intake.test_intake import cells, read


def zipped(name: str = "a.txt") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "x")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return file.getvalue()


NOTEBOOK = json.dumps(tiny.notebook(cells()), indent=1)
KINDS = {
    "a zip archive": zipped(),
    "an empty zip archive": b"PK\x05\x06" + b"\0" * 18,
    "a document of Word": zipped("[Content_Types].xml"),
    "a tar archive": tarred(),
    "a gzip archive": b"\x1f\x8b\x08\x00",
    "a 7-Zip archive": b"7z\xbc\xaf\x27\x1c\x00",
    "a RAR archive": b"Rar!\x1a\x07",
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3",
    "an RTF document": b"{\\rtf1\\ansi",
    "a PNG picture": b"\x89PNG\r\n\x1a\n",
    "a JPEG picture": b"\xff\xd8\xff\xe0",
    "a picture or a film of a phone": b"\0\0\0\x18ftypheic",
    "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "a pointer of git-annex": b"/annex/objects/SHA256E-s1--ab.ipynb\n",
    "an HTML page": b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title>",
    "an XML file": b'<?xml version="1.0"?><plist></plist>',
    "a link to a web page": b"[InternetShortcut]\r\nURL=https://colab.research.google.com/\r\n",
    "the marks of a merge conflict": NOTEBOOK.replace(' "nbformat"', '<<<<<<< HEAD\n "nbformat"').encode(),
    "a Python program": b"# Lesson 2\nimport torch\n\ndef relu(X):\n    return X\n",
    "nothing but zeros": b"\0" * 5000,
    "iCloud": b"bplist00\xd4",
    "what macOS keeps beside a file": b"\0\x05\x16\x07\0\x02\0\0",
    "a Windows shortcut": b"L\0\0\0\x01\x14\x02\0",
}


@pytest.mark.parametrize(("kind", "content"), KINDS.items())
def test_a_file_in_place_of_a_notebook_is_named(kind: str, content: bytes) -> None:
    intake = read(content)
    assert intake.notebook is None
    (problem,) = intake.problems
    assert kind in problem.sentence and "not a notebook" in problem.sentence
    assert (problem.graded, problem.sentence.isprintable()) == (False, True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_text_is_known_in_any_encoding(encoding: str) -> None:
    assert kind_of("<html lang='de'>".encode(encoding)) == "an HTML page"


@pytest.mark.parametrize("content", [b"", b"hello", b'{"cells": [', NOTEBOOK.encode(), b"\x01\x02\x03"])
def test_nothing_is_claimed_of_what_is_not_known(content: bytes) -> None:
    assert kind_of(content) == ""
