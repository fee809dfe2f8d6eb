"""`batch_norm_backward`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.bans import BY_HAND
from grading.catalogue.optimization.normalized import batch
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistakes
from grading.judging.factors import Cause, Law
from grading.judging.read import Reading, Tensors, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.watch import AUTOGRAD

Gradients = tuple[Tensor, Tensor, Tensor]
Cache = Mapping[str, Tensor]
_NAMES = ("grad_X", "grad_gamma", "grad_beta")


def _drawn(draw: Draw, n: int, d: int, eps: float) -> Arguments:
    """Draw a batch, normalize it, and draw the gradient that comes from above; its columns have means far from 0."""
    X, gamma = batch(draw, n, d)
    std = (X.var(0, correction=0) + eps).sqrt()
    grad_O = draw.normal(n, d) if draw.simple else draw.normal(n, d) + 1.0 + draw.uniform(d)
    return {"grad_O": grad_O, "cache": {"X_hat": (X - X.mean(0)) / std, "std": std, "gamma": gamma}}


def ordinary(draw: Draw) -> Arguments:
    """Draw a batch with n and d at least 2 apart, so that swapped axes show."""
    if draw.simple:
        return _drawn(draw, draw.integer(2, 3), draw.integer(1, draw.limit), 0.25)
    n = draw.integer(4, 6)
    return _drawn(draw, n, n + 2 if draw.integer(0, 1) else n - 2, float(draw.uniform(low=0.2, high=0.6)))


def _square(draw: Draw) -> Arguments:
    return _drawn(draw, 2, 2, 0.25) if draw.simple else _drawn(draw, 5, 5, 1e-5)


def _one_feature(draw: Draw) -> Arguments:
    return _drawn(draw, 5, 1, 0.3)


def _constant(draw: Draw) -> Arguments:
    made = ordinary(draw)
    made["cache"]["X_hat"][:, 0] = 0.0
    return made


def _one_example(draw: Draw) -> Arguments:
    made = ordinary(draw)
    cache = made["cache"]
    return {"grad_O": made["grad_O"][:1], "cache": {**cache, "X_hat": torch.zeros_like(cache["X_hat"][:1])}}


def many(draw: Draw) -> Arguments:
    """Draw a batch of many examples."""
    return _drawn(draw, draw.integer(20, 30), 3, 0.3)


def _by_autograd(grad_O: Tensor, cache: Cache) -> Gradients:
    """Return the gradients of the sum of O ⊙ grad_O, through mean and variance, from an X that has this cache."""
    with torch.enable_grad():
        gamma = cache["gamma"].detach().clone().requires_grad_(True)
        X = (cache["X_hat"] * cache["std"]).detach().requires_grad_(True)
        beta = torch.zeros_like(gamma, requires_grad=True)
        centred = X - X.mean(0)
        variance = centred.square().mean(0)
        eps = (cache["std"].square() - variance).detach()
        O = gamma * centred / (variance + eps).sqrt() + beta
        grad_X, grad_gamma, grad_beta = torch.autograd.grad((O * grad_O.detach()).sum(), (X, gamma, beta))
        return grad_X, grad_gamma, grad_beta


def _pieces(grad_O: Tensor, cache: Cache) -> tuple[Tensor, Tensor, Tensor]:
    return cache["X_hat"], cache["std"], cache["gamma"]


def _composed(grad_O: Tensor, cache: Cache, of_gamma: Tensor, of_beta: Tensor) -> Tensor:
    """Return the gradient of X from those of gamma and beta, which are the sums that it contains."""
    X_hat, std, gamma = _pieces(grad_O, cache)
    return gamma / std * (grad_O - (of_beta + X_hat * of_gamma) / len(grad_O))


def _read(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    """Read the three gradients; that of X is excused if it follows from a wrong one of gamma or beta."""
    reading = Tensors(_NAMES)(observation, arguments, truth)
    if isinstance(reading, Finding):
        return reading
    dtype = arguments["grad_O"].dtype
    sums = [reading["grad_gamma"], reading["grad_beta"]]
    due = [truth["grad_gamma"], truth["grad_beta"]]
    if not all(_usable(shown, one) for shown, one in zip(sums, due, strict=True)):
        return reading
    if all(_near(shown, one, dtype) for shown, one in zip(sums, due, strict=True)):
        return reading
    exact = {key: one.double() for key, one in arguments["cache"].items()}
    grad_X = _composed(arguments["grad_O"].double(), exact, *(one.double() for one in sums))
    if _usable(reading["grad_X"], grad_X) and _near(reading["grad_X"], grad_X, dtype):
        return {**reading, "grad_X": truth["grad_X"].to(dtype)}
    return reading


def _usable(shown: Any, due: Tensor) -> bool:
    """Tell whether something is a finite tensor of this shape that is more than what rounding leaves of a sum of 0."""
    fits = isinstance(shown, Tensor) and shown.shape == due.shape and shown.is_floating_point()
    return fits and bool(torch.isfinite(shown).all()) and not _near(shown, torch.zeros_like(due), shown.dtype)


def _near(shown: Tensor, due: Tensor, dtype: torch.dtype) -> bool:
    bound = 200 * torch.finfo(dtype).eps * max(1.0, float(due.abs().max()))
    return bool(((shown.double() - due.double()).abs() <= bound).all())


mistake = Mistakes()


def _through_X(wrong: Callable[..., Tensor]) -> Callable[[Tensor, Cache], Gradients]:
    """Return an answer whose gradients of gamma and beta are right and whose gradient of X is this."""

    def answer(grad_O: Tensor, cache: Cache) -> Gradients:
        X_hat, std, gamma = _pieces(grad_O, cache)
        return wrong(grad_O, X_hat, std, gamma), (grad_O * X_hat).sum(0), grad_O.sum(0)

    return answer


for _name, _sentence, _wrong in (
    (
        "constants",
        "Mean and std are treated as constants. Both depend on every example of the batch: two more terms.",
        lambda G, X_hat, std, gamma: gamma * G / std,
    ),
    (
        "std-constant",
        "std is treated as a constant. It depends on every example: the term with the sum of grad_O · X_hat is missing.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0)),
    ),
    (
        "mean-constant",
        "The mean is treated as a constant. It depends on every example: the term with the sum of grad_O is missing.",
        lambda G, X_hat, std, gamma: gamma / std * (G - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "no-gamma",
        "gamma is forgotten in grad_X. On its way down, the gradient is first multiplied by gamma.",
        lambda G, X_hat, std, gamma: (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std,
    ),
    (
        "no-std",
        "The division by std is forgotten in grad_X.",
        lambda G, X_hat, std, gamma: gamma * (G - G.mean(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "times-std",
        "grad_X is multiplied by std where it is divided by it.",
        lambda G, X_hat, std, gamma: gamma * std * (G - G.mean(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "sums-for-means",
        "The two terms in grad_X are sums over the batch. They are means: divide them by n.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.sum(0) - X_hat * (G * X_hat).sum(0)),
    ),
    (
        "times-n",
        "grad_X is n times too large: the formula with n in front of grad_O has an n below, too.",
        lambda G, X_hat, std, gamma: gamma / std * (len(G) * G - G.sum(0) - X_hat * (G * X_hat).sum(0)),
    ),
    (
        "averaged",
        "grad_X is divided by n once more than it should be. The mean of the loss is in grad_O already.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / len(G),
    ),
    (
        "unbiased",
        "The term of the variance is divided by n - 1. The variance is a mean over n.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - X_hat * (G * X_hat).sum(0) / max(len(G) - 1, 1)),
    ),
    (
        "term-added",
        "The term of the variance is added. A larger value makes std larger and so the others smaller: it is subtracted.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) + X_hat * (G * X_hat).mean(0)),
    ),
    (
        "both-added",
        "The two terms of mean and variance are added. Both are subtracted.",
        lambda G, X_hat, std, gamma: gamma / std * (G + G.mean(0) + X_hat * (G * X_hat).mean(0)),
    ),
    (
        "term-without-x-hat",
        "The term of the variance lacks its X_hat: an example changes std in proportion to how far it lies from the mean.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - (G * X_hat).mean(0)),
    ),
    (
        "variance-halved",
        "The term of the variance is halved: the 2 of the square and the 1/2 of the root cancel.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - X_hat * (G * X_hat).mean(0) / 2),
    ),
    (
        "variance-doubled",
        "The term of the variance is doubled: the 2 of the square and the 1/2 of the root cancel.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - 2 * X_hat * (G * X_hat).mean(0)),
    ),
    (
        "over-features",
        "The means in grad_X run over the features of an example. They run over the batch, one for each feature.",
        lambda G, X_hat, std, gamma: (
            gamma / std * (G - G.mean(1, keepdim=True) - X_hat * (G * X_hat).mean(1, keepdim=True))
        ),
    ),
    (
        "gamma-twice",
        "grad_X is multiplied by gamma twice. Once is enough: in gamma · grad_O.",
        lambda G, X_hat, std, gamma: gamma**2 / std * (G - G.mean(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "gamma-in-one-term",
        "Only the first term of grad_X has gamma. The two means are of gamma · grad_O as well.",
        lambda G, X_hat, std, gamma: (gamma * G - G.mean(0) - X_hat * (G * X_hat).mean(0)) / std,
    ),
    (
        "std-squared",
        "grad_X is divided by the variance. Divide by std once.",
        lambda G, X_hat, std, gamma: gamma / std**2 * (G - G.mean(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "root-of-std",
        "A root of std is taken. The std in the cache is a root already: sqrt(var + eps).",
        lambda G, X_hat, std, gamma: gamma / std.sqrt() * (G - G.mean(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "root-of-std-and-eps",
        "A root of std + eps is taken. The std in the cache is a root already: sqrt(var + eps).",
        lambda G, X_hat, std, gamma: gamma / (std + 1e-5).sqrt() * (G - G.mean(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "std-for-variance",
        "In the term of the variance, std stands for the variance: its power -3/2 is std to the power -3.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0)) - gamma * std**0.5 * X_hat * (G * X_hat).mean(0),
    ),
    (
        "std-to-minus-2",
        "In the term of the variance, std has the power -2. The slope of 1 / sqrt(v) by v is -1/2 v^(-3/2), and that is std^(-3).",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0)) - gamma * X_hat * (G * X_hat).mean(0),
    ),
    (
        "x-hat-for-centred",
        "X_hat stands for X minus its mean, which is X_hat · std: the term of the variance is too small or too large.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0)) - gamma / std**3 * X_hat * (G * X_hat).mean(0),
    ),
    (
        "variance-summed",
        "The term of the variance lacks its 1/n: the variance is a mean.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - X_hat * (G * X_hat).sum(0)),
    ),
    (
        "mean-summed",
        "The term of the mean lacks its 1/n.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.sum(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "mean-added",
        "The term of the mean is added. The mean is subtracted from X, and so is this term.",
        lambda G, X_hat, std, gamma: gamma / std * (G + G.mean(0) - X_hat * (G * X_hat).mean(0)),
    ),
    (
        "inner-x-hat-missing",
        "In the term of the variance, X_hat is missing inside of the mean: it is the mean of grad_O · X_hat.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - X_hat * G.mean(0)),
    ),
    (
        "x-hat-outside-twice",
        "In the term of the variance, both X_hat stand outside of the mean. One of them belongs inside: grad_O · X_hat.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - X_hat**2 * G.mean(0)),
    ),
    (
        "not-averaged",
        "The term of the variance is not averaged. It is X_hat times one mean for each feature, that of grad_O · X_hat.",
        lambda G, X_hat, std, gamma: gamma / std * (G - G.mean(0) - X_hat * X_hat * G),
    ),
    (
        "over-everything",
        "The two means in grad_X run over all elements: an axis is missing. Each feature has its own.",
        lambda G, X_hat, std, gamma: (gamma * G - (gamma * G).mean() - X_hat * (gamma * G * X_hat).mean()) / std,
    ),
    (
        "own-row-only",
        "Only the own row is differentiated. Mean and std depend on every row, so an element changes all outputs of its column.",
        lambda G, X_hat, std, gamma: gamma * G * (1 - X_hat * std / len(G)) * (1 - 2 * X_hat**2 / len(G)) / std,
    ),
    (
        "divided-by-features",
        "The sums in grad_X are divided by the number of features. They run over the batch: divide by n.",
        lambda G, X_hat, std, gamma: gamma / std * (G - (G.sum(0) + X_hat * (G * X_hat).sum(0)) / G.shape[1]),
    ),
):
    mistake(_sentence, name=_name)(_through_X(_wrong))


@mistake("grad_gamma has gamma in it. gamma multiplies X_hat, so its gradient is the sum of grad_O · X_hat alone.")
def gamma_scaled(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma * cache["gamma"], of_beta


@mistake(
    "grad_beta has gamma in it. beta is added after gamma has multiplied: its gradient is the sum of grad_O alone."
)
def beta_scaled(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma, of_beta * cache["gamma"]


@mistake(
    "grad_gamma and grad_beta have gamma in them. They are sums of grad_O · X_hat and of grad_O, as it comes from above."
)
def both_scaled(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    gamma = cache["gamma"]
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma * gamma, of_beta * gamma


@mistake(
    "grad_gamma and grad_beta are summed over everything: an axis is missing. Each feature has its own gamma and beta."
)
def summed_over_everything(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma.sum(), of_beta.sum()


@mistake("grad_gamma is a matrix product. Multiply grad_O and X_hat element by element, then sum over the batch.")
def gamma_by_matrix_product(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), cache["X_hat"].T @ grad_O, of_beta


@mistake("grad_gamma is a matrix product. Multiply grad_O and X_hat element by element, then sum over the batch.")
def gamma_by_other_matrix_product(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), grad_O.T @ cache["X_hat"], of_beta


@mistake("grad_X is missing: only grad_gamma and grad_beta are returned. The order is grad_X, grad_gamma, grad_beta.")
def without_input(grad_O: Tensor, cache: Cache) -> Any:
    return (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)


@mistake("grad_gamma and grad_beta are means. The mean of the loss is in grad_O already; here the examples add up.")
def means(grad_O: Tensor, cache: Cache) -> Gradients:
    X_hat, _, _ = _pieces(grad_O, cache)
    of_gamma, of_beta = (grad_O * X_hat).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma / len(grad_O), of_beta / len(grad_O)


@mistake("grad_beta is a mean. The mean of the loss is in grad_O already; here the examples add up.")
def beta_averaged(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma, of_beta / len(grad_O)


@mistake("grad_gamma is a mean. The mean of the loss is in grad_O already; here the examples add up.")
def gamma_averaged(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma / len(grad_O), of_beta


@mistake("grad_gamma lacks X_hat: gamma multiplies X_hat, so its gradient is the sum of grad_O · X_hat.")
def gamma_without_x_hat(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_beta.clone(), of_beta


@mistake("grad_gamma is made with X and not with X_hat: gamma multiplies what was normalized.")
def gamma_with_x(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma * cache["std"], of_beta


@mistake("grad_gamma and grad_beta are not summed over the batch. Their shape is that of gamma and beta, (d,).")
def not_summed(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), grad_O * cache["X_hat"], grad_O


@mistake("grad_gamma and grad_beta have the shape (1, d). gamma and beta have the shape (d,): sum without keepdim.")
def kept_dimension(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_gamma[None], of_beta[None]


@mistake("The sums for grad_gamma and grad_beta run over the features. They run over the batch.")
def other_axis(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), (grad_O * cache["X_hat"]).sum(1), grad_O.sum(1)


@mistake("grad_gamma and grad_beta are swapped. The order is grad_X, grad_gamma, grad_beta.")
def swapped(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return _composed(grad_O, cache, of_gamma, of_beta), of_beta, of_gamma


@mistake("grad_X comes last. The order is grad_X, grad_gamma, grad_beta.")
def input_last(grad_O: Tensor, cache: Cache) -> Gradients:
    of_gamma, of_beta = (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0)
    return of_gamma, of_beta, _composed(grad_O, cache, of_gamma, of_beta)


@mistake("Only grad_X is returned. Three gradients are asked for: grad_X, grad_gamma, grad_beta.")
def input_only(grad_O: Tensor, cache: Cache) -> Any:
    return _composed(grad_O, cache, (grad_O * cache["X_hat"]).sum(0), grad_O.sum(0))


@mistake("X is not in the cache. X_hat, std and gamma are enough.")
def reads_x(grad_O: Tensor, cache: Cache) -> Any:
    return cache["X"]


_AVERAGED = Cause("averaged", Law(powers={"n": -1}), "It is divided by the batch size: the mean is in grad_O already.")
_SIGN = Cause("sign", Law(sign=-1), "The sign is wrong.")
_OF_X = (
    _AVERAGED,
    _SIGN,
    Cause("times-n", Law(powers={"n": 1}), "It is n times too large: both means need their 1/n."),
)

EXERCISE = Exercise(
    name="batch_norm_backward",
    points=2.0,
    parameters=("grad_O", "cache"),
    summary="Return grad_X, grad_gamma and grad_beta of batch normalization, by hand, from grad_O and a cache with X_hat, std, gamma.",
    outputs=_NAMES,
    read=_read,
    cases=(
        Case("ordinary values", ordinary, twice=True),
        Case("as many examples as features", _square),
        Case("one feature", _one_feature),
        Case("a feature that did not vary", _constant, CARE),
        Case("a batch of one", _one_example, CARE),
        Case("many examples", many, CARE),
        Case("tensors in float64", ordinary, CARE, torch.float64),
        Case("views with strides", ordinary, CARE, layout="strided"),
        Case("transposed tensors", ordinary, CARE, layout="transposed"),
        Case("tensors that require a gradient", ordinary, CARE, requires_grad=True),
    ),
    reference=_by_autograd,
    parts={"grad_X": 0.5, "grad_gamma": 0.2, "grad_beta": 0.2, CARE: 0.1},
    reduction=lambda arguments: 2 * len(arguments["grad_O"]) + 4,
    like={"grad_X": "grad_O"},
    dims=lambda arguments: {"n": len(arguments["grad_O"])},
    factors={"grad_X": _OF_X, "grad_gamma": (_AVERAGED, _SIGN), "grad_beta": (_AVERAGED, _SIGN)},
    mistakes=mistake.all,
    hints=(
        "beta was added to every row, and gamma multiplied X_hat in every row. What adds up over the rows?",
        "One element of X changes O in three ways: itself, through the mean, and through std. That makes three terms.",
        "With G = gamma · grad_O, the term of the mean is G.mean(0), and that of std is X_hat · (G · X_hat).mean(0). "
        "What are they subtracted from, and what is all of it divided by?",
    ),
    ban=Ban(frozenset({AUTOGRAD, "batch_norm_backward", "layer_norm_backward", "batch_norm_legit_backward"}), BY_HAND),
)
