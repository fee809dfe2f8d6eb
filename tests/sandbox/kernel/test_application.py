"""A kernel that was made early understands cells as IPython does."""

from __future__ import annotations

import warnings
from pathlib import Path

import jupytext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ipykernel.displayhook import ZMQShellDisplayHook
from IPython.core.inputtransformer2 import EscapedCommand, TransformerManager

from grading.sandbox.kernel.application import Compiler, DisplayHook, Transformations

LESSONS = sorted(Path(__file__).parents[3].glob("lessons/*.py"))
CELLS = [
    "a = 5 % 3 # is it %time?",
    "s = '''\n%no magic\n!no command\n'''",
    "%time x = 1",
    "  %time x = 1",
    "if True:\n    %time x = 1\n    !ls",
    "x = %who_ls",
    "files = !ls -l\nfiles",
    "a == b\nc != d",
    "len?",
    "len??",
    "?len",
    "!ls",
    "!!ls",
    ",print a b",
    ";print a b",
    "/print a",
    "(1\n/ 2)",
    "x = (1 +\n%time)",
    "%%time\nx = 1",
    "\n\n  x = 1\n  y = 2",
    ">>> x = 1\n>>> x",
    "In [1]: x = 1",
    "await something",
    "async with a as b:\n    pass",
    "def f(:",
    "x = '\\d'",
    "print('?')",
    "# why?",
    "x = 1;",
    "\N{GREEK SMALL LETTER ALPHA} = 1 # \ud800",
    "",
]


def code_cells() -> list[str]:
    return [cell.source for path in LESSONS for cell in jupytext.read(path).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("source", CELLS)
def test_a_cell_means_what_it_means_to_ipython(source: str) -> None:
    assert Transformations().transform_cell(source) == TransformerManager().transform_cell(source)


def test_the_cells_of_all_lessons_mean_what_they_mean_to_ipython() -> None:
    cells = code_cells()
    assert len(cells) > 100
    for source in cells:
        assert Transformations().transform_cell(source) == TransformerManager().transform_cell(source)


PARTS = st.sampled_from(
    ["a", "=", "%", "!", "?", ";", ",", "/", "\n", " ", "    ", "'", '"""', "(", ")", "if a:", "ls", "5", "#", "\\\n"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=10).map("".join))
def test_whatever_is_written_means_what_it_means_to_ipython(source: str) -> None:
    def transformed(manager: TransformerManager) -> object:
        try:
            return manager.transform_cell(source)
        except SyntaxError as error:
            return type(error), str(error)

    assert transformed(Transformations()) == transformed(TransformerManager())


# What cannot be run has no end to look at.
RUN = [source for source in CELLS if source != "def f(:"]


@pytest.mark.parametrize("source", [*RUN, "x = ';'", "x; # no", "x # ;", "x;;", "x;\n\n"])
def test_a_semicolon_at_the_end_is_found_as_ipython_finds_it(source: str) -> None:
    found = DisplayHook.semicolon_at_end_of_expression(source)
    assert found == bool(ZMQShellDisplayHook.semicolon_at_end_of_expression(source))  # type: ignore[no-untyped-call]


def test_rules_that_somebody_adds_are_followed() -> None:
    class Shout(EscapedCommand):  # type: ignore[misc]  # IPython has no types here
        @classmethod
        def find(cls, tokens_by_line: object) -> None:
            found.append(True)

    found: list[bool] = []
    manager = Transformations()
    manager.token_transformers.append(Shout)
    manager.transform_cell("x = 1")
    assert found


def test_to_look_at_a_cell_says_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Transformations().transform_cell("x = '\\d' # ?") == "x = '\\d' # ?\n"


def test_cells_are_told_apart_by_the_names_of_their_files() -> None:
    compiler = Compiler()
    names = [compiler.get_code_name(source, source, 1) for source in ("x = 1", "x = 2", "x = 1", "\ud800")]
    assert names[0] == names[2]
    assert len(set(names)) == 3
