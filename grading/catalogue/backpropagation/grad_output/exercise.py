"""`grad_output`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from grading.catalogue.backpropagation.scales import OF_THE_ERROR
from grading.catalogue.backpropagation.shared import BY_HAND_ALL
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Tensors


def _output_and_target(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 2, 7)
    return {"O": draw.normal(n, q, scale=2.5), "Y": draw.normal(n, q, scale=2.5)}


def _one_output_row(draw: Draw) -> Arguments:
    q = draw.integer(2, 6)
    return {"O": draw.normal(1, q, scale=2.5), "Y": draw.normal(1, q, scale=2.5)}


def _one_output_column(draw: Draw) -> Arguments:
    n = draw.integer(3, 6)
    return {"O": draw.normal(n, 1, scale=2.5), "Y": draw.normal(n, 1, scale=2.5)}


def _grad_output_truth(O: Tensor, Y: Tensor) -> Tensor:
    with torch.enable_grad():
        leaf = O.detach().clone().requires_grad_(True)
        return torch.autograd.grad(F.mse_loss(leaf, Y.detach()), leaf)[0]


mistake = Mistakes()


@mistake("This divides by the batch size n only. The loss is a mean over all n × q elements, and each has that share.")
def divided_by_n(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O - Y) / len(O)


@mistake("This divides by the number of outputs q only. The mean is over the n examples, too.")
def divided_by_q(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O - Y) / O.shape[1]


@mistake("This is the gradient of the summed squared error. Ours is a mean over n × q elements.")
def summed(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O - Y)


@mistake("The derivative of a square has a factor 2. This belongs to half the squared error.")
def no_two(O: Tensor, Y: Tensor) -> Any:
    return (O - Y) / O.numel()


@mistake(
    "(O - Y) / n belongs to another loss: half the squared error, averaged over the examples. Ours has a factor 2 and n × q."
)
def no_two_by_n(O: Tensor, Y: Tensor) -> Any:
    return (O - Y) / len(O)


@mistake("The direction is right, but 2 / (n q) is missing: 2 from the square, 1 / (n q) from the mean.")
def plain(O: Tensor, Y: Tensor) -> Any:
    return O - Y


@mistake("The sign is wrong: the derivative of (O - Y)² by O is 2 (O - Y).")
def sign(O: Tensor, Y: Tensor) -> Any:
    return 2 * (Y - O) / O.numel()


@mistake("This is the share of each element in the loss. Its derivative is asked for.")
def squared(O: Tensor, Y: Tensor) -> Any:
    return (O - Y) ** 2 / O.numel()


@mistake("One number comes back. The gradient has one entry for each element of O: no mean is taken.", any_scale=True)
def mean(O: Tensor, Y: Tensor) -> Any:
    return (2 * (O - Y)).mean()


@mistake("This is the gradient of the mean absolute error. Ours is squared.")
def sign_only(O: Tensor, Y: Tensor) -> Any:
    return torch.sign(O - Y) / O.numel()


@mistake("The gradient is written into O itself. The caller's outputs are lost: make a new tensor.")
def in_place(O: Tensor, Y: Tensor) -> Any:
    with torch.no_grad():
        O -= Y
        O *= 2 / O.numel()
    return O


@mistake(
    "One number for each output comes back. Every example has its own gradient: nothing is summed over them.",
    any_scale=True,
)
def averaged_over_examples(O: Tensor, Y: Tensor) -> Any:
    return (2 * (O - Y)).mean(0)


@mistake(
    "One number for each example comes back. Every output has its own gradient: nothing is summed over them.",
    any_scale=True,
)
def averaged_over_outputs(O: Tensor, Y: Tensor) -> Any:
    return (2 * (O - Y)).mean(1)


@mistake(
    "This is the derivative of the cross-entropy of probabilities. The loss here is the squared error.", any_scale=True
)
def cross_entropy(O: Tensor, Y: Tensor) -> Any:
    return -(Y / O) + (1 - Y) / (1 - O)


@mistake("The slope O (1 - O) of a sigmoid is multiplied in. The output of this network has no activation function.")
def sigmoid_slope(O: Tensor, Y: Tensor) -> Any:
    return 2 / O.numel() * (O - Y) * O * (1 - O)


@mistake("The error is multiplied by O. (O - Y)² by O gives 2 (O - Y), and no other factor depends on O.")
def times_output(O: Tensor, Y: Tensor) -> Any:
    return 2 / O.numel() * (O - Y) * O


@mistake("This is the gradient of the root of the mean squared error. The loss has no root.")
def of_root(O: Tensor, Y: Tensor) -> Any:
    return (O - Y) / (O.numel() * ((O - Y) ** 2).mean().sqrt())


@mistake("The absolute errors have lost their signs. The gradient says in which direction each output is off.")
def absolute(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O - Y).abs() / O.numel()


@mistake("The targets are added. The error is O - Y.")
def added(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O + Y) / O.numel()


@mistake("The targets are missing: the derivative of (O - Y)² by O is 2 (O - Y).")
def no_target(O: Tensor, Y: Tensor) -> Any:
    return 2 * O / O.numel()


@mistake(
    "A softmax is taken of the outputs first. This network's outputs are plain numbers, and the loss is the squared error."
)
def of_softmax(O: Tensor, Y: Tensor) -> Any:
    return 2 * (torch.softmax(O, 1) - Y) / O.numel()


EXERCISE = Exercise(
    name="grad_output",
    points=0.5,
    parameters=("O", "Y"),
    summary="Return the gradient of the mean squared error by O, in the shape of O.",
    outputs=("grad_O",),
    read=Tensors(("grad_O",)),
    cases=(
        Case("ordinary values", _output_and_target, twice=True),
        Case("a batch of one", _one_output_row),
        Case("one output", _one_output_column),
        Case("tensors in float64", _output_and_target, CARE, torch.float64),
        Case("views with strides", _output_and_target, CARE, layout="strided"),
        Case("tensors that require a gradient", _output_and_target, CARE, requires_grad=True),
    ),
    reference=_grad_output_truth,
    right=_grad_output_truth,
    like={"grad_O": "O"},
    dims=lambda arguments: {"n": arguments["O"].shape[0], "q": arguments["O"].shape[1]},
    factors={"grad_O": OF_THE_ERROR},
    mistakes=mistake.all,
    hints=(
        "Write L as a sum over all elements. In how many of its terms does the one element O[i, j] appear?",
        "Differentiate that one term, and do not forget what the mean divides by.",
    ),
    ban=BY_HAND_ALL,
)
