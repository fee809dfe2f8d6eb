"""Characters that are none, or that command a terminal, cost a cell nothing, whatever it does with them. Real kernels."""

import json
import unicodedata
from typing import Any

import pytest

from grading.engine.workers.worker import Job, Result, run
from tests.engine import tiny
from tests.engine.execution.test_checks import RELU
from tests.engine.execution.test_execution import graded

SHOW = "from IPython.display import HTML, Latex, clear_output, display, update_display\n"
NEST = "deep = []\nfor _ in range(900):\n    deep = [deep]\n"

# What a cell does, and what it shows: a part of its output as JSON that only has ASCII.
SHOWN = {
    "prints": (r"print('a\udcc3b')", r'"a\ufffdb\n"'),
    "prints the other half": (r"print('a\ud800b')", r'"a\ufffdb\n"'),
    "prints both halves": (r"print('\ud83d', '\ude00', sep='')", r'"\ud83d\ude00\n"'),
    "prints on stderr": (r"print('\ud800', file=__import__('sys').stderr)", r'"\ufffd\n"'),
    "prints what acts": (
        r"print('\x00\x08\x7f\x9b\u202e\x1b]0;a\x07')",
        r'"\u2400\u2408\u2421\ufffd\ufffd\u241b]0;a\u2407\n"',
    ),
    "prints in colour": (r"print('\x1b[31mred\x1b[0m\x1b[2J')", r'"\u001b[31mred\u001b[0m\n"'),
    "prints what bytes were": (r"print(b'\xff\xc3a'.decode(errors='surrogateescape'))", r'"\ufffd\ufffda\n"'),
    "shows HTML": (SHOW + r"display(HTML('<b>\udcc3\x1b[31m</b>'))", r'"<b>\ufffd\u241b[31m</b>"'),
    "shows LaTeX": (SHOW + r"display(Latex('$\ud800$'))", r'"$\ufffd$"'),
    "returns": ("class Odd:\n    def __repr__(self):\n        return '\\ud800'\nOdd()", r'"text/plain": "\ufffd"'),
    "shows keys": (
        SHOW + r"display({'application/json': {'\ud800': ['\udcc3']}}, raw=True)",
        r'{"\ufffd": ["\ufffd"]}',
    ),
    "shows a type": (SHOW + r"display({'text/\udcc3': 'x'}, raw=True)", r'"text/\ufffd": "x"'),
    "has metadata": (SHOW + r"display(1, metadata={'\ud800': '\udcc3'})", r'"metadata": {"\ufffd": "\ufffd"}'),
    "has a name": (SHOW + r"display(1, display_id='\ud800'); update_display(2, display_id='\ud800')", '"2"'),
    "clears": (SHOW + r"print('\ud800'); clear_output(wait=True); print('\udcc3')", r'"\ufffd\n"'),
    "raises": (r"raise ValueError('\udcc3\x1b[2J')", r'"evalue": "\ufffd\u241b[2J"'),
    "raises the other half": (r"raise ValueError('\ud800')", r'"evalue": "\ufffd"'),
    "raises what commands": (
        "class Odd(Exception):\n    pass\nOdd.__name__ = '\\x1b[2J\\x9b\\u202e'\nraise Odd('x')",
        r'"ename": "\u241b[2J\ufffd\ufffd"',
    ),
    "raises what raises": (
        "class Odd(Exception):\n    def __str__(self):\n        raise ValueError('\\ud800')\nraise Odd",
        r'"evalue": "\ufffd"',
    ),
    "is in a frame": (
        "def f():\n    raise ValueError('x')\nf.__code__ = f.__code__.replace(co_name='odd\\u202e\\x1b[2J')\nf()",
        '"evalue": "x"',
    ),
    "warns": (r"import warnings; warnings.warn('\ud800')", r"UserWarning: \ufffd"),
    "has a next cell": (r"get_ipython().set_next_input('\ud800')", "[]"),
    "has a page": (
        r"get_ipython().payload_manager.write_payload({'source': 'page', 'data': {'text/plain': '\udcc3'}})",
        "[]",
    ),
    "opens a channel": (
        r"from comm import create_comm; create_comm(target_name='\ud800', data={'\ud800': '\udcc3'}).send({'state': {'\ud800': 1}})",
        "[]",
    ),
    "writes JSON itself": (
        """
import json
session = get_ipython().kernel.session
session.pack = lambda part: json.dumps(part, default=str).encode()
print("\\ud800\\x9b", flush=True)
session.pack = lambda part: json.dumps(part, default=str, ensure_ascii=False).encode("utf-8", "surrogatepass")
print("\\udcc3")
""",
        r'"\ufffd\ufffd\n\ufffd',
    ),
    "shows numbers that JSON has not": (
        SHOW
        + "import sys\nsys.set_int_max_str_digits(0)\ndisplay({'application/json': [10**5000, float('nan')]}, raw=True)",
        '"NaN"',
    ),
}
# What is written past Python's streams, which arrives when it does.
WRITTEN = (
    r"n = __import__('os').write(1, b'\xff\xfe\x00\x1b[2J'), __import__('os').write(2, b'\xc3')",
    r"n = __import__('os').system('echo \'\x1b[2J\x1b[31ma\'')",
)
# What a cell does that a notebook cannot hold, and how the sentence about it ends.
DROPPED = {
    "nests": (SHOW + NEST + "display({'application/json': deep}, raw=True)", "nested more than 100 deep"),
    "nests an object": (
        SHOW + NEST.replace("[deep]", "{'a': deep}") + "display({'application/json': deep}, raw=True)",
        "100 deep",
    ),
    "nests metadata": (SHOW + NEST + "display({'text/plain': 'x'}, metadata={'a': deep}, raw=True)", "100 deep"),
    "nests more than Python counts": (
        SHOW
        + "import sys\nsys.setrecursionlimit(10**6)\n"
        + NEST.replace("900", "9000")
        + "display({'application/json': deep}, raw=True)",
        "100 deep",
    ),
    "nests in an update": (
        SHOW
        + NEST
        + "display(1, display_id='q')\nupdate_display({'application/json': deep}, display_id='q', raw=True)",
        "100 deep",
    ),
    "shows a number as text": (SHOW + "display({'text/plain': 5}, raw=True)", "something that no notebook can hold"),
    "shows nothing as text": (
        SHOW + "display({'text/html': None, 'text/plain': 'x'}, raw=True)",
        "something that no notebook can hold",
    ),
    "updates with a number": (
        SHOW + "display(1, display_id='r')\nupdate_display({'text/plain': 5}, display_id='r', raw=True)",
        "something that no notebook can hold",
    ),
}


@pytest.fixture(scope="module")
def result() -> Result:
    sources = [source for source, _ in (*SHOWN.values(), *DROPPED.values())]
    cells = [tiny.cell("code", source) for source in (*sources, *WRITTEN, "n = 7", "n")]
    return run(Job(json.dumps(tiny.notebook(cells)).encode()))


@pytest.fixture(scope="module")
def outputs(result: Result) -> dict[str, list[dict[str, Any]]]:
    cells = json.loads(result.notebook)["cells"]
    names = [*SHOWN, *DROPPED, *WRITTEN, "defines", "last"]
    return dict(zip(names, (_joined(cell["outputs"]) for cell in cells), strict=True))


def _joined(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighbouring pieces of one stream: where a kernel cuts them depends on when it sends."""
    joined: list[dict[str, Any]] = []
    for output in shown:
        if joined and output["output_type"] == "stream" and joined[-1].get("name") == output["name"]:
            joined[-1] = {**joined[-1], "text": joined[-1]["text"] + output["text"]}
        else:
            joined.append(output)
    return joined


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_cell_shows_is_shown_as_text(outputs: dict[str, list[dict[str, Any]]], name: str) -> None:
    shown = json.dumps(outputs[name])
    assert SHOWN[name][1] in shown
    assert "KernelDied" not in shown


@pytest.mark.parametrize("name", DROPPED)
def test_what_no_notebook_can_hold_costs_one_output_and_one_line(
    result: Result, outputs: dict[str, list[dict[str, Any]]], name: str
) -> None:
    number = list(outputs).index(name) + 1
    lines = [problem for problem in result.problems if problem.sentence.startswith(f"cell {number} ")]
    assert [problem.kind for problem in lines] == ["dropped-output"]
    assert DROPPED[name][1] in lines[0].sentence
    assert not any(output["output_type"] == "error" for output in outputs[name])


def test_nothing_else_is_told_and_no_kernel_is_lost(result: Result, outputs: dict[str, Any]) -> None:
    assert result.failure == ""
    assert {problem.kind for problem in result.problems} == {"dropped-output"}
    assert len(result.problems) == len(DROPPED)
    assert outputs["last"][0]["data"]["text/plain"] == "7"


def commands(text: str) -> set[str]:
    """Return the control characters and the ones that turn text, without those of lines and colours."""
    return {one for one in text if unicodedata.category(one) == "Cc" or one in "\u202e\u2066"} - set("\n\t\r\x1b")


def test_the_notebook_is_text_that_can_be_written_and_commands_nobody(result: Result) -> None:
    strings: list[str] = []

    def gather(tree: Any) -> None:
        if isinstance(tree, str):
            strings.append(tree)
        for branch in [*tree, *tree.values()] if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
            gather(branch)

    gather([cell["outputs"] for cell in json.loads(result.notebook)["cells"]])
    text = "".join(strings)
    text.encode()
    assert commands(text) == set()


ODD_ERRORS = {
    "half a pair": (r"raise ValueError('\udcc3')", "it raised ValueError.", "ValueError: \ufffd"),
    "a name that commands": (
        "Odd = type('Odd', (Exception,), {})\n    Odd.__name__ = '\\x1b[2J\\x9b\\u202e\\nX'\n    raise Odd('\\ud800')",
        "it raised \u241b[2J\ufffd\ufffd X.",
        "\u241b[2J\ufffd\ufffd X: \ufffd",
    ),
    "a key": (r"return {'\ud800\x1b': X}", "it should be a tensor.", "a dict with the keys '\ufffd\u241b'"),
    "a type": (
        "Odd = type('Odd', (), {})\n    Odd.__name__ = '\\x1b[2J'\n    return Odd()",
        "it should be a tensor.",
        "an object of type \u241b[2J",
    ),
}


@pytest.mark.parametrize(("line", "title", "fact"), ODD_ERRORS.values(), ids=ODD_ERRORS)
def test_a_verdict_on_an_answer_with_odd_text_is_one_that_can_be_written(line: str, title: str, fact: str) -> None:
    answer = f"def relu(X):\n    {line}"
    cells = [tiny.cell("code", "import torch\nfrom grading import check"), tiny.cell("code", answer)]
    found = run(Job(json.dumps(tiny.notebook([*cells, graded("check(relu)", "relu", 1.0)])).encode(), seed=3))
    assert (found.failure, found.problems) == ("", ())
    finding = found.verdicts["relu"]["findings"][0]
    assert finding["title"] == title
    assert fact in [value for _, value in finding["facts"]]
    json.dumps(found.verdicts, ensure_ascii=False).encode()
    assert commands(found.notebook.decode()) == set()


def test_the_answer_counts_whatever_is_printed_beside_it() -> None:
    cells = [
        tiny.cell("code", "import torch\nfrom grading import check"),
        tiny.cell("code", RELU + "\nprint('\\ud800')"),
    ]
    found = run(Job(json.dumps(tiny.notebook([*cells, graded("check(relu)", "relu", 1.0)])).encode(), seed=3))
    assert found.verdicts["relu"]["earned"] == 1.0
    assert found.problems == ()
