"""One odd cell costs that cell, and how lines end costs nothing."""

import json
from typing import Any

import nbformat
import pytest

from grading.engine.intake.notebook_file import read_notebook
from grading.engine.intake.template import Template, TemplateCell
from grading.engine.limits import DEFAULT_LIMITS
from tests.engine import tiny
from tests.engine.intake.test_intake import HIDDEN, SHOWN, SMALL, TEMPLATE, cells, kinds, read, sources

WHOLE = ["def f(x): return x", HIDDEN, "It is."]
ODD: list[Any] = [
    {"cell_type": "code", "metadata": {}, "outputs": []},
    {"cell_type": "code", "source": None},
    {"cell_type": "markdown", "source": None},
    {"cell_type": "code", "source": 3},
    {"cell_type": "code", "source": {"text": "x"}},
    {"cell_type": "code", "source": ["x", None]},
    {"cell_type": "code", "source": [["x"]]},
    {"cell_type": "sql", "source": "SELECT 1"},
    {"cell_type": "heading", "level": 1, "source": "x"},
    {"cell_type": None, "source": "x"},
    {"cell_type": ["code"], "source": "x"},
    {"source": "x"},
    {},
    None,
    "x",
    [],
    7,
]


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_an_odd_cell_is_dropped_with_a_line_and_the_rest_is_graded(odd: Any, place: int) -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"].insert(place, odd)
    intake = read(notebook)
    assert sources(intake) == WHOLE
    assert kinds(intake) == ["odd-cell"]
    assert intake.problems[0].graded
    assert intake.problems[0].sentence.startswith(f"cell {place + 1} ")
    nbformat.validate(intake.notebook)


def test_cells_behind_an_odd_one_keep_their_numbers_in_what_is_told() -> None:
    bonus = tiny.cell("code", "1", grade=True, grade_id="bonus", locked=False, solution=False, points=1.0)
    intake = read(tiny.notebook([{"id": "odd"}, *cells(), bonus]))
    assert "cell 5 claims to be graded" in intake.problems[-1].sentence


@pytest.mark.parametrize("kind", ["sql", "heading", None, 3])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_cell_of_the_lesson_with_an_odd_type_is_read_all_the_same(kind: Any, which: int) -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][which]["cell_type"] = kind
    intake = read(notebook)
    assert sources(intake) == WHOLE
    assert kinds(intake) == ["retyped-cell"]


def test_an_odd_cell_of_the_lesson_costs_itself() -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][0]["source"] = None
    intake = read(notebook)
    assert sources(intake) == ["", HIDDEN, "It is."]
    assert kinds(intake) == ["odd-cell", "missing-cell"]


@pytest.mark.parametrize(
    "large",
    [
        {"cell_type": "markdown", "source": "x" * 25_000_000},
        {"cell_type": "code", "source": ["x" * 1_000_000] * 25},
        {"cell_type": "markdown", "source": "x", "attachments": {"a.png": {"image/png": "x" * 25_000_000}}},
        {"cell_type": "raw", "source": "\N{SNAKE}" + "x" * 25_000_000},
    ],
    ids=["Markdown", "lines", "a picture", "wide characters"],
)
def test_a_cell_with_more_text_than_a_notebook_may_hold_is_dropped_with_a_line(large: Any) -> None:
    notebook = tiny.notebook([large, *cells()])
    intake = read_notebook(json.dumps(notebook).encode(), TEMPLATE, DEFAULT_LIMITS)
    assert sources(intake) == WHOLE
    assert intake.problems[0].sentence == "cell 1 holds 25 MB where all cells together may hold 24 MB and was dropped"


def test_ten_photographs_in_a_notebook_are_no_flood() -> None:
    photograph = {"cell_type": "markdown", "source": "![](data:image/png;base64," + "x" * 2_300_000 + ")"}
    intake = read_notebook(json.dumps(tiny.notebook([*cells(), *[photograph] * 10])).encode(), TEMPLATE, DEFAULT_LIMITS)
    assert "odd-cell" not in kinds(intake)
    assert len(sources(intake)) == 13


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("as_lines", [False, True])
def test_line_ends_of_another_system_are_no_change(end: str, as_lines: bool) -> None:
    handed_out = cells(f="def f(x):\n    return x", check=f"# the check\n{SHOWN}\n", why="It\nis.")
    for cell in handed_out:
        text = cell["source"].replace("\n", end)
        cell["source"] = text.splitlines(keepends=True) if as_lines else text
    template = Template(
        "lesson", (TEMPLATE.cells[0], locked(f"# the check\n{HIDDEN}"), TEMPLATE.cells[2]), TEMPLATE.kernelspec
    )
    intake = read(tiny.notebook(handed_out), template)
    assert intake.problems == ()
    assert sources(intake) == ["def f(x):\n    return x", f"# the check\n{HIDDEN}", "It\nis."]


def test_line_ends_of_the_lesson_are_no_change_either_and_an_untouched_answer_stays_untouched() -> None:
    stub = TemplateCell("f", "code", "def f(x):\r\n    pass", locked=False, solution=True, points=None, checksum="a")
    template = Template("lesson", (stub, locked(HIDDEN.replace("\n", "\r\n")), TEMPLATE.cells[2]), TEMPLATE.kernelspec)
    intake = read(tiny.notebook(cells(f="def f(x):\n    pass")), template)
    assert intake.problems == ()
    assert sources(intake)[0] == stub.source


def test_a_picture_as_lines_of_text_and_one_beside_something_else_stay() -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][2]["attachments"] = {
        "a.png": {"image/png": ["aG\n", "k="]},
        "b.pdf": {"application/pdf": "aGk="},
    }
    intake = read(notebook)
    assert kinds(intake) == ["dropped-attachment"]
    assert intake.notebook is not None
    assert intake.notebook["cells"][2]["attachments"] == {"a.png": {"image/png": "aG\nk="}}


def test_half_a_line_end_in_a_changed_check_is_still_a_change() -> None:
    assert kinds(read(tiny.notebook(cells(check="assert True\r\n")))) == ["changed-cell"]


def test_a_notebook_of_odd_cells_alone_is_none() -> None:
    intake = read({"cells": ODD[: SMALL.cells]})
    assert (intake.notebook, kinds(intake)) == (None, ["not-a-notebook"])


def locked(source: str) -> TemplateCell:
    return TemplateCell("check-f", "code", source, locked=True, solution=False, points=2.0, checksum="b")


def test_a_notebook_without_cells_answers_a_lesson_without_any() -> None:
    empty = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    found = read_notebook(empty, Template("p1", ()), DEFAULT_LIMITS)
    assert found.notebook is not None and found.problems == ()
    cell = TemplateCell("a", "code", "", locked=False, solution=True, points=None, checksum=None)
    refused = read_notebook(empty, Template("p1", (cell,)), DEFAULT_LIMITS)
    assert refused.notebook is None and [one.kind for one in refused.problems] == ["no-cells"]
