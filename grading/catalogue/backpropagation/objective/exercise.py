"""`objective`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from grading.catalogue.backpropagation.scales import OF_THE_LOSS, OF_THE_NORMS
from grading.catalogue.backpropagation.shared import draw_parameters
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes, Reach
from grading.judging.read import Reading, Truth, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation

TOGETHER = "together"


def _sizes(draw: Draw) -> list[int]:
    """Draw sizes that follow each other on every draw, so that a loop over the wrong one ends with the same error, or without one."""
    if draw.simple:
        return draw.sizes(4)
    d, h = draw.sizes(2, 10, 12)
    return [7 + 2 * draw.integer(0, 1), d, h, 3 + 2 * draw.integer(0, 1)]


def _objective_arguments(draw: Draw) -> Arguments:
    n, d, h, q = _sizes(draw)
    return {
        "O": draw.normal(n, q, scale=1.5),
        "Y": draw.normal(n, q, scale=1.5),
        "params": draw_parameters(draw, d, h, q),
        "weight_decay": 0.5 if draw.simple else round(float(draw.uniform(low=0.1, high=0.9)), 3),
    }


def _no_decay(draw: Draw) -> Arguments:
    return {**_objective_arguments(draw), "weight_decay": 0.0}


def _no_error(draw: Draw) -> Arguments:
    arguments = _objective_arguments(draw)
    return {**arguments, "Y": arguments["O"].clone()}


def _larger_weights(draw: Draw) -> Arguments:
    # Another power of the weights can give the right sum at one scale, and not at two.
    arguments = _no_error(draw)
    return {**arguments, "params": {name: 4 * value for name, value in arguments["params"].items()}}


def _one_example(draw: Draw) -> Arguments:
    arguments = _objective_arguments(draw)
    return {**arguments, "O": arguments["O"][:1], "Y": arguments["Y"][:1]}


def _one_output(draw: Draw) -> Arguments:
    n = draw.limit if draw.simple else draw.integer(3, 5)
    params = draw_parameters(draw, 3, 4, 1)
    return {"O": draw.normal(n, 1), "Y": draw.normal(n, 1), "params": params, "weight_decay": 0.5}


def _objective_truth(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> dict[str, Tensor]:
    """Return the objective under the name of what it shows: without decay the loss, without error the penalty."""
    norms = torch.linalg.matrix_norm(params["W1"]) ** 2 + torch.linalg.matrix_norm(params["W2"]) ** 2
    value = F.mse_loss(O, Y) + weight_decay / 2 * norms
    name = "loss" if weight_decay == 0 else "penalty" if torch.equal(O, Y) else TOGETHER
    return {name: value}


def _read_objective(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    value = observation.value
    return nothing_returned(value) or {"loss": value, "penalty": value, TOGETHER: value}


mistake = Mistakes()


def _joins(O: Tensor, Y: Tensor, params: Any, weight_decay: float, loss: Any = None, penalty: Any = None) -> Any:
    squares = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    first = ((O - Y) ** 2).mean() if loss is None else loss(O - Y)
    return first + (weight_decay / 2 * squares if penalty is None else penalty(params))


@mistake("The loss is a sum over all elements. It should be their mean.")
def summed(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).sum())


@mistake("The sum of the squared errors is divided by the batch size n only. The mean is over all n × q elements.")
def divided_by_n(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).sum() / len(E))


@mistake("The loss has a factor 1/2 that ours does not have.")
def halved(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).mean() / 2)


@mistake("These are absolute errors. Square them.")
def absolute(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: E.abs().mean())


@mistake("This is the root of the mean squared error. Leave the root out.")
def root(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).mean().sqrt())


@mistake("This squares the mean error, where errors cancel. Take the mean of the squares.")
def square_of_mean(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: E.mean() ** 2)


@mistake("The penalty has lost its factor 1/2: s = λ/2 (‖W1‖² + ‖W2‖²).")
def penalty_not_halved(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 2 * weight_decay)


@mistake("The biases are penalized, too. s contains the two weight matrices only.")
def penalty_on_biases(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 0, penalty=lambda params: weight_decay / 2 * sum((p**2).sum() for p in params.values()))


@mistake("The norms are not squared. ‖W‖² is simply the sum of the squared elements.")
def norms_unsquared(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * (params["W1"].norm() + params["W2"].norm())
    )


@mistake("The penalty takes means of the squared weights. ‖W‖² is a sum over all elements.")
def penalty_averaged(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * sum((params[k] ** 2).mean() for k in ("W1", "W2"))
    )


@mistake("This penalizes |w|. The Frobenius norm squared is the sum of w².")
def penalty_absolute(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * sum(params[k].abs().sum() for k in ("W1", "W2"))
    )


@mistake("The penalty multiplies the loss, L (1 + s). It is added to it: J = L + s.", alone=True)
def penalty_multiplies(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    s = weight_decay / 2 * sum((params[k] ** 2).sum() for k in ("W1", "W2"))
    return ((O - Y) ** 2).mean() * (1 + s)


@mistake("Only W1 is penalized. s contains W2 as well.")
def penalty_first_only(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 0, penalty=lambda params: weight_decay / 2 * (params["W1"] ** 2).sum())


@mistake("The penalty is missing: J = L + s, and weight_decay is the λ in s.")
def no_penalty(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return ((O - Y) ** 2).mean()


@mistake("`.item()` leaves PyTorch, and autograd cannot follow. Return the 0-dimensional tensor itself.")
def number(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay).item()


@mistake("One value for each example comes back. The mean goes over the examples, too.")
def one_per_example(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).mean(1))


@mistake(
    "One value for each output comes back: the squares are averaged over the examples only. Python's own `sum` does that, too; "
    "`.mean()` goes over all."
)
def one_per_output(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).mean(0))


@mistake("The squares are summed over the examples only, as Python's own `sum` does. `.mean()` goes over all elements.")
def summed_per_output(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: sum(E**2))


@mistake("A squared error for each element comes back. The loss is their mean, one number.")
def not_averaged(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: E**2)


@mistake("Python's own `sum` adds up the rows of a matrix and leaves a vector. `(W ** 2).sum()` adds up all elements.")
def built_in_sum(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * (sum(params["W1"] ** 2) + sum(params["W2"] ** 2))
    )


@mistake(
    "Flattened or squeezed, one column O (n, 1) is (n,), and O - Y is n × n. O and Y have one shape: subtract them as they are."
)
def squeezed(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O.squeeze(), Y, params, weight_decay)


@mistake("Only W2 is penalized. s contains W1 as well.")
def penalty_second_only(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 0, penalty=lambda params: weight_decay / 2 * (params["W2"] ** 2).sum())


@mistake("The weights are summed without being squared. ‖W‖² is the sum of the squared elements.")
def penalty_of_sums(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 0, penalty=lambda params: weight_decay / 2 * (params["W1"].sum() + params["W2"].sum()))


@mistake("The weights are summed first and squared then. ‖W‖² is the sum of the squared elements.")
def penalty_of_squared_sums(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * sum(params[k].sum() ** 2 for k in ("W1", "W2"))
    )


@mistake(
    "This is the spectral norm, the largest singular value. The Frobenius norm squared is the sum of all squared elements."
)
def penalty_spectral(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O,
        Y,
        params,
        0,
        penalty=lambda params: weight_decay / 2 * sum(torch.linalg.norm(params[k], 2) ** 2 for k in ("W1", "W2")),
    )


@mistake("λ is missing: the penalty is λ/2 times the squared norms, and weight_decay is the λ.")
def penalty_without_rate(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 1.0)


@mistake("This is the penalty alone. J = L + s: the mean squared error of O comes first.")
def penalty_alone(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: 0.0)


@mistake(
    "Autograd does not get to W1 and W2: `torch.no_grad()`, `.data`, `.detach()` or `.item()` cuts the penalty off from its graph.",
    name="penalty-without-graph",
)
def penalty_cut(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, {name: value.detach() for name, value in params.items()}, weight_decay)


@mistake(
    "Autograd does not get to O: `torch.no_grad()`, `.data`, `.detach()` or `.item()` cuts the loss off from its graph.",
    name="loss-without-graph",
)
def loss_cut(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O.detach(), Y, params, weight_decay)


EXERCISE = Exercise(
    name="objective",
    points=1.0,
    parameters=("O", "Y", "params", "weight_decay"),
    summary="Return J: the mean squared error over all elements plus λ/2 times the squared norms of W1 and W2, 0-dimensional.",
    outputs=("loss", "penalty", TOGETHER),
    read=_read_objective,
    cases=(
        Case("no weight decay", _no_decay, twice=True),
        Case("outputs that hit the targets", _no_error),
        Case("outputs that hit the targets, and larger weights", _larger_weights),
        Case("loss and penalty together", _objective_arguments, TOGETHER),
        Case("a batch of one", _one_example, TOGETHER),
        Case("one output", _one_output, TOGETHER),
        Case("parameters that require a gradient", _objective_arguments, CARE, requires_grad=True, connected=True),
        Case("tensors in float64", _objective_arguments, CARE, torch.float64),
        Case("views with strides", _objective_arguments, CARE, layout="strided"),
    ),
    reference=_objective_truth,
    parts={"loss": 0.4, "penalty": 0.4, TOGETHER: 0.1, CARE: 0.1},
    reduction=lambda arguments: max(arguments["O"].numel(), sum(p.numel() for p in arguments["params"].values())),
    dims=lambda arguments: {"n": arguments["O"].shape[0], "q": arguments["O"].shape[1]},
    reach=Reach(TOGETHER, ("O", "params")),
    factors={"loss": OF_THE_LOSS, "penalty": OF_THE_NORMS},
    mistakes=mistake.all,
    hints=(
        "J has two parts. Compute them one after the other, and look at their shapes: each is one number.",
        "The mean is over n × q elements. ‖W‖², the squared Frobenius norm, is the sum of the squares of all elements of W.",
    ),
)
