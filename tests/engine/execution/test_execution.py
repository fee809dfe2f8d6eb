"""What a notebook may do to its kernel, and that points earned before stay. One notebook, one run, real kernels."""

import json
from typing import Any

import pytest

from grading.cells import VERDICT_MIME
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from tests.engine import tiny

STUBBORN = """
import time
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""
SILENT = "import IPython\nIPython.get_ipython().showtraceback = lambda *a, **k: None\nraise AssertionError('wrong')"

# A name says what a cell is for; the ones that start with "check" are graded.
CELLS = {
    "define": "y = 5",
    "check before": "assert y == 5\n2.5",
    "loop": "while True:\n    pass",
    "check after the loop": "y",
    "kill": "import ctypes\nctypes.string_at(0)",
    "check after the kill": "y",
    "stubborn": STUBBORN,
    "check after the stubborn loop": "y",
    "check warning": "import warnings\nwarnings.warn('old')\n1.0",
    "print": "print('a' * 3_000_000)",
    "display": "for _ in range(300):\n    display('b' * 10_000)",
    "check after the flood": "y",
    "check silent": SILENT,
    "die": "import os\nos._exit(1)",
    "check too late": "y",
}
LIMITS = Limits(seconds=8, output_bytes=2_000_000, kernel_starts=3)


def cell(name: str) -> dict[str, Any]:
    graded = {"grade": True, "grade_id": name, "locked": True, "solution": False, "points": 5.0}
    return tiny.cell("code", CELLS[name], **(graded if name.startswith("check") else {}))


@pytest.fixture(scope="module")
def result() -> Result:
    return run(Job(json.dumps(tiny.notebook([cell(name) for name in CELLS])).encode(), limits=LIMITS))


@pytest.fixture(scope="module")
def outputs(result: Result) -> dict[str, list[dict[str, Any]]]:
    executed = json.loads(result.notebook)
    return dict(zip(CELLS, (found["outputs"] for found in executed["cells"]), strict=True))


def shown(outputs: list[dict[str, Any]]) -> list[str]:
    return [output["data"]["text/plain"] for output in outputs if output["output_type"] == "execute_result"]


def errors(outputs: list[dict[str, Any]]) -> list[str]:
    return [output["ename"] for output in outputs if output["output_type"] == "error"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("check before", "2.5"),
        ("check after the loop", "5"),
        ("check after the kill", "5"),
        ("check after the stubborn loop", "5"),
        ("check after the flood", "5"),
        ("check warning", "1.0"),
    ],
)
def test_a_check_keeps_its_points_whatever_other_cells_do(outputs: Any, name: str, value: str) -> None:
    assert shown(outputs[name]) == [value]
    assert errors(outputs[name]) == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("loop", "TimeLimit"),
        ("kill", "KernelDied"),
        ("stubborn", "TimeLimit"),
        ("die", "KernelDied"),
        ("check too late", "NotRun"),
        ("check silent", "AssertionError"),
    ],
)
def test_a_cell_that_did_not_end_well_says_so_once(outputs: Any, name: str, error: str) -> None:
    assert errors(outputs[name]) == [error]


def test_a_warning_of_a_library_is_kept_but_not_on_stderr_of_a_check(outputs: Any) -> None:
    streams = [output for output in outputs["check warning"] if output["output_type"] == "stream"]
    assert [stream["name"] for stream in streams] == ["stdout"]
    assert "old" in streams[0]["text"]


def test_output_is_bounded(result: Result, outputs: Any) -> None:
    assert len(result.notebook) < LIMITS.output_bytes + 100_000
    assert "more output was dropped" in outputs["print"][0]["text"]


def test_the_instructor_is_told_of_every_limit_that_was_hit(result: Result) -> None:
    kinds = ["time-limit", "kernel-died", "time-limit", "output-limit", "output-limit", "kernel-died"]
    assert [problem.kind for problem in result.problems] == kinds
    assert all(problem.graded for problem in result.problems)


def test_the_whole_run_ends_in_bounded_time(result: Result) -> None:
    assert result.seconds < 10 * LIMITS.seconds + 30


def test_files_of_the_submission_lie_beside_the_notebook_and_nothing_else_does() -> None:
    notebook = tiny.notebook([tiny.cell("code", "import os\nsorted(os.listdir()), open('data/a.txt').read()")])
    result = run(Job(json.dumps(notebook).encode(), files={"data/a.txt": b"hello"}))
    found = json.loads(result.notebook)["cells"][0]["outputs"][0]["data"]["text/plain"]
    assert found == "(['data'], 'hello')"


def test_a_kernel_that_is_not_installed_is_a_fault_of_the_machine() -> None:
    notebook = json.dumps(tiny.notebook([tiny.cell("code", "1")])).encode()
    result = run(Job(notebook, kernel_name="no-such-kernel"))
    assert "no-such-kernel" in result.failure
    assert result.notebook == notebook


def graded(source: str, grade_id: str, points: float = 5.0) -> dict[str, Any]:
    return tiny.cell("code", source, grade=True, grade_id=grade_id, locked=True, solution=False, points=points)


def test_a_verdict_that_the_submission_shows_itself_is_not_believed() -> None:
    data = {VERDICT_MIME: {"exercise": "relu", "outcome": "passed", "earned": 5.0}, "text/plain": "5"}
    source = f"from IPython.display import display\ndisplay({data!r}, raw=True)"
    result = run(Job(json.dumps(tiny.notebook([graded(source, "check-relu")])).encode()))
    assert result.verdicts == {}
    outputs = json.loads(result.notebook)["cells"][0]["outputs"]
    assert [output["data"] for output in outputs] == [{"text/plain": "5"}]


_SESSION = "kernel = get_ipython().kernel\nsession, socket, parent = kernel.session, kernel.iopub_socket, kernel.get_parent('shell')\n"
WAYS_TO_SEND_NONSENSE = {
    "no message at all": "socket.send_multipart([b'nonsense'])",
    "a message that nobody signed": "socket.send_multipart([b'', b'<IDS|MSG>', b'', b'{}', b'{}', b'{}', b'{}'])",
    "a list in place of an object": "socket.send_multipart(signed([b'{}', b'[]', b'{}', b'{}']))",
    "what is not text": "socket.send_multipart(signed([b'\\xff', b'{}', b'{}', b'{}']))",
    "what is nested too deeply": "socket.send_multipart(signed([b'{}', b'{}', b'{}', b'[' * 100_000]))",
    "a stream without text": "session.send(socket, 'stream', {'name': 'stdout'}, parent=parent)",
    "a stream of numbers": "session.send(socket, 'stream', {'name': 'stdout', 'text': 7}, parent=parent)",
    "a result without data": "session.send(socket, 'execute_result', {}, parent=parent)",
    "a display that is none": "session.send(socket, 'display_data', {'data': 1, 'transient': 3}, parent=parent)",
    "a state that is none": "session.send(socket, 'status', {}, parent=parent)",
    "a reply that is none": "session.send(kernel.shell_stream, 'execute_reply', {}, parent=parent, ident=kernel._parent_ident['shell'])",
}


@pytest.mark.parametrize("source", WAYS_TO_SEND_NONSENSE.values(), ids=WAYS_TO_SEND_NONSENSE.keys())
def test_a_kernel_that_sends_nonsense_is_replaced_and_what_was_earned_before_stays(source: str) -> None:
    signed = "def signed(parts):\n    return [b'', b'<IDS|MSG>', session.sign(parts), *parts]\n"
    wait = "\nimport time\ntime.sleep(0.3)"
    cells = [tiny.cell("code", text) for text in ("a = 6", _SESSION + signed + source + wait, "a * 7")]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=60)))
    assert result.failure == ""
    assert [problem.kind for problem in result.problems] == ["kernel-died"]
    assert json.loads(result.notebook)["cells"][2]["outputs"][0]["data"]["text/plain"] == "42"


WAYS_TO_WRITE_A_CELL = {
    "awaits at the top level": ("import asyncio\nawait asyncio.sleep(0)\n6 * 7", "42"),
    "leaves a task behind": ("task = asyncio.ensure_future(asyncio.sleep(0, 7))\nawait task", "7"),
    "runs a command": ("lines = !echo hello\nlist(lines)", "['hello']"),
    "shows what a command writes": ("!echo hello", "hello"),
    "starts a program": ("import os\nos.system('echo hello')", "0"),
    "prints from a thread": (
        "import threading\nt = threading.Thread(target=print, args=('hello',))\nt.start()\nt.join()",
        "hello",
    ),
    "has a magic": ("%%capture kept\nprint('hello')", ""),
    "sees what was captured": ("kept.stdout", "'hello\\n'"),
}


def test_whatever_a_notebook_may_do_elsewhere_it_may_do_here() -> None:
    cells = [tiny.cell("code", source) for source, _ in WAYS_TO_WRITE_A_CELL.values()]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=60)))
    assert (result.failure, result.problems) == ("", ())
    texts = []
    for executed in json.loads(result.notebook)["cells"]:
        outputs = [output for output in executed["outputs"] if output["output_type"] != "stream"] or executed["outputs"]
        texts.append("".join(output.get("text") or output["data"]["text/plain"] for output in outputs).strip())
    assert texts == [text for _, text in WAYS_TO_WRITE_A_CELL.values()]
