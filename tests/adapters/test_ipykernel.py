"""What a kernel does quicker than ipykernel gives what ipykernel gives."""

from __future__ import annotations

import pytest
from ipykernel.displayhook import ZMQShellDisplayHook
from IPython.core.interactiveshell import InteractiveShell

from grading.adapters.ipykernel import Compiler, DisplayHook, Shell

SEMICOLONS = [
    *("x = 1;", "x = ';'", "x; # no", "x # ;", "x;;", "x;\n\n", "x", "", "# why;", "f(x); y", "'''\n;\n'''", "a;\nb"),
    *("print('?')", "x = '\\d'", "%time x;", "!ls", "len?"),
]


@pytest.mark.parametrize("source", SEMICOLONS)
def test_a_semicolon_at_the_end_is_found_as_ipykernel_finds_it(source: str) -> None:
    found = DisplayHook.semicolon_at_end_of_expression(source)
    assert found == bool(ZMQShellDisplayHook.semicolon_at_end_of_expression(source))  # type: ignore[no-untyped-call]


AWAITING = [
    *(
        "await f()",
        "x = 1",
        "async with a as b:\n    pass",
        "async for a in b:\n    pass",
        "async def f():\n    await g()",
    ),
    *(
        "[x async for x in y]",
        "def f():\n    await g()",
        "'await'",
        "# async",
        "def f(:",
        "",
        "x = '''\nawait f()\n'''",
    ),
    *("awaited = 1", "if True:\n    await f()", "print(await f())", "(await f())[0]", "lambda: 1"),
]


@pytest.mark.parametrize("source", AWAITING)
def test_what_a_cell_awaits_is_found_as_ipython_finds_it(source: str) -> None:
    shell = Shell.__new__(Shell)  # as it is before it has made anything
    shell.autoawait = True
    plain = InteractiveShell.should_run_async(shell, source, transformed_cell=source)  # type: ignore[no-untyped-call]
    assert shell.should_run_async(source, transformed_cell=source) == plain


def test_cells_are_told_apart_by_the_names_of_their_files() -> None:
    compiler = Compiler()
    names = [compiler.get_code_name(source, source, 1) for source in ("x = 1", "x = 2", "x = 1", "\ud800")]
    assert names[0] == names[2]
    assert len(set(names)) == 3
