"""`accuracy`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

import torch
from torch import Tensor

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Number


def _all_right(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 3, 9)
    logits, y = draw.normal(n, q), draw.labels(n, q)
    logits[torch.arange(n), y] += 20
    return {"logits": logits, "y": y}


def _all_wrong(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 3, 9)
    q = max(q, 2)
    logits, y = draw.normal(n, q), draw.labels(n, q)
    logits[torch.arange(n), y] -= 20
    return {"logits": logits, "y": y}


def _some_right(draw: Draw, n: int, q: int) -> Arguments:
    """Draw predictions of which some are right, all of them narrowly: the label comes first or second in its row."""
    logits, y = draw.normal(n, q), draw.labels(n, q)
    rows = torch.arange(n)
    logits[rows, y] = -torch.inf
    best = logits.amax(dim=1)
    right = torch.zeros(n)
    right[draw.permutation(n)[: max(1, round(n * float(draw.uniform(low=0.3, high=0.7))))]] = 1.0
    logits[rows, y] = best + (2 * right - 1) * draw.uniform(n, low=0.05, high=0.3)
    return {"logits": logits, "y": y}


def _ordinary_predictions(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 4, 12)
    return _some_right(draw, n, q + 1 if draw.simple else q)


def _many_predictions(draw: Draw) -> Arguments:
    return _some_right(draw, 47, 10)


def _eight_predictions(draw: Draw) -> Arguments:
    # Eighths are exact in every dtype: a share that was computed in float32 is right.
    return _some_right(draw, 8, draw.integer(3, 6))


def _high_logits(draw: Draw) -> Arguments:
    arguments = _many_predictions(draw)
    return {"logits": 100 * arguments["logits"] - 300, "y": arguments["y"]}


def _single_prediction(draw: Draw) -> Arguments:
    q = draw.integer(3, 6)
    return {"logits": draw.normal(1, q), "y": draw.labels(1, q)}


def _share(logits: Tensor, y: Tensor) -> Tensor:
    largest = logits.amax(dim=1)
    return (logits[torch.arange(len(y)), y] >= largest).double().sum() / len(y)


mistake = Mistakes()


@mistake("This is the number of correct predictions. Divide by the number of examples.")
def count(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum()


@mistake("This is a percentage. A share lies between 0 and 1.")
def percent(logits: Tensor, y: Tensor) -> Tensor:
    return 100 * (logits.argmax(dim=1) == y).double().mean()


@mistake("This is the share of wrong predictions, 1 minus the accuracy.")
def error_rate(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) != y).double().mean()


@mistake("argmax runs over the batch. The prediction for an example is the largest logit in its row, dim=1.")
def wrong_axis(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=0) == y).double().mean()


@mistake("This predicts the class with the smallest logit.")
def argmin(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmin(dim=1) == y).double().mean()


@mistake("Predictions (n, 1) and labels (n,) broadcast to n × n comparisons. Give both the same shape.")
def all_pairs(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1, keepdim=True) == y).double().mean()


@mistake(
    "This is the mean probability of the right class. A prediction is right or wrong: it is the class of the largest logit."
)
def confidence(logits: Tensor, y: Tensor) -> Tensor:
    return torch.softmax(logits.double(), dim=1)[torch.arange(len(y)), y].mean()


@mistake("`//` rounds down to 0 or 1. Use `/`.")
def floored(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum() // len(y)


@mistake("This divides by the number of logits, n × q. There are n predictions.")
def over_all_elements(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum() / logits.numel()


@mistake(
    "No hit is ever counted. A prediction is a class, which argmax tells; the largest logit itself is not a class. Or does the loop never "
    "get to an example?"
)
def largest_logit(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.max(dim=1).values == y).double().mean()


@mistake("argmax without an axis gives one index into the whole table. Each row has its own: dim=1.")
def one_index(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax() == y).double().mean()


@mistake(
    "The labels are classes already, one for each row, and no one-hot rows: compare the predictions with y as it is."
)
def argmax_of_labels(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y.argmax(dim=1)).double().mean()


@mistake("Only the last example counts: the counter is set to 0 inside of the loop.")
def last_row(logits: Tensor, y: Tensor) -> float:
    return float(logits[-1].argmax() == y[-1]) / len(y)


@mistake("Only the first example counts: the function returns within its loop.")
def returns_early(logits: Tensor, y: Tensor) -> float:
    return float(logits[0].argmax() == y[0]) / len(y)


@mistake(
    "The logits are compared with the labels. The prediction for a row is the class of its largest logit, which argmax tells.",
    line=r"logits\s*==|==\s*logits\b(?!\.)|eq\(logits,",
)
def logits_compared(logits: Tensor, y: Tensor) -> Tensor:
    return (logits == y).double().mean()


@mistake("This is the number of wrong predictions. The share of right ones is asked for.")
def errors_counted(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) != y).sum()


@mistake("It is divided by the number of examples twice.")
def divided_twice(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).double().mean() / len(y)


@mistake("Only the first example is looked at. All rows of the batch count.")
def first_row(logits: Tensor, y: Tensor) -> float:
    return float(logits[0].argmax() == y[0])


@mistake("Only hits in the classes 0 and 1 are counted, as if there were two. A hit in any class counts.")
def two_classes(logits: Tensor, y: Tensor) -> Tensor:
    return ((logits.argmax(dim=1) == y) & (y < 2)).sum() / len(y)


@mistake("Only hits in class 1 are counted. A hit in any class counts.")
def class_one(logits: Tensor, y: Tensor) -> Tensor:
    return ((logits.argmax(dim=1) == y) & (y == 1)).sum() / len(y)


for _size in (10, 32, 64, 100, 128, 256, 1000):
    mistake(
        f"The hits are divided by {_size}, whatever the batch. It may have any size: ask the labels, `len(y)`.",
        name=f"over-{_size}",
    )(lambda logits, y, size=_size: (logits.argmax(dim=1) == y).sum().double() / size)


@mistake("The hits are divided by the number of classes. There are n predictions, one for each row.")
def over_the_classes(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum() / logits.shape[1]


@mistake("The result is rounded to a whole number, 0 or 1.")
def rounded(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).double().mean().round()


@mistake("The result is rounded to two digits. Rounding is for printing.")
def two_digits(logits: Tensor, y: Tensor) -> Tensor:
    return torch.round((logits.argmax(dim=1) == y).double().mean(), decimals=2)


@mistake(
    "A prediction counts if its logit is above 0, or its probability above 1/2. The class of the largest logit decides."
)
def threshold(logits: Tensor, y: Tensor) -> Tensor:
    return (logits[torch.arange(len(y)), y] > 0).double().mean()


@mistake(
    "A prediction counts if its probability is above 1/2. It is right if its logit is the largest, however small that is."
)
def above_one_half(logits: Tensor, y: Tensor) -> Tensor:
    return (torch.softmax(logits.double(), dim=1)[torch.arange(len(y)), y] > 0.5).double().mean()


@mistake("This is whether each prediction is right, n answers. Their mean is asked for.")
def each_example(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).double()


@mistake("This is whether all predictions are right. Their share is asked for.")
def all_or_nothing(logits: Tensor, y: Tensor) -> float:
    return float(torch.equal(logits.argmax(dim=1), y))


@mistake("The labels are one too high or the classes one too low: the first class is 0.")
def one_off(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) + 1 == y).double().mean()


@mistake("These are predicted classes. Compare them with the labels and take the mean.")
def predictions(logits: Tensor, y: Tensor) -> Tensor:
    return logits.argmax(dim=1)


@mistake("This is the loss, the cross-entropy. The share of right predictions is asked for.")
def loss(logits: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.cross_entropy(logits.double(), y)


EXERCISE = Exercise(
    name="accuracy",
    points=1.0,
    parameters=("logits", "y"),
    summary="Return the share of examples, from 0 to 1, whose largest logit is that of their label.",
    outputs=("share",),
    read=Number("share"),
    cases=(
        Case("some right, some wrong", _ordinary_predictions, twice=True),
        Case("many examples", _many_predictions),
        Case("all right", _all_right),
        Case("all wrong", _all_wrong),
        Case("large logits", _high_logits),
        Case("a single example", _single_prediction, CARE),
        Case("logits in float64", _eight_predictions, CARE, torch.float64),
        Case("a view with strides", _ordinary_predictions, CARE, layout="strided"),
        Case("logits that require a gradient", _ordinary_predictions, CARE, requires_grad=True),
    ),
    reference=_share,
    parts={"share": 0.8, CARE: 0.2},
    keeps_dtype=False,
    dims=lambda arguments: dict(zip("nq", arguments["logits"].shape, strict=True)),
    mistakes=mistake.all,
    hints=(
        "The prediction for an example is the class of its largest logit: one of the q entries of its row.",
        "`logits.argmax(dim=1)` has the shape (n,), like y.",
        "Comparing gives True and False. They count as 1 and 0 once they are numbers: `.float()`.",
    ),
)
