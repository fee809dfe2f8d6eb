"""`train_epoch`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.fashion_mnist.shared import layers
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
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


mistake = Mistakes()


Batches = Iterable[tuple[Tensor, Tensor]]


def _mean(seen: list[tuple[float, int]]) -> float:
    return sum(value * count for value, count in seen) / max(sum(count for _, count in seen), 1)


def _pass(
    model: Any,
    batches: Batches,
    loss: Callable[[Tensor, Tensor], Tensor],
    lr: float,
    *,
    sign: float = -1.0,
    clear: bool = True,
    clear_late: bool = False,
    scale: Callable[[Tensor], float] = lambda y: 1.0,
    decay: float = 0.0,
) -> list[tuple[float, int]]:
    """Go through the batches as in a right answer, but for one thing; return the loss and the size of each batch."""
    seen = []
    for X, y in batches:
        value = loss(model(X), y)
        if clear:
            model.zero_grad()
        value.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += sign * lr * scale(y) * (parameter.grad + decay * parameter)
        if clear_late:
            model.zero_grad()
        seen.append((float(value), len(y)))
    return seen


@mistake("backward() adds to the gradients that are there. Reset them before each batch, or old batches go on pushing.")
def accumulates(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, clear=False))


@mistake(
    "The gradients are reset after a step only. On arrival they may hold something already: reset before backward()."
)
def resets_only_afterwards(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, clear=False, clear_late=True))


@mistake("The parameters move along the gradient, uphill. Subtract lr times the gradient.")
def ascends(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, sign=1.0))


@mistake("The gradient is divided by the batch size, but the loss is a batch mean already.")
def divides_again(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, scale=lambda y: 1 / len(y)))


@mistake("The parameters shrink in addition to the gradient step. Plain SGD has no weight decay.")
def weight_decay(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, decay=1e-2))


@mistake("Steps carry on from one batch to the next. Plain SGD has no momentum.")
def momentum(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    # By hand: the first step of an optimizer of torch's imports its compiler, which takes seconds.
    parameters = list(model.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    seen = []
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()
        with torch.no_grad():
            for parameter, velocity in zip(parameters, velocities, strict=True):
                parameter -= lr * velocity.mul_(0.9).add_(parameter.grad)
        seen.append((float(value), len(y)))
    return _mean(seen)


@mistake("The step is 0.1 times the gradient, whatever lr says.")
def fixed_lr(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, 0.1))


@mistake("The parameters are what they were. backward() finds gradients; a step is still to be taken.")
def never_steps(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, 0.0))


@mistake("This is the mean over batches. The last one may be smaller; weight each loss by the number of its examples.")
def mean_of_batches(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = _pass(model, batches, loss, lr)
    return sum(value for value, _ in seen) / max(len(seen), 1)


@mistake("This is the sum of the batch losses. The mean over the examples is asked for.")
def sum_of_batches(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return sum(value for value, _ in _pass(model, batches, loss, lr))


@mistake("This is the sum over the examples. Divide by how many there were.")
def sum_of_examples(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return sum(value * count for value, count in _pass(model, batches, loss, lr))


@mistake("This is the loss of the last batch alone. Add up what every batch says.")
def last_batch(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _pass(model, batches, loss, lr)[-1][0]


@mistake("Only the first batch is used. Does the `return` stand inside the loop?")
def first_batch(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    X, y = next(iter(batches))
    return _mean(_pass(model, [(X, y)], loss, lr))


@mistake("The batches are gone through before the training. A generator is empty then; count the examples as you go.")
def goes_through_twice(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    total = sum(len(y) for _, y in batches)
    return sum(value * count for value, count in _pass(model, batches, loss, lr)) / total


@mistake("All batches are put together into one step. Minibatch SGD takes a step after every batch.")
def one_step(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    pairs = list(batches)
    _pass(model, [(torch.cat([X for X, _ in pairs]), torch.cat([y for _, y in pairs]))], loss, lr)
    return _mean([(float(loss(model(X), y)), len(y)) for X, y in pairs])


@mistake("Each loss is taken after the step that it led to. Use the value that you called backward() on.")
def loss_after_step(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = []
    for X, y in batches:
        _pass(model, [(X, y)], loss, lr)
        seen.append((float(loss(model(X), y)), len(y)))
    return _mean(seen)


@mistake("The loss that was handed over is not used: this computes the cross-entropy.")
def own_loss(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, torch.nn.functional.cross_entropy, lr))


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
    ),
    reference=_train,
    parts={CHANGE: 0.5, "loss": 0.3, CARE: 0.2},
    keeps_dtype=False,
    may_change=frozenset({"model"}),
    reduction=lambda arguments: 4 * sum(arguments["model"].W1.shape),
    mistakes=mistake.all,
    hints=(
        "For each batch: outputs, loss, reset the gradients, backward, step. Which of these does PyTorch do for you?",
        "A step changes every parameter p of `model.parameters()` by −lr · p.grad, under `torch.no_grad()`.",
        "The batch losses are means. Their sum, each times its `len(y)`, over the number of all examples is the mean you want.",
    ),
)
