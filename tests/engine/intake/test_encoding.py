"""A notebook is read in whatever encoding a program has written it."""

import json

import pytest

from tests.engine import tiny
from tests.engine.intake.test_intake import cells, kinds, read, sources


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_the_encoding_is_no_problem(encoding: str) -> None:
    intake = read(json.dumps(tiny.notebook(cells(why="Ä, 因为, 🐍")), ensure_ascii=False).encode(encoding))
    assert intake.problems == ()
    assert sources(intake)[2] == "Ä, 因为, 🐍"


def test_text_that_is_not_utf_8_is_read_and_told() -> None:
    intake = read(json.dumps(tiny.notebook(cells(why="Größe")), ensure_ascii=False).encode("cp1252"))
    assert (sources(intake)[2], kinds(intake)) == ("Größe", ["not-utf-8"])
    assert intake.problems[0].graded


def test_a_file_that_is_cut_off_within_a_letter_is_said_to_be_cut_off() -> None:
    whole = json.dumps(tiny.notebook(cells(f="# é")), ensure_ascii=False).encode()
    assert "cut off" in read(whole[: whole.index("é".encode()) + 1]).problems[0].sentence
