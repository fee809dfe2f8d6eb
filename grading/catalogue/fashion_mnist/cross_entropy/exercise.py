"""`cross_entropy`: what it should do, and the inputs that are tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.fashion_mnist.cross_entropy.mistakes import mistake
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise
from grading.judging.read import Reading, Tensors, Truth, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.steps import WithGradient

EXTREMES = "extremes"


# The least probability that the scores of an ordinary case give to a label. A constant under the logarithm, or a bound of the
# probabilities, makes no difference there; where it does is what the extremes are for.
_LEAST = 0.4


def _plausible(logits: Tensor, y: Tensor) -> Arguments:
    """Return logits and labels; the logits of labels are raised until each label has a probability."""
    at = torch.arange(len(y))
    others = logits.index_put((at, y), torch.tensor(-math.inf, dtype=logits.dtype)).logsumexp(dim=1)
    floor = others + math.log(_LEAST / (1 - _LEAST))
    return {"logits": logits.index_put((at, y), torch.maximum(logits[at, y], floor)), "y": y}


def _scores(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 3, 9)
    q = max(q, 2)  # one class has nothing to tell, not even in a small example
    # The last class does not occur: who counts the classes by the labels is wrong on every draw.
    return _plausible(draw.normal(n, q, scale=2.0), draw.labels(n, q if draw.simple else q - 1))


def _wide_scores(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 4, 9)
    return _plausible(draw.wide(n, q), draw.labels(n, q))


def _every_label(draw: Draw) -> Arguments:
    return _plausible(draw.normal(23, 10, scale=3.0), draw.labels(23, 10))


def _one_example(draw: Draw) -> Arguments:
    q = draw.integer(3, 6)
    # The last class never occurs: how many there are is to be read from the logits.
    return _plausible(draw.normal(1, q), draw.labels(1, q - 1))


def _two_classes(draw: Draw) -> Arguments:
    n = draw.integer(4, 7)
    return _plausible(draw.normal(n, 2), draw.labels(n, 2))


def _extreme_scores(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 4, 7)
    if draw.simple:
        return {"logits": draw.extreme(n, q + 1), "y": draw.labels(n, q + 1)}
    logits = draw.extreme(n, q)
    # One row far below the others, so that one shift for the whole batch does not do.
    logits[0] = -1000 + draw.normal(q)
    logits[1, :2] = torch.tensor([1000.0, -1000.0])
    return {"logits": logits, "y": torch.cat([draw.labels(1, q), torch.tensor([1]), draw.labels(n - 2, q)])}


def _large_scores(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 3, 7)
    return _plausible(draw.normal(n, q) + 1000, draw.labels(n, q))


def _cross_entropy(logits: Tensor, y: Tensor) -> dict[str, Tensor]:
    """The mean negative log-likelihood and its gradient (softmax − one-hot) / n."""
    shifted = logits - logits.amax(dim=1, keepdim=True)
    normalizer = shifted.exp().sum(dim=1, keepdim=True)
    label = torch.zeros_like(logits)
    label[torch.arange(len(y)), y] = 1.0
    loss = (normalizer.log().squeeze(1) - (shifted * label).sum(dim=1)).mean()
    return {"loss": loss, "gradient": (shifted.exp() / normalizer - label) / len(y)}


def _read_loss(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    value = observation.value
    if isinstance(value, Mapping) and set(value) == {"value", "gradient"}:
        loss, gradient = value["value"], value["gradient"]
        if isinstance(loss, Tensor) and isinstance(gradient, Tensor) and loss.is_floating_point():
            gradient = gradient.to(max(loss.dtype, gradient.dtype, key=lambda dtype: torch.finfo(dtype).eps))
        return {"loss": loss, "gradient": gradient}
    missing = nothing_returned(value)
    if missing:
        return missing
    if isinstance(value, Tensor):
        facts = (("expected", "(), one number"), ("got", str(tuple(value.shape))))
        return Finding("", "shape", "the loss has the wrong shape.", facts)
    found = Tensors(("loss",))(observation, arguments, truth)
    got = type(found["loss"]).__name__ if isinstance(found, dict) else "something else"
    advice = "Return what the functions of torch give you: from a Python number nothing can be learned."
    return Finding("", "type", "it should return a 0-dimensional tensor.", (("got", f"a {got}"),), advice)


_LOSSES = frozenset(
    "cross_entropy cross_entropy_loss nll_loss nll_loss_forward nll_loss_nd nll_loss2d nll_loss2d_forward kl_div "
    "gaussian_nll_loss poisson_nll_loss binary_cross_entropy binary_cross_entropy_with_logits soft_margin_loss "
    "multilabel_margin_loss multilabel_margin_loss_forward multi_margin_loss multilabel_soft_margin_loss "
    "linear_cross_entropy".split()
)


EXERCISE = Exercise(
    name="cross_entropy",
    points=2.0,
    parameters=("logits", "y"),
    summary="Return the mean negative log-likelihood of the labels y (n,) under the softmax of logits (n, q).",
    outputs=("loss", "gradient"),
    read=_read_loss,
    cases=(
        Case("ordinary logits", _scores, twice=True, connected=True),
        Case("logits of many sizes", _wide_scores),
        Case("all ten labels", _every_label),
        Case("logits near 1000", _large_scores, EXTREMES),
        Case("logits of ±1000", _extreme_scores, EXTREMES),
        Case("logits of ±1000 in float64", _extreme_scores, EXTREMES, torch.float64),
        Case("a single example", _one_example, CARE),
        Case("two classes", _two_classes, CARE),
        Case("logits in float64", _scores, CARE, torch.float64),
        Case("a view with strides", _scores, CARE, layout="strided"),
        Case("a transposed tensor", _scores, CARE, layout="transposed"),
        Case("logits that require a gradient", _scores, CARE, requires_grad=True, connected=True),
    ),
    reference=_cross_entropy,
    parts={"loss": 0.35, "gradient": 0.25, EXTREMES: 0.25, CARE: 0.15},
    reduction=lambda arguments: 2 * sum(arguments["logits"].shape),
    dims=lambda arguments: dict(zip("nq", arguments["logits"].shape, strict=True)),
    like={"gradient": "logits"},
    ban=Ban(_LOSSES, "Write the loss with `exp` and `log`; `torch.logsumexp` and `torch.log_softmax` are welcome."),
    step=WithGradient("logits"),
    any_device=True,
    mistakes=mistake.all,
    hints=(
        "For one example the loss is −log p of its label. Write log p with the logits: one of them, minus a logarithm.",
        "log Σ exp(o) = m + log Σ exp(o − m) for every m. Which m makes all exponents at most 0?",
        "`torch.logsumexp(logits, dim=1)` does that. The logit of each label is `logits[torch.arange(len(y)), y]`.",
    ),
)
