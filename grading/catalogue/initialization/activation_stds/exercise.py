"""`activation_stds`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Reading, Truth, as_number, describe, nothing_returned
from grading.judging.verdict import Finding
from grading.probe.call import Observation
from grading.probe.networks import Layer, Network


def _linear(draw: Draw, fan_in: int, fan_out: int, *, grads: bool = False) -> Layer:
    weight = draw.normal(fan_out, fan_in, scale=1.5 / math.sqrt(fan_in))
    return Layer("Linear", weight, draw.normal(fan_out, scale=0.3), grads=grads)


def _deep(draw: Draw, *, training: bool = True, grads: bool = False) -> Arguments:
    n, d, h1, h2, q = draw.sizes(5, 2, 9)
    n, q = n + 2, q + 1  # no output so small that its standard deviation is 0 or undefined
    if draw.simple:
        return {"net": Network((_linear(draw, d, q), Layer("Tanh"))), "X": draw.normal(n, d)}
    layers = (
        _linear(draw, d, h1, grads=grads),
        Layer("ReLU"),
        _linear(draw, h1, h2, grads=grads),
        Layer("Tanh"),
        _linear(draw, h2, q, grads=grads),
    )
    return {"net": Network(layers, training), "X": draw.normal(n, d, scale=1.7) + 0.4}


def _trained(draw: Draw) -> Arguments:
    return _deep(draw, grads=True)


def _evaluating(draw: Draw) -> Arguments:
    n, d, h, q = draw.sizes(4, 3, 9)
    layers = (_linear(draw, d, h), Layer("Dropout"), Layer("Sigmoid"), _linear(draw, h, q))
    return {"net": Network(layers, training=False), "X": draw.normal(n, d)}


def _activation_first(draw: Draw) -> Arguments:
    n, d, q = draw.sizes(3, 3, 8)
    norm = Layer("LayerNorm", draw.uniform(d, low=0.5, high=2.0), draw.normal(d))
    return {"net": Network((Layer("ReLU"), norm, _linear(draw, d, q))), "X": draw.normal(n, d)}


def _recording(draw: Draw) -> Arguments:
    n, d, h, q = draw.sizes(4, 3, 9)
    layers = (_linear(draw, d, h), Layer("Identity"), Layer("Tanh"), _linear(draw, h, q))
    return {"net": Network(layers), "X": draw.normal(n, d)}


def _in_place(draw: Draw) -> Arguments:
    n, d, h, q = draw.sizes(4, 3, 9)
    layers = (_linear(draw, d, h), Layer("ReLU in place"), _linear(draw, h, q), Layer("ReLU in place"))
    return {"net": Network(layers), "X": draw.normal(n + 3, d)}


def _single(draw: Draw) -> Arguments:
    n, d, q = draw.sizes(3, 3, 8)
    return {"net": Network((_linear(draw, d, q),)), "X": draw.normal(n, d)}


_PLAIN = {"ReLU": torch.relu, "ReLU in place": torch.relu, "Tanh": torch.tanh, "Sigmoid": torch.sigmoid}


def _outputs(net: Network, X: Tensor) -> list[Tensor]:
    """Return the output of every layer in float64, from the formulas of the layers."""
    outputs = []
    H = X
    for layer in net.layers:
        if layer.kind == "Linear":
            assert layer.weight is not None and layer.bias is not None
            H = torch.einsum("nd,hd->nh", H, layer.weight) + layer.bias
        elif layer.kind == "LayerNorm":
            assert layer.weight is not None and layer.bias is not None
            centred = H - H.mean(dim=1, keepdim=True)
            H = centred / (centred.square().mean(dim=1, keepdim=True) + 1e-5).sqrt() * layer.weight + layer.bias
        elif layer.kind == "Flatten":
            H = H.reshape(len(H), -1)
        else:
            H = _PLAIN.get(layer.kind, lambda Z: Z)(H)
        outputs.append(H)
    return outputs


def _population_stds(net: Network, X: Tensor) -> Tensor:
    return torch.stack([(H - H.mean()).square().mean().sqrt() for H in _outputs(net, X)])


def _read_stds(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    """Read the numbers; standard deviations of a sample are turned into those of the population."""
    value = observation.value
    nothing = nothing_returned(value)
    if nothing is not None:
        return nothing
    listed = value.unbind() if isinstance(value, Tensor) and value.dim() == 1 else value
    numbers = [as_number(one) for one in listed] if isinstance(listed, list | tuple) else [None]
    if any(one is None for one in numbers):
        odd = (
            next((one for one in listed if as_number(one) is None), value)
            if isinstance(listed, list | tuple)
            else value
        )
        facts = (("expected", "a list of numbers, one for each layer"), ("got", describe(odd)))
        title = "it should return one number for each layer."
        return Finding(
            "", "type", title, facts if odd is value else (facts[0], ("got", f"{describe(odd)} in the list"))
        )
    got = torch.tensor(numbers, dtype=torch.float64)
    net, X = arguments["net"].cast(torch.float64), arguments["X"].double()
    counts = torch.tensor([H.numel() for H in _outputs(net, X)], dtype=torch.float64)
    if len(got) != len(counts):
        facts = (("expected", f"{len(counts)}, one for each child of {net}"), ("got", str(len(got))))
        return Finding("", "shape", "the number of values is wrong.", facts)
    due = truth["stds"]
    of_population = got * ((counts - 1) / counts).sqrt()
    closer = (of_population - due).abs().max() < (got - due).abs().max()
    return {"stds": of_population if closer else got}


def _rounding(arguments: Arguments) -> int:
    """Count terms for the tolerance; a deviation that was rounded to float32 is right, too, also of a float64 network."""
    terms = 4 * sum(int(layer.weight.numel()) for layer in arguments["net"].layers if layer.weight is not None)
    return terms if arguments["X"].dtype is not torch.float64 else terms * 2**29


_ONLY_NUMBERS = "Measure under `torch.no_grad()`, and return numbers: `.item()` or `float(...)`."


def _recorded(arguments: Mapping[str, Any], observation: Observation) -> list[Finding]:
    """Return the finding for a graph that was recorded while the network was measured, or that is kept."""
    if any(observation.connected):
        return [Finding(CARE, "graph kept", "what it returns carries autograd's record.", (), _ONLY_NUMBERS)]
    if observation.after["net"]["recorded"]:
        return [Finding(CARE, "recorded", "autograd records while it measures.", (), _ONLY_NUMBERS)]
    return []


mistake = Mistakes()


@mistake("These are variances. The standard deviation is the square root.")
def variance(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.var()))
    return values


@mistake("The value is taken before the layer is called: this starts with X and misses the last output.")
def one_late(net: nn.Sequential, X: Tensor) -> list[float]:
    values = [float(X.std())]
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values[:-1]


@mistake("The first value belongs to X itself. Only the outputs of the layers are asked for.")
def with_input(net: nn.Sequential, X: Tensor) -> list[float]:
    values = [float(X.std())]
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values


@mistake("These belong to the weights. The outputs of the layers are asked for.")
def weights(net: nn.Sequential, X: Tensor) -> list[float]:
    return [float(layer.weight.std()) for layer in net if isinstance(layer, nn.Linear)]


@mistake("The activation functions are children too: one value for every layer of net.")
def linear_only(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            if isinstance(layer, nn.Linear):
                values.append(float(X.std()))
    return values


@mistake("This is a mean of deviations, one for each unit. One over all elements is asked for.")
def by_unit(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std(dim=0).mean()))
    return values


@mistake("This is a mean of deviations, one for each example. One over all elements is asked for.")
def by_example(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std(dim=1).mean()))
    return values


@mistake("The mean was not subtracted: this is the root mean square.")
def not_centred(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.square().mean().sqrt()))
    return values


@mistake("Only the output of the whole network is measured. Go through its children one by one.")
def last_only(net: nn.Sequential, X: Tensor) -> float:
    with torch.no_grad():
        return float(net(X).std())


@mistake("The values are in reverse order. The first layer comes first.", name="reversed")
def reversed_(net: nn.Sequential, X: Tensor) -> list[float]:
    values: list[float] = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.insert(0, float(X.std()))
    return values


@mistake("These are the outputs themselves. Take the standard deviation of each, as a number.")
def outputs(net: nn.Sequential, X: Tensor) -> list[Tensor]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X)
    return values


@mistake(
    "It leaves net in evaluation mode. Nothing here needs `eval()`; if you call it, put the mode back.", name="eval"
)
def eval_(net: nn.Sequential, X: Tensor) -> list[float]:
    net.eval()
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values


@mistake("It leaves net in training mode, whatever the mode was before. Put back what you found in `net.training`.")
def train(net: nn.Sequential, X: Tensor) -> list[float]:
    net.eval()
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    net.train()
    return values


@mistake("It leaves the parameters without gradients. `torch.no_grad()` ends with its block, this does not.")
def frozen(net: nn.Sequential, X: Tensor) -> list[float]:
    net.requires_grad_(False)
    values = []
    for layer in net:
        X = layer(X)
        values.append(X.std().item())
    return values


@mistake("It erases the gradients that the parameters had. Measuring should leave no trace.")
def zero_grad(net: nn.Sequential, X: Tensor) -> list[float]:
    net.zero_grad()
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values


@mistake("The hooks stay in net and run in every later call. Keep their handles and `remove()` them.")
def hooks_left(net: nn.Sequential, X: Tensor) -> list[float]:
    values: list[float] = []

    def note(module: nn.Module, inputs: Any, output: Tensor) -> None:
        values.append(float(output.std()))

    for layer in net:
        layer.register_forward_hook(note)
    with torch.no_grad():
        net(X)
    return values


@mistake(
    "Autograd records the whole pass while it is measured. `torch.no_grad()` around the loop keeps it from doing so."
)
def recording(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    for layer in net:
        X = layer(X)
        values.append(X.std().item())
    return values


@mistake(
    "The values are tensors that carry autograd's record, and with it all activations. Measure under `torch.no_grad()`."
)
def graph_kept(net: nn.Sequential, X: Tensor) -> list[Tensor]:
    values = []
    for layer in net:
        X = layer(X)
        values.append(X.std())
    return values


@mistake(
    "The outputs are kept and measured at the end. A layer that works in place has overwritten some by then: measure at once."
)
def measured_too_late(net: nn.Sequential, X: Tensor) -> list[float]:
    kept = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            kept.append(X)
    return [float(value.std()) for value in kept]


@mistake("Every layer is called with X itself. Each gets what the one before has given.", name="always-the-input")
def always_the_input(net: nn.Sequential, X: Tensor) -> list[float]:
    with torch.no_grad():
        return [float(layer(X).std()) for layer in net]


@mistake("These are means. The standard deviation is asked for.")
def means(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.mean()))
    return values


@mistake("The activation functions alone are measured. Every child of net has an output: one value for each.")
def activations_only(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            if not isinstance(layer, nn.Linear):
                values.append(float(X.std()))
    return values


@mistake(
    "The deviation of the first unit or example stands for all. One standard deviation over all elements is asked for."
)
def first_unit(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X[:, 0].std()))
    return values


@mistake("The deviation of each unit is returned. One over all elements of a layer's output is asked for.")
def each_unit(net: nn.Sequential, X: Tensor) -> list[Tensor]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.std(dim=0))
    return values


@mistake("The deviation of each example is returned. One over all elements of a layer's output is asked for.")
def each_example(net: nn.Sequential, X: Tensor) -> list[Tensor]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.std(dim=1))
    return values


@mistake(
    "It leaves net in evaluation mode, and autograd records the pass. Nothing needs `eval()`; measure under `torch.no_grad()`."
)
def eval_and_recording(net: nn.Sequential, X: Tensor) -> list[float]:
    net.eval()
    values = []
    for layer in net:
        X = layer(X)
        values.append(X.std().item())
    return values


@mistake("Only the first layer is measured: a `return` inside of the loop ends the function.")
def first_only(net: nn.Sequential, X: Tensor) -> list[float]:
    return _right(net, X)[:1]


@mistake("The last layer is left out. Every child of net counts, the last one, too.")
def without_last(net: nn.Sequential, X: Tensor) -> list[float]:
    return _right(net, X)[:-1]


@mistake("These belong to the parameters. The outputs of the layers are asked for.")
def parameters(net: nn.Sequential, X: Tensor) -> list[float]:
    return [float(parameter.std()) for parameter in net.parameters()]


@mistake("Mean and standard deviation are returned in pairs. The standard deviation alone is asked for.")
def pairs(net: nn.Sequential, X: Tensor) -> list[tuple[float, float]]:
    return list(zip(means(net, X), _right(net, X), strict=True))


@mistake("Two lists are returned, means and standard deviations. The standard deviations alone are asked for.")
def two_lists(net: nn.Sequential, X: Tensor) -> tuple[list[float], list[float]]:
    return means(net, X), _right(net, X)


@mistake("A dict is returned. The numbers alone are asked for, in a list.")
def as_dict(net: nn.Sequential, X: Tensor) -> dict[int, float]:
    return dict(enumerate(_right(net, X)))


def _measured(net: nn.Sequential, X: Tensor, measure: Callable[[Tensor], Tensor]) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(measure(X)))
    return values


@mistake("These are means of absolute values. The standard deviation is asked for.")
def absolute_means(net: nn.Sequential, X: Tensor) -> list[float]:
    return _measured(net, X, lambda H: H.abs().mean())


@mistake("These are norms, which grow with the number of elements. The standard deviation is asked for.")
def norms(net: nn.Sequential, X: Tensor) -> list[float]:
    return _measured(net, X, lambda H: H.norm())


@mistake("These are ranges, the largest element minus the smallest. The standard deviation is asked for.")
def ranges(net: nn.Sequential, X: Tensor) -> list[float]:
    return _measured(net, X, lambda H: H.max() - H.min())


@mistake("These are deviations of means. One standard deviation over all elements of an output is asked for.")
def deviation_of_means(net: nn.Sequential, X: Tensor) -> list[float]:
    return _measured(net, X, lambda H: H.mean(0).std())


for _digits in (1, 2):
    mistake(
        f"The values are rounded to {_digits} digits. Small spreads are what this lesson looks at.",
        name=f"rounded-to-{_digits}",
    )(lambda net, X, digits=_digits: [round(value, digits) for value in _right(net, X)])


def _right(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(float(X.std()))
    return values


EXERCISE = Exercise(
    name="activation_stds",
    points=2.0,
    parameters=("net", "X"),
    summary="Return the standard deviation of the output of each child of net for the input X, in order, as numbers.",
    outputs=("stds",),
    read=_read_stds,
    cases=(
        Case("ordinary values", _deep, twice=True),
        Case("a single layer", _single),
        Case("an activation as the first layer", _activation_first),
        Case("a network in float64", _deep, dtype=torch.float64),
        Case("a network that has gradients", _trained, CARE),
        Case("a network in evaluation mode", _evaluating, CARE),
        Case("a network whose layers say what is recorded", _recording, CARE),
        Case("a network that works in place", _in_place, CARE),
        Case("a view with strides", _deep, CARE, layout="strided"),
        Case("an input that requires a gradient", _deep, CARE, requires_grad=True),
    ),
    reference=_population_stds,
    mistakes=mistake.all,
    hints=(
        "The children are called one after the other, and each gets what the one before gave.",
        "`for layer in net: X = layer(X)` is the forward pass. What do you note down after each step?",
        "`X.std().item()` is a number. Inside `torch.no_grad()` autograd records nothing.",
    ),
    reduction=_rounding,
    keeps_dtype=False,
    conduct=_recorded,
)
