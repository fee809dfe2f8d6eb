"""Gradients count where a lesson relies on them: by each parameter, with the right values, and without luck on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, judge


def _sigmoid(X: Tensor) -> Tensor:
    E = torch.exp(torch.where(X >= 0, -X, X))
    return torch.where(X >= 0, 1, E) / (1 + E)


def _forward(self: Any, X: Tensor, cut: Callable[[str, Tensor], Tensor]) -> Tensor:
    W1, b1, W2, b2 = (cut(name, getattr(self, name)) for name in ("W1", "b1", "W2", "b2"))
    return torch.relu(X.flatten(1) @ W1 + b1) @ W2 + b2


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("how", [lambda p: p.data, lambda p: p.detach(), lambda p: p.clone().detach()])
def test_each_parameter_of_a_forward_pass_has_to_get_its_gradient(name: str, how: Callable[[Tensor], Tensor]) -> None:
    def forward(self: Any, X: Tensor) -> Tensor:
        return _forward(self, X, lambda own, parameter: how(parameter) if own == name else parameter)

    (finding,) = judge(exercise("MLPScratch.forward"), forward, "cpu", 0).findings
    assert (finding.part, finding.kind) == ("gradient", "graph")
    assert finding.title == f"autograd does not get back to {name}."


def test_images_that_are_cut_off_cost_nothing() -> None:
    assert judge(exercise("MLPScratch.forward"), lambda self, X: _forward(self, X.detach(), lambda _, p: p)).passed


def test_a_right_value_with_another_gradient_loses_the_gradient() -> None:
    def relu(X: Tensor) -> Tensor:
        return X.clamp(min=0).detach() + 0 * X

    (finding,) = judge(exercise("relu"), relu, "cpu", 0).findings
    assert (finding.part, finding.kind) == ("gradient", "values")
    assert finding.title.startswith("the gradient by X: wrong value")


def test_values_that_are_right_by_luck_keep_their_points() -> None:
    for seed in (0, 1, 2):
        verdict = judge(exercise("sigmoid"), lambda X: 1 / (1 + torch.exp(-X)), "cpu", seed)
        assert verdict.score == pytest.approx(0.85)
        assert verdict.findings[0].mistake == "formula-as-written"


def test_an_infinity_on_the_way_costs_care_even_if_nothing_shows() -> None:
    def sigmoid(X: Tensor) -> Tensor:
        assert torch.exp(X.detach()).shape == X.shape
        return _sigmoid(X)

    (finding,) = judge(exercise("sigmoid"), sigmoid, "cpu", 0).findings
    assert (finding.part, finding.kind) == ("care", "overflow")
    assert judge(exercise("sigmoid"), _sigmoid, "cpu", 0).passed


def test_room_that_is_not_filled_yet_is_no_overflow() -> None:
    def sigmoid(X: Tensor) -> Tensor:
        result = torch.empty_like(X)
        positive = X >= 0
        result[positive] = 1 / (1 + torch.exp(-X[positive]))
        E = torch.exp(X[~positive])
        result[~positive] = E / (1 + E)
        return result

    assert judge(exercise("sigmoid"), sigmoid, "cpu", 0).passed


def test_where_no_docstring_speaks_of_a_device_it_is_a_remark() -> None:
    def relu_interpolant(knots: Tensor, values: Tensor) -> Any:
        slopes = values.diff() / knots.diff()
        w2 = torch.zeros(len(slopes), dtype=values.dtype)
        w2[0], w2[1:] = slopes[0], slopes.diff()
        return torch.ones(len(w2), dtype=values.dtype), -knots[:-1], w2, values[0]

    verdict = judge(exercise("relu_interpolant"), relu_interpolant, "cpu", 0)
    assert verdict.passed
    assert any("GPU" in line for line in verdict.text_lines())


def test_a_list_that_is_emptied_is_told_about_lists() -> None:
    def num_parameters(sizes: Any) -> int:
        total, before = 0, sizes.pop(0)
        for units in sizes:
            total, before = total + before * units + units, units
        return total

    verdict = judge(exercise("num_parameters"), num_parameters, "cpu", 0, hidden=False)
    assert verdict.score == pytest.approx(0.8)
    assert "list itself" in verdict.findings[0].advice


def test_an_answer_in_numpy_is_told_so_whatever_its_argument_is_called() -> None:
    def sigmoid(x: Tensor) -> Any:
        return torch.from_numpy(1 / (1 + (-x).numpy()))

    advice = judge(exercise("sigmoid"), sigmoid, "cpu", 0).findings[0].advice
    assert "X.device" not in advice
