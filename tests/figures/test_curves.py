"""What the curves of activation functions show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from grading import figures


def step(x: Tensor) -> Tensor:
    return (x > 0).to(x.dtype)


def test_a_jump_is_left_open_with_a_full_dot_at_the_value_and_a_hollow_one_at_the_limit() -> None:
    _, right = figures.function_and_derivative({"ReLU": (torch.relu, step)}, "Slopes").axes
    assert np.isnan(right.lines[0].get_ydata()).any()
    dots = {line.get_ydata()[0]: line for line in right.lines if line.get_marker() == "o"}
    assert dots[0.0].get_markerfacecolor() != "white"
    assert dots[1.0].get_markerfacecolor() == "white"
    assert dots[0.0].get_xdata()[0] == 0


def test_a_steep_but_continuous_slope_is_not_taken_for_a_jump() -> None:
    def steep(x: Tensor) -> Tensor:
        return torch.tanh(10 * x)

    _, right = figures.function_and_derivative({"steep": (steep, steep)}, "Slopes").axes
    assert not np.isnan(right.lines[0].get_ydata()).any()


def by_hints(x: Tensor) -> Tensor:
    e = torch.exp(-x.abs())
    return torch.where(x >= 0, 1 / (1 + e), e / (1 + e))


def by_autograd(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(function(x).sum(), x)
    return slopes


def test_agreement_says_how_far_the_two_derivatives_are_apart() -> None:
    picture = figures.derivatives_agree({"ReLU": (torch.relu, step)}, lambda function, x: step(x) + 0.25)
    assert picture.axes[0].get_title(loc="left").strip() == "ReLU: off by at most 0.25"
    assert picture.get_suptitle() == "Derivatives by hand and by autograd differ"


def test_agreement_tells_the_single_point_where_autograd_follows_another_slope() -> None:
    picture = figures.derivatives_agree(
        {
            "ReLU": (lambda x: x.clamp(min=0), step),
            "sigmoid": (by_hints, lambda x: by_hints(x) * by_hints(-x)),
            "tanh": (torch.tanh, lambda x: 1 - torch.tanh(x) ** 2),
        },
        by_autograd,
    )
    relu, sigmoid, tanh = (axes.get_title(loc="left") for axes in picture.axes)
    assert relu == "ReLU: only at x = 0 not the same,\n0 by hand, 1 by autograd"
    assert sigmoid == "sigmoid: only at x = 0 not the same,\n0.25 by hand, 0 by autograd"
    assert tanh.startswith("tanh: off by at most ")
    assert picture.get_suptitle() == "Derivatives by hand lie on those of autograd, but for single points"


def test_a_slope_that_is_not_a_number_is_no_agreement() -> None:
    picture = figures.derivatives_agree({"ReLU": (torch.relu, step)}, lambda function, x: step(x) * torch.nan)
    assert picture.get_suptitle() == "Derivatives by hand and by autograd differ"
