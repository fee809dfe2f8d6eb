"""The mistakes that people make in `train_epoch`.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from grading.judging.exercise import Mistakes

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
    training: bool = True,
) -> list[tuple[float, int]]:
    """Go through the batches as in a right answer, but for one thing; return the loss and the size of each batch."""
    seen = []
    mode = model.training
    model.train(mode or training)
    for X, y in batches:
        value = loss(model(X), y)
        if clear:
            model.zero_grad()
        value.backward()
        with torch.no_grad():
            for parameter in learning(model):
                parameter += sign * lr * scale(y) * (parameter.grad + decay * parameter)
        if clear_late:
            model.zero_grad()
        seen.append((float(value), len(y)))
    model.train(mode)
    return seen


def learning(model: Any) -> list[Any]:
    """Return the parameters that have a gradient."""
    return [parameter for parameter in model.parameters() if parameter.grad is not None]


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
    velocities = {parameter: torch.zeros_like(parameter) for parameter in model.parameters()}
    seen = []
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()
        with torch.no_grad():
            for parameter in learning(model):
                parameter -= lr * velocities[parameter].mul_(0.9).add_(parameter.grad)
        seen.append((float(value), len(y)))
    return _mean(seen)


@mistake("The step is 0.1 times the gradient, whatever lr says.")
def fixed_lr(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, 0.1))


_STILL = (
    "The parameters did not move. No step follows `backward()`, or the gradients are reset between the two, or "
    "`p = p - ...` makes new tensors."
)


@mistake(_STILL)
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


@mistake(
    "It trains in the mode that it finds, and in evaluation mode dropout is off: `model.train()` first, and at the end "
    "the mode as it was."
)
def not_in_training_mode(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, training=False))


@mistake("It leaves the model in training mode, whatever its mode was before. Put back what `model.training` said.")
def leaves_training_mode(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    result = _mean(_pass(model, batches, loss, lr))
    model.train()
    return result


@mistake("It leaves the model in evaluation mode. Put back what `model.training` said.")
def leaves_evaluation_mode(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    result = _mean(_pass(model, batches, loss, lr))
    model.eval()
    return result


@mistake(
    "The whole epoch runs in evaluation mode, in which dropout and batch normalization do not learn. Call `model.train()`."
)
def trains_in_evaluation_mode(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    model.eval()
    return _mean(_pass(model, batches, loss, lr, training=False))


@mistake(
    "Each loss is a batch mean already, and their sum is divided by the number of examples: far too small. Weight each by `len(y)`."
)
def means_over_examples(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = _pass(model, batches, loss, lr)
    return sum(value for value, _ in seen) / max(sum(count for _, count in seen), 1)


@mistake(
    "Each loss is a batch mean already, and their sum is divided by the number of examples: far too small. Weight each by `len(y)`.",
    name="means-over-targets",
)
def means_over_targets(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    pairs = list(batches)
    seen = _pass(model, pairs, loss, lr)
    return sum(value for value, _ in seen) / max(sum(y.numel() for _, y in pairs), 1)


@mistake(
    "Each loss is multiplied by `X.shape[1]`, the width of the inputs. Weight it by the number of examples, `len(y)`."
)
def weighted_by_the_width(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    pairs = list(batches)
    seen = _pass(model, pairs, loss, lr)
    widths = [X.shape[1] for X, _ in pairs]
    return sum(value * width for (value, _), width in zip(seen, widths, strict=True)) / max(sum(n for _, n in seen), 1)


@mistake("The sum over the examples is divided by the number of batches. Divide by the number of examples.")
def examples_over_batches(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = _pass(model, batches, loss, lr)
    return sum(value * count for value, count in seen) / max(len(seen), 1)


@mistake("The loop ends at a batch that is smaller than the first. Its examples belong to the epoch, too.", alone=True)
def drops_the_smaller(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    kept: list[tuple[Tensor, Tensor]] = []
    for X, y in batches:
        if kept and len(y) < len(kept[0][1]):
            break
        kept.append((X, y))
    return _mean(_pass(model, kept, loss, lr))


@mistake("The last batch is left out.")
def drops_the_last(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    pairs = list(batches)
    return _mean(_pass(model, pairs[:-1], loss, lr))


@mistake("This is the loss of the first batch, from before there was any training. Add up what every batch says.")
def loss_of_the_first(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _pass(model, batches, loss, lr)[0][0]


@mistake(
    "The gradients are reset once, before the loop, and add up from there. Reset them before each batch.", alone=True
)
def resets_once(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    model.zero_grad()
    return _mean(_pass(model, batches, loss, lr, clear=False))


@mistake(_STILL, name="never-steps-in-the-mode-found")
def never_steps_in_the_mode_found(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, 0.0, training=False))


@mistake("`backward()` runs twice for each batch, and the gradients add up to twice what they should be.")
def backward_twice(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, scale=lambda y: 2.0))


@mistake("The gradient of a sum is used: the loss is a batch mean, and here it is multiplied by the batch size.")
def multiplies_by_the_batch(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, scale=lambda y: float(len(y))))


@mistake("The weights are set to -lr times the gradient, and what they were is lost. The step is added to them.")
def overwrites(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = []
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()
        with torch.no_grad():
            for parameter in learning(model):
                parameter.copy_(-lr * parameter.grad)
        seen.append((float(value), len(y)))
    return _mean(seen)


@mistake(
    "The gradients of all batches are added up and one step is taken at the end. Minibatch SGD takes a step after every batch."
)
def steps_at_the_end(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = []
    model.zero_grad()
    for X, y in batches:
        value = loss(model(X), y)
        value.backward()
        seen.append((float(value), len(y)))
    with torch.no_grad():
        for parameter in learning(model):
            parameter -= lr * parameter.grad
    return _mean(seen)


@mistake("This is Adam, whose steps have a size of their own. Plain SGD subtracts lr times the gradient.")
def adam(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    first: dict[Any, Any] = {}
    second: dict[Any, Any] = {}
    seen = []
    for step, (X, y) in enumerate(batches, 1):
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()
        with torch.no_grad():
            for parameter in learning(model):
                m = first[parameter] = 0.9 * first.get(parameter, 0.0) + 0.1 * parameter.grad
                v = second[parameter] = 0.999 * second.get(parameter, 0.0) + 0.001 * parameter.grad**2
                parameter -= lr * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
        seen.append((float(value), len(y)))
    return _mean(seen)


@mistake("Gradients are clipped to norm 1 before the step. Plain SGD takes them as they are.")
def clips(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = []
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        with torch.no_grad():
            for parameter in learning(model):
                parameter -= lr * parameter.grad
        seen.append((float(value), len(y)))
    return _mean(seen)


for _decay in (5e-4, 1e-3):
    mistake(
        f"The parameters shrink in addition to the gradient step, by {_decay:g}. Plain SGD has no weight decay.",
        name=f"weight-decay-{_decay:g}",
    )(lambda model, batches, loss, lr, decay=_decay: _mean(_pass(model, batches, loss, lr, decay=decay)))


@mistake("The loss gets its arguments in the wrong order: the outputs of the model come first, then the labels.")
def loss_of_labels(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, lambda outputs, y: loss(y, outputs), lr))


for _rate in (0.001, 0.01, 0.5, 1.0):
    mistake(f"The step is {_rate:g} times the gradient, whatever lr says.", name=f"fixed-lr-{_rate:g}")(
        lambda model, batches, loss, lr, rate=_rate: _mean(_pass(model, batches, loss, rate))
    )


@mistake("The weights move, and the biases do not. Every parameter of the model takes a step.")
def biases_kept(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = []
    for X, y in batches:
        value = loss(model(X), y)
        model.zero_grad()
        value.backward()
        with torch.no_grad():
            for parameter in learning(model):
                if parameter.dim() > 1:
                    parameter -= lr * parameter.grad
        seen.append((float(value), len(y)))
    return _mean(seen)


@mistake(
    "This is a running mean, half the old one and half the new. Add up the losses, each times its number of examples."
)
def running_mean(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    mean = 0.0
    for value, _ in _pass(model, batches, loss, lr):
        mean = (mean + value) / 2
    return mean


@mistake("All losses are returned, a list. Their mean over the examples is asked for, one number.")
def list_of_losses(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> list[float]:
    return [value for value, _ in _pass(model, batches, loss, lr)]
