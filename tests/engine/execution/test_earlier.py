"""A fault is charged once in a class, too: right values come over the connection, and nothing that could make them stays behind."""

import json
from typing import Any

import pytest
from nbformat import from_dict

from grading import judge
from grading.catalogue import exercise
from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, Result, run
from grading.judging.earlier import RightValues, helpers
from tests.engine import tiny
from tests.engine.execution.test_checks import HIDDEN
from tests.engine.execution.test_execution import graded
from tests.probe.test_wire import elsewhere

LOOKS_BEHIND = """
kept = []
def sigmoid_grad(X):
    kept.append(sigmoid)
    S = sigmoid(X)
    return S * (1 - S)
"""
# By name: the cells before its check, the answer that is checked, and its points.
LESSON = {
    "sigmoid": ("def sigmoid(X):\n    return torch.exp(X)", "sigmoid", 0.0),
    "slope": (LOOKS_BEHIND, "sigmoid_grad", 1.0),
    "what was kept is dead": ("try:\n    print('alive', kept[-1](torch.ones(1)))\nexcept ValueError as error:\n    print(error)", "", 0.0),
    "half": ("def grad_output(O, Y):\n    return (O - Y) / O.numel()", "grad_output", 0.0),
    "linear": ("def grad_linear(X, W, grad_O):\n    raise NotImplementedError()", "grad_linear", 0.0),
    "mask": ("def grad_relu(Z, grad_H):\n    return grad_H * (Z > 0)", "grad_relu", 1.0),
    "backward": (
        "def backward(X, Y, params, cache, weight_decay):\n"
        "    O = cache['H'] @ params['W2'] + params['b2']\n"
        "    grad_H, W2, b2 = grad_linear(cache['H'], params['W2'], grad_output(O, Y))\n"
        "    _, W1, b1 = grad_linear(X, params['W1'], grad_relu(cache['Z'], grad_H))\n"
        "    return {'W1': W1 + weight_decay * params['W1'], 'b1': b1, 'W2': W2 + weight_decay * params['W2'], 'b2': b2}",
        "backward", 1.0,
    ),
    "its own fault": ("def sigmoid_grad(X):\n    return sigmoid(X)", "sigmoid_grad", 0.0),
    "a later one is not asked": ("def tanh(X):\n    return deep_forward(X, [], [])", "tanh", 0.0),
    "more questions than are answered": (
        "def sigmoid_grad(X):\n    for _ in range(1001):\n        S = sigmoid(X)\n    return S * (1 - S)", "sigmoid_grad", 0.0,
    ),
    "death while asked": ("def sigmoid_grad(X):\n    S = sigmoid(X)\n    import os\n    os._exit(0)", "sigmoid_grad", 0.0),
    "afterwards": ("import torch\ndef relu(X):\n    return X.clamp(min=0)", "relu", 1.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def result() -> Result:
    cells = [tiny.cell("code", "import torch\nfrom grading import check")]
    for name, (source, answer, _) in LESSON.items():
        cells.append(tiny.cell("code", source))
        cells += [graded(HIDDEN.format(answer), name, 1.0)] if answer else []
    return run(Job(json.dumps(tiny.notebook(cells)).encode(), limits=Limits(seconds=60, kernel_starts=4), seed=5))


@pytest.fixture(scope="module")
def cells(result: Result) -> list[Any]:
    return [from_dict(cell) for cell in json.loads(result.notebook)["cells"]]


@pytest.mark.parametrize("name", [name for name, (_, answer, _) in LESSON.items() if answer])
def test_a_fault_is_charged_where_it_was_made(result: Result, cells: list[Any], name: str) -> None:
    cell = next(one for one in cells if one.metadata.get("nbgrader", {}).get("grade_id") == name)
    assert result.verdicts[name]["score"] == LESSON[name][2]
    assert any(output.output_type == "error" for output in cell.outputs) == (LESSON[name][2] == 0 and name != "linear")


def test_the_verdict_says_which_function_to_mend(result: Result) -> None:
    assert "`sigmoid`" in result.verdicts["slope"]["remarks"][0]
    said = result.verdicts["backward"]["remarks"][0]
    assert "`grad_output` and `grad_linear`" in said
    assert "grad_relu" not in said
    assert list(result.verdicts["afterwards"]["remarks"]) == []


def test_nothing_of_the_right_function_lives_on(cells: list[Any]) -> None:
    printed = next(cell for cell in cells if cell.source == LESSON["what was kept is dead"][0]).outputs[0].text
    assert "has ended" in printed
    assert "alive" not in printed


def test_the_same_values_as_in_the_learners_own_check() -> None:
    # What crosses the border is what stands in for the function in a notebook.
    names: dict[str, Any] = {}
    exec("def sigmoid_grad(X):\n    S = sigmoid(X)\n    return S * (1 - S)", names)
    known = helpers([exercise("sigmoid")])
    with elsewhere(names["sigmoid_grad"]) as answer:
        answer.connection.settimeout(60)
        assert not judge(exercise("sigmoid_grad"), answer, device="cpu", seed=2).passed
        assert answer.exchange(tuple(known), RightValues(known)) == ("sigmoid",)
        assert judge(exercise("sigmoid_grad"), answer, device="cpu", seed=2).passed
    assert "sigmoid" not in names
