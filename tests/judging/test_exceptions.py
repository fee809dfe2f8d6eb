"""What raises in answers is explained; every message here is made by the library itself, never typed."""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from grading import exercise, judge
from grading.judging.exceptions import EXPLANATIONS, explanation_of
from grading.probe.call import Call, Failure
from grading.probe.observe import observe

X = torch.tensor([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]])
W = torch.ones(2, 3)
LEAF = torch.ones(3, requires_grad=True)


def _if(X: Any) -> Any:
    if X > 0:
        return X
    return 0


def _unbound(flag: bool) -> Any:
    if flag:
        late = 1
    return late


def _two(a: Any, b: Any) -> Any:
    return a


def _none(X: Any) -> Any:
    X.sum()


def _twice() -> None:
    loss = (LEAF * 2).prod()
    loss.backward()
    loss.backward()


def _overwritten() -> None:
    y = LEAF.exp()
    y += 1
    y.sum().backward()


def _backward(loss: Any) -> None:
    loss.backward()


def _set_data(t: Any, other: Any) -> None:
    t.data = other


def _put(t: Any, other: Any) -> None:
    t[t > 0] = other[t > 0]


def _in_place(t: Any) -> None:
    t += 1


def _assign(target: Any, value: Any) -> None:
    target[0] = value


def _endless(n: Any) -> Any:
    return _endless(n)


def _three(x: Any) -> Any:
    a, b, c = x
    return a, b, c


RAISED: dict[str, tuple[Callable[[], Any], str]] = {
    "an entry of a dict as an attribute": (lambda: {"W1": X}.W1, "['W1']"),  # type: ignore[attr-defined]
    "a key for a tensor": (lambda: X @ "W1", "gives its keys"),  # type: ignore[operator]
    "a product with a number": (lambda: torch.tensor(1.0) @ X, "A matrix product meets a single number."),
    "if": (lambda: _if(X), "`torch.where`"),
    "max of two": (lambda: max(X, torch.zeros(2, 3)), "`torch.where`"),
    "and": (lambda: X > 0 and X < 1, "`torch.where`"),
    "if of an array": (lambda: _if(X.numpy()), "`torch.where`"),
    "matrix product": (lambda: X @ W, "here 3, as rows in the right one, here 2"),
    "matrix times vector": (lambda: X @ torch.ones(2), "3 columns and the vector 2"),
    "vector times vector": (lambda: torch.ones(2) @ torch.ones(3), "here they have 2 and 3"),
    "sum of shapes": (lambda: X + torch.ones(2), "axis 1 has 3 entries in the left operand and 2"),
    "sum of arrays": (lambda: X.numpy() + np.ones(2), "Here they are (2,3) and (2,)"),
    "viewed": (lambda: X.T.view(-1), "`reshape` does the same"),
    "fans of a bias": (lambda: nn.init.xavier_uniform_(torch.empty(3)), "biases get zeros"),
    "a parameter replaced": (lambda: setattr(nn.Linear(2, 3), "weight", torch.ones(3, 2)), "write into `weight`"),
    "a pair's data": (lambda: torch.max(X, 1).sum(), "Take the one that you need"),
    "length of a generator": (lambda: len(row for row in X), "Count as you go"),
    "a parameter by its name": (lambda: nn.Linear(2, 3).W1, "Not every network has a `W1`"),
    "math.exp": (lambda: math.exp(1000), "Take exp of a negative number only"),
    "expanded": (lambda: X.expand(4, 3), "2 entries for 4"),
    "assigned": (lambda: _assign(X.clone(), torch.ones(2)), "2 entries for 3"),
    "reshaped": (lambda: X.reshape(4, -1), "There are 6"),
    "axis": (lambda: X.sum(2), "There is no axis 2: the tensor has 2"),
    "axis of a vector": (lambda: X[0].sum(dim=1), "There is no axis 1: the tensor has 1"),
    "indices": (lambda: X[0, 0, 0], "the tensor has 2"),
    "entry": (lambda: X[:, 3], "Axis 1 has 3 entries"),
    "entry of an array": (lambda: X.numpy()[5], "Axis 0 has 2 entries"),
    "shape of a vector": (lambda: X[0].shape[1], "an axis that is not there"),
    "entry of a list": (lambda: [1][1], "Its first entry is 0"),
    "mean of booleans": (lambda: (X > 0).mean(), "needs floating-point numbers"),
    "mean of integers": (lambda: torch.arange(3).mean(), "needs floating-point numbers"),
    "a caret": (lambda: X ^ 2, "`x ** 2`"),
    "a caret between numbers": (lambda: 2.0 ^ 2, "`x ** 2`"),  # type: ignore[operator]
    "an ampersand": (lambda: X & (X > 0), "Put each comparison in parentheses"),
    "softmax of integers": (lambda: torch.softmax(torch.arange(3), 0), "floating-point numbers"),
    "in place into integers": (lambda: torch.arange(3).div_(2.0), "Make a new tensor instead"),
    "two dtypes": (lambda: X @ torch.ones(3, 2, dtype=torch.float64), "different dtypes"),
    "a float for an index": (lambda: X[torch.tensor([0.0])], "`.long()`"),
    "gather by floats": (lambda: X.gather(1, torch.zeros(2, 1)), "`.long()`"),
    "math of a tensor": (lambda: math.exp(X), "`torch.exp`"),
    "float of a tensor": (lambda: float(X), "`torch.exp`"),
    "item of a tensor": (lambda: X.item(), "`torch.exp`"),
    "math of an array": (lambda: math.exp(X.numpy()), "`torch.exp`"),
    "torch of a number": (lambda: torch.exp(0.5), "`torch.exp` wants a tensor"),  # type: ignore[arg-type]
    "maximum with a number": (lambda: torch.maximum(X, 0), "`torch.maximum` wants a tensor for `other`"),  # type: ignore[arg-type]
    "torch of an array": (lambda: torch.exp(np.ones(2)), "NumPy's array"),  # type: ignore[arg-type]
    "torch of a list": (lambda: torch.exp([1.0]), "it got a list"),  # type: ignore[arg-type]
    "a leaf in place": (lambda: _in_place(LEAF), "`with torch.no_grad():`"),
    "a view of a leaf": (lambda: _assign(LEAF, 0.0), "`with torch.no_grad():`"),
    "nothing to go back through": (lambda: _backward(X.sum()), "cut that connection"),
    "backward twice": (_twice, "a forward pass of its own"),
    "several losses": (lambda: _backward(LEAF * 2), "Take their mean first"),
    "overwritten": (_overwritten, "or by a step before `backward()`"),
    "NumPy of a leaf": (lambda: LEAF.numpy(), "NumPy knows nothing of autograd"),
    "no parameters": (lambda: torch.optim.SGD([], lr=0.1), "`nn.ModuleList`"),
    "a list of layers": (lambda: [nn.Linear(3, 2)](X), "`nn.Sequential(*layers)`"),  # type: ignore[operator]
    "nothing returned": (lambda: _none(X) + 1, "a function without `return`"),
    "no gradient yet": (lambda: 0.1 * torch.ones(2, requires_grad=True).grad, "`backward` has not made yet"),  # type: ignore[operator]
    "None among tensors": (lambda: torch.stack([X, None]), "`None`"),  # type: ignore[list-item]
    "attribute of None": (lambda: _none(X).sum(), "`None`"),
    "an argument too few": (lambda: _two(1), "without 'b'"),  # type: ignore[call-arg]
    "an argument too many": (lambda: _two(1, 2, 3), "takes 2 arguments and was called with 3"),  # type: ignore[call-arg]
    "too many values": (lambda: _three([1, 2, 3, 4]), "than the 3 names"),
    "too few values": (lambda: _three([1, 2]), "There are 3 names on the left of the equals sign, and 2 values"),
    "a pair": (lambda: torch.max(X, 0) @ W, "Take the values with `.values`"),  # type: ignore[operator]
    "a call forgotten": (lambda: 1 - X.tanh, "`X.sum()`"),  # type: ignore[operator]
    "a tensor called": (lambda: X(X), "an operator is missing"),  # type: ignore[operator]
    "a list multiplied": (lambda: [1.0, 2.0] * 0.5, "Make a tensor of it first"),  # type: ignore[operator]
    "a list divided": (lambda: [1.0, 2.0] / 2, "Make a tensor of it first"),  # type: ignore[operator]
    "no value yet": (lambda: _unbound(False), "`late` is used before"),
    "no such name": (lambda: sigmoidd(X), "Nothing is called `sigmoidd`"),  # type: ignore[name-defined]  # noqa: F821
    "no such key": (lambda: {"W1": 1}["w1"], "The dict has no entry 'w1'"),
    "a name of NumPy": (lambda: X.astype(float), "`.to(dtype)`"),  # type: ignore[attr-defined]
    "an array": (lambda: X.numpy().clamp(0), "has no `clamp`"),  # type: ignore[attr-defined]
    "a number": (lambda: (0.5).sum(), "`.sum` belongs to a tensor"),  # type: ignore[attr-defined]
    "not in torch": (lambda: torch.array([1.0]), "no `torch.array`"),  # type: ignore[attr-defined]
    "without an end": (lambda: _endless(1), "calls itself without an end"),
    "one number taken apart": (lambda: list(torch.tensor(1.0)), "as if there were several"),
    "by zero": (lambda: 1 / 0, "divides by zero"),
    "an empty tensor": (lambda: _if(X[:0]), "An empty tensor is neither"),
    "a dot of matrices": (lambda: torch.dot(W, W), "`torch.dot` is for two vectors"),
    "a target that is too small": (lambda: X[0].clone().add_(X), "An operation in place cannot make its target larger"),
    "joined with another shape": (lambda: torch.cat([X, X[0]]), "`torch.cat` joins tensors"),
    "joined with other columns": (lambda: torch.cat([X, W.T]), "`torch.cat` joins tensors"),
    "stacked with another shape": (lambda: torch.stack([X, X[0]]), "these differ"),
    "a mask of another shape": (lambda: X[torch.ones(3, 2) > 0], "A mask has the shape of the tensor"),
    "entries of a number": (lambda: X[0, 0][0], "a single number: it has no entries"),
    "an entry of a number": (lambda: X[0, 0][0], "a single number: it has no entries"),
    "the largest of nothing": (lambda: X[:0].max(), "`max` of no elements has no value"),
    "arguments in another order": (lambda: torch.max(0, X), "`max` cannot be called with (int, Tensor)"),  # type: ignore[call-overload]
    "an argument of another name": (lambda: _two(1, b=2, axis=0), "no argument that is called `axis`"),  # type: ignore[call-arg]
    "a tensor as an array": (lambda: torch.from_numpy(X), "This is a tensor already"),
    "another dtype assigned": (lambda: _put(X.clone(), X.double()), "What is assigned has another dtype"),
    "a count with a fraction": (lambda: list(range(4 / 2)), "`//` divides whole numbers"),  # type: ignore[call-overload]
    "a key times a tensor": (lambda: X * "gamma", "Unpacking a dict gives its keys"),  # type: ignore[operator]
    "an array as data": (lambda: _set_data(LEAF, np.ones(3)), "NumPy's array"),
    "a layer without weights": (lambda: nn.ReLU().weight, "has no `weight`"),
    "a layer for its weights": (lambda: nn.init.xavier_uniform_(nn.Linear(2, 3)), "`layer.weight` and `layer.bias`"),  # type: ignore[arg-type]
    "a mean as an end": (lambda: X.clone().uniform_(1.0, 0.02), "the lower one first"),
    "None called": (lambda: _none(X)(1), "without parentheses"),
    "a self": (lambda: self(X), "`self` is the object of a method"),  # type: ignore[name-defined]  # noqa: F821
    "attribute of a list": (lambda: [X].norm(), "A list has no `norm`"),  # type: ignore[attr-defined]
    "zeros of a tensor": (lambda: torch.zeros(X), "`torch.zeros_like`"),  # type: ignore[call-overload]
    "a root of a negative number": (lambda: math.sqrt(-1.0), "A function of `math` has no value here"),
    "not of a tensor": (lambda: X.relu6(), "A tensor has no `.relu6`"),  # type: ignore[attr-defined]
    "not in math": (lambda: math.max(0, 1), "`math` has no `max`"),  # type: ignore[attr-defined]
    "a list in a stack": (lambda: torch.stack([X, [1.0]]), "of type list"),  # type: ignore[list-item]
}


def _failure(function: Callable[[], Any]) -> Failure:
    seen = observe(function, Call({}, torch.device("cpu"), frozenset()))
    assert seen.failure is not None
    return seen.failure


@pytest.mark.parametrize(("function", "words"), RAISED.values(), ids=RAISED)
def test_an_exception_is_explained(function: Callable[[], Any], words: str) -> None:
    failure = _failure(function)
    assert words in explanation_of(failure), failure


def test_every_explanation_is_met_by_an_exception() -> None:
    unmet = {
        one.words for one in EXPLANATIONS if one.types not in (("StdinNotImplementedError",), ("NotImplementedError",))
    }
    for function, _ in RAISED.values():
        failure = _failure(function)
        unmet -= {next(one.words for one in EXPLANATIONS if one.of(failure))}
    # That one takes two devices.
    assert unmet == {"Expected all tensors to be on the same device"}


@pytest.mark.parametrize("message", ["", "something else", "Boolean", "mat1", "a" * 300, "\\1 \\g<0>", "(", "NoneTyp"])
@pytest.mark.parametrize("kind", ["RuntimeError", "Custom", "ValueError", ""])
def test_nothing_is_said_of_other_exceptions(kind: str, message: str) -> None:
    assert explanation_of(Failure(kind, message)) == ""


def test_an_explanation_says_little_and_ends_in_a_full_stop() -> None:
    for one in EXPLANATIONS:
        assert one.advice.endswith((".", "?")) and len(one.advice.split()) <= 45, one.advice


def test_the_verdict_shows_line_shapes_and_explanation() -> None:
    def forward(X: Any, params: Any) -> Any:
        Z = X @ params["W2"] + params["b1"]
        return Z

    said = str(judge(exercise("forward"), forward, seed=0))
    line = """Z = X @ params["W2"] + params["b1"]    X (12, 8), params['W2'] (6, 4), params['b1'] (6,)\n"""
    assert re.search(rf"^  in        line \d+: {re.escape(line)}", said, re.MULTILINE), said
    assert "a weight matrix has a row for each input: X @ W." in said
