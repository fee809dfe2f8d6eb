"""The titles of lesson 03's figures say what the learner's own functions gave, right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from matplotlib.text import Annotation
from torch import Tensor

from grading import figures
from grading.figures.computation import message_of
from grading.figures.meter import bytes_alive
from grading.figures.scalars import gradients_back
from grading.figures.style import Picture

Values = dict[str, Tensor]


def title_of(picture: object) -> str:
    assert isinstance(picture, Picture)
    return " ".join(picture.get_suptitle().split())  # a long one is broken over lines


def test_gradients_go_back_along_a_chain_and_add_at_a_fork() -> None:
    chain = {("p", "u"): 1.0, ("r", "u"): 1.0, ("u", "v"): -3.0, ("t", "v"): 3.0}
    assert gradients_back(("p", "r", "u", "t", "v"), chain) == {"v": 1, "t": 3, "u": -3, "r": -3, "p": -3}
    fork = {("p", "u"): 1.0, ("r", "u"): 1.0, ("u", "v"): 2.0, ("p", "v"): 3.0}
    assert gradients_back(("p", "r", "u", "v"), fork) == {"v": 1, "u": 2, "r": 2, "p": 5}


@pytest.mark.parametrize("seed", range(10))
def test_gradients_of_any_graph_of_numbers_are_those_of_autograd(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    leaves = torch.randn(3, generator=generator, dtype=torch.float64).requires_grad_(True).unbind()
    numbers, slopes = dict(zip("abc", leaves, strict=True)), {}
    for name in "defg":
        first, second = (list(numbers)[int(torch.randint(len(numbers), (), generator=generator))] for _ in range(2))
        if first == second:
            second = next(one for one in numbers if one != first)
        numbers[name] = numbers[first] * numbers[second]
        slopes |= {(first, name): numbers[second].item(), (second, name): numbers[first].item()}
    wanted = torch.autograd.grad(numbers["g"], leaves, allow_unused=True)
    found = gradients_back(tuple(numbers), slopes)
    assert [found[name] for name in "abc"] == pytest.approx([0.0 if one is None else float(one) for one in wanted])


def one_hidden() -> tuple[Values, Values]:
    """The pencil example of the lesson, by autograd."""
    X, Y = torch.tensor([[1.0, 2.0], [-1.0, 1.0]]), torch.tensor([[0.0], [-1.0]])
    params = {
        "W1": torch.tensor([[1.0, -1.0, 0.0], [1.0, 1.0, -1.0]]),
        "b1": torch.tensor([1.0, 1.0, -1.0]),
        "W2": torch.tensor([[1.0], [-1.0], [2.0]]),
        "b2": torch.tensor([0.0]),
    }
    inner = {name: value.requires_grad_(True) for name, value in params.items()}
    inner["Z"] = X @ params["W1"] + params["b1"]
    inner["H"] = torch.relu(inner["Z"])
    inner["O"] = inner["H"] @ params["W2"] + params["b2"]
    loss = ((inner["O"] - Y) ** 2).mean()
    gradients = torch.autograd.grad(loss, list(inner.values()))
    values = {name: value.detach() for name, value in inner.items()}
    return {"X": X, **values, "Y": Y, "L": loss.detach()}, dict(zip(inner, gradients, strict=True))


def spoil(name: str, change: Callable[[Tensor], Tensor]) -> str:
    values, gradients = one_hidden()
    return message_of(values, {**gradients, name: change(gradients[name])})


def test_a_dead_unit_is_called_dead_only_if_its_gradients_are_zero() -> None:
    assert message_of(*one_hidden()) == "Hidden unit 3 is dead: a column of exact zeros, from grad_Z on down"
    assert spoil("W1", lambda grad: grad + 0.1) == (
        "Hidden unit 3 is closed for every example, and yet its weights have a gradient"
    )
    assert "yet its weights" in spoil("b1", torch.ones_like)
    assert spoil("Z", lambda grad: grad * 2) == "grad_Z is not what the ReLU of Z lets through of grad_H"
    assert "is not what" in spoil("Z", lambda grad: grad.T)
    assert "is not what" in spoil("H", torch.zeros_like)


def test_with_all_units_open_nothing_is_called_dead() -> None:
    values, gradients = one_hidden()
    opened = {**values, "Z": values["Z"].abs()}
    assert message_of(opened, {**gradients, "Z": gradients["H"]}) == "What the ReLUs let through goes on to the weights"


def test_a_mask_of_the_wrong_layer_is_seen() -> None:
    Z1, Z2 = torch.tensor([[-1.0, 2.0]]), torch.tensor([[3.0, -1.0]])
    grad_H1, grad_H2 = torch.tensor([[24.0, 8.0]]), torch.tensor([[8.0, 20.0]])
    gradients = {"H1": grad_H1, "H2": grad_H2, "Z1": grad_H1 * (Z1 > 0), "Z2": grad_H2 * (Z2 > 0)}
    assert message_of({"Z1": Z1, "Z2": Z2}, gradients).startswith("Each ReLU lets pass what its own Z")
    wrong = {**gradients, "Z1": grad_H1 * (Z2 > 0)}
    assert message_of({"Z1": Z1, "Z2": Z2}, wrong) == "grad_Z1 is not what the ReLU of Z1 lets through of grad_H1"


GOOD = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
BAD = torch.tensor([1.0, 2.0, 0.5], dtype=torch.float64)
CHECKED = figures.GradientCheck(torch.tensor([0.1, 0.2]), {"central": torch.tensor([0.1, 0.2])}, GOOD, GOOD, GOOD)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Three ways to one gradient"),
        ({"numerical": GOOD + 1e-9}, "Three ways to one gradient"),
        ({"by_hand": BAD}, "Autograd and differences agree; your backward does not fit your forward and objective"),
        ({"by_hand": 2 * GOOD}, "your forward and objective (33.3 % apart)"),
        ({"by_hand": GOOD * float("nan")}, "your forward and objective (100 % apart)"),
        ({"numerical": BAD}, "your numerical_gradient is"),
        ({"numerical": GOOD * float("inf")}, "your numerical_gradient is 100 % away"),
        ({"by_hand": BAD, "numerical": -GOOD}, "no two of them"),
        ({"by_hand": GOOD * 0, "numerical": GOOD * 0}, "no two of them"),
        ({"by_hand": GOOD * 0, "numerical": GOOD * 0, "autograd": GOOD * 0}, "Three ways to one gradient"),
    ],
)
def test_the_check_says_who_disagrees(changed: dict[str, Tensor], words: str) -> None:
    assert words in title_of(figures.gradient_check(lambda: replace(CHECKED, **changed)))


X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])


def network(points: Tensor) -> Tensor:
    first, second = points.unbind(dim=1)
    return (first + second - 2 * first * second)[:, None]


@pytest.mark.parametrize(
    ("predict", "words"),
    [
        (network, "The network folds the plane until the four points come right"),
        (lambda points: 0 * network(points) + 0.4, "After 2 steps 2 of the 4 points come right"),
        (lambda points: 1 - network(points), "After 2 steps 0 of the 4 points come right"),
        (lambda points: network(points) * float("nan"), "After 2 steps 0 of the 4 points come right"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*NaN slice.*:RuntimeWarning")
def test_the_plane_is_called_folded_only_if_the_points_come_right(
    predict: Callable[[Tensor], Tensor], words: str
) -> None:
    picture = figures.surface_as_it_learns(lambda: (lambda step, points: predict(points), torch.ones(3)), [0, 2], X, y)
    assert title_of(picture) == words


@pytest.mark.parametrize(
    ("own", "again", "adam", "words"),
    [
        ([1, 0.5, 0.1], [1, 0.5, 0.1], [1, 0.1, 0.1], "PyTorch retraces your steps. Below 0.2: SGD after 2 steps, Adam after 1 steps"),
        ([1, 0.5, 0.1], [1, 0.6, 0.1], [1, 1, 1], "PyTorch's steps and yours part. Below 0.2: SGD after 2 steps, Adam never"),
        ([1, 1, 1], [1, 0.5], [1, 1, 1], "PyTorch's steps and yours part. Below 0.2: SGD never, Adam never"),
        ([1, float("nan")], [1, 0.5], [1, 0.1], "PyTorch's steps and yours part. Below 0.2: SGD never, Adam after 1 steps"),
    ],
)  # fmt: skip
def test_the_runs_are_called_equal_only_if_they_are(
    own: list[float], again: list[float], adam: list[float], words: str
) -> None:
    runs = {"yours": own, "SGD, lr 1": again, "Adam, lr 0.1": adam}
    picture = figures.training_runs({name: lambda v=v: torch.tensor(v) for name, v in runs.items()}, solved=0.2)
    assert title_of(picture) == words


def shallow(X: Tensor, params: dict[str, Tensor]) -> tuple[Tensor, object]:
    return torch.relu(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"], None


@pytest.mark.parametrize(
    ("penalty", "words"),
    [
        (lambda params: sum((params[name] ** 2).sum() for name in ("W1", "W2")) / 2, "Dearer weights are smaller"),
        (lambda params: 0, "a larger λ does not give smaller weights"),
        (lambda params: -sum((params[name] ** 2).sum() for name in ("W1", "W2")), "does not give smaller weights"),
    ],
)
def test_weights_are_called_smaller_only_if_they_are(penalty: Callable[[Values], Tensor], words: str) -> None:
    picture = figures.penalised_fits(
        shallow, lambda O, Y, params, decay: ((O - Y) ** 2).mean() + decay * penalty(params), [0.0, 0.1], steps=20
    )
    assert words in title_of(picture)


def test_the_penalty_has_its_arrows_in_the_backward_graph() -> None:
    captions = dict.fromkeys(("X", "W1", "b1", "Z", "H", "W2", "b2", "O", "Y", "L", "s", "J"), "()")
    back = {"J": "1", "L": "1", "s": "1", "O": "g", "W1": "g", "W2": "g"}
    with_arrow, without = (
        figures.computational_graph(captions, {name: text for name, text in back.items() if name != left_out})
        for left_out in ("", "s")
    )
    assert isinstance(with_arrow, Picture) and isinstance(without, Picture)
    # From J to s, and from s to both weights.
    arrows = [sum(isinstance(text, Annotation) for text in picture.axes[0].texts) for picture in (with_arrow, without)]
    assert arrows[0] - arrows[1] == 3


@pytest.mark.parametrize(("width", "examples", "depth"), [(8, 64, 2), (16, 32, 5), (4, 128, 8)])
def test_training_keeps_an_activation_for_each_unit_and_a_prediction_two_layers(
    width: int, examples: int, depth: int
) -> None:
    layer = 4 * width * examples
    training, prediction = (max(bytes_alive(width, examples, depth, mode)) for mode in (True, False))
    assert prediction == 2 * layer
    assert depth * layer < training <= (depth + 3) * layer
