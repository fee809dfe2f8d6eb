"""An answer that calls an earlier function of its lesson loses nothing by a fault of that one, and gains nothing by its own."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import torch

from grading import exercise
from grading.catalogue import before
from grading.checking import check
from grading.errors import CheckFailed
from grading.judging.earlier import MOST_QUESTIONS, RightValues, helpers
from grading.probe.helpers import Question, called_by, exchanged, standing_in

UNWRITTEN = "raise NotImplementedError()"
SIGMOID = {
    "unwritten": UNWRITTEN,
    "half": "return 0.5 / (1 + torch.exp(-X))",
    "tanh": "return torch.tanh(X)",
    "None": "pass",
    "a crash": "return X.nothing",
    "overflows": "return torch.exp(X) / (1 + torch.exp(X))",
    "a loop": "while True: pass",
}
SIGMOID_GRAD = {
    "plain": "S = sigmoid(X)\nreturn S * (1 - S)",
    "twice": "return sigmoid(X) * (1 - sigmoid(X))",
    "by name": "return sigmoid(X=X) * sigmoid(X=-X)",
    "through another": "return slope(X)",
    "through an alias": "return squash(X) * (1 - squash(X))",
    "in a lambda": "f = lambda x: sigmoid(x) * (1 - sigmoid(x))\nreturn f(X)",
}
BACKWARD = """
O = cache["H"] @ params["W2"] + params["b2"]
grad_H, W2, b2 = grad_linear(cache["H"], params["W2"], grad_output(O, Y))
_, W1, b1 = grad_linear(X, params["W1"], grad_relu(cache["Z"], grad_H))
return {"W1": W1 + weight_decay * params["W1"], "b1": b1, "W2": W2 + weight_decay * params["W2"], "b2": b2}
"""


def lesson(**bodies: str) -> dict[str, Any]:
    """Return the names of a notebook with these functions, under the parameters of their exercises."""
    names: dict[str, Any] = {"torch": torch, "__name__": "notebook"}
    for name, body in bodies.items():
        parameters = ", ".join(exercise(name).parameters)
        exec(f"def {name}({parameters}):\n{textwrap.indent(body.strip(), '    ')}", names)
    return names


def earned(names: dict[str, Any], name: str, **options: Any) -> Any:
    try:
        found = check(names[name], name, **options)
    except CheckFailed:
        return None
    assert found is not None
    return found.verdict


@pytest.mark.parametrize("style", SIGMOID_GRAD)
@pytest.mark.parametrize("fault", [one for one in SIGMOID if one != "a loop"])
def test_a_derivative_that_calls_a_faulty_function_has_its_points(fault: str, style: str) -> None:
    names = lesson(sigmoid=SIGMOID[fault], sigmoid_grad=SIGMOID_GRAD[style])
    names["squash"] = names["sigmoid"]
    exec("def slope(X):\n    return sigmoid(X) * (1 - sigmoid(X))", names)
    there = dict(names)
    found = earned(names, "sigmoid_grad", hidden=True)
    assert found.passed
    assert "`sigmoid`" in found.remarks[0]
    assert "fix that one" in str(found)
    assert names == there  # the learner's own functions are back


def test_a_function_that_was_deleted_is_given_and_gone_again() -> None:
    names = lesson(sigmoid_grad=SIGMOID_GRAD["plain"])
    assert earned(names, "sigmoid_grad").passed
    assert "sigmoid" not in names


def test_what_is_none_under_other_names_stays_none() -> None:
    names = {
        **lesson(sigmoid_grad="return sigmoid(X) * (1 - sigmoid(X)) if nothing is None else X"),
        "sigmoid": None,
        "nothing": None,
    }
    exec(f"def sigmoid_grad(X):\n    return {'sigmoid(X) * (1 - sigmoid(X)) if nothing is None else X'}", names)
    assert earned(names, "sigmoid_grad").passed
    assert names["nothing"] is names["sigmoid"] is None


def test_a_helper_that_never_ends_costs_time_and_not_the_kernel() -> None:
    names = lesson(sigmoid=SIGMOID["a loop"], sigmoid_grad=SIGMOID_GRAD["plain"])
    assert earned(names, "sigmoid_grad", seconds=0.5) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"grad_output": "return 2 * (O - Y) / len(O)"},
        {"grad_linear": UNWRITTEN},
        {"grad_relu": "return grad_H * (Z > 0).float() * 2"},
        {"grad_output": UNWRITTEN, "grad_linear": "return grad_O @ W.T, X.T @ grad_O, grad_O.mean(0)", "grad_relu": "pass"},
    ],
    ids=lambda wrong: " and ".join(wrong),
)  # fmt: skip
def test_backward_over_faulty_stages_has_its_points(wrong: dict[str, str]) -> None:
    right = {
        "grad_output": "return 2 * (O - Y) / O.numel()",
        "grad_linear": "return grad_O @ W.T, X.T @ grad_O, grad_O.sum(0)",
        "grad_relu": "return grad_H * (Z > 0)",
    }
    found = earned(lesson(**{**right, **wrong}, backward=BACKWARD), "backward", hidden=True)
    assert found.passed
    assert all((f"`{name}`" in found.remarks[0]) == (name in wrong) for name in right)


def test_a_function_of_autograd_goes_through_the_right_values() -> None:
    found = earned(lesson(sigmoid="return torch.exp(X)", tanh="return 2 * sigmoid(2 * X) - 1"), "tanh", hidden=True)
    assert found.passed


def test_forward_and_a_sampler_are_given_too() -> None:
    body = BACKWARD.replace('cache["H"] @ params["W2"] + params["b2"]', "forward(X, params)[0]")
    stages = {
        "grad_output": "return 2 * (O - Y) / O.numel()",
        "grad_linear": "return grad_O @ W.T, X.T @ grad_O, grad_O.sum(0)",
        "grad_relu": "return grad_H * (Z > 0)",
    }
    assert earned(lesson(forward=UNWRITTEN, **stages, backward=body), "backward").passed
    fills = """
with torch.no_grad():
    for layer in net.modules():
        if isinstance(layer, torch.nn.Linear):
            layer.weight.copy_(xavier_uniform(layer.in_features, layer.out_features).T)
            if layer.bias is not None:
                layer.bias.zero_()
"""
    assert earned(lesson(xavier_uniform="return torch.rand(fan_in, fan_out)", init_xavier=fills), "init_xavier").passed


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("sigmoid_grad", "return sigmoid(X)"),
        ("sigmoid_grad", "return sigmoid(X) * (1 + sigmoid(X))"),
        ("sigmoid_grad", "sigmoid(X)\nreturn X"),
        ("sigmoid_grad", UNWRITTEN),
        ("tanh", "return 2 * sigmoid(X) - 1"),
        ("tanh", "return 2 * sigmoid(2 * X.detach()) - 1"),
    ],
)
def test_a_fault_of_its_own_is_charged_as_ever(name: str, body: str) -> None:
    over_right = earned(lesson(sigmoid="return torch.sigmoid(X)", **{name: body}), name, hidden=True)
    over_wrong = earned(lesson(sigmoid="return X", **{name: body}), name, hidden=True)
    assert (over_right and over_right.score) == (over_wrong and over_wrong.score)
    assert over_wrong is None or not over_wrong.passed


def test_a_later_function_is_not_given() -> None:
    assert [one.name for one in before(exercise("sigmoid"))] == ["relu", "relu_grad"]
    names = lesson(sigmoid="return (1 + tanh(X / 2)) / 2", tanh=UNWRITTEN)
    assert earned(names, "sigmoid") is None


def test_a_right_helper_is_left_alone() -> None:
    calls = []
    names = lesson(
        sigmoid="calls.append(1)\nreturn 1 / (1 + torch.exp(-X.clamp(-80, 80)))", sigmoid_grad="return sigmoid(X)"
    )
    names["calls"] = calls
    assert earned(names, "sigmoid_grad") is None
    assert calls


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("relu_interpolant", ()),
        ("exec", ("1",)),
        (7, ()),
        ("sigmoid", ()),
        ("sigmoid", (torch.ones(2), torch.ones(2))),
        ("sigmoid", ("text",)),
        ("sigmoid", (None,)),
        ("sigmoid", (torch.ones(2**17),)),
        ("grad_linear", (torch.ones(1, 5000), torch.ones(5000, 5000), torch.ones(1, 5000))),
        ("grad_linear", (torch.ones(1, 2), torch.ones(3, 2), torch.ones(1, 2))),
        ("grad_linear", (torch.ones(1, 2), [1], {"a": 1})),
        ("grad_relu", (torch.ones(2), float("nan"))),
        ("xavier_uniform", (10**6, 10**6)),
        ("xavier_uniform", (-3, 2)),
        ("xavier_uniform", (2.5, 2)),
        ("forward", (torch.ones(2, 2), {"W1": torch.ones(2, 2)})),
        ("forward", (torch.ones(2, 2), torch.ones(2))),
    ],
    ids=str,
)
def test_an_odd_question_is_refused(name: Any, arguments: tuple[Any, ...]) -> None:
    known = helpers(exercise(one) for one in ("sigmoid", "grad_linear", "grad_relu", "xavier_uniform", "forward"))
    assert RightValues(known).answer(Question(name, arguments, {})).refused


def test_a_thousand_questions_are_answered_and_no_more() -> None:
    asked = RightValues(helpers([exercise("sigmoid")]))
    given = [asked.answer(Question("sigmoid", (torch.zeros(1),), {})) for _ in range(MOST_QUESTIONS + 5)]
    assert [one.refused == "" for one in given] == [True] * MOST_QUESTIONS + [False] * 5
    assert given[0].value == 0.5
    assert given[0].slope == 0.25


def test_a_refusal_is_an_error_of_the_answer() -> None:
    right = standing_in("sigmoid", RightValues({}).answer)
    with pytest.raises(ValueError, match="only while the answer"):
        right(torch.ones(1))


def test_names_are_found_where_they_stand_and_put_back_whatever_happens() -> None:
    names = lesson(sigmoid_grad="return [x for x in map(other, [X])][0]")
    exec("def other(X):\n    def inner():\n        return sigmoid(X)\n    return inner()", names)
    assert called_by(names["sigmoid_grad"], ("tanh", "sigmoid")) == ("sigmoid",)
    assert called_by(len, ("sigmoid",)) == ()
    names["sigmoid"] = names["squash"] = abs
    with pytest.raises(ZeroDivisionError), exchanged(names["sigmoid_grad"], {"sigmoid": round}):
        assert names["squash"] is names["sigmoid"] is round
        names["sigmoid"] = min
        raise ZeroDivisionError
    assert names["squash"] is names["sigmoid"] is abs
