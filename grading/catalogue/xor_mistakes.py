"""Known mistakes of lesson 01."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grading.judging.exercise import Mistake


def _no_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x * w + b)


def _one_sum(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w).sum() + b)


def _column(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w[:, None] + b)


def _squeezed(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w[:, None] + b).squeeze()


def _mean(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid((x * w).mean(dim=1) + b)


def _no_bias(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w)


def _bias_outside(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w) + b


def _bias_subtracted(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x @ w - b)


def _no_sigmoid(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return x @ w + b


def _step(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return (x @ w + b > 0).to(x.dtype)


def _falling(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(x @ w + b))


def _overflows(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    e = torch.exp(x @ w + b)
    return e / (1 + e)


def _two_features(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.sigmoid(x[:, 0] * w[0] + x[:, 1 % x.shape[1]] * w[1 % x.shape[1]] + b)


NEURON = (
    Mistake(
        "no-sum",
        _no_sum,
        "Each feature was squashed by itself: the weighted sum is missing. `*` multiplies element by element, `@` sums as well.",
    ),
    Mistake(
        "one-sum", _one_sum, "This adds up all rows. Each row has its own weighted sum: sum over the features only."
    ),
    Mistake("column", _column, "This is a column (n, 1), one number in each row. One axis is asked for: (n,)."),
    Mistake(
        "squeezed",
        _squeezed,
        "squeeze() takes away the axis of a batch of one, too. Say which axis should go: squeeze(1).",
    ),
    Mistake("mean", _mean, "The weighted features are averaged. A weighted sum is not divided by d."),
    Mistake("no-bias", _no_bias, "b is not used. Without it the boundary always passes through the origin."),
    Mistake(
        "bias-outside", _bias_outside, "b is added after the sigmoid. It belongs to the sum, inside of the sigmoid."
    ),
    Mistake(
        "bias-subtracted", _bias_subtracted, "b is subtracted. It is a bias here, not a threshold: the sum is xw + b."
    ),
    Mistake(
        "no-sigmoid", _no_sigmoid, "This is the weighted sum itself. The sigmoid of it is asked for, between 0 and 1."
    ),
    Mistake("step", _step, "This jumps from 0 to 1. A sigmoid rises smoothly between them."),
    Mistake("falling", _falling, "This falls from 1 to 0: the exponent has the wrong sign."),
    Mistake(
        "overflows",
        _overflows,
        "exp(z) overflows for large z, and inf / inf is no number. torch.sigmoid avoids it; so does 1 / (1 + exp(-z)).",
    ),
    Mistake("two-features", _two_features, "Only the first two features are used. A row may have any number of them."),
)


def _count(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum()


def _quarter(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) == y).sum() / 4


def _percent(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return 100 * ((X @ w + b > 0) == y).float().mean()


def _error_rate(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) != y).float().mean()


def _not_strict(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b >= 0) == y).float().mean()


def _above_half(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0.5) == y).float().mean()


def _without_bias(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w > 0) == y).float().mean()


def _signs(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (torch.sign(X @ w + b) == y).float().mean()


def _called_one(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (X @ w + b > 0).float().mean()


def _both_one(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w + b > 0) & (y == 1)).float().mean()


def _only_ones(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    called = X @ w + b > 0
    return (called & (y == 1)).sum() / (y == 1).sum().clamp(min=1)


def _mask(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return (X @ w + b > 0) == y


def _every_pair(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
    return ((X @ w[:, None] + b > 0) == y).float().mean()


LINEAR_ACCURACY = (
    Mistake(
        "count",
        _count,
        "This counts the rows that are right. A share lies between 0 and 1: divide by the number of rows.",
    ),
    Mistake(
        "quarter",
        _quarter,
        "The count is divided by 4. XOR has four rows, other data has more: divide by the number of rows.",
    ),
    Mistake("percent", _percent, "This is a percentage. A share between 0 and 1 is asked for."),
    Mistake("error-rate", _error_rate, "This is the share of the rows that are wrong."),
    Mistake(
        "not-strict",
        _not_strict,
        "A point exactly on the line, Xw + b = 0, is called 1 here. By the rule it is 0: the comparison is strict.",
    ),
    Mistake(
        "above-half",
        _above_half,
        "Xw + b is compared with 1/2. It is the sigmoid that is 1/2 on the line; the sum itself is 0 there.",
    ),
    Mistake("no-bias", _without_bias, "b is not used: every line would pass through the origin."),
    Mistake(
        "signs", _signs, "The sign is -1, 0 or 1, the labels are 0 and 1: no point with label 0 can be right this way."
    ),
    Mistake(
        "labels-ignored",
        _called_one,
        "This is the share of the rows that the line calls 1. They are never compared with y.",
    ),
    Mistake(
        "zeros-forgotten", _both_one, "Only a one that is called 1 counts here. A zero that is called 0 is right, too."
    ),
    Mistake("only-ones", _only_ones, "This looks only at the rows with label 1. Those with label 0 count as well."),
    Mistake("not-averaged", _mask, "This says for each row whether it is right. What share of them is True?"),
    Mistake(
        "every-pair",
        _every_pair,
        "A column (n, 1) compared with y (n,) gives (n, n): every row with every label. Make both (n,).",
    ),
)


def _biases_added(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 + b2


def _factors_swapped(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W2 @ W1, b1 @ W2 + b2


def _first_bias_lost(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b2


def _second_bias_lost(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2


def _biases_multiplied(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1 @ W2 * b2


def _transposed(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return (W1 @ W2).T, b1 @ W2 + b2


def _only_weights(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2


def _pair_swapped(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return b1 @ W2 + b2, W1 @ W2


def _bias_row(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1 @ W2, b1[None, :] @ W2 + b2


def _relu_between(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    return W1.clamp(min=0) @ W2, b1.clamp(min=0) @ W2 + b2


COLLAPSE = (
    Mistake(
        "biases-added",
        _biases_added,
        "b1 has h numbers and b2 has q. b1 passes through the second layer, too, before it meets b2.",
    ),
    Mistake("factors-swapped", _factors_swapped, "W2 @ W1 does the second layer first. X meets W1 before W2: X W1 W2."),
    Mistake(
        "first-bias-lost",
        _first_bias_lost,
        "b1 is lost. It goes through the second layer like all that comes out of the first.",
    ),
    Mistake("second-bias-lost", _second_bias_lost, "b2 is lost. It is added at the very end."),
    Mistake("biases-multiplied", _biases_multiplied, "b1 W2 and b2 are multiplied. The second layer adds b2."),
    Mistake(
        "transposed",
        _transposed,
        "This W is (q, d), as nn.Linear stores it. In X W, with examples in rows, it is (d, q).",
    ),
    Mistake("only-weights", _only_weights, "Only W is returned. An affine map has a b, too."),
    Mistake("pair-swapped", _pair_swapped, "The two are right but come in the wrong order: W first, then b."),
    Mistake("bias-row", _bias_row, "b is a row (1, q). One axis is asked for, as in b2: (q,)."),
    Mistake(
        "relu-between",
        _relu_between,
        "There is a ReLU in this. The two layers are affine here, with nothing between them.",
    ),
)


def _network(
    W1: list[list[float]], b1: list[float], W2: list[float], b2: float
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return torch.tensor(W1), torch.tensor(b1), torch.tensor(W2)[:, None], torch.tensor([b2])


def _or() -> Any:
    return _network([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [1.0, -1.0], 0.0)


def _and() -> Any:
    return _network([[1.0, 0.0], [1.0, 0.0]], [-1.0, 0.0], [1.0, 1.0], 0.0)


def _equal() -> Any:
    return _network([[1.0, -1.0], [-1.0, 1.0]], [0.0, 0.0], [-1.0, -1.0], 1.0)


def _sum() -> Any:
    return _network([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0], [1.0, 1.0], 0.0)


def _difference() -> Any:
    return _network([[1.0, -1.0], [-1.0, 1.0]], [0.0, 0.0], [1.0, -1.0], 0.0)


def _other_difference() -> Any:
    return _network([[1.0, -1.0], [-1.0, 1.0]], [0.0, 0.0], [-1.0, 1.0], 0.0)


def _first_only() -> Any:
    return _network([[1.0, 1.0], [-1.0, -1.0]], [0.0, 0.0], [1.0, 0.0], 0.0)


def _second_only() -> Any:
    return _network([[-1.0, 0.0], [1.0, 0.0]], [0.0, 0.0], [1.0, 1.0], 0.0)


def _half() -> Any:
    return _network([[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], [0.0, 0.0], 0.5)


def _zero() -> Any:
    return _network([[0.0, 0.0], [0.0, 0.0]], [0.0, 0.0], [0.0, 0.0], 0.0)


XOR_NETWORK = (
    Mistake("or", _or, "This is OR: right but for (1, 1). Something must bring the output down there, and only there."),
    Mistake("and", _and, "This is AND. It is a useful part: XOR is OR but not AND."),
    Mistake(
        "equal", _equal, "This is 1 where the inputs are equal, XOR the other way round. The last layer can turn it."
    ),
    Mistake(
        "sum",
        _sum,
        "On these inputs this is x1 + x2. For (1, 1) a unit must switch on that is off for the other three.",
    ),
    Mistake(
        "difference",
        _difference,
        "On these inputs this is x1 - x2: -1 for (0, 1). The last layer has brought the minus back.",
    ),
    Mistake(
        "other-difference",
        _other_difference,
        "On these inputs this is x2 - x1: -1 for (1, 0). The last layer has brought the minus back.",
    ),
    Mistake("first-only", _first_only, "It finds (1, 0) but not (0, 1). You have a second hidden unit for that."),
    Mistake("second-only", _second_only, "It finds (0, 1) but not (1, 0). You have a second hidden unit for that."),
    Mistake(
        "half",
        _half,
        "It says 1/2 four times, the best that an affine map can do. The hidden units tell nothing apart yet.",
    ),
    Mistake(
        "zero",
        _zero,
        "It says 0 four times. The hidden units tell nothing apart yet, or the last layer does not look at them.",
    ),
)
