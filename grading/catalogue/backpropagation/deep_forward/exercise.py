"""`deep_forward`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.backpropagation.deep_networks import (
    TensorList,
    equal_layers,
    network,
    one_example,
    one_layer,
    run_layers,
    tensor_list,
    three_layers,
    widths,
)
from grading.catalogue.backpropagation.shared import as_if_handed_right, usable
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.prepared import cast
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Observation

OUTPUT = "output"


def _large_inputs(draw: Draw) -> Arguments:
    arguments = network(draw, 3, draw.sizes(4, 2, 6))
    return {**arguments, "X": 400 * arguments["X"]}


def _names(count: int) -> list[str]:
    return [*(f"activations[{i}]" for i in range(count - 1)), OUTPUT]


def _forward_truth(X: Tensor, weights: TensorList, biases: TensorList) -> dict[str, Tensor]:
    found = run_layers(X, weights, biases)
    return dict(zip(_names(len(found)), found, strict=True))


def _read_forward(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    count = len(arguments["weights"]) + 1
    shown = tensor_list(observation.value, count, "a list: X and the activations of every layer")
    if isinstance(shown, Finding):
        return shown
    due = list(truth.values())
    names = _names(count)
    reading = dict(zip(names, shown, strict=True))
    for i in range(1, count):
        before, here = usable(shown[i - 1], due[i - 1]), usable(shown[i], due[i])
        if before is None or here is None:
            continue
        W, b = cast((arguments["weights"][i - 1], arguments["biases"][i - 1]), torch.float64)
        reading[names[i]] = as_if_handed_right(here, due[i], torch.sigmoid(before @ W + b)).to(shown[i].dtype)
    return reading


mistake = Mistakes()


def _deep(
    X: Tensor, weights: Any, biases: Any, *, last: Any = torch.sigmoid, hidden: Any = torch.sigmoid, bias: bool = True
) -> TensorList:
    found = [X]
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
        Z = found[-1] @ W + (b if bias else 0)
        found.append((last if layer == len(weights) - 1 else hidden)(Z))
    return found


def _same(Z: Tensor) -> Tensor:
    return Z


@mistake("The last layer has no sigmoid. Here every layer has one, the last one too.")
def last_open(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, last=_same)


@mistake("These are ReLUs. The layers of this network end in sigmoids.")
def rectified(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=torch.relu, last=torch.relu)


@mistake("The hidden layers are ReLUs, only the last layer is a sigmoid. Here all are sigmoids.")
def rectified_inside(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=torch.relu)


@mistake("There is no sigmoid anywhere: the whole network is one affine map.")
def affine(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=_same, last=_same)


@mistake("The biases are left out: Z = A W + b.")
def no_biases(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, bias=False)


def _fragile(Z: Tensor) -> Tensor:
    return torch.exp(Z) / (1 + torch.exp(Z))


@mistake("exp(z) / (1 + exp(z)) is inf / inf for large z. torch.sigmoid is welcome here, and so is 1 / (1 + exp(-z)).")
def overflows(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=_fragile, last=_fragile)


@mistake("The list should begin with X: the backward pass needs the input of the first layer, too.")
def without_input(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases)[1:]


@mistake("Only the output comes back. The backward pass needs the activations of all layers, as a list.")
def output_only(X: Tensor, weights: Any, biases: Any) -> Tensor:
    return _deep(X, weights, biases)[-1]


@mistake("The list holds Z, from before the sigmoid. The activations are asked for: sigmoid(Z).")
def pre_activations(X: Tensor, weights: Any, biases: Any) -> TensorList:
    found = _deep(X, weights, biases)
    return [X, *(A @ W + b for A, W, b in zip(found, weights, biases, strict=False))]


@mistake("X goes through a sigmoid first. It enters the first layer as it is.")
def sigmoid_of_input(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return [torch.sigmoid(X), *_deep(torch.sigmoid(X), weights, biases)[1:]]


@mistake("The last layer is a softmax. Here it is a sigmoid like the others.")
def softmax_last(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, last=lambda Z: torch.softmax(Z, 1))


def _first(X: Tensor, weights: Any, biases: Any) -> Tensor:
    return torch.sigmoid(X @ weights[0] + biases[0])


@mistake("The hidden layers are tanh, only the last layer is a sigmoid. Here all are sigmoids.")
def tanh_inside(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=torch.tanh)


@mistake("These are tanh layers. The layers of this network end in sigmoids.")
def tanh(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=torch.tanh, last=torch.tanh)


@mistake("The hidden layers have no sigmoid, only the last one has. Here every layer has one.")
def last_only(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=_same)


@mistake("Every layer is a softmax. Here each element goes through a sigmoid by itself.")
def softmax(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=lambda Z: torch.softmax(Z, 1), last=lambda Z: torch.softmax(Z, 1))


@mistake("Two lists come back. Return the activations alone, X first; the pre-activations are not asked for.")
def with_pre_activations(X: Tensor, weights: Any, biases: Any) -> Any:
    found = _deep(X, weights, biases)
    return found, [A @ W + b for A, W, b in zip(found, weights, biases, strict=False)]


@mistake(
    "Two lists come back. Return the activations alone, X first; the pre-activations are not asked for.",
    name="with-padded-pre-activations",
)
def with_padded_pre_activations(X: Tensor, weights: Any, biases: Any) -> Any:
    found, before = with_pre_activations(X, weights, biases)
    return found, [None, *before]


@mistake("The output comes back beside the list. It is the list's last item: return the list alone.")
def output_and_list(X: Tensor, weights: Any, biases: Any) -> Any:
    found = _deep(X, weights, biases)
    return found[-1], found


@mistake("The list ends after the first layer: the function returns within its loop.")
def returns_early(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return [X, _first(X, weights, biases)]


@mistake("The last layer is left out: the loop ends one layer too early.")
def without_last_layer(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases)[:-1]


@mistake("Every layer gets X. A layer gets what the one below has given: the list's last item.")
def always_from_the_input(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return [X, *(torch.sigmoid(X @ W + b) for W, b in zip(weights, biases, strict=True))]


@mistake("The biases are added after the sigmoid. They belong to Z, inside of it.")
def biases_outside(X: Tensor, weights: Any, biases: Any) -> TensorList:
    found = [X]
    for W, b in zip(weights, biases, strict=True):
        found.append(torch.sigmoid(found[-1] @ W) + b)
    return found


@mistake(
    "The pre-activation goes on to the next layer, and its sigmoid only into the list. The next layer gets the sigmoid."
)
def goes_on_with_z(X: Tensor, weights: Any, biases: Any) -> TensorList:
    found, Z = [X], X
    for W, b in zip(weights, biases, strict=True):
        Z = Z @ W + b
        found.append(torch.sigmoid(Z))
    return found


@mistake("The slope a (1 - a) stands in place of the activation. Here the sigmoid itself is asked for.")
def slopes(X: Tensor, weights: Any, biases: Any) -> TensorList:
    def slope(Z: Tensor) -> Tensor:
        return torch.sigmoid(Z) * (1 - torch.sigmoid(Z))

    return _deep(X, weights, biases, hidden=slope, last=slope)


@mistake("The list begins with the output. X comes first, then layer after layer.")
def from_the_top(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases)[::-1]


@mistake("W @ A has the examples in columns. Here they are rows: A @ W.")
def columns(X: Tensor, weights: Any, biases: Any) -> TensorList:
    found = [X]
    for W, b in zip(weights, biases, strict=True):
        found.append(torch.sigmoid(W @ found[-1] + b))
    return found


@mistake("W is transposed as if it were the weight of an nn.Linear. Here it has a row for each input already: A @ W.")
def as_nn_linear(X: Tensor, weights: Any, biases: Any) -> TensorList:
    found = [X]
    for W, b in zip(weights, biases, strict=True):
        found.append(torch.sigmoid(found[-1] @ W.T + b))
    return found


@mistake("These sigmoids fall from 1 to 0: the exponent has the wrong sign. It is 1 / (1 + exp(-z)).")
def falling(X: Tensor, weights: Any, biases: Any) -> TensorList:
    return _deep(X, weights, biases, hidden=lambda Z: torch.sigmoid(-Z), last=lambda Z: torch.sigmoid(-Z))


EXERCISE = Exercise(
    name="deep_forward",
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
    ),
    reference=_forward_truth,
    passable=all,
    parts={"activations[]": 0.5, OUTPUT: 0.35, CARE: 0.15},
    reduction=lambda arguments: max(widths(arguments)) + len(arguments["weights"]),
    mistakes=mistake.all,
    hints=(
        "Write one layer first: which line takes the activations A below to those above?",
        "Keep a list that starts as [X]. Its last item is what the next layer gets.",
    ),
    dims=lambda arguments: {"n": arguments["X"].shape[0]},
)
