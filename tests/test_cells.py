"""The grammar of cells: read in milliseconds, and said in one place."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grading import exercise, exercises, judge
from grading.cells import (
    SOLUTION,
    VERDICT_MIME,
    CheckStatement,
    check_id,
    check_statement,
    drop_verdicts,
    exercise_of,
    failed_check,
    grade_id,
    grade_id_of,
    is_graded_code,
    label,
    method_exercise,
    name_of,
    owner_and_function,
    statements_in,
    told_to_nbgrader,
    verdict_bundle,
    verdict_in,
    verdicts_in,
    with_hidden_twin,
)

PACKAGE = Path(__file__).parent.parent / "grading"
# What only the grammar may spell, as it stands in a string of the source.
SPELT_ONCE = (VERDICT_MIME, "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN SOLUTION", "check-", "hints-")


def strings_of(path: Path) -> list[str]:
    """Return the strings of a file, its docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    ]


@pytest.mark.parametrize("words", SPELT_ONCE)
def test_the_grammar_is_spelt_in_one_module(words: str) -> None:
    # A prefix stands at the start; `leaks` looks for fences in any spelling, and must not trust those who write them.
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(text.startswith(words) if words.endswith("-") else words in text for text in strings_of(path))
    }
    allowed = {
        "check-": {
            "engine/execution/checks.py",
            "engine/execution/notebook_run.py",
        },  # a kind of problem, a socket's name
        "BEGIN SOLUTION": {"build/leaks.py"},
    }
    assert found - allowed.get(words, set()) == {"cells.py"}


def test_reading_a_cell_needs_the_standard_library_only() -> None:
    code = (
        "import sys, grading.cells; print(*{name.partition('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert {name for name in done.stdout.split() if not name.startswith("_")} == {"grading"}


@pytest.mark.parametrize(
    ("source", "outside", "inside"),
    [
        ("a\n  ### BEGIN SOLUTION\n  b\n  ### END SOLUTION\nc", ["a", "c"], [["  b"]]),
        ("a", ["a"], []),
        ("", [""], []),
        ("### BEGIN SOLUTION\n### END SOLUTION", [], [[]]),
        ("### BEGIN SOLUTION\na", [], [["a"]]),
        ("a\n### END SOLUTION\nb", ["a", "b"], []),
        ("### BEGIN SOLUTION\na\n### END SOLUTION\nb\n### BEGIN SOLUTION\nc\n### END SOLUTION", ["b"], [["a"], ["c"]]),
        ("# BEGIN SOLUTION here\na\n#END SOLUTION", [], [["a"]]),
        ("### begin solution\na", ["### begin solution", "a"], []),
        (
            "### BEGIN HIDDEN TESTS\na\n### END HIDDEN TESTS",
            ["### BEGIN HIDDEN TESTS", "a", "### END HIDDEN TESTS"],
            [],
        ),
    ],
)
def test_a_fence_parts_what_is_outside_from_what_is_inside(
    source: str, outside: list[str], inside: list[list[str]]
) -> None:
    assert SOLUTION.split(source) == (outside, inside)
    assert SOLUTION.outside(source) == "\n".join(outside)


def test_a_fence_that_is_taken_down_leaves_what_it_was_around() -> None:
    assert SOLUTION.taken_down("a\n  ### BEGIN SOLUTION\n  b\n  ### END SOLUTION\nc") == "a\n  b\nc"


CHECK_CELLS: dict[str, CheckStatement | None] = {
    "check(relu)": CheckStatement("relu", None, False),
    " check(relu)": None,  # not Python
    "check(relu)  # mine": CheckStatement("relu", None, False),
    "check(relu,)": CheckStatement("relu", None, False),
    "check(\n    relu,\n)": CheckStatement("relu", None, False),
    "check(relu, None)": CheckStatement("relu", None, False),
    with_hidden_twin("check(relu)"): CheckStatement("relu", None, True),
    with_hidden_twin('check(f, "relu",)'): CheckStatement("f", "relu", True),
    "check(relu, hidden=True)": CheckStatement("relu", None, True),
    'check(MLPScratch, "MLPScratch.forward")': CheckStatement("MLPScratch", "MLPScratch.forward", False),
    'check(f, name="relu", hidden=True)': CheckStatement("f", "relu", True),
    "check(relu)\ncheck(tanh)": None,
    "check(relu)\ncheck(relu)\ncheck(relu)": None,
    'check(relu)\ncheck(relu, "tanh")': None,
    "check(relu).verdict": None,
    "check(lambda X: X, 'relu')": None,
    "check(MLPScratch.forward)": None,
    "check(*functions)": None,
    "check(relu, **how)": None,
    "check(relu, seed=3)": None,
    "check(relu, hidden=1)": None,
    "check(relu, name=which)": None,
    "check(relu, 3)": None,
    "check()": None,
    "grading.check(relu)": None,
    "points = check(relu)": None,
    "await check(relu)": None,
    "assert relu(1) == 1": None,
    "check": None,
    "check(relu": None,
    "": None,
    "\0": None,
    "(" * 10_000 + ")" * 10_000: None,
}


@pytest.mark.parametrize(("source", "statement"), CHECK_CELLS.items(), ids=[source[:40] for source in CHECK_CELLS])
def test_a_check_cell_is_told_from_any_other(source: str, statement: CheckStatement | None) -> None:
    assert check_statement(source) == statement


@pytest.mark.parametrize("source", ["def f(:", "x = \0", "-" * 100_000 + "1", "("])
def test_what_is_no_python_has_no_statements(source: str) -> None:
    assert statements_in(source) == []


NAMES = ["relu", "MLPScratch.forward", "Net.forward", "Net.backward"]


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("check(relu)", "relu"),
        ("check(f, 'relu')", "relu"),
        ("check(relu, 'tanh')", None),
        ("check(f)", None),
        ("check(MLPScratch)", "MLPScratch.forward"),
        ("check(MLPScratch, 'MLPScratch.forward')", "MLPScratch.forward"),
        ("check(Net)", None),
        ("check(Net, 'Net.backward')", "Net.backward"),
        ("check(forward)", None),
        ("check(MLP)", None),
    ],
)
def test_a_check_means_one_exercise_or_none(source: str, meant: str | None) -> None:
    statement = check_statement(source)
    assert statement is not None
    assert statement.exercise(NAMES) == meant


def test_a_method_is_found_by_its_class_where_it_is_the_only_one() -> None:
    assert method_exercise("MLPScratch", NAMES) == "MLPScratch.forward"
    assert method_exercise("Net", NAMES) is method_exercise("relu", NAMES) is method_exercise("", NAMES) is None
    assert [owner_and_function(name) for name in NAMES[:2]] == [("", "relu"), ("MLPScratch", "forward")]


def test_every_exercise_is_found_by_the_ids_of_its_cells() -> None:
    names = [one.name for one in exercises()]
    for one in exercises():
        assert one.grade_id == grade_id(one.name)
        assert exercise_of(grade_id(one.name), names) == exercise_of(check_id(one.name), names) == one.name
    assert exercise_of("check-of-somebody-else", names) == "of-somebody-else"
    assert exercise_of("somebody-else", []) == "somebody-else"


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        [],
        "nbgrader",
        {},
        {"nbgrader": None},
        {"nbgrader": []},
        {"nbgrader": {"grade_id": 3}},
        {"nbgrader": {"grade_id": None}},
    ],
)
def test_metadata_of_any_shape_can_be_asked(metadata: Any) -> None:
    cell = {"cell_type": "code", "metadata": metadata}
    assert grade_id_of(cell) is None
    assert not is_graded_code(cell)
    assert name_of(cell, 6) == "cell 7"
    assert isinstance(told_to_nbgrader(cell), dict)


@pytest.mark.parametrize(
    ("kind", "told", "graded"),
    [
        ("code", {"grade": True}, True),
        ("code", {"grade": True, "solution": False}, True),
        ("code", {"grade": True, "solution": True}, False),
        ("code", {"grade": False, "solution": True}, False),
        ("markdown", {"grade": True}, False),
        ("code", {}, False),
    ],
)
def test_points_come_from_code_that_is_graded_and_no_answer(kind: str, told: dict[str, bool], graded: bool) -> None:
    assert is_graded_code({"cell_type": kind, "metadata": {"nbgrader": told}}) is graded


def test_cells_have_names() -> None:
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "check-relu"}}}
    assert (name_of(cell, 6), label(7, "check-relu"), label(7, "")) == (
        "cell 'check-relu'",
        "cell 7 (check-relu)",
        "cell 7",
    )


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda X: X.clamp(min=0), "1"),
        (lambda X: X.clamp(min=0).float(), "0.8"),
        (lambda X: X.abs(), "relu: wrong values."),
    ],
)
def test_the_plain_text_of_a_verdict_is_its_points_unless_the_check_raises(answer: Any, text: str) -> None:
    verdict = judge(exercise("relu"), answer)
    bundle = verdict_bundle(verdict)
    assert bundle["text/plain"].splitlines()[0] == text
    assert verdict.raises is (verdict.score == 0)
    output = {"output_type": "display_data", "data": json.loads(json.dumps(bundle))}
    assert verdict_in(output) == json.loads(json.dumps(verdict.to_dict()))


@pytest.mark.parametrize(
    "output",
    [{}, {"data": None}, {"data": []}, {"data": {}}, {"data": {VERDICT_MIME: "passed"}}, {"data": {VERDICT_MIME: [1]}}],
)
def test_an_output_without_a_verdict_has_none(output: dict[str, Any]) -> None:
    assert verdict_in(output) is None
    assert list(verdicts_in({"outputs": [output]})) == []


def test_the_last_verdict_of_a_cell_says_whether_the_check_failed_itself() -> None:
    def cell(*outcomes: str) -> dict[str, Any]:
        return {
            "outputs": [{"output_type": "stream"}, *({"data": {VERDICT_MIME: {"outcome": one}}} for one in outcomes)]
        }

    assert failed_check(cell("passed", "error in the check"))
    assert not failed_check(cell("error in the check", "passed"))
    assert not failed_check(cell())
    assert not failed_check({"cell_type": "markdown"})
    found = cell("passed")
    drop_verdicts(found)
    assert list(verdicts_in(found)) == []
