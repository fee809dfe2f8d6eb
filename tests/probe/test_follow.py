"""What enters and leaves some lines of a function."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

import pytest
import torch

from grading.probe.call import Call
from grading.probe.follow import Lines, follow

X = torch.tensor([1.0, -2.0])


def example(X: torch.Tensor) -> Any:
    Z = X + 1
    for i in range(2):
        Z = Z * (i + 2)
    Z[0] = 7
    if X.sum() > 0:
        raise ValueError("positive")
    pair = [Z * one for one in X]
    return Z, pair[0]


def _followed(function: Callable[..., Any], place: int, reads: str, *makes: str, given: torch.Tensor = X) -> Any:
    assert isinstance(function, FunctionType)
    line = function.__code__.co_firstlineno + place
    passage = follow(function, Call({"X": given}, torch.device("cpu")), Lines(line, line, reads, makes))
    return _plain(passage.entering), _plain(passage.leaving)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.tolist() if isinstance(value, torch.Tensor) else value for name, value in values.items()}


@pytest.mark.parametrize(
    ("place", "reads", "makes", "entering", "leaving"),
    [
        (1, "X + 1", ("Z",), {"X": [1, -2]}, {"Z": [2, -1]}),
        (2, "range(2)", ("i",), {}, {"i": 0}),
        (3, "Z * (i + 2)", ("Z",), {"Z": [2, -1], "i": 0}, {"Z": [4, -2]}),
        (4, "7", ("Z[0]",), {}, {"Z": [7, -6]}),
        (7, "[Z * one for one in X]", ("pair",), {"Z": [7, -6], "X": [1, -2]}, {}),
        (8, "Z, pair[0]", (), {"Z": [7, -6], "pair[0]": [7, -6]}, {"result[0]": [7, -6], "result[1]": [7, -6]}),
        (6, "ValueError", (), {}, {}),
    ],
)
def test_the_first_passage_is_told(
    place: int, reads: str, makes: tuple[str, ...], entering: dict[str, Any], leaving: dict[str, Any]
) -> None:
    assert _followed(example, place, reads, *makes) == (entering, leaving)


def test_what_raises_leaves_nothing() -> None:
    assert _followed(example, 6, "X", "Z", given=torch.ones(2)) == ({"X": [1, 1]}, {})


def test_what_is_changed_later_is_told_as_it_was() -> None:
    def changes(X: torch.Tensor) -> torch.Tensor:
        Z = X + 0
        Z += 1
        return Z

    assert _followed(changes, 1, "X + 0", "Z") == ({"X": [1, -2]}, {"Z": [1, -2]})


def test_a_debugger_goes_on() -> None:
    def debugger(frame: Any, event: str, argument: Any) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(debugger)
    try:
        _followed(example, 1, "X", "Z")
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(before)
