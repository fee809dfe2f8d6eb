"""Lesson 04: an MLP for Fashion-MNIST, its loss, its accuracy, one epoch of training, and a challenge."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from grading.catalogue import fashion_mnist_mistakes as wrong
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise
from grading.judging.read import Number, Reading, Tensors, Truth, nothing_returned
from grading.judging.training import PARTS, examine
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.steps import WithGradient
from grading.probe.training import NAMES, Layers, Loss, Pairs
from grading.probe.watch import AUTOGRAD

LESSON = "04-fashion-mnist"
EXTREMES = "extremes"
IMAGES = "images"
CHANGE = "change of the parameters"


def _network_sizes(draw: Draw) -> Arguments:
    return {"sizes": draw.sizes(3, 2, 40)}


def _deep_sizes(draw: Draw) -> Arguments:
    return {"sizes": draw.sizes(6, 2, 30)}


def _affine_sizes(draw: Draw) -> Arguments:
    return {"sizes": draw.sizes(2, 2, 40)}


def _repeated_sizes(draw: Draw) -> Arguments:
    d, h, q = draw.sizes(3, 3, 20)
    return {"sizes": [d, h, h, h, q]}


def _count(sizes: list[int]) -> Tensor:
    # The same number, gathered by units: each has a weight for every unit before it, and a bias.
    return torch.tensor(float(sum((before + 1) * units for before, units in pairwise(sizes))), dtype=torch.float64)


NUM_PARAMETERS = Exercise(
    name="num_parameters",
    lesson=LESSON,
    points=0.5,
    parameters=("sizes",),
    summary="Return the number of weights and biases of an MLP with these layer sizes.",
    outputs=("count",),
    read=Number("count"),
    cases=(
        Case("one hidden layer", _network_sizes, dtype=torch.float64),
        Case("several hidden layers", _deep_sizes, dtype=torch.float64),
        Case("no hidden layer", _affine_sizes, dtype=torch.float64),
        Case("layers of the same size", _repeated_sizes, dtype=torch.float64),
        Case("784, 256 and 10", lambda draw: {"sizes": [784, 256, 10]}, dtype=torch.float64),
        Case("a tuple of sizes", lambda draw: {"sizes": tuple(draw.sizes(4, 2, 20))}, dtype=torch.float64, hidden=True),
    ),
    reference=_count,
    parts={"count": 1.0},
    keeps_dtype=False,
    mistakes=wrong.NUM_PARAMETERS,
    hints=(
        "How many numbers are in W1 (d, h), and how many in b1 (h,)?",
        "Go through the pairs of neighbouring sizes: (784, 256), then (256, 10).",
        "`itertools.pairwise(sizes)`, or `zip(sizes[:-1], sizes[1:])`, gives the pairs.",
        "`sum(a * b + b for a, b in pairwise(sizes))`",
    ),
)


def layers(draw: Draw, d: int, h: int, q: int, **options: Any) -> Layers:
    """Draw parameters that keep the hidden units on both sides of zero."""
    W1, b1 = draw.normal(d, h, scale=d**-0.5), draw.normal(h)
    return Layers(W1, b1, draw.normal(h, q), draw.normal(q), **options)


def _rows(draw: Draw, **options: Any) -> Arguments:
    n, d, h, q = draw.sizes(4, 3, 8)
    return {"self": layers(draw, d, h, q, **options), "X": draw.normal(n, d)}


def _small_images(draw: Draw) -> Arguments:
    n, side, h, q = draw.sizes(4, 3, 7)
    return {"self": layers(draw, side * side, h, q), "X": draw.normal(n, 1, side, side)}


def _oblong_images(draw: Draw) -> Arguments:
    n, height, width, h, q = draw.sizes(5, 2, 7)
    return {"self": layers(draw, height * width, h, q), "X": draw.normal(n, height, width)}


def _colour_images(draw: Draw) -> Arguments:
    n, height, width, h, q = draw.sizes(5, 2, 7)
    return {"self": layers(draw, 3 * height * width, h, q), "X": draw.normal(n, 3, height, width)}


def _fashion_images(draw: Draw) -> Arguments:
    if draw.simple:
        return _small_images(draw)
    n, h = draw.sizes(2, 3, 7)
    return {"self": layers(draw, 784, h, 10), "X": draw.normal(n, 1, 28, 28)}


def _one_image(draw: Draw) -> Arguments:
    return {"self": layers(draw, 784, draw.integer(3, 6), 10), "X": draw.normal(1, 1, 28, 28)}


def _learning_below(draw: Draw) -> Arguments:
    return _rows(draw, trainable=("W1", "b1"))


def _learning_bias(draw: Draw) -> Arguments:
    return _rows(draw, trainable=("b2",))


def _logits(self: Layers, X: Tensor) -> Tensor:
    hidden = torch.einsum("nd,dh->nh", X.flatten(1), self.W1) + self.b1
    return torch.einsum("nh,hq->nq", (hidden + hidden.abs()) / 2, self.W2) + self.b2


FORWARD = Exercise(
    name="MLPScratch.forward",
    lesson=LESSON,
    points=1.5,
    parameters=("self", "X"),
    summary="Return the logits (n, q) for images (n, ...), with a ReLU between the two affine maps of self.",
    outputs=("O",),
    read=Tensors(("O",)),
    cases=(
        Case("28 × 28 images", _fashion_images, twice=True),
        Case("rows of numbers", _rows, IMAGES),
        Case("small images", _small_images, IMAGES),
        Case("images without a channel axis", _oblong_images, IMAGES),
        Case("one image", _one_image, CARE),
        Case("rows in float64", _rows, CARE, torch.float64),
        Case("a transposed tensor", _small_images, CARE, layout="transposed"),
        Case("a view with strides", _fashion_images, CARE, layout="strided"),
        Case("a gradient for W1 and b1", _learning_below, CARE, connected=True),
        Case("a gradient for b2", _learning_bias, CARE, connected=True),
        Case("images that require a gradient", _small_images, CARE, requires_grad=True, connected=True),
        Case("other 28 × 28 images", _fashion_images, hidden=True),
        Case("images in three colours", _colour_images, IMAGES, hidden=True),
    ),
    reference=_logits,
    parts={"O": 0.6, IMAGES: 0.2, CARE: 0.2},
    reduction=lambda arguments: 2 * arguments["self"].W1.shape[0],
    mistakes=wrong.FORWARD,
    hints=(
        "Write the shapes down: X (n, d), W1 (d, h), H (n, h), W2 (h, q), O (n, q).",
        "An image (1, 28, 28) is to be a row of 784 numbers; n stays. What do `flatten` and `reshape` take?",
        "The parameters are `self.W1` and so on. relu goes between the two affine maps, nothing after the second.",
        "`H = relu(X.reshape(len(X), -1) @ self.W1 + self.b1)`, then `H @ self.W2 + self.b2`.",
    ),
)


def _scores(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 3, 9)
    q = max(q, 2)  # one class has nothing to tell, not even in a small example
    return {"logits": draw.normal(n, q, scale=2.0), "y": draw.labels(n, q)}


def _wide_scores(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 4, 9)
    return {"logits": draw.wide(n, q), "y": draw.labels(n, q)}


def _every_label(draw: Draw) -> Arguments:
    return {"logits": draw.normal(23, 10, scale=3.0), "y": draw.labels(23, 10)}


def _one_example(draw: Draw) -> Arguments:
    q = draw.integer(3, 6)
    # The last class never occurs: how many there are is to be read from the logits.
    return {"logits": draw.normal(1, q), "y": draw.labels(1, q - 1)}


def _two_classes(draw: Draw) -> Arguments:
    n = draw.integer(4, 7)
    return {"logits": draw.normal(n, 2), "y": draw.labels(n, 2)}


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
    return {"logits": draw.normal(n, q) + 1000, "y": draw.labels(n, q)}


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

CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    lesson=LESSON,
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
        Case("other logits", _every_label, hidden=True),
        Case("more logits of ±1000", _extreme_scores, EXTREMES, hidden=True),
    ),
    reference=_cross_entropy,
    parts={"loss": 0.35, "gradient": 0.25, EXTREMES: 0.25, CARE: 0.15},
    reduction=lambda arguments: 2 * sum(arguments["logits"].shape),
    dims=lambda arguments: dict(zip("nq", arguments["logits"].shape, strict=True)),
    like={"gradient": "logits"},
    ban=Ban(_LOSSES, "Write the loss with `exp` and `log`; `torch.logsumexp` and `torch.log_softmax` are welcome."),
    step=WithGradient("logits"),
    mistakes=wrong.CROSS_ENTROPY,
    hints=(
        "For one example the loss is −log p of its label. Write log p with the logits: one of them, minus a logarithm.",
        "log Σ exp(o) = m + log Σ exp(o − m) for every m. Which m makes all exponents at most 0?",
        "`torch.logsumexp(logits, dim=1)` does that. The logit of each label is `logits[torch.arange(len(y)), y]`.",
        "`(torch.logsumexp(logits, dim=1) - logits[torch.arange(len(y)), y]).mean()`",
    ),
)


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


ACCURACY = Exercise(
    name="accuracy",
    lesson=LESSON,
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
        Case("other logits", _many_predictions, hidden=True),
    ),
    reference=_share,
    parts={"share": 0.8, CARE: 0.2},
    keeps_dtype=False,
    dims=lambda arguments: dict(zip("nq", arguments["logits"].shape, strict=True)),
    mistakes=wrong.ACCURACY,
    hints=(
        "The prediction for an example is the class of its largest logit: one of the q entries of its row.",
        "`logits.argmax(dim=1)` has the shape (n,), like y.",
        "Comparing gives True and False. They count as 1 and 0 once they are numbers: `.float()`.",
        "`(logits.argmax(dim=1) == y).float().mean()`",
    ),
)


def _epoch(draw: Draw, sizes: tuple[int, ...] | None = None, *, generator: bool = False, **options: Any) -> Arguments:
    d, h, q = draw.sizes(3, 3, 6)
    counts = sizes or (draw.integer(4, 6), draw.integer(3, 5), draw.integer(1, 2))
    batches = tuple((draw.normal(n, d), draw.labels(n, q)) for n in counts)
    return {
        "model": layers(draw, d, h, q, model=True, **options),
        "batches": Pairs(batches, generator),
        "loss": Loss("cross-entropy"),
        "lr": round(float(draw.uniform(low=0.2, high=0.6)), 3),
    }


def _three_batches(draw: Draw) -> Arguments:
    return _epoch(draw, (1,) if draw.simple else None)


def _one_batch(draw: Draw) -> Arguments:
    return _epoch(draw, (draw.integer(3, 5),))


def _images_in_batches(draw: Draw) -> Arguments:
    side, h, q = draw.sizes(3, 2, 5)
    batches = tuple((draw.normal(n, 1, side, side), draw.labels(n, q)) for n in (5, 2))
    model = layers(draw, side * side, h, q, model=True)
    return {"model": model, "batches": Pairs(batches), "loss": Loss("cross-entropy"), "lr": 0.25}


def _squared_errors(draw: Draw) -> Arguments:
    d, h, q = draw.sizes(3, 3, 6)
    batches = tuple((draw.normal(n, d), draw.normal(n, q)) for n in (4, 2))
    model = layers(draw, d, h, q, model=True)
    return {"model": model, "batches": Pairs(batches), "loss": Loss("squared error"), "lr": 0.05}


def _from_generator(draw: Draw) -> Arguments:
    return _epoch(draw, generator=True)


def _stale_gradients(draw: Draw) -> Arguments:
    return _epoch(draw, stale=0.5)


def _many_batches(draw: Draw) -> Arguments:
    return _epoch(draw, (4, 4, 4, 4, 3))


def _stale_generator(draw: Draw) -> Arguments:
    return _epoch(draw, generator=True, stale=-0.4)


def _train(model: Layers, batches: Pairs, loss: Loss, lr: float) -> dict[str, Tensor]:
    """One pass in float64, the parameters as plain tensors: their change, flattened, and the mean loss."""
    first = tuple(model.values.values())
    parameters, total, count = first, 0.0, 0
    for X, y in batches.batches:
        leaves = tuple(parameter.detach().requires_grad_(True) for parameter in parameters)
        W1, b1, W2, b2 = leaves
        outputs = torch.relu(X.flatten(1) @ W1 + b1) @ W2 + b2
        value = loss.build(torch.device("cpu"))(outputs, y)
        gradients = torch.autograd.grad(value, leaves)
        parameters = tuple(leaf.detach() - lr * grad for leaf, grad in zip(leaves, gradients, strict=True))
        total, count = total + value.item() * len(y), count + len(y)
    change = torch.cat([(after - before).flatten() for after, before in zip(parameters, first, strict=True)])
    return {CHANGE: change, "loss": torch.tensor(total / count, dtype=torch.float64)}


def _read_epoch(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    found = Number("loss")(observation, arguments, truth)
    if isinstance(found, Finding):
        return found
    before, after = arguments["model"].values, observation.after["model"]
    if any(not isinstance(after[name], Tensor) or after[name].shape != before[name].shape for name in NAMES):
        return Finding("", "shape", "a parameter of the model has another shape than before.")
    change = torch.cat([(after[name].double() - before[name].double()).flatten() for name in NAMES])
    return {CHANGE: change, **found}


TRAIN_EPOCH = Exercise(
    name="train_epoch",
    lesson=LESSON,
    points=2.5,
    parameters=("model", "batches", "loss", "lr"),
    summary="Take one SGD step on each batch (X, y) and return the mean loss over all examples as a number.",
    outputs=(CHANGE, "loss"),
    read=_read_epoch,
    cases=(
        Case("batches of unequal size", _three_batches, twice=True),
        Case("a single batch", _one_batch),
        Case("images", _images_in_batches),
        Case("another loss", _squared_errors),
        Case("batches from a generator", _from_generator, CARE),
        Case("gradients left over from before", _stale_gradients, CARE),
        Case("a model in float64", _three_batches, CARE, torch.float64),
        Case("many batches", _many_batches, hidden=True),
        Case("another generator and other old gradients", _stale_generator, CARE, hidden=True),
    ),
    reference=_train,
    parts={CHANGE: 0.5, "loss": 0.3, CARE: 0.2},
    keeps_dtype=False,
    may_change=frozenset({"model"}),
    reduction=lambda arguments: 4 * sum(arguments["model"].W1.shape),
    mistakes=wrong.TRAIN_EPOCH,
    hints=(
        "For each batch: outputs, loss, reset the gradients, backward, step. Which of these does PyTorch do for you?",
        "A step changes every parameter p of `model.parameters()` by −lr · p.grad, under `torch.no_grad()`.",
        "The batch losses are means. Their sum, each times its `len(y)`, over the number of all examples is the mean you want.",
        "`optimizer = torch.optim.SGD(model.parameters(), lr=lr)`; in the loop `value = loss(model(X), y)`, "
        "`optimizer.zero_grad()`, `value.backward()`, `optimizer.step()`, and `total += value.item() * len(y)`.",
    ),
)


BUILD_MLP = Exercise(
    name="build_mlp",
    lesson=LESSON,
    points=2.5,
    parameters=(),
    summary="Return (net, recipe): an untrained network from images (n, 1, 28, 28) to logits (n, 10), and how to train it.",
    outputs=tuple(PARTS),
    parts=PARTS,
    examine=examine,
    ban=Ban(frozenset({AUTOGRAD}), "The judge trains the network; return it as it was made."),
    mistakes=wrong.BUILD_MLP,
    hints=(
        "Start from the network of this lesson with momentum, then change one thing at a time and look at both losses.",
        "A plain MLP ends at about 0.85, whatever its regularization: it has 5,000 images and takes each pixel for a "
        "number unrelated to its neighbours. What do you see in an image that it does not?",
        "Edges and their directions, counted in small squares, hardly change when a sleeve moves by a pixel. A module "
        "without parameters can compute them, and the MLP gets them as its inputs.",
        "Differences of neighbouring pixels in x and y, projected on eight directions, the positive part kept, "
        "`F.avg_pool2d(..., 4)`, square root, flatten; then BatchNorm1d, Linear, BatchNorm1d, ReLU, Linear.",
    ),
)


EXERCISES = (NUM_PARAMETERS, FORWARD, CROSS_ENTROPY, ACCURACY, TRAIN_EPOCH, BUILD_MLP)
