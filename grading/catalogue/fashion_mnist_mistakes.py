"""Lesson 04: wrong answers, each as somebody would write it, with the sentence that explains it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from grading.data import fashion_mnist, to_float
from grading.judging.exercise import Mistake
from grading.probe.training import Parameters

Batches = Iterable[tuple[Tensor, Tensor]]


def _count_weights(sizes: Sequence[int]) -> int:
    return sum(a * b for a, b in pairwise(sizes))


def _count_all_units(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + sum(sizes)


def _count_fan_in(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + sum(sizes[:-1])


def _count_hidden_biases(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + sum(sizes[1:-1])


def _count_one_bias(sizes: Sequence[int]) -> int:
    return _count_weights(sizes) + len(sizes) - 1


def _count_units(sizes: Sequence[int]) -> int:
    return sum(sizes)


def _count_product(sizes: Sequence[int]) -> int:
    count = 1
    for size in sizes:
        count *= size
    return count


def _count_without_output(sizes: Sequence[int]) -> int:
    return sum(a * b + b for a, b in pairwise(sizes[:-1]))


NUM_PARAMETERS = (
    Mistake("no-biases", _count_weights, "These are the weights alone. Every unit after the inputs has a bias, too."),
    Mistake(
        "input-biases",
        _count_all_units,
        "This gives the inputs a bias each. The inputs are data; only the units that compute something have one.",
    ),
    Mistake(
        "fan-in-biases",
        _count_fan_in,
        "The biases are counted at the wrong end: b1 has one entry for each unit that the layer leads to, not from.",
    ),
    Mistake(
        "hidden-biases",
        _count_hidden_biases,
        "The biases of the output layer are missing: b2 has one entry for each output.",
    ),
    Mistake(
        "one-bias-a-layer",
        _count_one_bias,
        "This counts one bias for each layer. The bias of a layer is a vector with an entry for each of its units.",
    ),
    Mistake("units", _count_units, "These are the units. A parameter belongs to each connection between two of them."),
    Mistake(
        "product",
        _count_product,
        "This multiplies all the sizes. Only neighbouring layers are connected, so only neighbours are multiplied.",
    ),
    Mistake("no-output-layer", _count_without_output, "The last layer, the one that leads to the outputs, is missing."),
)


def _flat(X: Tensor) -> Tensor:
    return X.reshape(len(X), -1)


def _rectified(Z: Tensor) -> Tensor:
    return torch.where(Z > 0, Z, torch.zeros_like(Z))


def _forward_affine(self: Parameters, X: Tensor) -> Tensor:
    return (_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2


def _forward_relu_on_output(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2)


def _forward_softmax(self: Parameters, X: Tensor) -> Tensor:
    return torch.softmax(_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2, dim=1)


def _forward_sigmoid(self: Parameters, X: Tensor) -> Tensor:
    return torch.sigmoid(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2


def _forward_no_b1(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1) @ self.W2 + self.b2


def _forward_no_b2(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1 + self.b1) @ self.W2


def _forward_bias_late(self: Parameters, X: Tensor) -> Tensor:
    return (_rectified(_flat(X) @ self.W1) + self.b1) @ self.W2 + self.b2


def _forward_relu_on_input(self: Parameters, X: Tensor) -> Tensor:
    return (_rectified(_flat(X)) @ self.W1 + self.b1) @ self.W2 + self.b2


def _forward_hidden(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1 + self.b1)


def _forward_no_flatten(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(X @ self.W1 + self.b1) @ self.W2 + self.b2


def _forward_784(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(X.reshape(-1, 784) @ self.W1 + self.b1) @ self.W2 + self.b2


def _forward_mixed_images(self: Parameters, X: Tensor) -> Tensor:
    X = X.reshape(-1, len(X)).T
    return _rectified(X @ self.W1 + self.b1) @ self.W2 + self.b2


def _forward_data(self: Parameters, X: Tensor) -> Tensor:
    H = _rectified(_flat(X) @ self.W1.data + self.b1.data)
    return H @ self.W2 + self.b2


FORWARD = (
    Mistake(
        "no-activation",
        _forward_affine,
        "There is no activation: two affine maps in a row are one affine map. Put relu between them.",
    ),
    Mistake(
        "relu-on-output",
        _forward_relu_on_output,
        "The outputs go through relu, too. Logits may be negative; the last layer is left as it is.",
    ),
    Mistake(
        "softmax",
        _forward_softmax,
        "These are probabilities. The loss takes the logits themselves and does the softmax inside, in a stable way.",
    ),
    Mistake("sigmoid", _forward_sigmoid, "The hidden layer goes through a sigmoid. This network has ReLU units."),
    Mistake("no-b1", _forward_no_b1, "The bias b1 of the hidden layer is missing."),
    Mistake("no-b2", _forward_no_b2, "The bias b2 of the output layer is missing."),
    Mistake(
        "bias-after-relu",
        _forward_bias_late,
        "b1 is added after relu. It is part of Z = X W1 + b1: it decides when a unit switches on.",
    ),
    Mistake(
        "relu-on-input",
        _forward_relu_on_input,
        "relu is applied to the inputs. It belongs after the first affine map, on Z = X W1 + b1.",
    ),
    Mistake("hidden-layer", _forward_hidden, "This is the hidden layer H (n, h). The output layer is still to come."),
    Mistake(
        "no-flatten",
        _forward_no_flatten,
        "Images have more than one axis behind n. Make one row of each before the matrix product.",
    ),
    Mistake(
        "only-784",
        _forward_784,
        "This works for images of 784 pixels only. Ask X, or W1, for the number: X.reshape(len(X), -1).",
    ),
    Mistake(
        "mixed-images",
        _forward_mixed_images,
        "Reshaping to (d, n) and transposing mixes the pixels of different images: one image is one row from the start.",
    ),
    Mistake(
        "data",
        _forward_data,
        "W1 and b1 get no gradient, so they would never learn. `.data`, `.detach()` and `torch.no_grad()` cut them off.",
    ),
)


def _picked(log_probabilities: Tensor, y: Tensor) -> Tensor:
    return log_probabilities[torch.arange(len(y), device=y.device), y]


def _loss_overflows(logits: Tensor, y: Tensor) -> Tensor:
    P = torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
    return -_picked(torch.log(P), y).mean()


def _loss_log_of_softmax(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(torch.softmax(logits, dim=1)), y).mean()


def _loss_epsilon(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(torch.softmax(logits, dim=1) + 1e-9), y).mean()


def _loss_clamped(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log(torch.softmax(logits, dim=1).clamp(min=1e-7)), y).mean()


def _loss_one_shift(logits: Tensor, y: Tensor) -> Tensor:
    E = torch.exp(logits - logits.max())
    return -_picked(torch.log(E / E.sum(dim=1, keepdim=True)), y).mean()


def _loss_sum(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y).sum()


def _loss_each(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=1), y)


def _loss_positive(logits: Tensor, y: Tensor) -> Tensor:
    return _picked(torch.log_softmax(logits, dim=1), y).mean()


def _loss_over_classes(logits: Tensor, y: Tensor) -> Tensor:
    Y = torch.eye(logits.shape[1], dtype=logits.dtype, device=logits.device)[y]
    return -(Y * torch.log_softmax(logits, dim=1)).mean()


def _loss_batch_softmax(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits, dim=0), y).mean()


def _loss_no_log(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.softmax(logits, dim=1), y).mean()


def _loss_softmax_twice(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(torch.softmax(logits, dim=1), dim=1), y).mean()


def _loss_all_pairs(logits: Tensor, y: Tensor) -> Tensor:
    return -torch.log_softmax(logits, dim=1)[:, y].mean()


def _loss_no_normalizer(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(logits, y).mean()


def _loss_detached(logits: Tensor, y: Tensor) -> Tensor:
    return -_picked(torch.log_softmax(logits.detach(), dim=1), y).mean()


CROSS_ENTROPY = (
    Mistake(
        "overflows",
        _loss_overflows,
        "exp of a large logit is infinite. Subtract the largest logit of each row first: softmax does not change.",
    ),
    Mistake(
        "log-of-softmax",
        _loss_log_of_softmax,
        "A probability can round to 0, and log 0 is infinite. Take logarithm and softmax in one step.",
    ),
    Mistake(
        "epsilon",
        _loss_epsilon,
        "The small constant under the logarithm hides the overflow: a loss of 2000 becomes 20.7, with gradient 0.",
    ),
    Mistake(
        "clamped",
        _loss_clamped,
        "Clamping the probabilities caps the loss at 16.1 and its gradient at 0: the worst mistakes are not learned from.",
    ),
    Mistake(
        "one-shift-for-all",
        _loss_one_shift,
        "The largest logit of the whole batch is subtracted. Rows far below it underflow; each row needs its own maximum.",
    ),
    Mistake("sum", _loss_sum, "This is the sum over the examples. The loss is their mean, whatever the batch size."),
    Mistake("each-example", _loss_each, "This is one loss for each example. Their mean is asked for, one number."),
    Mistake("sign", _loss_positive, "The minus is missing: log-probabilities are negative, the loss is positive."),
    Mistake(
        "mean-over-classes",
        _loss_over_classes,
        "The mean is taken over n × q elements, of which q − 1 in each row are 0. Divide by the n examples only.",
    ),
    Mistake(
        "wrong-axis",
        _loss_batch_softmax,
        "The softmax runs over the batch. Each row is an example: its q classes compete with each other, dim=1.",
    ),
    Mistake("no-logarithm", _loss_no_log, "This is minus the probability of the label. Its logarithm is missing."),
    Mistake(
        "softmax-twice",
        _loss_softmax_twice,
        "The softmax is taken twice. This trains, slowly and badly; log_softmax wants the logits.",
    ),
    Mistake(
        "all-pairs",
        _loss_all_pairs,
        "[:, y] picks a whole column for every label, n × n numbers. Pick one for each row: [torch.arange(n), y].",
    ),
    Mistake(
        "no-normalizer",
        _loss_no_normalizer,
        "This is minus the logit of the label. The logarithm of the sum of exponentials, which makes it a probability, is missing.",
    ),
    Mistake(
        "detached",
        _loss_detached,
        "The value is right, but autograd is cut off, so nothing would learn. `.detach()`, `.data` or `.item()` do that.",
    ),
)


def _accuracy_count(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum()


def _accuracy_percent(logits: Tensor, y: Tensor) -> Tensor:
    return 100 * (logits.argmax(dim=1) == y).double().mean()


def _accuracy_error(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) != y).double().mean()


def _accuracy_batch_axis(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=0) == y).double().mean()


def _accuracy_argmin(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmin(dim=1) == y).double().mean()


def _accuracy_all_pairs(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1, keepdim=True) == y).double().mean()


def _accuracy_confidence(logits: Tensor, y: Tensor) -> Tensor:
    return torch.softmax(logits.double(), dim=1)[torch.arange(len(y)), y].mean()


def _accuracy_floored(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum() // len(y)


def _accuracy_over_elements(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.argmax(dim=1) == y).sum() / logits.numel()


def _accuracy_largest_logit(logits: Tensor, y: Tensor) -> Tensor:
    return (logits.max(dim=1).values == y).double().mean()


ACCURACY = (
    Mistake("count", _accuracy_count, "This is the number of correct predictions. Divide by the number of examples."),
    Mistake("percent", _accuracy_percent, "This is a percentage. A share lies between 0 and 1."),
    Mistake("error-rate", _accuracy_error, "This is the share of wrong predictions, 1 minus the accuracy."),
    Mistake(
        "wrong-axis",
        _accuracy_batch_axis,
        "argmax runs over the batch. The prediction for an example is the largest logit in its row, dim=1.",
    ),
    Mistake("argmin", _accuracy_argmin, "This predicts the class with the smallest logit."),
    Mistake(
        "all-pairs",
        _accuracy_all_pairs,
        "Predictions (n, 1) and labels (n,) broadcast to n × n comparisons. Give both the same shape.",
    ),
    Mistake(
        "confidence",
        _accuracy_confidence,
        "This is the mean probability of the right class. A prediction is right or wrong: it is the class of the largest logit.",
    ),
    Mistake("floored", _accuracy_floored, "`//` rounds down to 0 or 1. Use `/`."),
    Mistake(
        "over-all-elements",
        _accuracy_over_elements,
        "This divides by the number of logits, n × q. There are n predictions.",
    ),
    Mistake(
        "largest-logit",
        _accuracy_largest_logit,
        "The largest logit itself is compared with the label. Which class it belongs to is what argmax tells.",
    ),
)


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


def _mean(seen: list[tuple[float, int]]) -> float:
    return sum(value * count for value, count in seen) / max(sum(count for _, count in seen), 1)


def _epoch_accumulates(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, clear=False))


def _epoch_clears_late(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, clear=False, clear_late=True))


def _epoch_ascends(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, sign=1.0))


def _epoch_divides_again(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, scale=lambda y: 1 / len(y)))


def _epoch_decays(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, lr, decay=1e-2))


def _epoch_ignores_lr(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, 0.1))


def _epoch_never_steps(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, loss, 0.0))


def _epoch_mean_of_batches(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = _pass(model, batches, loss, lr)
    return sum(value for value, _ in seen) / max(len(seen), 1)


def _epoch_sum(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return sum(value for value, _ in _pass(model, batches, loss, lr))


def _epoch_total(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return sum(value * count for value, count in _pass(model, batches, loss, lr))


def _epoch_last_loss(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _pass(model, batches, loss, lr)[-1][0]


def _epoch_first_batch(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    X, y = next(iter(batches))
    return _mean(_pass(model, [(X, y)], loss, lr))


def _epoch_counts_first(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    total = sum(len(y) for _, y in batches)
    return sum(value * count for value, count in _pass(model, batches, loss, lr)) / total


def _epoch_one_step(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    pairs = list(batches)
    _pass(model, [(torch.cat([X for X, _ in pairs]), torch.cat([y for _, y in pairs]))], loss, lr)
    return _mean([(float(loss(model(X), y)), len(y)) for X, y in pairs])


def _epoch_looks_afterwards(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    seen = []
    for X, y in batches:
        _pass(model, [(X, y)], loss, lr)
        seen.append((float(loss(model(X), y)), len(y)))
    return _mean(seen)


def _epoch_momentum(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
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


def _epoch_cross_entropy(model: Any, batches: Batches, loss: Callable[..., Tensor], lr: float) -> float:
    return _mean(_pass(model, batches, torch.nn.functional.cross_entropy, lr))


TRAIN_EPOCH = (
    Mistake(
        "accumulates",
        _epoch_accumulates,
        "backward() adds to the gradients that are there. Reset them before each batch, or old batches go on pushing.",
    ),
    Mistake(
        "resets-only-afterwards",
        _epoch_clears_late,
        "The gradients are reset after a step only. On arrival they may hold something already: reset before backward().",
    ),
    Mistake(
        "ascends", _epoch_ascends, "The parameters move along the gradient, uphill. Subtract lr times the gradient."
    ),
    Mistake(
        "divides-again",
        _epoch_divides_again,
        "The gradient is divided by the batch size, but the loss is a batch mean already.",
    ),
    Mistake(
        "weight-decay",
        _epoch_decays,
        "The parameters shrink in addition to the gradient step. Plain SGD has no weight decay.",
    ),
    Mistake("momentum", _epoch_momentum, "Steps carry on from one batch to the next. Plain SGD has no momentum."),
    Mistake("fixed-lr", _epoch_ignores_lr, "The step is 0.1 times the gradient, whatever lr says."),
    Mistake(
        "never-steps",
        _epoch_never_steps,
        "The parameters are what they were. backward() finds gradients; a step is still to be taken.",
    ),
    Mistake(
        "mean-of-batches",
        _epoch_mean_of_batches,
        "This is the mean over batches. The last one may be smaller; weight each loss by the number of its examples.",
    ),
    Mistake(
        "sum-of-batches", _epoch_sum, "This is the sum of the batch losses. The mean over the examples is asked for."
    ),
    Mistake("sum-of-examples", _epoch_total, "This is the sum over the examples. Divide by how many there were."),
    Mistake("last-batch", _epoch_last_loss, "This is the loss of the last batch alone. Add up what every batch says."),
    Mistake(
        "first-batch", _epoch_first_batch, "Only the first batch is used. Does the `return` stand inside the loop?"
    ),
    Mistake(
        "goes-through-twice",
        _epoch_counts_first,
        "The batches are gone through before the training. A generator is empty then; count the examples as you go.",
    ),
    Mistake(
        "one-step",
        _epoch_one_step,
        "All batches are put together into one step. Minibatch SGD takes a step after every batch.",
    ),
    Mistake(
        "loss-after-step",
        _epoch_looks_afterwards,
        "Each loss is taken after the step that it led to. Use the value that you called backward() on.",
    ),
    Mistake(
        "own-loss", _epoch_cross_entropy, "The loss that was handed over is not used: this computes the cross-entropy."
    ),
)


_GOOD_RECIPE = {"lr": 0.1, "momentum": 0.9, "weight_decay": 1e-4, "batch_size": 100, "epochs": 5}


def _network(hidden: int = 64, outputs: int = 10) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


def _build_net_alone() -> Any:
    return _network()


def _build_swapped() -> Any:
    return dict(_GOOD_RECIPE), _network()


def _build_class() -> Any:
    return nn.Sequential, dict(_GOOD_RECIPE)


def _build_misnamed() -> Any:
    recipe = dict(_GOOD_RECIPE)
    recipe["learning_rate"] = recipe.pop("lr")
    return _network(), recipe


def _build_long() -> Any:
    return _network(), {**_GOOD_RECIPE, "epochs": 100}


def _build_no_flatten() -> Any:
    return nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)), dict(_GOOD_RECIPE)


def _build_hidden_only() -> Any:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU()), dict(_GOOD_RECIPE)


def _build_softmax() -> Any:
    return nn.Sequential(*_network(), nn.Softmax(dim=1)), dict(_GOOD_RECIPE)


def _build_huge() -> Any:
    return _network(hidden=1024), dict(_GOOD_RECIPE)


def _build_trains() -> Any:
    net = _network()
    X, y = torch.rand(20, 1, 28, 28), torch.arange(20) % 10
    loss = nn.functional.cross_entropy(net(X), y)
    loss.backward()
    return net, dict(_GOOD_RECIPE)


def _build_knowing() -> Any:
    data = fashion_mnist(source="sample")
    X, y = to_float(data.train_images).flatten(1), data.train_labels
    means = torch.stack([X[y == label].mean(dim=0) for label in range(10)])
    last = nn.Linear(784, 10)
    with torch.no_grad():
        last.weight.copy_(means)
        last.bias.copy_(-(means**2).sum(dim=1) / 2)
    return nn.Sequential(nn.Flatten(), last), dict(_GOOD_RECIPE)


BUILD_MLP = (
    Mistake("net-alone", _build_net_alone, "Two things are asked for: `return net, recipe`."),
    Mistake("swapped", _build_swapped, "The network comes first, then the recipe: `return net, recipe`."),
    Mistake("class", _build_class, "This is a class, or something else that is no network yet. Call it to make one."),
    Mistake("missing-key", _build_misnamed, "The keys are fixed: lr, momentum, weight_decay, batch_size and epochs."),
    Mistake("too-many-epochs", _build_long, "The budget is part of the challenge: at most 6 epochs."),
    Mistake(
        "no-flatten",
        _build_no_flatten,
        "A Linear layer works on the last axis, and that of an image has 28 entries. Begin with nn.Flatten().",
    ),
    Mistake(
        "wrong-outputs",
        _build_hidden_only,
        "The last layer should have ten units, one for each class, and nothing should follow it.",
    ),
    Mistake(
        "softmax",
        _build_softmax,
        "The training's loss takes logits and does the softmax itself. Leave the softmax out of the network.",
    ),
    Mistake(
        "too-large",
        _build_huge,
        "The budget is part of the challenge: at most 500,000 numbers, those that do not learn included.",
    ),
    Mistake(
        "trains-itself", _build_trains, "The judge trains the network; return it as it was made, without backward()."
    ),
    Mistake(
        "comes-trained",
        _build_knowing,
        "Before its training a network should not know the classes. Return it with random weights.",
    ),
)
