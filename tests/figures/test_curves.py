"""What the curves of activation functions show."""

from __future__ import annotations

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


def test_agreement_says_how_far_the_two_derivatives_are_apart() -> None:
    picture = figures.derivatives_agree({"ReLU": (torch.relu, step)}, lambda function, x: step(x) + 0.25)
    assert picture.axes[0].get_title(loc="left") == "ReLU: off by at most 0.2"


def test_hinges_are_marked_where_they_bend() -> None:
    (axes,) = figures.hinges(torch.relu, [(2.0, -3.0), (-1.0, 0.5)]).axes
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"] == [1.5, 0.5]


def test_numbers_in_labels_have_a_true_minus_and_no_negative_zero() -> None:
    (axes,) = figures.hinges(torch.relu, [(1.0, 0.0), (-1.0, -2.0)]).axes
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["w = 1, b = 0: kink at x = 0", "w = −1, b = −2: kink at x = −2"]


def test_the_bound_of_the_sigmoid_is_drawn_as_four_to_the_minus_depth() -> None:
    picture = figures.vanishing(lambda derivative, depth: torch.full((depth, 3), 0.5), {"half": torch.relu}, depth=5)
    bounds = [line for line in picture.axes[0].lines if "4^{-L}" in str(line.get_label())]
    np.testing.assert_allclose(bounds[0].get_ydata(), [4.0**-depth for depth in range(1, 6)])


def test_the_error_of_a_growing_network_is_measured_and_written_above_it() -> None:
    picture = figures.growing_network(torch.zeros_like, lambda width: lambda x: x / width, [1, 2, 4], (0.0, 1.0))
    titles = [axes.get_title(loc="left") for axes in picture.axes[:3]]
    assert titles == [f"{width} units: off by at most {error}" for width, error in ((1, 1), (2, 0.5), (4, 0.25))]
