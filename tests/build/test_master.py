from __future__ import annotations

from collections.abc import Callable

import pytest

from grading.build.diagnostic import Diagnostic
from grading.build.master import Master, Role, parse_header, parse_master


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", 0, "empty"),
        (b" \n\n", 0, "empty"),
        (b"print(1)\n", 1, "not in percent format"),
        (b'{"cells": []}', 1, "not in percent format"),
        (b"# %%\nx = 1\n# \xff\n", 3, "not UTF-8: byte 0xff"),
        (b"import os\n\n# %%\nx = 1\n", 1, "text before the first"),
        (b"# ---\n# jupyter: {}\n# ---\nimport os\n# %%\nx\n", 4, "text before the first"),
        (b'# %%\nx = 1\n\n# %% todo="relu\nx = 2\n', 4, "cell 2: the value of todo in '# %% todo=\"relu' is not JSON"),
        (b"# %% todo=relu\nx\n", 1, "is not JSON"),
        (b'# %% tags=["setup"\nx\n', 1, "is not JSON"),
        (b'# %% tags="setup"\nx\n', 1, "tags must be a list of strings"),
        (b"# %% todo=3\nx\n", 1, "todo must be the name of an exercise"),
        (b'# %% todo=""\nx\n', 1, "todo must be the name of an exercise"),
        (b'# %% tood="relu"\nx\n', 1, "unknown key 'tood'"),
        (b'# %% todo="a" todo="b"\nx\n', 1, "todo twice"),
        (b'# %% todo="a" check="a"\nx\n', 1, "one role, not todo and check"),
        (b'# %% check="a" tags=["setup"]\nx\n', 1, "one role, not check and set-up"),
        (b"# %% A title\nx\n", 1, "cannot read 'A title'"),
        (b"# %% [raw]\n# x\n", 1, "cannot read '[raw]'"),
        (b"# %% [markdwon]\n# x\n", 1, "cannot read '[markdwon]'"),
        (b"#%%\nx\n", 1, "write `# %%`"),
        (b'# %% [markdown] todo="a"\n# x\n', 1, "a todo cell is a code cell"),
        (b'# %% written="a"\nx\n', 1, "a written answer needs a [markdown] cell"),
        (b'# %%\nx = """\n# %% no cell\n"""\n', 3, "inside a string"),
    ],
)
def test_a_broken_master_is_one_line_that_says_where_and_why(data: bytes, line: int, words: str) -> None:
    found = parse_master("02-tiny", "lessons/02-tiny.py", data)
    assert isinstance(found, Diagnostic)
    assert words in str(found)
    assert found.line == line
    assert "\n" not in str(found)


def test_every_cell_knows_its_role_and_its_line(parse: Callable[[str], Master], text: str) -> None:
    master = parse(text)
    lines = text.split("\n")
    assert [cell.role for cell in master.cells if cell.role is not Role.PLAIN] == [
        Role.SETUP,
        Role.TODO,
        Role.CHECK,
        Role.TODO,
        Role.CHECK,
        Role.WRITTEN,
    ]
    for cell in master.cells:
        assert lines[cell.header - 1].startswith("# %%")
        first = cell.source.split("\n")[0]
        assert lines[cell.line - 1].removeprefix("# " if cell.kind == "markdown" else "") == first


def test_line_ends_and_a_byte_order_mark_do_not_matter(text: str) -> None:
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert parse_master("a", "a", windows) == parse_master("a", "a", text.encode())


def test_a_comment_is_never_taken_for_a_shell_command(parse: Callable[[str], Master]) -> None:
    source = "# copy the input\n# ls\n# %matplotlib inline\nx = 1"
    assert parse(f"# %%\n{source}\n").cells[0].source == source


def test_jupytexts_own_header_is_allowed(parse: Callable[[str], Master]) -> None:
    assert parse("# ---\n# jupyter:\n#   jupytext: {}\n# ---\n\n# %%\nx = 1\n").cells[0].source == "x = 1"


def test_markdown_may_be_a_string(parse: Callable[[str], Master]) -> None:
    cell = parse('# %% [markdown]\n"""\n# Title\n"""\n').cells[0]
    assert (cell.source, cell.line) == ("# Title", 3)


def test_grade_ids_have_no_dots(master: Master) -> None:
    ids = [cell.grade_id for cell in master.cells if cell.grade_id]
    assert ids == ["setup", "double", "check-double", "Slope-at", "check-Slope-at", "why-two"]


def test_a_header_is_a_kind_and_its_options() -> None:
    line = '# %% [markdown] written="a" tags=["x", "y"]'
    assert parse_header(line) == ("markdown", {"written": "a", "tags": ["x", "y"]})
