"""What differs looks different, and what is 0 looks like 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, judge
from grading.judging.numbers import number, show_arguments, show_pair

F64 = torch.float64
# expected, got, scale: what is written
PAIRS: list[tuple[list[float], list[float], float, tuple[str, str]]] = [
    ([0.5], [1.0], 1, ("[0.5]", "[1]")),
    ([0.5], [0.5000004], 1, ("[0.5]", "[0.5000004]")),
    ([1.0], [1.0000001192092896], 1, ("[1]", "[1.0000001]")),
    ([1e6], [1e6 + 1], 1e6, ("[1000000]", "[1000001]")),
    ([0.1], [0.1 + 1e-13], 0.1, ("[0.1]", "[0.1000000000001]")),
    ([-1.1e-16], [0.25], 1, ("[0]", "[0.25]")),
    ([0.25], [1.1e-16], 1, ("[0.25]", "[0]")),
    ([-0.0], [3.0], 3, ("[0]", "[3]")),
    ([2e-9], [1.0], 1, ("[2e-09]", "[1]")),
    ([1e-300], [2e-300], 2e-300, ("[1e-300]", "[2e-300]")),
    ([1e-17], [-1e-17], 1, ("[1e-17]", "[-1e-17]")),
    ([math.inf], [1.0], 1, ("[inf]", "[1]")),
    ([1.0], [math.nan], 1, ("[1]", "[nan]")),
    ([1e-16, 2.0], [2e-16, 3.0], 2, ("[0, 2]", "[0, 3]")),
]


@pytest.mark.parametrize(("expected", "got", "scale", "written"), PAIRS)
def test_a_pair_is_written(expected: list[float], got: list[float], scale: float, written: tuple[str, str]) -> None:
    one, other = torch.tensor(expected, dtype=F64), torch.tensor(got, dtype=F64)
    wrong = torch.tensor(
        [a != b and (abs(b - a) > 1e-15 or len(expected) == 1) for a, b in zip(expected, got, strict=True)]
    )
    assert show_pair(one, other, wrong, scale) == written


def test_rounding_of_the_answers_dtype_is_written_as_zero() -> None:
    got = torch.tensor([3e-8, 2.0])
    assert show_pair(torch.tensor([0.0, 1.0], dtype=F64), got, torch.tensor([False, True]), 1) == ("[0, 1]", "[0, 2]")


def test_whole_numbers_and_masks_are_written_as_they_are() -> None:
    wrong = torch.tensor([True])
    assert show_pair(torch.tensor([0.5], dtype=F64), torch.tensor([0]), wrong, 1) == ("[0.5]", "[0]")
    assert show_pair(torch.tensor([0.5], dtype=F64), torch.tensor([True]), wrong, 1) == ("[0.5]", "[True]")


def test_zero_has_no_sign() -> None:
    assert number(-0.0) == "0"


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        ({"X": torch.zeros(6, 3)}, "X (6, 3)"),
        ({"X": torch.zeros(6, 3, dtype=F64), "lr": 0.1}, "X (6, 3) float64, lr = 0.1"),
        ({"y": torch.arange(9)}, "y (9,) int64"),
        ({"p": {"W": torch.zeros(3, 4), "b": torch.zeros(1)}}, "p = {W (3, 4), b: [0]}"),
        ({"Ws": [torch.zeros(3, 4), torch.zeros(2)]}, "Ws = [(3, 4), [0, 0]]"),
    ],
)
def test_arguments_are_told_by_their_values_or_their_shapes(arguments: dict[str, Any], written: str) -> None:
    assert show_arguments(arguments) == written


def _only_in_large_ones(X: Tensor) -> Tensor:
    return X.clamp(min=0) + (X.numel() > 8)


def _flat(knots: Tensor, values: Tensor) -> Any:
    zeros = torch.zeros(1)
    return zeros, zeros, zeros, values[0]


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("relu", _only_in_large_ones, "\n  at        x = "),
        ("relu_interpolant", _flat, "\n  x         ["),
    ],
)
def test_a_value_of_a_function_shows_its_x(name: str, answer: Callable[..., Any], said: str) -> None:
    text = str(judge(exercise(name), answer, device="cpu"))
    assert said in text and "seed" not in text and "f32" not in text


def test_a_tiny_value_of_a_function_is_no_rounding() -> None:
    text = str(judge(exercise("sigmoid"), lambda X: 1 / (1 + (-X).exp()) + (X < -50), device="cpu"))
    assert "e-" in next(line for line in text.splitlines() if line.startswith("  expected")), text
