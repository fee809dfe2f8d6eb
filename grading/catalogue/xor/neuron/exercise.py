"""`neuron`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Tensors

EXTREMES = "extremes"


def _neuron(draw: Draw, n: int, d: int) -> Arguments:
    # Weights of this size keep most of the weighted sums where the sigmoid is not flat.
    return {"x": draw.wide(n, d), "w": draw.normal(d, scale=0.5), "b": draw.normal()}


def _some_rows(draw: Draw) -> Arguments:
    """Two of the rows have weighted sums beyond ±6, and two within 1, of both signs: a branch that begins elsewhere shows."""
    arguments = _neuron(draw, *draw.sizes(2, 5, 8))
    if draw.simple:
        return arguments
    x, w, b = arguments.values()
    far = torch.cat([draw.uniform(1, low=6.5, high=9.0), draw.uniform(1, low=-9.0, high=-6.5)])
    near = torch.cat([draw.uniform(1, low=0.2, high=0.8), draw.uniform(1, low=-0.8, high=-0.2)])
    far = torch.cat([far, near])
    rows = draw.permutation(len(x))[:4]
    # Along w the weighted sum changes by the length of w.
    x[rows] += torch.outer(far - x[rows] @ w - b, w / (w @ w))
    return {**arguments, "x": x}


def _one_row(draw: Draw) -> Arguments:
    return _neuron(draw, 1, draw.integer(3, 6))


def _one_feature(draw: Draw) -> Arguments:
    return _neuron(draw, draw.integer(3, 6), 1)


def _many_features(draw: Draw) -> Arguments:
    return _neuron(draw, 3, 30)


def _extreme_rows(draw: Draw) -> Arguments:
    """Weighted sums that reach from -1000 to 1000 at least: within a row nothing cancels."""
    n = draw.limit if draw.simple else 11
    w = draw.normal(3)
    w = w + torch.sign(w)
    sizes = draw.extreme(n, 1) * draw.uniform(n, 3, low=1.0, high=1.1)
    return {"x": sizes * torch.sign(w), "w": w, "b": draw.normal()}


def _weighted_sigmoid(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    z = torch.einsum("nd,d->n", x, w) + b
    return 1 / (1 + torch.exp(-z))


mistake = Mistakes()


@mistake(
    "Each feature was squashed by itself: the weighted sum is missing. `*` multiplies element by element, `@` sums as well."
)
def no_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x * w + b)


@mistake("This adds up all rows. Each row has its own weighted sum: sum over the features only.")
def one_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w).sum() + b)


@mistake("This is a column (n, 1), one number in each row. One axis is asked for: (n,).", name="column")
def column_(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w[:, None] + b)


@mistake("squeeze() takes away the axis of a batch of one, too. Say which axis should go: squeeze(1).")
def squeezed(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w[:, None] + b).squeeze()


@mistake("The weighted features are averaged. A weighted sum is not divided by d.")
def mean(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w).mean(dim=1) + b)


@mistake("b is not used. Without it the boundary always passes through the origin.")
def no_bias(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w)


@mistake("b is added after the sigmoid. It belongs to the sum, inside of the sigmoid.")
def bias_outside(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w) + b


@mistake("b is subtracted. It is a bias here, not a threshold: the sum is xw + b.")
def bias_subtracted(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w - b)


@mistake("This is the weighted sum itself. The sigmoid of it is asked for, between 0 and 1.")
def no_sigmoid(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w + b


@mistake("This jumps from 0 to 1. A sigmoid rises smoothly between them.")
def step(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return (x @ w + b > 0).to(x.dtype)


@mistake("This falls from 1 to 0: the exponent has the wrong sign.")
def falling(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(x @ w + b))


@mistake(
    "exp(z) overflows for large z, and inf / inf is not a number. torch.sigmoid avoids it; so does 1 / (1 + exp(-z))."
)
def overflows(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    e = torch.exp(x @ w + b)
    return e / (1 + e)


@mistake("Only the first two features are used. A row may have any number of them.")
def two_features(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x[:, 0] * w[0] + x[:, 1 % x.shape[1]] * w[1 % x.shape[1]] + b)


@mistake("The weights are multiplied by themselves: x does not occur in the sum. It is xw + b.")
def weights_with_themselves(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((w * w).sum() + b).repeat(len(x))


@mistake("The weights are left out: the features are added up as they are. Each is multiplied by its weight first.")
def no_weights(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x.sum(1) + b)


@mistake("b is added to every feature, so d times in all. It is added once, to the sum.")
def bias_in_every_term(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w + b).sum(1))


@mistake("The weighted sum is multiplied by b. A bias is added.")
def bias_multiplied(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w * b)


@mistake("`1 / 1 + exp(-z)` divides before it adds: it is 1 + exp(-z). The denominator needs its parentheses.")
def without_parentheses(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return 1 + torch.exp(-(x @ w + b))


@mistake("This is 1 / (1 - exp(-z)). In the denominator of a sigmoid the exponential is added.")
def minus_in_the_denominator(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return 1 / (1 - torch.exp(-(x @ w + b)))


@mistake("The sigmoid is applied twice. Once is enough.")
def twice(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(torch.sigmoid(x @ w + b))


@mistake("This is tanh, between -1 and 1. The sigmoid is asked for, between 0 and 1.")
def tanh(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.tanh(x @ w + b)


@mistake("This is 2 σ(z) - 1, between -1 and 1. The sigmoid itself is asked for, between 0 and 1.")
def bipolar(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return 2 * torch.sigmoid(x @ w + b) - 1


@mistake("This is a ReLU of the weighted sum. This neuron has a sigmoid.")
def rectified(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.relu(x @ w + b)


@mistake(
    "A softmax compares the rows with each other, so that they add up to 1. A neuron looks at each row by itself: sigmoid."
)
def softmax(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.softmax(x @ w + b, 0)


@mistake("This is the derivative of the sigmoid. The sigmoid itself is asked for.")
def derivative(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    s = torch.sigmoid(x @ w + b)
    return s * (1 - s)


@mistake("This is the logarithm of the sigmoid.")
def logarithm(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.nn.functional.logsigmoid(x @ w + b)


@mistake("This is exp(z). The sigmoid is 1 / (1 + exp(-z)).")
def exponential(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.exp(x @ w + b)


@mistake("The sum is cut off at 0 and 1. A sigmoid is a smooth curve between them.")
def clipped(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return (x @ w + b).clamp(0, 1)


@mistake("1 where the sum is above 0, else -1: that is a sign. A sigmoid rises smoothly from 0 to 1.")
def sign(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sign(x @ w + b)


@mistake("The sum goes over the rows, one number for each feature. Sum over the features, one number for each row.")
def sum_over_rows(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w).sum(0) + b)


@mistake("Only the first row is looked at. One number for each row is asked for.")
def first_row(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x[0] @ w + b)


@mistake("Only the first row comes back: the function ends within its loop.")
def first_row_alone(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x[:1] @ w + b)


@mistake("The mean of all rows comes back. Each row has its own number.")
def mean_of_rows(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w + b).mean()


@mistake("The numbers are rounded. Return them as they are.")
def rounded(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return (torch.sigmoid(x @ w + b) * 10000).round() / 10000


@mistake("A list of numbers comes back. Return a tensor (n,): `torch.stack` or, better, no loop at all.")
def as_list(x: Tensor, w: Tensor, b: Tensor) -> list[float]:
    return [float(value) for value in torch.sigmoid(x @ w + b)]


@mistake(
    "Which sums are above 0 comes back, as True and False. A sigmoid rises smoothly from 0 to 1: return its numbers."
)
def step_as_truth(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w + b > 0


EXERCISE = Exercise(
    name="neuron",
    points=1.5,
    parameters=("x", "w", "b"),
    summary="Return the sigmoid of the weighted sum of every row of x: one number a row.",
    outputs=("result",),
    read=Tensors(("result",)),
    cases=(
        Case("ordinary values", _some_rows, twice=True),
        Case("a batch of one", _one_row),
        Case("a single feature", _one_feature),
        Case("thirty features", _many_features),
        Case("weighted sums beyond 1000", _extreme_rows, EXTREMES),
        Case("weighted sums beyond 1000 in float64", _extreme_rows, EXTREMES, torch.float64),
        Case("tensors in float64", _some_rows, CARE, torch.float64),
        Case("views with strides", _some_rows, CARE, layout="strided"),
        Case("a transposed x", _some_rows, CARE, layout="transposed"),
        Case("tensors that require a gradient", _some_rows, CARE, requires_grad=True, connected=True),
    ),
    reference=_weighted_sigmoid,
    parts={"result": 0.6, EXTREMES: 0.2, CARE: 0.2},
    reduction=lambda arguments: int(arguments["x"].shape[1]),
    dims=lambda arguments: {"n": arguments["x"].shape[0], "d": arguments["x"].shape[1]},
    mistakes=mistake.all,
    hints=(
        "For one row: multiply each of its d numbers by its weight, add up, add b. That is one number; squash it.",
        "All rows at once is a product of a matrix (n, d) and a vector (d,). What shape has it?",
        "`@` multiplies a matrix by a vector, and b is added to every element. torch.sigmoid is welcome here.",
    ),
)
