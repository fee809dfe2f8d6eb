"""A title claims nothing of an answer that this answer disproves."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from grading import figures
from grading.figures.style import Picture
from tests.figures.test_every_figure import CORNERS, EQUAL, INPUTS, KNOTS, TRIANGLE, step

XOR = 1 - EQUAL
SIZES = torch.linspace(1, 2, 5).tolist()
FALLING = [10.0 ** (-2 * layer) for layer in range(5)]


def twice_sigmoid_grad(z: Tensor) -> Tensor:
    return 2 * torch.sigmoid(z) * torch.sigmoid(-z)


def folding(b2: float) -> Callable[[], tuple[Tensor, Tensor, Tensor, Tensor]]:
    W1 = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    return lambda: (W1, torch.zeros(2), torch.ones(2, 1), torch.full((1,), b2))


def unit(end: float) -> Callable[[], tuple[Tensor, Tensor]]:
    return lambda: (torch.tensor([[1.0, 2.0], [0.0, end]]), torch.tensor([0.5, 0.5]))


def depths(gradients: list[float]) -> object:
    return figures.depth_sweep(lambda activation, start: (SIZES, gradients), ["tanh"], ["small"])


def runs(losses: list[float]) -> object:
    return figures.clipped_training({"plain": lambda: (torch.ones(2), torch.tensor(losses))}, 1.0, 2.3)


# What the title says of an answer that does what it should, and of one that does not.
TITLES: dict[str, tuple[Callable[[], object], str, Callable[[], object], str]] = {
    "hinges": (
        lambda: figures.hinges(torch.relu, [(1.0, 0.0)]),
        "A ReLU unit is a hinge",
        lambda: figures.hinges(torch.abs, [(1.0, 0.0)]),
        "Your relu does not make hinges yet",
    ),
    "one slope": (
        lambda: figures.function_and_derivative({"ReLU": (torch.relu, step)}),
        "The slope of your ReLU is 0 or 1, nothing in between",
        lambda: figures.function_and_derivative({"ReLU": (torch.relu, lambda x: 3 * step(x))}),
        "The slope of your ReLU is 0 or 3",
    ),
    "flat regions": (
        lambda: figures.function_and_derivative({"s": (torch.sigmoid, lambda x: twice_sigmoid_grad(x) / 2)}, flat=0.01),
        "The slope of your s is at most 0.25, and below 0.01 for |x| > 4.6",
        lambda: figures.function_and_derivative({"s": (torch.sigmoid, twice_sigmoid_grad)}, flat=0.01),
        "The slope of your s is at most 0.5, and below 0.01 for |x| > 5.3",
    ),
    "the shortcut": (
        lambda: figures.shortcut_misused(torch.sigmoid, lambda z: twice_sigmoid_grad(z) / 2),
        "a (1 − a) is a slope only if a is the activation",
        lambda: figures.shortcut_misused(torch.sigmoid, twice_sigmoid_grad),
        "Your σ′ and your a (1 − a) differ by up to 0.25",
    ),
    "vanishing": (
        lambda: figures.vanishing(lambda f, depth: f(torch.zeros(depth, 3)).cumprod(0), {"s": lambda z: z + 0.1}, 5),
        "What 5 slopes leave of a gradient of 1: s 1e-05",
        lambda: figures.vanishing(lambda f, depth: f(torch.zeros(depth, 3)).cumprod(0), {"s": lambda z: z + 1}, 5),
        "What 5 slopes leave of a gradient of 1: s 1",
    ),
    "saturation": (
        lambda: figures.saturated_start(lambda start: 0.5 - INPUTS / 2, [4.0]),
        "Steps until the output is below 0.1: 4 from z = 4",
        lambda: figures.saturated_start(lambda start: INPUTS + 1, [4.0]),
        "Steps until the output is below 0.1: more than 5 from z = 4",
    ),
    "a dead unit": (
        lambda: figures.dying_unit(INPUTS, INPUTS, {"lr 0.7": unit(-1.0)}),
        "Off for every input, and nothing changes any more: lr 0.7",
        lambda: figures.dying_unit(INPUTS, INPUTS, {"lr 0.7": unit(1.0)}),
        "No unit died",
    ),
    "a sum of hinges": (
        lambda: figures.sum_of_hinges(KNOTS, triangle_at(KNOTS), lambda knots, values: TRIANGLE, torch.relu),
        "Your hinges add up to a line through all 3 points",
        lambda: figures.sum_of_hinges(KNOTS, triangle_at(KNOTS) + 1, lambda knots, values: TRIANGLE, torch.relu),
        "Your hinges miss a given point by 1",
    ),
    "growing": (
        lambda: figures.growing_network(torch.sin, lambda width: torch.sin, [1, 2, 3], (0.0, 1.0)),
        "With 1 units off by 0, with 3 by 0",
        lambda: figures.growing_network(torch.sin, lambda width: lambda x: torch.sin(x) + width, [1, 2, 3], (0.0, 1.0)),
        "With 1 units off by 1, with 3 by 3",
    ),
    "errors": (
        lambda: figures.error_against_width(lambda f, width: width**-2.0, {"wave": (torch.sin, -2.0)}, [2, 4]),
        "What is left of the error with 2 times the units: wave 0.25",
        lambda: figures.error_against_width(lambda f, width: 1.0, {"wave": (torch.sin, -2.0)}, [2, 4]),
        "What is left of the error with 2 times the units: wave 1.00",
    ),
    "one affine layer": (
        lambda: figures.stacked_affine_layers(
            *(torch.eye(2), torch.ones(2)) * 2, lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2 + b2)
        ),
        "Two affine layers do what one does",
        lambda: figures.stacked_affine_layers(*(torch.eye(2), torch.ones(2)) * 2, lambda W1, b1, W2, b2: (W1 @ W2, b2)),
        "Your one layer is off by up to 1",
    ),
    "folds": (
        lambda: figures.folded_plane(folding(0.0), CORNERS, XOR),
        "Your network folds the plane so that one line separates the classes",
        lambda: figures.folded_plane(folding(1.0), CORNERS, XOR),
        "Your network folds the plane, and 2 of 4 points lie on their side of O = 1/2",
    ),
    "a surface": (
        lambda: figures.decision_surface(lambda X: (X[:, 0] - X[:, 1]).abs(), CORNERS, XOR, "Mine"),
        "Mine:\n4 of 4 points on their side",
        lambda: figures.decision_surface(lambda X: X[:, 0], CORNERS, XOR, "Mine"),
        "Mine:\n2 of 4 points on their side",
    ),
    "depth": (
        lambda: depths(SIZES),
        "Flat in both directions: tanh with small",
        lambda: depths(FALLING),
        "Flat in both directions: no pairing",
    ),
    "clipping": (
        lambda: runs([2.0, 1.0]),
        "Loss at the end: 1 (plain)",
        lambda: runs([2.0, math.nan]),
        "Loss at the end: not a number (plain)",
    ),
}


def triangle_at(x: Tensor) -> Tensor:
    w1, b1, w2, b2 = TRIANGLE
    return torch.relu(x[:, None] * w1 + b1) @ w2 + b2


@pytest.mark.parametrize("name", TITLES)
def test_a_title_says_what_the_answer_does(name: str) -> None:
    draw_right, right, draw_wrong, wrong = TITLES[name]
    for draw, told in ((draw_right, right), (draw_wrong, wrong)):
        picture = draw()
        assert isinstance(picture, Picture)
        assert picture.get_suptitle().startswith(told)


def test_the_colours_of_a_surface_reach_as_far_as_its_values() -> None:
    picture = figures.decision_surface(lambda X: 3 * X[:, 0], CORNERS, XOR, "Mine")
    assert isinstance(picture, Picture)
    [image] = picture.axes[0].images
    low, high = image.get_clim()
    assert low <= float(image.get_array().min())  # type: ignore[union-attr]
    assert float(image.get_array().max()) <= high  # type: ignore[union-attr]


@pytest.mark.parametrize(("end", "told"), [(0.5, "leaves"), (0.9, "stays in")])
def test_a_path_is_said_to_leave_the_picture_only_if_it_does(end: float, told: str) -> None:
    path = torch.tensor([[0.6, 0.6], [0.6, end]])
    picture = figures.descent_at_a_cliff(
        lambda w: w.square().sum(dim=-1), (INPUTS, INPUTS + 0.55), {"a": lambda: path}, ""
    )
    assert isinstance(picture, Picture)
    assert picture.axes[0].get_title(loc="left") == f"a: {told} the picture"


@pytest.mark.parametrize(
    ("losses", "told"),
    [([2.3, 1.0], "ReLU: He learns"), ([2.3, 2.3], "ReLU: nobody learns"), ([2.3, math.nan], "ReLU: nobody learns")],
)
def test_who_learns_is_read_off_the_losses(losses: list[float], told: str) -> None:
    picture = figures.training_by_initialization(
        lambda activation, start: ("lr 1", torch.tensor(losses)), ["ReLU"], ["He"], 2.3, "Who", average=1
    )
    assert isinstance(picture, Picture)
    assert picture.axes[0].get_title(loc="left") == told
