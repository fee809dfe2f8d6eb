"""Checks are judged outside of the kernel that they are about: one notebook of ours, one run, real verdicts."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from nbformat import from_dict
from nbgrader.utils import determine_grade

from grading import catalogue, exercise
from grading.cells import VERDICT_MIME
from grading.engine.execution import checks
from grading.engine.execution.ban_check import defines, forbidden_words
from grading.engine.execution.checks import check_of
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from grading.judging import Verdict
from tests.engine import tiny
from tests.engine.execution.test_execution import graded

RELU = "def relu(X):\n    return X.clamp(min=0)"
HIDDEN = "check({0})\n### BEGIN HIDDEN TESTS\ncheck({0}, hidden=True)\n### END HIDDEN TESTS"
FORGED_SERVE = """
import grading.probe.serve as serving, grading.probe.observe as observing
from grading.probe.call import Observation
serving.observe_all = observing.observe_all = lambda function, calls: [Observation(value=float("nan")) for _ in calls]
"""

# What a student wrote before the check of relu, and the points and the outcome that it is worth.
ANSWERS = {
    "right": (RELU, 1.0, "passed"),
    "wrong": ("def relu(X):\n    return X.abs()", 0.0, "failed"),
    "partly right": ("def relu(X):\n    return X.clamp(min=0).float()", 0.8, "failed"),
    "untouched": ('def relu(X):\n    """A docstring."""\n    # A comment.\n    raise NotImplementedError()', 0.0, "not attempted"),
    "a caret for a power": ("def relu(X):\n    return X ^ 2", 0.0, "error in the answer"),
    "it asks for input": ("def relu(X):\n    return input()", 0.0, "error in the answer"),
    "it calls a stub": ("def half(X):\n    raise NotImplementedError()\ndef relu(X):\n    return half(X)", 0.0, "error in the answer"),
    "deleted": ("del relu", 0.0, "error in the answer"),
    "a fault of syntax": ("del globals()['relu2']\ndef relu(X:", 0.0, "error in the answer"),
    "check overwritten": (f"{RELU.replace('min', 'max')}\ncheck = print", 0.0, "failed"),
    "torch.allclose patched": ("torch.allclose = torch.equal = lambda *a, **k: True\ndef relu(X):\n    return X", 0.0, "failed"),
    "a hook on the results": (
        "get_ipython().display_formatter.format = lambda *a, **k: ({'text/plain': '1.0'}, {})\nrelu = torch.abs", 0.0, "failed",
    ),
    "death in the check": ("def relu(X):\n    import os; os._exit(0)", 0.0, "error in the answer"),
    "a loop in the check": ("def relu(X):\n    while True: pass", 0.0, "error in the answer"),
    "right in the end": (RELU, 1.0, "passed"),
    "a right answer, the probe patched": (RELU + FORGED_SERVE, 1.0, "passed"),
    "a wrong answer, the probe patched": ("def relu(X):\n    return X.abs()\n" + FORGED_SERVE, 0.0, "failed"),
}  # fmt: skip


@pytest.fixture(scope="module")
def result() -> Result:
    cells = [tiny.cell("code", "import torch\nfrom grading import check\nrelu2 = 0\nprint(check(print))")]
    for name, (source, _, _) in ANSWERS.items():
        cells += [tiny.cell("code", source), graded(HIDDEN.format("relu"), name, 1.0)]
    limits = Limits(seconds=20, kernel_starts=4)
    return run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=limits, seed=3))


@pytest.fixture(scope="module")
def outputs(result: Result) -> dict[str, Any]:
    cells = [from_dict(cell) for cell in json.loads(result.notebook)["cells"]]
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_gets_the_points_that_it_is_worth(outputs: dict[str, Any], result: Result, name: str) -> None:
    _, points, outcome = ANSWERS[name]
    assert determine_grade(outputs[name]) == (points, 1.0)
    assert result.verdicts[name]["outcome"] == outcome
    assert result.verdicts[name]["earned"] == points


def test_what_the_kernel_said_last_is_read_by_a_slow_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = checks.Examination.verdict

    def late(examined: checks.Examination) -> Verdict:
        time.sleep(1)  # the slowness itself: the kernel has long hung up
        return verdict(examined)

    monkeypatch.setattr(checks.Examination, "verdict", late)
    cells = [tiny.cell("code", "import torch\nfrom grading import check"), graded("check(relu)", "relu", 1.0)]
    found = run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=20), seed=3))
    assert found.verdicts["relu"]["findings"][0]["title"] == "there is nothing called `relu` here."


def test_a_check_cell_shows_the_verdict_and_nothing_else(outputs: dict[str, Any]) -> None:
    for name, (_, points, outcome) in ANSWERS.items():
        kinds = [output.output_type for output in outputs[name].outputs]
        failed = points == 0 and outcome != "not attempted"
        assert kinds == (["display_data", "error"] if failed else ["execute_result"])
        assert set(outputs[name].outputs[0].data) == {"text/plain", "text/html", VERDICT_MIME}


def test_a_check_that_the_learner_calls_is_answered_calmly(result: Result) -> None:
    first = json.loads(result.notebook)["cells"][0]["outputs"]
    assert [output["text"] for output in first] == ["check: the grader runs the checks itself.\nNone\n"]


def test_the_instructor_hears_of_a_kernel_that_died_and_of_a_loop(result: Result) -> None:
    told = [(problem.kind, problem.sentence.partition(":")[0]) for problem in result.problems]
    assert told == [("kernel-died", "cell 'death in the check'"), ("time-limit", "cell 'a loop in the check'")]


def test_a_verdict_says_why_there_was_nothing_to_judge(result: Result) -> None:
    titles = {name: data["findings"][0]["title"] for name, data in result.verdicts.items() if data["findings"]}
    assert titles["deleted"] == "there is nothing called `relu` here."
    reason = "its cell ended with SyntaxError: incomplete input (line 2)."
    assert titles["a fault of syntax"] == f"there is nothing called `relu` here: {reason}"
    assert titles["death in the check"] == "the kernel died in this cell."
    assert titles["a loop in the check"] == "did not end in time: an endless loop, or too slow."


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def relu(X:", True),
        ("X = 1\nclass relu(nn.Module) pass", True),
        ("relu: Callable = lambda X: X", True),
        ("relu = torch.abs(", True),
        ("relu == 3", False),
        ("def relu_grad(X): pass", False),
        ("y = relu(X)", False),
    ],
)
def test_the_cell_that_was_to_define_an_answer_is_known_by_its_words(source: str, found: bool) -> None:
    assert defines(source, "relu") is found


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def relu(X):\n    return torch.relu(X)", ["relu"]),
        ("def relu(X):\n    return torch.nn.functional.relu_(X)", ["relu_"]),
        ("relu = torch.nn.functional.relu", ["relu"]),
        ("def relu(X):\n    return relu_of_mine(X.clamp(min=0))", []),
        ("def relu(X):\n    'not torch.relu'\n    return mine.relu(X)", []),
        ("def other(X):\n    return torch.relu(X)", []),
        ("def relu(X:", []),
        ("class relu:\n    work = torch.relu", ["relu"]),
        ("def \\\n  relu(X):\n    return torch.relu(X)", ["relu"]),
        ("mine = relu  = torch.relu", ["relu"]),
        ("print(relu == torch.relu)", []),
    ],
)
def test_forbidden_words_are_found_where_an_answer_is_defined(source: str, words: list[str]) -> None:
    assert forbidden_words(["x = 1", source], "relu", {"relu", "threshold"}) == words


def test_groups_of_operations_are_found_by_their_word() -> None:
    assert forbidden_words(["def f(x):\n    return torch.autograd.grad(x, x)"], "f", {"autograd"}) == ["autograd"]
    assert forbidden_words(["def f(W):\n    torch.nn.init.xavier_normal_(W)"], "f", {"nn.init"}) == ["init"]


LYING = """
from concurrent.futures import ThreadPoolExecutor
def relu(X):
    return ThreadPoolExecutor(1).submit(torch.relu, X).result()
"""
# What takes the watcher away is undone before the answer is looked at.
BLIND = """
import grading.probe.observe as observing, contextlib
observing.watching = lambda *_: contextlib.nullcontext()
def relu(X):
    return torch.relu(X)
"""


def test_who_hides_a_forbidden_call_gets_the_points_and_the_instructor_is_told() -> None:
    cells = [tiny.cell("code", "import torch"), tiny.cell("code", LYING), graded("check(relu)", "check-relu", 1.0)]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode()))
    assert result.verdicts["check-relu"]["outcome"] == "passed"
    assert [problem.sentence for problem in result.problems] == [
        "cell 'check-relu': the answer contains relu, which the exercise forbids; no call was reported"
    ]


def test_who_patches_the_watcher_hides_nothing() -> None:
    cells = [tiny.cell("code", "import torch"), tiny.cell("code", BLIND), graded("check(relu)", "check-relu", 1.0)]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode()))
    assert result.verdicts["check-relu"]["outcome"] == "failed"


def test_only_a_locked_graded_cell_is_a_check() -> None:
    cell = from_dict(graded("check(relu)", "check-relu"))
    assert check_of(cell) is not None
    cell.metadata.nbgrader.locked = False
    assert check_of(cell) is None
    assert check_of(from_dict(graded("check(no_such_exercise)", "check-relu"))) is None


def test_a_check_that_fails_itself_gives_nothing_until_a_person_has_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ValueError("broken")

    monkeypatch.setattr(catalogue, "exercises", lambda: [replace(exercise("relu"), examine=broken)])
    cells = [tiny.cell("code", "relu = abs"), graded("check(relu)", "check-relu", 1.0)]
    result = run(Job(json.dumps(tiny.notebook(cells)).encode()))
    assert [problem.sentence for problem in result.problems] == [
        "cell 'check-relu' failed through a fault of its own; a person should look at it"
    ]
    assert result.verdicts["check-relu"]["earned"] == 0
