from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from grading.build import markers
from grading.cells import HIDDEN_TESTS, SOLUTION


@pytest.mark.parametrize(
    "line",
    [
        "### BEGIN HIDDEN TEST",
        "### END HIDDEN TEST",
        "## BEGIN SOLUTION",
        "# BEGIN SOLUTION",
        "###BEGIN SOLUTION",
        "#### END SOLUTION",
        "### begin solution",
        "### Begin Solution",
        "### BEGIN SOLUTON",
        "### BEGIN SOLUTIONS",
        "### BEGINSOLUTION",
        "### BEGN SOLUTION",
        "### END SOLUTION.",
        "### END SOLUTION # here",
        "### SOLUTION",
        "### START SOLUTION",
        "### HIDDEN TESTS BEGIN",
        "### STOP HIDDEN",
        "### BEGIN MARK SCHEME",
        "### END MARKSCHEME",
        "The answer stands between BEGIN SOLUTION and the end.",
        "    ### END  SOLUTION",
        "# AUTOTEST x",
    ],
)
def test_a_line_that_looks_like_a_marker_and_is_none_is_found(line: str) -> None:
    found = list(markers.misspelt(f"x = 1\n{line}\ny = 2"))
    assert [number for number, _ in found] == [1]


@pytest.mark.parametrize(
    "line",
    [
        "### BEGIN SOLUTION",
        "        ### END SOLUTION",
        "### BEGIN HIDDEN TESTS",
        "# the hidden units",
        "# Solution by hand",
        "### The solution of XOR",
        "## Hidden layers",
        "# begin with zeros",
        "# end of training",
        "solution = X @ W1",
        "# X W1 (n, h)",
        "# BATCH SIZE",
        "We begin the solution of the exercise with a sketch of it.",
    ],
)
def test_markers_and_ordinary_lines_are_left_alone(line: str) -> None:
    assert list(markers.misspelt(line)) == []


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("### BEGIN SOLUTION\nx", 0, "without '### END SOLUTION'"),
        ("x\n### END SOLUTION", 1, "without '### BEGIN SOLUTION'"),
        ("### BEGIN SOLUTION\nx\n### BEGIN SOLUTION\ny\n### END SOLUTION", 2, "still open"),
        ("### BEGIN SOLUTION\n\n### END SOLUTION", 0, "empty"),
        ("### END SOLUTION\nx\n### BEGIN SOLUTION", 0, "before it"),
    ],
)
def test_a_marker_without_its_partner_is_named_with_its_line(source: str, line: int, words: str) -> None:
    first, message = next(markers.unbalanced(source))
    assert first == line
    assert words in message


_lines = st.lists(st.sampled_from(["x = 1", "    y = 2", "", "def f():", '    """Text."""', "\tz = 3"]), max_size=4)
_regions = st.lists(st.tuples(_lines, st.sampled_from(["", "    ", "\t"]), _lines), max_size=3)


@given(_regions, _lines, st.sampled_from(["code", "markdown"]))
def test_the_stub_stands_where_nbgrader_puts_it(
    regions: list[tuple[list[str], str, list[str]]], tail: list[str], kind: str
) -> None:
    lines: list[str] = []
    for before, indent, inside in regions:
        lines += [*before, indent + SOLUTION.begin, *inside, indent + SOLUTION.end]
    source = "\n".join([*lines, *tail])
    cell = NotebookNode(cell_type=kind, source=source, metadata=NotebookNode())
    ClearSolutions(enforce_metadata=False).preprocess_cell(cell, {"language": "python"}, 0)
    stub = markers.CODE_STUB if kind == "code" else markers.TEXT_STUB
    assert markers.with_stub(source, stub) == cell.source
    assert (cell.source != source) == bool(regions)


@given(st.lists(st.sampled_from(["x", "", "### BEGIN HIDDEN TESTS", "  # END HIDDEN TESTS", "y = 1"]), max_size=8))
def test_a_class_gets_what_nbgrader_leaves_of_a_check(lines: list[str]) -> None:
    cell = NotebookNode(cell_type="code", source="\n".join(lines), metadata={})
    try:
        # What nbgrader does to the text of a cell, without what it asks about the cell's metadata.
        ClearHiddenTests()._remove_hidden_test_region(cell)
    except RuntimeError:  # a fence in a fence, or one that is not closed: nbgrader refuses the lesson
        return
    assert HIDDEN_TESTS.outside("\n".join(lines)) == cell.source
