"""Whatever was handed in becomes a clean notebook or one clear problem."""

import json
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.intake.notebook_file import Intake, read_notebook
from grading.engine.intake.template import Template, TemplateCell
from grading.engine.limits import Limits
from tests.engine import tiny

HIDDEN = "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(2) == 2\n### END HIDDEN TESTS"
SHOWN = "assert f(1) == 1"
TEMPLATE = Template(
    notebook="lesson",
    cells=(
        TemplateCell("f", "code", "def f(x):\n    return x", locked=False, solution=True, points=None, checksum="a"),
        TemplateCell("check-f", "code", HIDDEN, locked=True, solution=False, points=2.0, checksum="b"),
        TemplateCell("why", "markdown", "Because.", locked=False, solution=True, points=1.0, checksum="c"),
    ),
    kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
)
SMALL = Limits(file_bytes=20_000, output_bytes=5_000, cells=6)


def cells(*, f: str = "def f(x): return x", check: str = SHOWN, why: str = "It is.") -> list[dict[str, Any]]:
    return [
        tiny.cell("code", f, grade=False, grade_id="f", locked=False, solution=True),
        tiny.cell("code", check, grade=True, grade_id="check-f", locked=True, solution=False, points=2.0),
        tiny.cell("markdown", why, grade=True, grade_id="why", locked=False, solution=True, points=1.0),
    ]


def read(notebook: Any, template: Template = TEMPLATE) -> Intake:
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    return read_notebook(content, template, SMALL)


def sources(intake: Intake) -> list[str]:
    assert intake.notebook is not None
    return [found["source"] for found in intake.notebook["cells"]]


def kinds(intake: Intake) -> list[str]:
    return [problem.kind for problem in intake.problems]


UNREADABLE = {
    "an empty file": (b"", "not-json"),
    "half a file": (json.dumps(tiny.notebook(cells())).encode()[:200], "not-json"),
    "text that is not JSON": (b"print('hello')", "not-json"),
    "JSON nested ten thousand deep": (b"[" * 10_000 + b"]" * 10_000, "not-json"),
    "bytes of no kind": (b"\xe9\x81\x00\x01" * 9, "not-utf-8"),
    "a JSON list": (b"[]", "not-a-notebook"),
    "a JSON number": (b"3", "not-a-notebook"),
    "an object without cells": (b'{"a": 1}', "not-a-notebook"),
    "cells that are not a list": (b'{"cells": {"a": 1}}', "not-a-notebook"),
    "no cells": (b'{"cells": []}', "no-cells"),
    "a cell that is a string": (b'{"cells": ["x"]}', "not-a-notebook"),
    "a cell of an unknown type": (b'{"cells": [{"cell_type": "heading", "source": "x"}]}', "not-a-notebook"),
    "a source that is a number": (b'{"cells": [{"cell_type": "code", "source": 3}]}', "not-a-notebook"),
    "a notebook of format 3": (b'{"worksheets": [{"cells": []}], "nbformat": 3}', "old-format"),
    "too many cells": (json.dumps(tiny.notebook(cells() * 3)).encode(), "too-many-cells"),
    "a huge file": (b" " * 30_000, "too-big"),
    "a source that is a number in a row": (b'{"cells": [{"cell_type": "code", "source": [3]}]}', "not-a-notebook"),
}


@pytest.mark.parametrize(("content", "kind"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unusable_file_is_one_clear_problem(content: bytes, kind: str) -> None:
    intake = read(content)
    assert intake.notebook is None
    assert kinds(intake) == [kind]
    assert not intake.problems[0].graded
    assert "\n" not in intake.problems[0].sentence


def test_a_tree_of_millions_of_parts_is_not_built() -> None:
    content = b"[" + b"{}," * 4_000_000 + b"{}]"
    assert kinds(read_notebook(content, TEMPLATE, Limits())) == ["too-many-parts"]


@pytest.mark.parametrize(
    ("spec", "kind", "usable"),
    [
        ({"name": "python3", "language": "python"}, None, True),
        ({"name": "my-env", "language": "python", "display_name": "mine"}, "other-kernel", True),
        ({"name": "conda-env-python-py"}, "other-kernel", True),
        ({"name": "ir", "language": "R"}, "wrong-kernel", False),
        ({"name": "julia-1.11"}, "wrong-kernel", False),
        ("python3", None, True),
        ({}, None, True),
    ],
)
def test_another_kernel_is_replaced_and_another_language_is_not_run(spec: Any, kind: str | None, usable: bool) -> None:
    notebook = tiny.notebook(cells())
    notebook["metadata"] = {"kernelspec": spec}
    intake = read(notebook)
    assert (intake.notebook is not None) == usable
    assert kinds(intake) == ([kind] if kind else [])
    if intake.notebook is not None:
        assert intake.notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_an_honest_submission_passes_without_a_word_and_gets_its_hidden_checks() -> None:
    intake = read(tiny.notebook(cells()))
    assert intake.problems == ()
    assert sources(intake) == ["def f(x): return x", HIDDEN, "It is."]
    nbformat.validate(intake.notebook)


def test_a_source_may_be_a_list_of_lines() -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][0]["source"] = ["def f(x):\n", "    return x"]
    assert sources(read(notebook))[0] == "def f(x):\n    return x"


def test_a_changed_check_is_restored_and_reported() -> None:
    intake = read(tiny.notebook(cells(check="pass")))
    assert sources(intake)[1] == HIDDEN
    assert kinds(intake) == ["changed-cell"]


def test_a_deleted_check_comes_back_behind_its_answer() -> None:
    answer, _, why = cells()
    intake = read(tiny.notebook([answer, why]))
    assert sources(intake) == ["def f(x): return x", HIDDEN, "It is."]
    assert kinds(intake) == ["missing-cell"]


def test_a_notebook_with_none_of_the_cells_gets_all_of_them_in_order() -> None:
    intake = read(tiny.notebook([tiny.cell("code", "1 + 1")]))
    assert sources(intake) == ["1 + 1", "", HIDDEN, ""]


def test_a_deleted_first_cell_comes_back_before_its_successor() -> None:
    _, check, why = cells()
    assert sources(read(tiny.notebook([check, why]))) == ["", HIDDEN, "It is."]


@pytest.mark.parametrize(
    ("order", "moved"),
    [
        ([0, 1, 2], []),
        ([1, 0, 2], ["f"]),
        ([2, 0, 1], ["why"]),
        ([0, 2, 1], ["check-f"]),
        ([2, 1, 0], ["f", "check-f"]),
    ],
)
def test_moved_cells_go_back_to_their_place_and_are_told(order: list[int], moved: list[str]) -> None:
    submitted = [tiny.cell("code", "own"), *(cells()[number] for number in order)]
    intake = read(tiny.notebook(submitted))
    assert [source for source in sources(intake) if source != "own"] == ["def f(x): return x", HIDDEN, "It is."]
    assert kinds(intake) == ["moved-cell"] * len(intake.problems)
    assert len(intake.problems) == len(moved)


def test_of_two_cells_with_one_grade_id_the_last_counts() -> None:
    first, check, why = cells()
    second = cells(f="def f(x): return -x")[0]
    intake = read(tiny.notebook([first, second, check, why]))
    assert kinds(intake) == ["duplicate-cell"]
    assert intake.notebook is not None
    graded = {c["metadata"]["nbgrader"]["grade_id"]: c["source"] for c in intake.notebook["cells"] if c["metadata"]}
    assert graded["f"] == "def f(x): return -x"


METADATA = {
    "a tag that skips the cell": ({"tags": ["skip-execution"]}, ["dropped-tag"]),
    "a harmless tag": ({"tags": ["mine"]}, []),
    "a schema from the future": ({"nbgrader": {"schema_version": 99}}, ["changed-metadata"]),
    "more points": ({"nbgrader": {"points": 100.0}}, ["changed-metadata"]),
    "an unlocked check": ({"nbgrader": {"locked": False, "solution": True}}, ["changed-metadata"]),
    "a wrong type": ({"nbgrader": {"points": "many", "grade": "yes"}}, ["changed-metadata"]),
    "another checksum": ({"nbgrader": {"checksum": "x"}}, []),
}


@pytest.mark.parametrize(("forged", "told"), METADATA.values(), ids=METADATA.keys())
def test_no_metadata_of_a_submission_gets_through_and_what_counts_is_told(
    forged: dict[str, Any], told: list[str]
) -> None:
    notebook = tiny.notebook(cells())
    metadata = notebook["cells"][1]["metadata"]
    metadata["nbgrader"].update(forged.get("nbgrader", {}))
    metadata.update({name: value for name, value in forged.items() if name != "nbgrader"})
    intake = read(notebook)
    assert intake.notebook is not None
    assert intake.notebook["cells"][1]["metadata"] == {"nbgrader": TEMPLATE.cells[1].metadata()}
    assert kinds(intake) == told


def test_a_cell_that_claims_points_of_its_own_is_told_and_gets_none() -> None:
    bonus = tiny.cell("code", "100.0", grade=True, grade_id="bonus", locked=False, solution=False, points=100.0)
    intake = read(tiny.notebook([*cells(), bonus]))
    assert kinds(intake) == ["unknown-cell"]
    assert intake.notebook is not None
    assert intake.notebook["cells"][-1]["metadata"] == {}


def test_half_a_surrogate_pair_is_replaced_and_told() -> None:
    intake = read(tiny.notebook(cells(f="def f(x): return '\ud800'")))
    assert sources(intake)[0] == "def f(x): return '\N{REPLACEMENT CHARACTER}'"
    assert kinds(intake) == ["broken-text"]


@pytest.mark.parametrize(
    "attached", [3, {"a.png": "x"}, {"a": {"text/html": "<script>"}}, {"a\n": {"image/png": "aGk="}}]
)
def test_what_is_attached_and_no_picture_is_dropped_and_told(attached: Any) -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][2]["attachments"] = attached
    intake = read(notebook)
    assert kinds(intake) == ["dropped-attachment"]
    assert intake.notebook is not None
    assert "attachments" not in intake.notebook["cells"][2]


@pytest.mark.parametrize("metadata", [None, [], "x", {"nbgrader": 3}, {"nbgrader": {"grade_id": ["check-f"]}}])
def test_metadata_of_any_type_is_survived(metadata: Any) -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][1]["metadata"] = metadata
    assert kinds(read(notebook)) == ["missing-cell"]


def test_a_check_turned_into_text_is_code_again() -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][1]["cell_type"] = "markdown"
    intake = read(notebook)
    assert intake.notebook is not None
    assert intake.notebook["cells"][1]["cell_type"] == "code"
    assert kinds(intake) == ["retyped-cell"]


def test_stored_output_is_dropped_and_a_lot_of_it_is_reported() -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 8_000}]
    intake = read(notebook)
    assert kinds(intake) == ["stored-output"]
    assert intake.notebook is not None
    assert intake.notebook["cells"][0]["outputs"] == []


def test_a_picture_in_a_written_answer_stays() -> None:
    notebook = tiny.notebook(cells())
    notebook["cells"][2]["attachments"] = {"a.png": {"image/png": "aGk="}}
    intake = read(notebook)
    assert intake.notebook is not None
    assert intake.notebook["cells"][2]["attachments"] == {"a.png": {"image/png": "aGk="}}


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(content: bytes) -> None:
    assert read(content).problems


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
odd_cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "other"]), "source": st.text(max_size=9) | values},
    optional={
        "metadata": values | st.fixed_dictionaries({"nbgrader": st.fixed_dictionaries({"grade_id": values})}),
        "attachments": values,
        "outputs": values,
    },
)


@settings(deadline=None)  # a busy machine is not a failure
@given(st.fixed_dictionaries({"cells": st.lists(odd_cells, max_size=4), "metadata": values}))
def test_odd_notebooks_become_valid_ones_or_a_problem(notebook: dict[str, Any]) -> None:
    intake = read(notebook)
    if intake.notebook is None:
        assert intake.problems
    else:
        nbformat.validate(intake.notebook)
        assert {c["metadata"]["nbgrader"]["grade_id"] for c in intake.notebook["cells"] if c["metadata"]} == {
            "f",
            "check-f",
            "why",
        }
