"""`batch_norm`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.optimization.normalized import NO_NORM, batch
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Reading, Truth, describe, nothing_returned, read_keys
from grading.judging.verdict import Finding
from grading.probe.call import Observation

_KEYS = ("X_hat", "std", "gamma")


def ordinary(draw: Draw) -> Arguments:
    """Draw a batch whose features have different means and spreads; eps is so large that its place shows."""
    X, gamma = batch(draw, *_sizes(draw))
    eps = 0.25 if draw.simple else round(float(draw.uniform(low=0.1, high=0.4)), 3)
    return {"X": X, "gamma": gamma, "beta": draw.normal(len(gamma)) + 2.0, "eps": eps}


def _sizes(draw: Draw) -> tuple[int, int]:
    """Draw n and d, at least 2 apart: swapped axes show, and so does a divisor n - 1 for n."""
    if draw.simple:
        return draw.integer(2, 3), draw.integer(1, draw.limit)
    n = draw.integer(4, 6)
    return n, n + 2 if draw.integer(0, 1) else n - 2


def _usual(draw: Draw) -> Arguments:
    return {**ordinary(draw), "eps": 1e-5}


def _square(draw: Draw) -> Arguments:
    X, gamma = batch(draw, 5, 5) if not draw.simple else batch(draw, 2, 2)
    return {**ordinary(draw), "X": X, "gamma": gamma, "beta": draw.normal(len(gamma)) + 2.0}


def _constant(draw: Draw) -> Arguments:
    made = ordinary(draw)
    made["X"][:, 0] = -2.5
    return made


def _one_feature(draw: Draw) -> Arguments:
    X, gamma = batch(draw, 6, 1)
    return {**ordinary(draw), "X": X, "gamma": gamma, "beta": draw.normal(1) + 2.0}


def _one_example(draw: Draw) -> Arguments:
    made = ordinary(draw)
    return {**made, "X": made["X"][:1]}


def many(draw: Draw) -> Arguments:
    """Draw a batch of many examples."""
    X, gamma = batch(draw, draw.integer(20, 30), 3)
    return {**ordinary(draw), "X": X, "gamma": gamma, "beta": draw.normal(3) + 2.0}


def _normalized(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> tuple[Tensor, ...]:
    """Return O, X_hat, std and gamma. The first is the library's; the spread comes from the differences of all pairs."""
    pairs = X[:, None] - X[None, :]
    std = (pairs.square().mean(dim=(0, 1)) / 2 + eps).sqrt()
    X_hat = pairs.mean(dim=1) / std
    O = torch.nn.functional.batch_norm(X, None, None, gamma, beta, True, 0.1, eps) if len(X) > 1 else beta.expand_as(X)
    return O, X_hat, std, gamma


def _row(value: Any, features: int) -> Any:
    """Return what was kept for each feature as (d,), if it is (1, d)."""
    return value[0] if isinstance(value, Tensor) and tuple(value.shape) == (1, features) else value


def _read(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    value = observation.value
    missing = nothing_returned(value)
    if missing:
        return missing
    if not isinstance(value, tuple | list) or len(value) != 2:
        facts = (("expected", "(O, cache)"), ("got", describe(value)))
        return Finding("", "type", "it should return two things.", facts)
    if value[1] is None:
        facts = (("expected", f"a dict with the keys {', '.join(map(repr, _KEYS))}"), ("got", "None"))
        return Finding(
            "",
            "type",
            "the cache is empty.",
            facts,
            "The backward pass needs these three: keep them under their names.",
        )
    cache = read_keys(value[1], _KEYS)
    if isinstance(cache, Finding):
        return cache
    d = arguments["X"].shape[1]
    return _excused(
        {"O": value[0], **cache, "std": _row(cache["std"], d), "gamma": _row(cache["gamma"], d)}, arguments, truth
    )


def _excused(reading: Reading, arguments: Mapping[str, Any], truth: Truth) -> Reading:
    """Return the reading with the truth for X_hat, and O, if they follow from the std that is shown.

    That std may be wrong, but it has to be one that a batch could have: finite, above zero, not the same for all features.
    """
    X, std = arguments["X"], reading["std"]
    if not isinstance(std, Tensor) or std.shape != truth["std"].shape or not bool(torch.isfinite(std).all()):
        return reading
    if not bool((std > 0).all()) or (len(std) > 1 and _near(std, std[:1].double().expand(len(std)), X.dtype)):
        return reading
    X_hat = (X.double() - X.double().mean(0)) / std.double()
    O = arguments["gamma"].double() * X_hat + arguments["beta"].double()
    if _near(reading["X_hat"], X_hat, X.dtype) and _near(reading["O"], O, X.dtype):
        return {**reading, **{name: truth[name].to(X.dtype) for name in ("X_hat", "O")}}
    return reading


def _near(shown: Any, due: Tensor, dtype: torch.dtype) -> bool:
    if not isinstance(shown, Tensor) or shown.shape != due.shape or not shown.is_floating_point():
        return False
    bound = 200 * torch.finfo(dtype).eps * max(1.0, float(due.abs().max()))
    return bool(((shown.double() - due.double()).abs() <= bound).all())


mistake = Mistakes()
Normalized = tuple[Tensor, dict[str, Tensor]]


def _with(X_hat: Tensor, std: Tensor, gamma: Tensor, beta: Tensor) -> Normalized:
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake(
    "The variance is divided by n - 1: `var` and `std` do so by default. Here it is the mean square, divided by n."
)
def unbiased(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0) + eps).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("eps stands outside of the root. It is added to the variance: sqrt(var + eps).")
def eps_outside(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = X.var(0, correction=0).sqrt() + eps
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("eps is missing: a feature that does not vary is divided by zero.")
def no_eps(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = X.var(0, correction=0).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("eps is always 1e-5, whatever the argument says.")
def own_eps(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + 1e-5).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("X_hat is right, but the std in the cache lacks eps. The backward pass divides by what X was divided by.")
def cache_without_eps(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    variance = X.var(0, correction=0)
    O, cache = _with((X - X.mean(0)) / (variance + eps).sqrt(), variance.sqrt(), gamma, beta)
    return O, cache


@mistake("X_hat is right, but std in the cache is the variance. Keep its root, by which X was divided.")
def variance_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    variance = X.var(0, correction=0) + eps
    return _with((X - X.mean(0)) / variance.sqrt(), variance, gamma, beta)


@mistake("X_hat is right, but std in the cache is one over it. Keep the root itself.")
def inverse_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return _with((X - X.mean(0)) / std, 1 / std, gamma, beta)


@mistake("It divides by the variance. Divide by its root.")
def no_root(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    variance = X.var(0, correction=0) + eps
    return _with((X - X.mean(0)) / variance, variance, gamma, beta)


@mistake(
    "Mean and variance are taken over the features of each example: that is layer normalization. Take them over the batch."
)
def over_features(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(1, correction=0, keepdim=True) + eps).sqrt()
    return _with((X - X.mean(1, keepdim=True)) / std, std, gamma, beta)


@mistake("One mean and one variance are taken over everything. Each feature has its own.")
def over_everything(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(correction=0) + eps).sqrt()
    return _with((X - X.mean()) / std, std.expand(X.shape[1]).clone(), gamma, beta)


@mistake("X is divided by the variance. std in the cache is its root, and by that X is divided.")
def variance_below(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    variance = X.var(0, correction=0) + eps
    return _with((X - X.mean(0)) / variance, variance.sqrt(), gamma, beta)


@mistake("The mean is not subtracted. X_hat has mean 0 in each feature.")
def not_centred(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return _with(X / std, std, gamma, beta)


@mistake("Only the mean is subtracted. Divide by the standard deviation as well.")
def centred_only(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return _with(X - X.mean(0), std, gamma, beta)


@mistake("This is the mean of the squares: the mean was not subtracted before squaring.")
def mean_square(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.square().mean(0) + eps).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("gamma and beta are left out of O. O = gamma X_hat + beta.")
def no_scale_and_shift(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return X_hat, {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake("beta is left out of O. O = gamma X_hat + beta.")
def no_shift(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat, {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake("gamma + 1 multiplies X_hat. Here gamma is the factor itself.")
def gamma_plus_one(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return (1 + gamma) * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake("gamma and beta are swapped.")
def swapped(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return beta * X_hat + gamma, {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake("beta is added before gamma multiplies. Multiply first: gamma X_hat + beta.")
def shift_first(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * (X_hat + beta), {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake("X_hat in the cache is O, with gamma and beta in it. Keep what was normalized, before them.")
def output_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    O = gamma * (X - X.mean(0)) / std + beta
    return O, {"X_hat": O, "std": std, "gamma": gamma}


@mistake("X_hat in the cache is X minus its mean, not yet divided by std.")
def centred_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    centred = X - X.mean(0)
    return gamma * centred / std + beta, {"X_hat": centred, "std": std, "gamma": gamma}


@mistake("Only O is returned. Two things are asked for: O, cache.")
def output_only(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.var(0, correction=0) + eps).sqrt()
    return gamma * (X - X.mean(0)) / std + beta


_N_MINUS_1 = "The variance is divided by n - 1, the default of `var` and `std`: here it is n."


@mistake(
    "The variance is divided by n - 1, the default of `var` and `std`: here it is n. And eps stands "
    "outside of the root; it is added to the variance."
)
def unbiased_eps_outside(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = X.std(0) + eps
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake(
    "The variance is divided by n - 1, the default of `var` and `std`: here it is n. And eps is missing; "
    "it is added to the variance."
)
def unbiased_no_eps(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = X.std(0)
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("One variance is taken over all elements: an axis is missing there. Each feature has its own.")
def one_variance(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    centred = X - X.mean(0)
    std = (centred.square().mean() + eps).sqrt()
    return _with(centred / std, std, gamma, beta)


@mistake("One variance is taken over all elements: an axis is missing there. Each feature has its own.")
def one_variance_of_all(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(correction=0) + eps).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("One variance is taken over all elements: an axis is missing there. Each feature has its own.")
def one_unbiased_variance(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var() + eps).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("One mean and one variance are taken over everything. Each feature has its own.")
def over_everything_unbiased(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var() + eps).sqrt()
    return _with((X - X.mean()) / std, std, gamma, beta)


@mistake("One mean is taken over all elements: an axis is missing there. Each feature has its own.")
def one_mean(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return _with((X - X.mean()) / std, std, gamma, beta)


@mistake(
    "The spread is taken over the features of each example, and the mean over the batch. Both belong to the batch: axis 0."
)
def spread_over_features(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(1, correction=0, keepdim=True) + eps).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("The mean is taken over axis 1, the features of each example. Take it over the batch, axis 0.")
def mean_over_features(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return _with((X - X.mean(1)) / std, std, gamma, beta)


@mistake("The squares of the differences are added. The variance is their mean: divide by n.")
def sum_of_squares(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    centred = X - X.mean(0)
    std = (centred.square().sum(0) + eps).sqrt()
    return _with(centred / std, std, gamma, beta)


@mistake("The sum of squares is divided by the number of features. It runs over the batch: divide by n.")
def divided_by_features(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    centred = X - X.mean(0)
    std = (centred.square().sum(0) / X.shape[1] + eps).sqrt()
    return _with(centred / std, std, gamma, beta)


@mistake("eps is squared. It is added to the variance as it is.")
def eps_squared(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps**2).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake(
    "A root is taken twice: of the standard deviation, which is a root already. Below the root stands the variance."
)
def root_of_std(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.std(0, correction=0) + eps).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("The squared mean is added to the mean of the squares. For the variance it is subtracted.")
def squared_mean_added(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.square().mean(0) + X.mean(0).square() + eps).sqrt()
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("The absolute differences are averaged. The standard deviation is the root of the mean of their squares.")
def absolute_differences(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X - X.mean(0)).abs().mean(0) + eps
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("It divides by the range, the largest value minus the smallest. Divide by the standard deviation.")
def by_range(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = X.amax(0) - X.amin(0) + eps
    return _with((X - X.mean(0)) / std, std, gamma, beta)


@mistake("The mean is added to X. Subtract it.")
def mean_added(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return _with((X + X.mean(0)) / std, std, gamma, beta)


@mistake(
    "Without parentheses, `/` binds closer than `-`: only the mean is divided by std. The difference needs its own."
)
def difference_open(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return _with(X - X.mean(0) / std, std, gamma, beta)


@mistake("std in the cache is the variance, without eps. Keep the root by which X was divided.")
def bare_variance_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    variance = X.var(0, correction=0)
    return _with((X - X.mean(0)) / (variance + eps).sqrt(), variance, gamma, beta)


@mistake(
    "The variance is divided by n - 1, the default of `var` and `std`: here it is n. And std in the "
    "cache is this variance. Keep the root by which X was divided."
)
def unbiased_variance_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    variance = X.var(0)
    return _with((X - X.mean(0)) / (variance + eps).sqrt(), variance, gamma, beta)


@mistake("eps is added to the root where X is divided, and std in the cache lacks it. Both are sqrt(var + eps).")
def eps_outside_not_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = X.var(0, correction=0).sqrt()
    return _with((X - X.mean(0)) / (std + eps), std, gamma, beta)


@mistake("X itself is in the cache as X_hat. Keep what was normalized.")
def input_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return gamma * (X - X.mean(0)) / std + beta, {"X_hat": X.clone(), "std": std, "gamma": gamma}


@mistake("X_hat in the cache is multiplied by gamma already. Keep what was normalized, before gamma.")
def scaled_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    scaled = gamma * (X - X.mean(0)) / std
    return scaled + beta, {"X_hat": scaled, "std": std, "gamma": gamma}


@mistake("beta is in the cache as gamma.")
def beta_in_cache(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": beta}


@mistake("beta is subtracted. O = gamma X_hat + beta.")
def shift_subtracted(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return gamma * X_hat - beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake("O is made from X. gamma multiplies what was normalized, X_hat.")
def input_scaled(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    return gamma * X + beta, {"X_hat": (X - X.mean(0)) / std, "std": std, "gamma": gamma}


@mistake("gamma is left out of O. O = gamma X_hat + beta.")
def no_scale(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X_hat = (X - X.mean(0)) / std
    return X_hat + beta, {"X_hat": X_hat, "std": std, "gamma": gamma}


@mistake("The cache comes first. The order is O, cache.")
def cache_first(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Any:
    std = (X.var(0, correction=0) + eps).sqrt()
    O, cache = _with((X - X.mean(0)) / std, std, gamma, beta)
    return cache, O


@mistake(
    "X is overwritten, first by X_hat and then by O: the caller's data is lost, and X_hat in the cache is O. Make new tensors."
)
@torch.no_grad()
def all_in_place(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X.sub_(X.mean(0)).div_(std).mul_(gamma).add_(beta)
    return X, {"X_hat": X, "std": std, "gamma": gamma}


@mistake("`X -= ...` writes into X, which belongs to the caller.")
@torch.no_grad()
def in_place(X: Tensor, gamma: Tensor, beta: Tensor, eps: float) -> Normalized:
    std = (X.var(0, correction=0) + eps).sqrt()
    X -= X.mean(0)
    return _with(X / std, std, gamma, beta)


EXERCISE = Exercise(
    name="batch_norm",
    points=1.5,
    parameters=("X", "gamma", "beta", "eps"),
    summary="Return O = gamma X_hat + beta and a cache with X_hat, std = sqrt(biased variance + eps) and gamma.",
    outputs=("std", "X_hat", "O", "gamma"),
    read=_read,
    cases=(
        Case("ordinary values", ordinary, twice=True),
        Case("a small eps", _usual),
        Case("as many examples as features", _square),
        Case("a feature that does not vary", _constant, CARE),
        Case("one feature", _one_feature),
        Case("a batch of one", _one_example, CARE),
        Case("many examples", many, CARE),
        Case("tensors in float64", ordinary, CARE, torch.float64),
        Case("a view with strides", ordinary, CARE, layout="strided"),
        Case("tensors that require a gradient", ordinary, CARE, requires_grad=True),
    ),
    reference=lambda X, gamma, beta, eps: dict(
        zip(("O", "X_hat", "std", "gamma"), _normalized(X, gamma, beta, eps), strict=True)
    ),
    parts={"std": 0.3, "X_hat": 0.25, "O": 0.3, "gamma": 0.05, CARE: 0.1},
    reduction=lambda arguments: 2 * len(arguments["X"]) + 4,
    like={"X_hat": "X", "O": "X", "std": "gamma", "gamma": "gamma"},
    given=frozenset({"gamma"}),
    mistakes=mistake.all,
    hints=(
        "Each feature is a column. What is its mean, and how large are the differences from it, in the mean of their squares?",
        "std is the root of that mean of squares plus eps; X_hat is the difference from the mean over std.",
        "`X.mean(0)` has the shape (d,), and `X - X.mean(0)` subtracts it from every row. `X.var(0, correction=0)` divides by n.",
    ),
    ban=NO_NORM,
)
