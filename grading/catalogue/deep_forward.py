"""Lesson 03: the forward pass of a network of any depth, judged layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from grading.catalogue import stages
from grading.catalogue.backward_pass import settle, usable
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistake
from grading.judging.question import cast
from grading.judging.read import Reading, Truth, describe, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation

LESSON = "03-backpropagation"
OUTPUT = "output"
Tensors = list[Tensor]


def _network(draw: Draw, n: int, sizes: Sequence[int], scale: float = 1.2) -> Arguments:
    return {
        "X": draw.normal(n, sizes[0], scale=1.5),
        "weights": [draw.normal(a, b, scale=scale) for a, b in pairwise(sizes)],
        "biases": [draw.normal(b) for b in sizes[1:]],
    }


def two_layers(draw: Draw) -> Arguments:
    """Draw a network with two layers."""
    if draw.simple:
        n, *sizes = draw.sizes(4)
        return _network(draw, n, sizes)
    return _network(draw, draw.integer(2, 3), draw.sizes(3, 4, 7))


def three_layers(draw: Draw) -> Arguments:
    """Draw a network with three layers of different widths."""
    if draw.simple:
        return two_layers(draw)
    return _network(draw, draw.integer(2, 3), draw.sizes(4, 4, 8))


def one_layer(draw: Draw) -> Arguments:
    """Draw a network with a single layer."""
    if draw.simple:
        n, *sizes = draw.sizes(3)
        return _network(draw, n, sizes)
    return _network(draw, draw.integer(2, 3), draw.sizes(2, 4, 8))


def five_layers(draw: Draw) -> Arguments:
    """Draw a network with five layers."""
    return _network(draw, 2, [*draw.sizes(5, 3, 7), 3], 1.5)


def equal_layers(draw: Draw) -> Arguments:
    """Draw a network whose layers all have the same width; a wrong layer still has a fitting shape."""
    if draw.simple:
        return _network(draw, 1, [draw.integer(1, draw.limit)] * 3)
    width = draw.integer(4, 6)
    return _network(draw, 3, [width] * 4)


def one_example(draw: Draw) -> Arguments:
    """Draw a network with three layers and one example."""
    return _network(draw, 1, draw.sizes(4, 2, 6))


def many_examples(draw: Draw) -> Arguments:
    """Draw a network with three layers, a single input, and more examples than units."""
    return _network(draw, draw.integer(11, 15), [1, *draw.sizes(3, 2, 6)])


def _large_inputs(draw: Draw) -> Arguments:
    arguments = _network(draw, 3, draw.sizes(4, 2, 6))
    return {**arguments, "X": 400 * arguments["X"]}


def run_layers(X: Tensor, weights: Tensors, biases: Tensors) -> Tensors:
    """Return X and the activations of every layer."""
    found = [X]
    for W, b in zip(weights, biases, strict=True):
        found.append(torch.sigmoid(torch.addmm(b, found[-1], W)))
    return found


def _names(count: int) -> list[str]:
    return [*(f"activations[{i}]" for i in range(count - 1)), OUTPUT]


def _forward_truth(X: Tensor, weights: Tensors, biases: Tensors) -> dict[str, Tensor]:
    found = run_layers(X, weights, biases)
    return dict(zip(_names(len(found)), found, strict=True))


def tensor_list(value: Any, count: int, meaning: str) -> list[Any] | Finding:
    """Return the items of a list or tuple of this length, or a finding."""
    missing = nothing_returned(value)
    if missing:
        return missing
    if isinstance(value, list | tuple) and len(value) == count:
        return list(value)
    return Finding(
        "", "type", f"it should return {meaning}.", (("expected", f"a list of {count}"), ("got", describe(value)))
    )


def _read_forward(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    count = len(arguments["weights"]) + 1
    shown = tensor_list(observation.value, count, "a list: X and the activations of every layer")
    if isinstance(shown, Finding):
        return shown
    due = list(truth.values())
    share = stages.share_of(arguments["X"].dtype)
    names = _names(count)
    reading = dict(zip(names, shown, strict=True))
    for i in range(1, count):
        before, here = usable(shown[i - 1], due[i - 1]), usable(shown[i], due[i])
        if before is None or here is None or stages.close(before, due[i - 1], share):
            continue
        W, b = cast((arguments["weights"][i - 1], arguments["biases"][i - 1]), torch.float64)
        follows = torch.sigmoid(before @ W + b)
        reading[names[i]] = settle(shown[i], due[i], stages.close(here, follows, share), untouched=False)
    return reading


def widths(arguments: Arguments) -> list[int]:
    """Return the width of every layer, inputs first."""
    return [arguments["weights"][0].shape[0], *(W.shape[1] for W in arguments["weights"])]


def _deep(
    X: Tensor, weights: Any, biases: Any, *, last: Any = torch.sigmoid, hidden: Any = torch.sigmoid, bias: bool = True
) -> Tensors:
    found = [X]
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
        Z = found[-1] @ W + (b if bias else 0)
        found.append((last if layer == len(weights) - 1 else hidden)(Z))
    return found


def _same(Z: Tensor) -> Tensor:
    return Z


def _fragile(Z: Tensor) -> Tensor:
    return torch.exp(Z) / (1 + torch.exp(Z))


def _last_open(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases, last=_same)


def _rectified(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases, hidden=torch.relu, last=torch.relu)


def _rectified_inside(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases, hidden=torch.relu)


def _affine(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases, hidden=_same, last=_same)


def _no_biases(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases, bias=False)


def _overflows(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases, hidden=_fragile, last=_fragile)


def _without_input(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases)[1:]


def _output_only(X: Tensor, weights: Any, biases: Any) -> Tensor:
    return _deep(X, weights, biases)[-1]


def _pre_activations(X: Tensor, weights: Any, biases: Any) -> Tensors:
    found = _deep(X, weights, biases)
    return [X, *(A @ W + b for A, W, b in zip(found, weights, biases, strict=False))]


def _always_input(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return [torch.sigmoid(X), *_deep(torch.sigmoid(X), weights, biases)[1:]]


def _softmax_last(X: Tensor, weights: Any, biases: Any) -> Tensors:
    return _deep(X, weights, biases, last=lambda Z: torch.softmax(Z, 1))


DEEP_FORWARD = Exercise(
    name="deep_forward",
    lesson=LESSON,
    points=0.5,
    parameters=("X", "weights", "biases"),
    summary="Return X and the activations of every layer as a list; each layer is affine with a sigmoid, the last one too.",
    outputs=("activations[]", OUTPUT),
    read=_read_forward,
    cases=(
        Case("three layers", three_layers, twice=True),
        Case("one layer", one_layer),
        Case("layers of equal width", equal_layers),
        Case("a batch of one", one_example, CARE),
        Case("inputs of size 1000", _large_inputs, CARE),
        Case("tensors in float64", three_layers, CARE, torch.float64),
        Case("transposed tensors", three_layers, CARE, layout="transposed"),
        Case("parameters that require a gradient", three_layers, CARE, requires_grad=True, connected=True),
        Case("five layers", five_layers, hidden=True),
        Case("other values", three_layers, hidden=True),
    ),
    reference=_forward_truth,
    passable=all,
    parts={"activations[]": 0.5, OUTPUT: 0.35, CARE: 0.15},
    reduction=lambda arguments: max(widths(arguments)) + len(arguments["weights"]),
    mistakes=(
        Mistake("last-open", _last_open, "The last layer has no sigmoid. Here every layer has one, the last one too."),
        Mistake("rectified", _rectified, "These are ReLUs. The layers of this network end in sigmoids."),
        Mistake(
            "rectified-inside",
            _rectified_inside,
            "The hidden layers are ReLUs, only the last layer is a sigmoid. Here all are sigmoids.",
        ),
        Mistake("affine", _affine, "There is no sigmoid anywhere: the whole network is one affine map."),
        Mistake("no-biases", _no_biases, "The biases are left out: Z = A W + b."),
        Mistake(
            "overflows",
            _overflows,
            "exp(z) / (1 + exp(z)) is inf / inf for large z. torch.sigmoid is welcome here, and so is 1 / (1 + exp(-z)).",
        ),
        Mistake(
            "without-input",
            _without_input,
            "The list should begin with X: the backward pass needs the input of the first layer, too.",
        ),
        Mistake(
            "output-only",
            _output_only,
            "Only the output comes back. The backward pass needs the activations of all layers, as a list.",
        ),
        Mistake(
            "pre-activations",
            _pre_activations,
            "The list holds Z, from before the sigmoid. The activations are asked for: sigmoid(Z).",
        ),
        Mistake(
            "sigmoid-of-input", _always_input, "X goes through a sigmoid first. It enters the first layer as it is."
        ),
        Mistake("softmax-last", _softmax_last, "The last layer is a softmax. Here it is a sigmoid like the others."),
    ),
    hints=(
        "Write one layer first: which line takes the activations A below to those above?",
        "Keep a list that starts as [X]. Its last item is what the next layer gets.",
        "`for W, b in zip(weights, biases): activations.append(torch.sigmoid(activations[-1] @ W + b))`.",
    ),
    dims=lambda arguments: {"n": arguments["X"].shape[0]},
)
