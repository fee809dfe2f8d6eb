"""A kernel that was made early understands cells as IPython does: one notebook, in a kernel of the sandbox."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, run
from tests.engine import tiny

# A cell, and the last line of text that it shows: what it prints, the value of its last expression, or its error.
CELLS = {
    "a = 5 % 3 # is it %time?\na": "2",
    "s = '''\n%no magic\n!no command\n'''\nlen(s)": "23",
    "get_ipython().history_manager.enabled": "False",
    "%who_ls str": "['s']",
    "if True:\n    %who_ls str\n    print('after')": "after",
    "names = %who_ls str\nnames": "['s']",
    "found = !echo one\nprint(found)": "['one']",
    "!echo two": "two",
    "if True:\n    !echo three": "three",
    "%%capture kept\nprint('four')": "",
    "kept.stdout": "'four\\n'",
    ",print a b": "a b",
    ";print c d": "c d",
    "/print 5": "5",
    ">>> x = 6\n>>> x": "6",
    "In [1]: x + 1": "7",
    "\n\n  x = 8\n  x": "8",
    "import asyncio\nawait asyncio.sleep(0, 9)": "9",
    "async with asyncio.timeout(5) as found:\n    print('ten')": "ten",
    "async def eleven():\n    return 11\nawait eleven()": "11",
    "'await'": "'await'",
    "asyncio.run": "RuntimeError: asyncio.run() cannot be called from a running event loop",
    "x = 12;": "",
    "12;": "",
    "13; # no": "",
    "14 # ;": "14",
    "';'": "';'",
    "16;\n\n": "",
    "print('?')": "?",
    "x # why?": "12",
    "\N{GREEK SMALL LETTER ALPHA} = 17\n\N{GREEK SMALL LETTER ALPHA}": "17",
    "def f(:": "SyntaxError: invalid syntax",
    "def g():\n    return 1 / 0": "",
    "g()": "ZeroDivisionError: division by zero",
}
RUN = {"asyncio.run": "asyncio.run(asyncio.sleep(0))"}


@pytest.fixture(scope="module")
def executed() -> dict[str, list[dict[str, Any]]]:
    cells = [tiny.cell("code", RUN.get(source, source)) for source in CELLS]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=120)))
    assert result.problems == ()
    return dict(zip(CELLS, (cell["outputs"] for cell in json.loads(result.notebook)["cells"]), strict=True))


def last_line(outputs: list[dict[str, Any]]) -> str:
    """Return the last line of what a cell shows, "" if it shows nothing."""
    if not outputs:
        return ""
    last = outputs[-1]
    if last["output_type"] == "error":
        return f"{last['ename']}: {last['evalue'].partition(' (')[0]}"
    text = last["text"] if last["output_type"] == "stream" else last["data"]["text/plain"]
    return "".join(text).rstrip("\r\n").splitlines()[-1]


@pytest.mark.parametrize("source", CELLS)
def test_a_cell_does_what_it_does_in_ipython(executed: dict[str, list[dict[str, Any]]], source: str) -> None:
    assert last_line(executed[source]) == CELLS[source]


def test_a_traceback_names_the_cells_that_it_leads_through(executed: dict[str, list[dict[str, Any]]]) -> None:
    trace = "\n".join(executed["g()"][-1]["traceback"])
    number = list(CELLS).index("g()") + 1
    assert f"In[{number}]" in trace.replace(" ", "") and f"In[{number - 1}]" in trace.replace(" ", "")
    assert "return" in trace and "ipykernel_" not in trace
