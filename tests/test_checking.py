"""`check` in a real kernel, scored by nbgrader's own rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import determine_grade

from grading import check
from grading.errors import CheckFailed, UnknownExercise
from grading.judging import VERDICT_MIME
from tests.waiting import wait_until

# name of the case: source of the cell, points that nbgrader must read from its outputs
CELLS: dict[str, tuple[str, float]] = {
    "right": ("def relu(X): return X.clamp(min=0)\ncheck(relu)", 1.0),
    "right and noisy": (
        "import warnings\n"
        "def relu(X):\n    warnings.warn('careful'); print('hello')\n    return X.clamp(min=0)\n"
        "check(relu, hidden=True)",
        1.0,
    ),
    "right under another name": ("rectifier = lambda X: X.clamp(min=0)\ncheck(rectifier, 'relu')", 1.0),
    "right as a lambda": ("relu = lambda X: X.clamp(min=0)\ncheck(relu)", 1.0),
    "right as an object": (
        "class Rectifier:\n    def __call__(self, X): return X.clamp(min=0)\nrelu = Rectifier()\ncheck(relu)",
        1.0,
    ),
    "partly right": ("def relu(X): return X.clamp(min=0).float()\ncheck(relu)", 0.8),
    "wrong": ("def relu(X): return X.abs()\ncheck(relu)", 0.0),
    "wrong and displays": (
        "def relu(X):\n    display(X); display(HTML('<b>x</b>'))\n    return X.abs()\ncheck(relu)",
        0.0,
    ),
    "wrong without a name": (
        "def relu(X):\n    positive = X > 1.25\n    return X * positive\ncheck(relu)",
        0.0,
    ),
    "wrong and hidden": ("def relu(X): return X.abs()\ncheck(relu)\ncheck(relu, hidden=True)", 0.0),
    "not attempted": ("def relu(X):\n    # YOUR CODE HERE\n    raise NotImplementedError()\ncheck(relu)", 0.0),
    "endless": ("def relu(X):\n    while True:\n        X = X + 1\ncheck(relu, seconds=0.2)", 0.0),
    "undefined": ("del relu\ncheck(relu)", 0.0),
}


@pytest.fixture(scope="module")
def executed() -> dict[str, NotebookNode]:
    notebook = nbformat.v4.new_notebook()
    notebook.cells.append(nbformat.v4.new_code_cell("from grading import check\nfrom IPython.display import HTML"))
    notebook.cells += [nbformat.v4.new_code_cell(source) for source, _ in CELLS.values()]
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return dict(zip(CELLS, notebook.cells[1:], strict=True))


@pytest.mark.parametrize("name", CELLS)
def test_stock_nbgrader_reads_the_points_of_a_check(executed: dict[str, NotebookNode], name: str) -> None:
    cell = executed[name]
    cell.metadata["nbgrader"] = {"grade": True, "points": 1.0, "solution": False, "grade_id": "check-relu"}
    assert determine_grade(cell) == (CELLS[name][1], 1.0)


def _outputs(cell: NotebookNode) -> list[Any]:
    return list(cell.outputs)


def test_a_passed_check_is_one_card_with_its_verdict(executed: dict[str, NotebookNode]) -> None:
    (output,) = _outputs(executed["right"])
    assert output.data["text/plain"] == "1"
    assert "relu: passed" in output.data["text/html"]
    assert output.data[VERDICT_MIME]["outcome"] == "passed"


def test_an_untouched_todo_raises_nothing(executed: dict[str, NotebookNode]) -> None:
    (output,) = _outputs(executed["not attempted"])
    assert output.output_type == "execute_result"
    assert output.data[VERDICT_MIME]["outcome"] == "not attempted"


def test_a_failed_check_shows_its_card_and_a_traceback_of_one_line(executed: dict[str, NotebookNode]) -> None:
    card, error = _outputs(executed["wrong"])
    assert card.data[VERDICT_MIME]["findings"][0]["mistake"] == "absolute"
    assert (error.output_type, error.ename) == ("error", "CheckFailed")
    assert error.traceback == ["CheckFailed: relu: wrong values."]


def test_an_endless_answer_gets_a_card_with_its_line(executed: dict[str, NotebookNode]) -> None:
    card, error = _outputs(executed["endless"])
    assert "in        line 3 of relu: X = X + 1" in card.data["text/html"] or "line 2 of relu" in card.data["text/html"]
    assert error.traceback == ["CheckFailed: relu: it was stopped after 0.2 seconds."]


def test_an_interrupt_of_the_kernel_shows_the_running_line_and_nothing_of_ours(tmp_path: Path) -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    running = tmp_path / "running"
    try:
        client.execute(
            "from grading import check\nfrom pathlib import Path\n"
            f"def relu(X):\n    Path({str(running)!r}).touch()\n    while True: X.abs()\ncheck(relu)"
        )
        wait_until(running.exists)
        messages = iter(lambda: client.get_iopub_msg(timeout=60), None)
        manager.interrupt_kernel()
        error = next(one for one in messages if one["msg_type"] == "error")["content"]
        said, line = error["traceback"]
        assert said == "The check of relu was interrupted."
        assert line.startswith(("It was running line 4 of relu: Path", "It was running line 5 of relu: while True"))
        next(
            one for one in messages if one["content"].get("execution_state") == "idle"
        )  # before, the next cell is dropped
        client.execute("check(lambda X: X.clamp(min=0), 'relu')")
        result = next(one for one in messages if one["msg_type"] == "execute_result")["content"]
        assert result["data"]["text/plain"] == "1"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _told(client: Any, code: str, **asked: bool) -> tuple[list[Any], str]:
    """Run a cell; return its outputs, as contents of messages, and how it ended."""
    asked_as = client.execute(code, **asked)
    outputs = []
    for message in iter(lambda: client.get_iopub_msg(timeout=60), None):
        if message["parent_header"].get("msg_id") != asked_as:
            continue
        if message["msg_type"] in ("display_data", "execute_result", "error", "stream"):
            outputs.append(message["content"])
        if message["content"].get("execution_state") == "idle":
            break
    reply = client.get_shell_msg(timeout=60)
    while reply["parent_header"]["msg_id"] != asked_as:
        reply = client.get_shell_msg(timeout=60)
    return outputs, reply["content"]["status"]


def test_where_a_person_runs_a_failed_check_the_card_stands_alone_and_programs_get_the_error() -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    wrong = "check(lambda X: X.abs(), 'relu')"
    try:
        _told(client, "from grading import check")
        for _ in range(2):
            (card,), status = _told(client, wrong, allow_stdin=True)
            assert (status, card["data"][VERDICT_MIME]["outcome"]) == ("error", "failed")
            (_, error), status = _told(client, wrong, allow_stdin=False)
            assert (status, error["traceback"]) == ("error", ["CheckFailed: relu: wrong values."])
        (error,), status = _told(client, "1 / 0", allow_stdin=True)
        assert (status, error["ename"]) == ("error", "ZeroDivisionError")
        _told(client, "get_ipython().set_custom_exc((ValueError,), lambda *found, **named: print('theirs'))")
        (_, error), _ = _told(client, wrong, allow_stdin=True)
        assert error["ename"] == "CheckFailed", "what somebody has told IPython to do stays"
        (said,), _ = _told(client, "raise ValueError", allow_stdin=True)
        assert said["text"] == "theirs\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_what_an_answer_displays_is_shown_in_its_card_alone(executed: dict[str, NotebookNode]) -> None:
    card, error = _outputs(executed["wrong and displays"])
    assert error.output_type == "error"
    assert card.data[VERDICT_MIME]["findings"][0]["printed"] == [
        "tensor([-0.5000])",
        "<IPython.core.display.HTML object>",
    ]


def test_a_failed_check_without_a_name_shows_the_line_of_its_cell(executed: dict[str, NotebookNode]) -> None:
    card, _ = _outputs(executed["wrong without a name"])
    assert card.data[VERDICT_MIME]["findings"][0]["advice"] == "Look at line 2: `positive = X > 1.25`."
    assert "Look at line 2: `positive = X &gt; 1.25`." in card.data["text/html"]


def test_nothing_a_learner_prints_reaches_the_cell(executed: dict[str, NotebookNode]) -> None:
    assert [output.output_type for output in executed["right and noisy"].outputs] == ["execute_result"]


def test_outside_of_a_notebook_the_verdict_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    points = check(lambda X: X.clamp(min=0), "relu")
    assert points == 1.0
    assert capsys.readouterr().out == "relu: passed, 1 point.\n"


def test_outside_of_a_notebook_a_failure_carries_the_whole_verdict() -> None:
    with pytest.raises(CheckFailed, match=r"relu: wrong values\.\nThis is \|x\|.*\n  input     X = \[-0\.5\]"):
        check(lambda X: X.abs(), "relu")


@pytest.mark.parametrize("arguments", [("relu", abs), ("relu",), (abs, abs)])
def test_arguments_in_the_wrong_order_are_explained(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="takes the function first"):
        check(*arguments)


def test_a_function_without_an_exercise_is_asked_for_its_name() -> None:
    with pytest.raises(UnknownExercise, match="name it"):
        check(lambda X: X)
