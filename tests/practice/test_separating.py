"""`find_input`: an input tells a wrong function from the right one, or it is told in words why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from grading.catalogue import drills
from grading.practice.separating import separate
from grading.study import store
from grading.study.records import Drill


def _events() -> list[tuple[str, int, str]]:
    return [(one.exercise, one.number, one.event) for one in store.read().records if isinstance(one, Drill)]


RELU_ABS = 2  # torch.abs(X)


def _found(name: str, number: int, *inputs: Any, **named: Any) -> str:
    return str(separate(name, number, inputs, named))


def _number(name: str, body: str) -> int:
    its = drills.drills_of(name)
    assert its is not None
    return next(one.number for one in its.variants if one.body == body)


def test_an_input_that_tells_them_apart_is_told_with_the_distance(kept: Path) -> None:
    number = _number("relu", "return torch.abs(X)")
    said = _found("relu", number, torch.tensor([3.0, -2.0]))
    assert "This input tells them apart." in said and "differs by up to 2: 2, where 0 is right" in said
    assert "both give the same" in _found("relu", number, torch.tensor([3.0, 0.0]))
    assert "tells them apart" in _found("relu", number, X=torch.tensor([-1.0]))
    assert _events() == [("relu", number, "separated")] * 2


def test_without_an_input_the_function_is_shown_and_the_call(kept: Path) -> None:
    said = _found("relu", 1)
    assert "def relu(" in said and 'find_input("relu", 1, X)' in said and _events() == []


UNFIT: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "too many": ((torch.ones(1), 2), {}, "relu takes X"),
    "another name": ((), {"Y": torch.ones(1)}, "relu takes X"),
    "a number": ((3,), {}, "cannot take this input"),
    "text": (("-1",), {}, "cannot take this input"),
    "None": ((None,), {}, "cannot take this input"),
    "not a number": ((torch.tensor([float("nan")]),), {}, "both give the same"),
    "nothing in it": ((torch.zeros(0),), {}, "both give the same"),
    "a list": (([-1.0],), {}, "cannot take this input"),
    "infinite": ((torch.tensor([float("inf")]),), {}, "not finite"),
    "integers": ((torch.tensor([-1]),), {}, "tells them apart"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_cannot_be_an_input_is_told_in_words(case: str, kept: Path) -> None:
    inputs, named, words = UNFIT[case]
    said = _found("relu", _number("relu", "return torch.abs(X)"), *inputs, **named)
    assert words in said or "not finite" in said


DIFFERENCES: dict[str, tuple[str, str, Callable[[], tuple[Any, ...]], str]] = {
    "a shape": ("relu", "return X.clamp(min=0).flatten()", lambda: (torch.ones(2, 2),), "shape"),
    "a gradient": (
        "relu",
        "return torch.where(X > 0, X, 0).detach()",
        lambda: (torch.ones(2).requires_grad_(),),
        "utograd",
    ),
    "an infinite gradient": (
        "sigmoid",
        "return 1.0 / (1.0 + torch.exp(-X))",
        lambda: (torch.tensor([-1000.0]).requires_grad_(),),
        "gradient",
    ),
}


@pytest.mark.parametrize("case", DIFFERENCES)
def test_more_than_values_tells_them_apart(case: str, kept: Path) -> None:
    name, body, inputs, word = DIFFERENCES[case]
    its = drills.drills_of(name)
    assert its is not None
    number = next((one.number for one in its.variants if one.body == body), None)
    assert number is not None, "this drill is not in the list"
    said = _found(name, number, *inputs())
    assert "tells them apart" in said and word in said


def test_what_becomes_of_the_arguments_counts(kept: Path) -> None:
    its = drills.drills_of("sgd_step")
    assert its is not None
    number = next(one.number for one in its.variants if "mul_(lr)" in one.body)
    ones = {"w": torch.ones(2)}
    said = _found("sgd_step", number, ones, {"w": torch.ones(2)}, 0.1)
    assert "tells them apart" in said and "grads['w']" in said
    assert torch.equal(ones["w"], torch.ones(2))


@pytest.mark.parametrize("name", ["xavier_uniform", "dropout", "build_mlp", "train_epoch"])
def test_what_is_drawn_or_trained_has_no_single_input(name: str, kept: Path) -> None:
    assert "more than one input" in _found(name, 1, 3, 4)


def test_the_small_input_that_the_judge_finds_is_an_input_that_tells_apart(kept: Path) -> None:
    """Of elementwise exercises, whose input is one tensor: each easy number is tried, and one of them tells them apart."""
    easy = torch.tensor([0.0, -0.5, 0.5, -1.0, 1.0, -4.0, 4.0, -1000.0, 1000.0]).requires_grad_()
    inputs = [easy, easy.detach().half(), easy.detach().half().requires_grad_(), easy.detach().reshape(3, 3)]
    for name in ("relu", "relu_grad", "sigmoid", "tanh"):
        its = drills.drills_of(name)
        assert its is not None
        told = sum(any("tells them apart" in _found(name, one.number, X) for X in inputs) for one in its.variants)
        assert told >= 0.9 * len(its.variants)
