"""`train_epoch`: what it should do, and the inputs that are tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.fashion_mnist.shared import layers
from grading.catalogue.fashion_mnist.train_epoch.mistakes import mistake
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise
from grading.judging.read import Number, Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.blueprints import NAMES, Layers, Loss, Pairs
from grading.probe.call import Observation

CHANGE = "change of the parameters"


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


def _model_of_parts(draw: Draw) -> Arguments:
    return _epoch(draw, nested=True)


def _evaluating(draw: Draw) -> Arguments:
    return _epoch(draw, nested=True, training=False)


def _frozen(draw: Draw) -> Arguments:
    return _epoch(draw, trainable=("W1", "b2"))


def _train(model: Layers, batches: Pairs, loss: Loss, lr: float) -> dict[str, Tensor]:
    """One pass in float64, the parameters as plain tensors: their change, flattened, and the mean loss."""
    first = tuple(model.values.values())
    parameters, total, count = first, 0.0, 0
    for X, y in batches.batches:
        leaves = tuple(parameter.detach().requires_grad_(True) for parameter in parameters)
        learning = [float(name in model.trainable) for name in NAMES]
        W1, b1, W2, b2 = leaves
        outputs = torch.relu(X.flatten(1) @ W1 + b1) @ W2 + b2
        value = loss.build(torch.device("cpu"))(outputs, y)
        gradients = torch.autograd.grad(value, leaves)
        parameters = tuple(
            leaf.detach() - lr * on * grad for leaf, grad, on in zip(leaves, gradients, learning, strict=True)
        )
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


_MODE = "Switch with `model.train()`, and back to what `model.training` said before."


def _left_otherwise(arguments: Mapping[str, Any], observation: Observation) -> list[Finding]:
    """Return the finding for a model that is left in another mode, or with other parameters to train."""
    model, after = arguments["model"], observation.after["model"]
    if set(after["training"]) != {model.training}:
        now, before = ("evaluation", "training") if model.training else ("training", "evaluation")
        return [Finding(CARE, "mode", f"it leaves the model in {now} mode.", (("before", f"{before} mode"),), _MODE)]
    if tuple(after["trainable"]) != model.trainable:
        return [Finding(CARE, "requires_grad", "it changes which parameters require a gradient.")]
    return []


EXERCISE = Exercise(
    name="train_epoch",
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
        Case("a model made of parts", _model_of_parts, CARE),
        Case("a model that comes in evaluation mode", _evaluating, CARE),
        Case("a model with frozen parameters", _frozen, CARE),
    ),
    reference=_train,
    parts={CHANGE: 0.5, "loss": 0.3, CARE: 0.2},
    keeps_dtype=False,
    trains=True,
    may_change=frozenset({"model"}),
    reduction=lambda arguments: 4 * sum(arguments["model"].W1.shape),
    any_device=True,
    conduct=_left_otherwise,
    mistakes=mistake.all,
    hints=(
        "For each batch: outputs, loss, reset the gradients, backward, step. Which of these does PyTorch do for you?",
        "A step changes every parameter p of `model.parameters()` by −lr · p.grad, under `torch.no_grad()`.",
        "The batch losses are means. Their sum, each times its `len(y)`, over the number of all examples is the mean you want.",
    ),
)
