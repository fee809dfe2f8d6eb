"""What cells show arrives whole, in order and in time, whoever says it: compared with an ordinary kernel where there is one."""

import json
import time
from typing import Any

import pytest

from grading.engine.execution.kernel_messages import KernelMessages
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from grading.sandbox.kernel.publishing import pack
from tests.engine import tiny


def run_cells(*sources: str, **limits: Any) -> Result:
    notebook = tiny.notebook([tiny.cell("code", source) for source in sources])
    result = run(Job(json.dumps(notebook).encode(), limits=Limits(**{"seconds": 60, **limits})))
    assert result.failure == ""
    return result


def outputs(result: Result) -> list[list[dict[str, Any]]]:
    return [cell["outputs"] for cell in json.loads(result.notebook)["cells"]]


def merged(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join what was printed one after the other: into how many messages it was cut is a matter of time."""
    whole: list[dict[str, Any]] = []
    for output in shown:
        if whole and output["output_type"] == "stream" and whole[-1].get("name") == output["name"]:
            whole[-1] = {**whole[-1], "text": "".join(whole[-1]["text"]) + "".join(output["text"])}
        else:
            whole.append(output)
    return whole


def text(result: Result, cell: int = 0) -> str:
    return "".join(
        "".join(output.get("text", ())) for output in outputs(result)[cell] if output["output_type"] == "stream"
    )


WAYS_TO_SHOW_SOMETHING = (
    "print(1)\ndisplay(2)\nprint(3)\n4",
    "import sys\nprint('out')\nsys.stdout.flush()\nprint('err', file=sys.stderr)\nprint('out again')",
    "import sys\nsys.stdout.write('no newline')",
    "for i in range(300):\n    print(i, flush=i % 7 == 0)",
    "import threading\n"
    "def say(n):\n    for _ in range(50):\n        print(n, end=' ')\n"
    "for n in range(4):\n    t = threading.Thread(target=say, args=(n,)); t.start(); t.join()",
    "handle = display('before', display_id=True)\nhandle.update('after')",
    "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
    "import warnings\nwarnings.simplefilter('always')\nprint('first')\nprint(len('second'))\n1 / 0",
    "import logging\nlogging.getLogger('x').warning('careful')",
    "import sys\nsys.stdout.writelines(['a\\n', 'b\\n'])\nsys.stdout.write(3)",
    "print('ü', '\\N{SNOWMAN}', '\\ud800'.encode('utf-8', 'replace'))",
    "import time\nfor i in range(3):\n    print(i)\n    time.sleep(0.15)",
)


def test_what_cells_show_is_what_an_ordinary_kernel_shows() -> None:
    here, elsewhere = (outputs(run_cells(*WAYS_TO_SHOW_SOMETHING, isolated=isolated)) for isolated in (True, False))
    for source, shown, expected in zip(WAYS_TO_SHOW_SOMETHING, here, elsewhere, strict=True):
        assert merged(shown) == merged(expected), source
    assert all(here)


HANDLER_THAT_PRINTS = """
import signal, sys
rings = 0
def ring(*_):
    global rings
    rings += 1
    sys.stdout.write('ring\\n')
    sys.stdout.flush()
signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
for i in range(1500):
    sys.stdout.write(f'{i}\\n')
    sys.stdout.flush()
signal.setitimer(signal.ITIMER_REAL, 0)
"""


def test_a_signal_handler_that_prints_tears_no_message() -> None:
    result = run_cells(HANDLER_THAT_PRINTS, "print(rings)")
    lines = text(result).splitlines()
    rings = int(text(result, 1))
    assert rings > 10
    assert lines.count("ring") == rings
    assert [line for line in lines if line != "ring"] == [str(i) for i in range(1500)]


def test_a_grader_that_is_slow_to_listen_misses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hear = KernelMessages.hear
    slow = [1.5, 1.5]

    def late(self: KernelMessages, seconds: float) -> bool:
        if slow:
            time.sleep(slow.pop())  # the slowness itself
        return hear(self, seconds)

    monkeypatch.setattr(KernelMessages, "hear", late)
    result = run_cells("for i in range(6000):\n    print(i, flush=True)", "print('the next')")
    assert result.problems == ()
    assert text(result).split() == [str(i) for i in range(6000)]
    assert text(result, 1) == "the next\n"


def test_a_cell_that_is_interrupted_while_it_prints_leaves_a_kernel_that_answers() -> None:
    loop = "kept = 7\nwhile True:\n    print('again', flush=True)"
    result = run_cells(loop, "print(kept)", seconds=4)
    assert [problem.kind for problem in result.problems] == ["time-limit"]
    assert text(result).startswith("again\nagain\n")
    assert text(result, 1) == "7\n"


def test_what_was_printed_a_moment_before_the_kernel_died_is_shown() -> None:
    result = run_cells("import os, time\nprint('last words')\ntime.sleep(1)\nos._exit(3)")
    assert [problem.kind for problem in result.problems] == ["kernel-died"]
    assert "last words" in text(result)


FORKS = """
import os
print('before')
child = os.fork()
if child == 0:
    print('from the child', flush=True)
    os._exit(0)
os.waitpid(child, 0)
print('after')
"""


def test_a_forked_process_that_prints_ends_and_disturbs_nothing() -> None:
    result = run_cells(FORKS, "print('next')")
    assert result.problems == ()
    assert (text(result), text(result, 1)) == ("before\nafter\n", "next\n")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "a \N{SNOWMAN} \U0001f600"}, {"text": "a \N{SNOWMAN} \U0001f600"}),
        ({"text": "\udcc3"}, {"text": "\ufffd"}),
        ({"\ud800": ["\ud800", ("\udcc3", 1)], "b": None}, {"\ufffd": ["\ufffd", ["\ufffd", 1]], "b": None}),
        ({"text": "\ud83d\ude00"}, {"text": "\U0001f600"}),
    ],
)
def test_a_message_is_packed_as_text_whatever_is_in_it(content: dict[str, Any], expected: dict[str, Any]) -> None:
    assert json.loads(pack(content).decode()) == expected
