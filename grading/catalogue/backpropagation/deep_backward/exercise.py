"""`deep_backward`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.backpropagation import stages
from grading.catalogue.backpropagation.deep_networks import (
    TensorList,
    equal_layers,
    network,
    one_example,
    one_layer,
    run_layers,
    tensor_list,
    three_layers,
    two_layers,
    widths,
)
from grading.catalogue.backpropagation.scales import OF_THE_ERROR, OF_WHAT_FOLLOWS
from grading.catalogue.backpropagation.shared import excused, independent, usable
from grading.catalogue.bans import NO_AUTOGRAD
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.prepared import cast
from grading.judging.read import Reading, Truth
from grading.judging.verdict import Finding
from grading.probe.call import Observation


def many_examples(draw: Draw) -> Arguments:
    """Draw a network with three layers, a single input, and more examples than units."""
    return network(draw, draw.integer(11, 15), [1, *draw.sizes(3, 2, 6)])


OUTPUT_DELTA = "output_delta"


# The least gradient of a layer. What an answer does with a smaller one may stay below the tolerance.
_VISIBLE = 0.02
# Beyond these pre-activations a sigmoid rounds to 0 or 1 in single precision, or nearly so.
_SATURATED = 8.0


def _targets(make: Callable[[Draw], Arguments]) -> Callable[[Draw], Arguments]:
    """Return a draw of targets and activations for the networks that `make` draws; an error reaches all layers."""

    def draw_with_targets(draw: Draw) -> Arguments:
        for _ in range(200):
            made = make(draw)
            weights, activations = made["weights"], run_layers(**made)
            shape = len(made["X"]), weights[-1].shape[1]
            Y = draw.normal(*shape) if draw.simple else draw.uniform(*shape, low=-3.0, high=4.0)
            if draw.simple or (all(map(independent, activations[:-1])) and _is_plain(Y, weights, activations)):
                break
        return {"Y": Y, "weights": weights, "activations": activations}

    return draw_with_targets


def _is_plain(Y: Tensor, weights: TensorList, activations: TensorList) -> bool:
    """Tell whether no sigmoid is saturated and each layer has a gradient that can be seen."""
    if any(float(torch.logit(A).abs().max()) > _SATURATED for A in activations[1:]):
        return False
    truth = _backward_truth(Y, weights, activations)
    return all(float(truth[f"grad_weights[{-k}]"].abs().max()) > _VISIBLE for k in range(1, len(weights) + 1))


def _backward_truth(Y: Tensor, weights: TensorList, activations: TensorList) -> dict[str, Tensor]:
    """Return the error at every layer and the gradients, from the last layer to the first, by automatic differentiation."""
    with torch.enable_grad():
        # The network is replayed from its pre-activations; the sums of the biases are gradients by zero offsets.
        A = activations[0]
        pre, leaves, offsets = [], [], []
        for W, recorded in zip(weights, activations[1:], strict=True):
            leaf = W.detach().clone().requires_grad_(True)
            offset = torch.zeros(W.shape[1], dtype=W.dtype, requires_grad=True)
            Z = A @ leaf + offset
            Z = Z + (torch.logit(recorded) - Z).detach()
            A = torch.sigmoid(Z)
            pre.append(Z)
            leaves.append(leaf)
            offsets.append(offset)
        loss = torch.nn.functional.mse_loss(A, Y)
        found = torch.autograd.grad(loss, [*pre, *leaves, *offsets])
    L = len(weights)
    truth = {}
    for layer in reversed(range(L)):
        truth[_delta(layer - L)] = found[layer]
        truth[f"grad_weights[{layer - L}]"] = found[L + layer]
        truth[f"grad_biases[{layer - L}]"] = found[2 * L + layer]
    return truth


def _delta(place: int) -> str:
    """Name the error at a layer, counted from the end as Python does: -1 is the last."""
    return OUTPUT_DELTA if place == -1 else f"delta[{place}]"


def _read_backward(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    pair = tensor_list(observation.value, 2, "two lists, grad_weights and grad_biases")
    if isinstance(pair, Finding):
        return pair
    L = len(arguments["weights"])
    shown: Reading = {}
    for name, value in zip(("grad_weights", "grad_biases"), pair, strict=True):
        items = tensor_list(value, L, f"one gradient a layer in {name}")
        if isinstance(items, Finding):
            return items
        shown.update({f"{name}[{layer - L}]": item for layer, item in enumerate(items)})
    dtype = arguments["Y"].dtype
    share = stages.share_of(dtype)
    deltas = {_delta(layer): truth[_delta(layer)].to(dtype) for layer in range(-L, 0)}
    good = {name: usable(value, truth[name]) for name, value in shown.items()}
    if all(value is not None and stages.close(value, truth[name], share) for name, value in good.items()):
        return {**shown, **deltas}
    exact = cast(arguments, torch.float64)
    located = stages.localize(_layers(exact, good), truth[OUTPUT_DELTA], share)
    reading = dict(shown)
    for place, stage in zip(range(-1, -L - 1, -1), located, strict=True):
        name, W, b = _delta(place), f"grad_weights[{place}]", f"grad_biases[{place}]"
        untouched = stages.close(stage.error, truth[name], share)
        reading[name] = deltas[name] if stage.right else stages.as_if_due(stage, truth[name], share).to(dtype)
        reading[W] = excused(shown[W], truth[W], stage.weight, untouched=untouched)
        reading[b] = excused(shown[b], truth[b], stage.bias, untouched=untouched)
    return reading


def _layers(exact: Mapping[str, Any], good: Mapping[str, Tensor | None]) -> list[stages.Layer]:
    """Return the layers as an answer shows them, from the last to the first."""
    weights, activations = exact["weights"], exact["activations"]
    L = len(weights)
    found = []
    for layer in reversed(range(L)):
        W, A = weights[layer], activations[layer]
        gradients = good[f"grad_weights[{layer - L}]"], good[f"grad_biases[{layer - L}]"]
        found.append(stages.Layer(A, W, None, *gradients, A * (1 - A) if layer else None))
    return found


mistake = Mistakes()


def _walk(
    Y: Tensor,
    weights: Any,
    activations: Any,
    *,
    scale: float | None = None,
    top: Any = None,
    slope: Any = None,
    back: Any = None,
) -> tuple[TensorList, TensorList]:
    """Walk down the layers with one thing done wrong; the mistakes are made of it.

    scale: instead of 2/(nq). top: the slope at the output from its activation. slope: the slope from the list of
    activations and the number of a layer. back: the matrix that sends the error down, from W and its gradient.
    """
    L = len(weights)
    A = activations[-1]
    delta = (2 / Y.numel() if scale is None else scale) * (A - Y) * (A * (1 - A) if top is None else top(A))
    grad_weights: TensorList = []
    grad_biases: TensorList = []
    for layer in reversed(range(L)):
        grad_weights.insert(0, activations[layer].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        if layer:
            below = activations[layer]
            W = weights[layer] if back is None else back(weights[layer], grad_weights[0])
            delta = (delta @ W.T) * (below * (1 - below) if slope is None else slope(activations, layer))
    return grad_weights, grad_biases


@mistake(
    "On the way down through a layer, the slope is taken at that layer's own output. It belongs to the activation one layer "
    "below."
)
def own_output(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: A[layer + 1] * (1 - A[layer + 1]))


@mistake(
    "The slope is taken one layer too low. After W[layer] the error meets the sigmoid that made activations[layer]."
)
def two_below(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: A[layer - 1] * (1 - A[layer - 1]))


@mistake(
    "The sigmoid is applied once more: the list holds activations a = sigmoid(z) already, and the slope is a (1 - a)."
)
def slope_of_activation(Y: Tensor, weights: Any, activations: Any) -> Any:
    def slope(A: Any, layer: int) -> Tensor:
        s = torch.sigmoid(A[layer])
        return s * (1 - s)

    def top(A: Tensor) -> Tensor:
        s = torch.sigmoid(A)
        return s * (1 - s)

    return _walk(Y, weights, activations, slope=slope, top=top)


@mistake("a (1 - a) was fed with the pre-activation z. It wants the activation, which is in the list.")
def fed_with_z(Y: Tensor, weights: Any, activations: Any) -> Any:
    def top(A: Tensor) -> Tensor:
        return torch.logit(A) * (1 - torch.logit(A))

    return _walk(Y, weights, activations, top=top, slope=lambda A, layer: top(A[layer]))


@mistake("The slope of the last sigmoid is missing. The output went through one, too.")
def open_output(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=torch.ones_like)


@mistake(
    "The hidden slopes are missing, or those of ReLUs: after each `@ W.T` the error must be multiplied by a (1 - a)."
)
def no_slopes(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: torch.ones_like(A[layer]))


@mistake(
    "All slopes are missing, or they are those of ReLUs. Every layer of this network is a sigmoid, the output, too: a (1 - a)."
)
def rectifier_slopes(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(
        Y,
        weights,
        activations,
        slope=lambda A, layer: (A[layer] > 0).to(A[layer].dtype),
        top=lambda A: (A > 0).to(A.dtype),
    )


@mistake("1 - a² is the slope of tanh. For a sigmoid it is a (1 - a).")
def tanh_slopes(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: 1 - A[layer] ** 2, top=lambda A: 1 - A**2)


@mistake("The loss is a mean over all n × q elements, but this divides by the batch size n only.")
def divided_by_n(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, scale=2 / len(Y))


@mistake("The square has been differentiated without its factor 2.")
def no_two(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, scale=1 / Y.numel())


@mistake("This is the gradient of a sum. The loss is a mean over n × q elements: divide by both.")
def summed(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, scale=2.0)


@mistake("The sign is wrong: the derivative of (A - Y)² by A is 2 (A - Y).")
def sign(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, scale=-2 / Y.numel())


@mistake(
    "A - Y without the slope a (1 - a) is the error of a cross-entropy. The loss here is the mean squared error: the slope stays.",
    any_scale=True,
)
def cross_entropy(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, scale=1 / len(Y), top=torch.ones_like)


@mistake("The error at the output is multiplied by the activation itself. The slope of a sigmoid is a (1 - a).")
def activation_at_the_output(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=lambda A: A)


@mistake("The error is multiplied by the activations themselves. The slope of a sigmoid is a (1 - a).")
def activations_as_slopes(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=lambda A: A, slope=lambda A, layer: A[layer])


@mistake("The error is multiplied by 1 - a. The slope of a sigmoid has both factors: a (1 - a).")
def half_of_the_slope(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=lambda A: 1 - A, slope=lambda A, layer: 1 - A[layer])


@mistake("The slope of the hidden sigmoids is taken as a: the factor 1 - a is missing. At the output it is there.")
def hidden_activations_as_slopes(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: A[layer])


@mistake("a (1 + a) has the wrong sign in it: the slope of a sigmoid is a (1 - a).")
def plus_in_the_slope(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=lambda A: A * (1 + A), slope=lambda A, layer: A[layer] * (1 + A[layer]))


@mistake("The slope is made of the error itself. It is made of the activation: a (1 - a).")
def slope_of_the_error(Y: Tensor, weights: Any, activations: Any) -> Any:
    error = 2 / Y.numel() * (activations[-1] - Y)
    grad_weights: TensorList = []
    grad_biases: TensorList = []
    for layer in reversed(range(len(weights))):
        delta = error * (1 - error)
        grad_weights.insert(0, activations[layer].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        error = delta @ weights[layer].T
    return grad_weights, grad_biases


@mistake("The slope is that of a sigmoid at the error. It is made of the activation, which is in the list: a (1 - a).")
def sigmoid_slope_of_the_error(Y: Tensor, weights: Any, activations: Any) -> Any:
    error = 2 / Y.numel() * (activations[-1] - Y)
    grad_weights: TensorList = []
    grad_biases: TensorList = []
    for layer in reversed(range(len(weights))):
        s = torch.sigmoid(error)
        delta = error * s * (1 - s)
        grad_weights.insert(0, activations[layer].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        error = delta @ weights[layer].T
    return grad_weights, grad_biases


@mistake(
    "What goes down are the activations of the layer above. Send its error, the delta that has just been computed."
)
def activations_sent_down(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    deltas = [2 / Y.numel() * (A - Y) * A * (1 - A)]
    for layer in reversed(range(1, len(weights))):
        below = activations[layer]
        deltas.insert(0, (activations[layer + 1] @ weights[layer].T) * below * (1 - below))
    return [A.T @ d for A, d in zip(activations[:-1], deltas, strict=True)], [d.sum(0) for d in deltas]


@mistake("The slope at the output is 1 - a², that of tanh. The output is a sigmoid, too: a (1 - a).")
def tanh_slope_at_the_output(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=lambda A: 1 - A**2)


@mistake("The error at the output is multiplied by 1 - a. The slope of a sigmoid has both factors: a (1 - a).")
def half_of_the_slope_at_the_output(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=lambda A: 1 - A)


@mistake("The slope of the hidden sigmoids is taken as 1 - a: the factor a is missing. At the output it is there.")
def hidden_half_of_the_slope(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: 1 - A[layer])


def _twice(A: Tensor) -> Tensor:
    s = torch.sigmoid(A)
    return s * (1 - s)


@mistake(
    "At the output the sigmoid is applied once more: activations[-1] is sigmoid(z) already, and the slope is a (1 - a)."
)
def slope_of_activation_at_the_output(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, top=_twice)


@mistake(
    "In the hidden layers the sigmoid is applied once more: the list holds activations a = sigmoid(z) already, and the slope is "
    "a (1 - a)."
)
def hidden_slope_of_activation(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: _twice(A[layer]))


@mistake("The hidden slopes are 1 - a², those of tanh. All layers of this network are sigmoids: a (1 - a).")
def hidden_tanh_slopes(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, slope=lambda A, layer: 1 - A[layer] ** 2)


@mistake("The two lists have changed places: grad_weights comes first.")
def swapped(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_biases, grad_weights


@mistake("Only the last layer has its gradients: the function returns within its loop.")
def returns_early(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights[-1:], grad_biases[-1:]


@mistake("A pair for each layer comes back. Two lists are asked for: all gradients of weights, then all of biases.")
def pairs(Y: Tensor, weights: Any, activations: Any) -> Any:
    return list(zip(*_walk(Y, weights, activations), strict=True))


@mistake("Only the gradients of the weights come back. Those of the biases are asked for, too, in a list of their own.")
def weights_alone(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations)[0]


@mistake("Only one of the lists is in the order of the layers: grad_weights begins with the last one.")
def weights_from_the_top(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights[::-1], grad_biases


@mistake("Only one of the lists is in the order of the layers: grad_biases begins with the last one.")
def biases_from_the_top(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights, grad_biases[::-1]


@mistake("The first layer has no gradients: the loop stops before layer 0.")
def without_first_layer(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights[1:], grad_biases[1:]


def _first_at_zero(Y: Tensor, weights: Any, activations: Any, least: int) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    if len(weights) >= least:
        grad_weights[0], grad_biases[0] = torch.zeros_like(grad_weights[0]), torch.zeros_like(grad_biases[0])
    return grad_weights, grad_biases


@mistake("The gradients of the first layer are still zeros: the loop stops before layer 0.")
def first_layer_at_zero(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _first_at_zero(Y, weights, activations, 1)


@mistake(
    "The gradients of the first layer are still zeros: the loop stops before layer 0.",
    name="first-layer-at-zero-below-the-last",
)
def first_layer_at_zero_below_the_last(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _first_at_zero(Y, weights, activations, 2)


@mistake(
    "The gradients of the weights are transposed. A gradient has the shape of what it belongs to, (inputs, outputs)."
)
def weights_transposed(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return [grad.T for grad in grad_weights], grad_biases


@mistake(
    "The gradient of a layer's weights is made of the layer's own output. It is made of its input, activations[layer].",
    any_scale=True,
)
def own_activation(Y: Tensor, weights: Any, activations: Any) -> Any:
    _, grad_biases = _walk(Y, weights, activations)
    deltas = _deltas(Y, weights, activations)
    return [A.T @ delta for A, delta in zip(activations[1:], deltas, strict=True)], grad_biases


def _deltas(Y: Tensor, weights: Any, activations: Any) -> TensorList:
    """Return the right error at every layer, the first layer's first."""
    A = activations[-1]
    found = [2 / Y.numel() * (A - Y) * A * (1 - A)]
    for layer in reversed(range(1, len(weights))):
        below = activations[layer]
        found.insert(0, (found[0] @ weights[layer].T) * below * (1 - below))
    return found


@mistake("The bias gradients have an axis too many, (1, k). A bias has the shape (k,): sum without keepdim.")
def biases_kept_two_dimensional(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights, [grad[None] for grad in grad_biases]


@mistake("The bias gradients are columns, (k, 1). A bias has the shape (k,): one axis, and so has its gradient.")
def biases_as_columns(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights, [grad[:, None] for grad in grad_biases]


@mistake("The bias gradients have a row for each example. The same bias serves all of them: sum over the examples.")
def biases_not_summed(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations)[0], _deltas(Y, weights, activations)


@mistake("The bias gradients are single numbers. Each unit has a bias of its own: sum over the examples only.")
def biases_total(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights, [grad.sum() for grad in grad_biases]


@mistake("The bias gradients are summed over the units. The examples are to be summed, and each unit has its own.")
def biases_over_the_other_axis(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations)[0], [delta.sum(1) for delta in _deltas(Y, weights, activations)]


@mistake("The gradients of weights and biases are divided by the batch size. The mean is in the first delta already.")
def averaged(Y: Tensor, weights: Any, activations: Any) -> Any:
    return tuple([grad / len(Y) for grad in grads] for grads in _walk(Y, weights, activations))


@mistake(
    "The error goes down through the layer's own incoming weights. It comes from above through those between the two layers."
)
def own_incoming_weights(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    deltas = [2 / Y.numel() * (A - Y) * A * (1 - A)]
    for layer in reversed(range(len(weights) - 1)):
        below = activations[layer + 1]
        deltas.insert(0, (deltas[0] @ weights[layer].T) * below * (1 - below))
    return [A.T @ d for A, d in zip(activations[:-1], deltas, strict=True)], [d.sum(0) for d in deltas]


@mistake("The weights are not transposed on the way down: delta @ W.T goes from outputs to inputs.")
def weights_as_they_are(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, back=lambda W, grad: W.T)


def _to_the_end(Y: Tensor, weights: Any, activations: Any, step: Any) -> tuple[TensorList, TensorList]:
    """Walk down as most people do, who send the error through the first layer as well; step: the error below, by layer."""
    A = activations[-1]
    delta = 2 / Y.numel() * (A - Y) * A * (1 - A)
    grad_weights: TensorList = []
    grad_biases: TensorList = []
    for layer in reversed(range(len(weights))):
        grad_weights.insert(0, activations[layer].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        below = activations[layer]
        delta = step(delta, layer) * below * (1 - below)
    return grad_weights, grad_biases


@mistake(
    "The weights are not transposed on the way down: delta @ W.T goes from outputs to inputs.",
    name="weights-as-they-are-to-the-end",
)
def weights_as_they_are_to_the_end(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _to_the_end(Y, weights, activations, lambda delta, layer: delta @ weights[layer])


@mistake("The targets are missing: the error at the output is A - Y.")
def no_target(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(torch.zeros_like(Y), weights, activations)


def _updated_with(rate: float) -> None:
    """Declare that the error goes down through weights that have taken a step of this size, in place or beside."""

    def beside(Y: Tensor, weights: Any, activations: Any) -> Any:
        return _walk(Y, weights, activations, back=lambda W, grad: W - rate * grad)

    def within(Y: Tensor, weights: Any, activations: Any) -> Any:
        def back(W: Tensor, grad: Tensor) -> Tensor:
            W.data -= rate * grad
            return W

        return _walk(Y, weights, activations, back=back)

    mistake(
        f"The error is sent down with weights that have been updated already (lr {rate:g}). Compute all gradients, then update.",
        name=f"updated-first-{rate:g}",
    )(beside)
    mistake(
        f"The weights are updated (lr {rate:g}) inside of the loop, and the caller's are changed. Compute all gradients first.",
        name=f"updates-{rate:g}",
    )(within)


for _rate in (0.01, 0.5, 1.0):
    _updated_with(_rate)


@mistake(
    "The error is sent down with weights that have been updated already (lr 0.1). All gradients belong to the same weights: "
    "compute all, then update."
)
def updated_first(Y: Tensor, weights: Any, activations: Any) -> Any:
    return _walk(Y, weights, activations, back=lambda W, grad: W - 0.1 * grad)


@mistake(
    "The weights are updated (lr 0.1) inside of the loop, and the caller's weights are changed. "
    "Compute all gradients first; sgd_step does the rest."
)
def updates(Y: Tensor, weights: Any, activations: Any) -> Any:
    def back(W: Tensor, grad: Tensor) -> Tensor:
        with torch.no_grad():
            W -= 0.1 * grad
        return W

    return _walk(Y, weights, activations, back=back)


@mistake("The lists begin with the last layer. They should follow the order of weights: first layer first.")
def from_the_top(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights[::-1], grad_biases[::-1]


@mistake("The bias gradients are averaged over the examples. The mean is in the first delta already: sum them.")
def mean_biases(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = _walk(Y, weights, activations)
    return grad_weights, [grad / len(Y) for grad in grad_biases]


@mistake(
    "On the way down, the slope is taken at that layer's own output. It belongs to the activation one layer below.",
    name="own-output-to-the-end",
)
def own_output_to_the_end(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 / Y.numel() * (A - Y) * A * (1 - A)
    grad_weights: TensorList = []
    grad_biases: TensorList = []
    for layer in reversed(range(len(weights))):
        grad_weights.insert(0, activations[layer].T @ delta)
        grad_biases.insert(0, delta.sum(0))
        delta = (delta @ weights[layer].T) * (activations[layer + 1] * (1 - activations[layer + 1]))
    return grad_weights, grad_biases


@mistake("The activations are not transposed: grad_W (inputs, outputs) is activations[layer].T @ delta.")
def activations_not_transposed(Y: Tensor, weights: Any, activations: Any) -> Any:
    deltas = _deltas(Y, weights, activations)
    return [A @ delta for A, delta in zip(activations[:-1], deltas, strict=True)], [delta.sum(0) for delta in deltas]


@mistake("`*` works on single elements. For grad_W take `@`: activations[layer].T @ delta.")
def elementwise(Y: Tensor, weights: Any, activations: Any) -> Any:
    deltas = _deltas(Y, weights, activations)
    return [A * delta for A, delta in zip(reversed(activations[:-1]), reversed(deltas), strict=True)], deltas


@mistake("activations[layer] @ delta.T has the examples in columns. Here they are rows: activations[layer].T @ delta.")
def examples_in_columns(Y: Tensor, weights: Any, activations: Any) -> Any:
    deltas = _deltas(Y, weights, activations)
    return [A @ delta.T for A, delta in zip(reversed(activations[:-1]), reversed(deltas), strict=True)], deltas


EXERCISE = Exercise(
    name="deep_backward",
    points=2.0,
    parameters=("Y", "weights", "activations"),
    summary="Return (grad_weights, grad_biases), two lists, of the mean squared error over all elements, by hand.",
    # What is returned; the errors inside are read out of it, and count as parts of the points.
    outputs=("grad_weights[]", "grad_biases[]"),
    read=_read_backward,
    cases=(
        # First the case in which a wrong layer's derivative still has a fitting shape.
        Case("layers of equal width", _targets(equal_layers), twice=True),
        Case("three layers", _targets(three_layers)),
        Case("two layers", _targets(two_layers)),
        Case("one layer", _targets(one_layer)),
        Case("a batch of one", _targets(one_example), CARE),
        Case("three layers, in float64", _targets(three_layers), CARE, torch.float64),
        Case("many examples of a single number", _targets(many_examples), CARE),
        Case("views with strides", _targets(three_layers), CARE, layout="strided"),
        Case("parameters that require a gradient", _targets(three_layers), CARE, requires_grad=True),
    ),
    reference=_backward_truth,
    parts={OUTPUT_DELTA: 0.2, "delta[]": 0.3, "grad_weights[]": 0.25, "grad_biases[]": 0.15, CARE: 0.1},
    reduction=lambda arguments: max(*widths(arguments), len(arguments["Y"])) + len(arguments["weights"]),
    factors={
        OUTPUT_DELTA: OF_THE_ERROR,
        **dict.fromkeys(("delta[]", "grad_weights[]", "grad_biases[]"), OF_WHAT_FOLLOWS),
    },
    mistakes=mistake.all,
    hints=(
        "Let delta be the gradient by the pre-activation of a layer. What is it at the last layer? Do not forget that layer's sigmoid.",
        "A layer takes activations[layer] to activations[layer + 1]. Given its delta, the rules of grad_linear "
        "give grad_weights[layer] and grad_biases[layer].",
        "The delta of the layer below is (delta @ weights[layer].T) times the slope where that error arrives: at activations[layer].",
    ),
    ban=NO_AUTOGRAD,
    dims=lambda arguments: {"n": len(arguments["Y"]), "q": arguments["Y"].shape[1]},
)
