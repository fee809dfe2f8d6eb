"""Judge a function that initializes the linear layers of a network in place: uniform Xavier weights, biases zero.

The weights are judged by the statistics of `grading.catalogue.initialization.weights`, so any way to draw them will do; the rest is what
must be zero, what must be left alone, and whose parameters they must still be. The file is long because each of these has its own
explanation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.initialization.weight_statistics import WeightStatistics, name_mistake, summarize
from grading.catalogue.initialization.weights import (
    Block,
    examine_centre,
    examine_law,
    examine_relations,
    examine_spread,
)
from grading.judging.context import Context
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Exercise
from grading.judging.statistics import UNIFORM, related
from grading.judging.trial import raised, untouched
from grading.judging.verdict import MISSING, Finding
from grading.probe.call import Observation
from grading.probe.networks import Layer, Network

WEIGHTS = "weights"
BIASES = "biases"

# The kinds of findings whose facts tell one mistake from another: which layers, which value.
_TELLING = frozenset({"bias", "unchanged"})
_NOTHING_WRITTEN = (
    "Every nn.Linear of net should be changed, and nothing was written into one. Is the loop about another kind of layer, an inner "
    "function never called, a copy filled, or `=` used where a call is meant?"
)
_FORMULA = "√(2 / (fan_in + fan_out))"


def _network(draw: Draw) -> Network:
    """Describe a deep network with layers of several shapes, two of the same one, and parameters far from initialized."""
    d, h = draw.integer(320, 380), draw.integer(100, 120)
    k, q = draw.integer(140, 160), draw.integer(8, 14)
    sizes = (d, h, k, k, k, q)
    activations = ("ReLU", "Tanh", "Sigmoid", "ReLU")
    layers: list[Layer] = []
    for index, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        layers.append(_linear(draw, fan_in, fan_out))
        layers += [Layer(activations[index])] if index < len(activations) else []
    return Network(tuple(layers))


def _linear(draw: Draw, fan_in: int, fan_out: int) -> Layer:
    return Layer(
        "Linear", draw.normal(fan_out, fan_in, scale=3.0).float(), draw.uniform(fan_out, low=1, high=2).float()
    )


def _tiny_network(draw: Draw) -> Network:
    """Describe a chain of many layers with 2 inputs and 3 outputs or the other way round."""
    return Network(tuple(_linear(draw, *((2, 3) if index % 2 == 0 else (3, 2))) for index in range(8)))


def _odd_network(draw: Draw) -> Network:
    """Describe a network in evaluation mode with a layer without bias, a frozen one and layers that are not linear."""
    d, h, q = draw.sizes(3, 4, 9)
    norm = Layer("LayerNorm", draw.uniform(h, low=2, high=3).float(), draw.uniform(h, low=1, high=2).float())
    layers = (
        replace(_linear(draw, d, h), bias=None),
        norm,
        Layer("Dropout"),
        replace(_linear(draw, h, h), frozen=True),
        _linear(draw, h, q),
        Layer("Sequential", inside=(Layer("Tanh"), _linear(draw, q, h))),
    )
    return Network(layers, training=False)


@dataclass(frozen=True)
class _Result:
    """What two calls on equal networks, one on tiny layers and one on an odd network gave."""

    findings: tuple[Finding, ...]
    blocks: tuple[Block, ...] = ()
    untouched: bool = False
    traits: tuple[object, ...] = ()

    def statistics(self) -> WeightStatistics:
        """Summarize the result, to be compared with that of a known mistake."""
        told = [(one.part, one.kind, one.title, one.facts if one.kind in _TELLING else ()) for one in self.findings]
        traits = (*sorted(told), *self.traits)
        return replace(summarize(self.blocks), traits=traits) if self.blocks else WeightStatistics(problem=traits)

    def weight_statistics(self) -> WeightStatistics:
        """Summarize the weights, whatever else is wrong."""
        return replace(summarize(self.blocks), traits=self.traits)


def examine_initializer(exercise: Exercise, context: Context) -> list[Finding]:
    """Return what is wrong with an `init_xavier(net)`, the weights first."""
    result = _try(context)
    if result.untouched:
        return [Finding("", MISSING, "the TODO is untouched.")]
    findings = list(result.findings)
    if findings:
        name = name_mistake(exercise, result.statistics(), _statistics, context)
        if name is None and findings[0].part == WEIGHTS:
            name = name_mistake(exercise, result.weight_statistics(), _statistics_of_weights_alone, context)
        if name is not None:
            findings[0] = replace(findings[0], advice=name.explanation, mistake=name.name)
    return findings


def _try(context: Context) -> _Result:
    draw = Draw(context.exercise.name, context.seed)
    net, tiny, odd = _network(draw), _tiny_network(draw), _odd_network(draw)
    first = _run(context, net, 0, watch=True)
    if untouched(first):
        return _Result((), untouched=True)
    findings = _basic(first, net)
    if findings:
        return _Result(tuple(findings), traits=(str(first.value),))
    again, small, special = (_run(context, one, index) for index, one in ((1, net), (2, tiny), (3, odd)))
    after = first.after["net"]
    blocks = _blocks(after, net)
    twins = [block for block in blocks if block.W.shape[0] == block.W.shape[1]]
    same_layers = related(twins[0].Z, twins[1].Z)
    same_networks = again.failure is not None or related(blocks[0].Z, _blocks(again.after["net"], net)[0].Z)
    if small.failure is None:
        chain = _blocks(small.after["net"], tiny)
        joined = torch.stack([block.W.flatten() for block in chain])
        small_blocks = [Block("layers with 2 inputs and 3 outputs or so", chain[0].std, joined)]
    else:
        small_blocks = []
    findings += _weights(blocks, small_blocks, same_layers=same_layers, same_networks=same_networks)
    findings += _biases(after, net)
    findings += _care(first, net) or _odd(special, odd, biases=not _biases(after, net))
    return _Result(tuple(findings), tuple(blocks), traits=(same_layers, same_networks))


def _statistics_of_weights_alone(context: Context) -> WeightStatistics:
    """Summarize the weights of a known mistake, if it is about the weights and nothing else."""
    result = _try(context)
    if {finding.part for finding in result.findings} != {WEIGHTS}:
        return WeightStatistics(problem=("something else is wrong, too",))
    return result.weight_statistics()


def _statistics(context: Context) -> WeightStatistics:
    return _try(context).statistics()


def _run(context: Context, net: Network, index: int, *, watch: bool = False) -> Observation:
    seed = (context.seed * 6007 + index) % 2**31
    return context.run(context.call({"net": net}, seed=seed, watch=watch))


def _basic(observation: Observation, net: Network) -> list[Finding]:
    """Return the finding for a failure, for changed layers and for weights that are as before."""
    if observation.failure is not None:
        return [raised(observation.failure)]
    after = observation.after["net"]
    if after["kinds"] != [layer.kind for layer in net.layers] or _shapes(after) != _shapes(_described(net)):
        return [Finding("", "layers", "net does not have the same layers as before.")]
    kept = [
        index
        for index, layer in enumerate(net.layers)
        if layer.weight is not None and torch.equal(after["layers"][index]["weight"]["value"], layer.weight)
    ]
    if kept:
        facts = (("layer", " and ".join(f"{index}, {net.layers[index]}" for index in kept[:2])),)
        count = sum(layer.weight is not None for layer in net.layers)
        if len(kept) == count:
            return [Finding("", "unchanged", "the weights are as they were.", facts, _NOTHING_WRITTEN)]
        title, advice = (
            "some layers still have their old weights.",
            "Every nn.Linear of net should be changed, and net itself.",
        )
        return [Finding("", "unchanged", title, facts, advice)]
    for index, layer in enumerate(net.layers):
        if layer.weight is not None and not torch.isfinite(after["layers"][index]["weight"]["value"]).all():
            return [Finding("", "finite", "not every weight is a finite number.", (("layer", f"{index}, {layer}"),))]
    return []


def _described(net: Network) -> Mapping[str, Any]:
    named: list[dict[str, Any]] = []
    for layer in net.layers:
        own = [("", layer), *((f"{place}.", one) for place, one in enumerate(layer.inside))]
        pairs = [(f"{prefix}{name}", getattr(one, name)) for prefix, one in own for name in ("weight", "bias")]
        named.append({name: {"value": value} for name, value in pairs if value is not None})
    return {"layers": named}


def _shapes(state: Mapping[str, Any]) -> list[dict[str, tuple[int, ...]]]:
    return [
        {name: tuple(entry["value"].shape) for name, entry in layer.items() if isinstance(entry, Mapping)}
        for layer in state["layers"]
    ]


def _blocks(state: Mapping[str, Any], net: Network) -> list[Block]:
    """Return the weights of the linear layers, in the orientation of the text, (fan_in, fan_out)."""
    blocks = []
    for index, layer in enumerate(net.layers):
        if layer.kind == "Linear":
            W: Tensor = state["layers"][index]["weight"]["value"].double().T
            blocks.append(Block(f"layer {index}, {layer}", math.sqrt(2 / sum(W.shape)), W))
    return blocks


def _weights(blocks: list[Block], small: list[Block], *, same_layers: bool, same_networks: bool) -> list[Finding]:
    """Return what the statistics of the weights say; fewer than `grading.judging.statistics.TESTS` tests."""
    findings = examine_relations(blocks)
    if findings:
        return [replace(findings[0], part=WEIGHTS)]
    if same_layers or same_networks:
        title = f"two {'layers of the same shape' if same_layers else 'networks'} get the same weights."
        return [Finding(WEIGHTS, "constant", title, (), "Every layer of every network needs a draw of its own.")]
    everything = [*blocks, *small]
    moments = examine_centre(everything) or examine_spread(everything, _FORMULA)
    found = moments or examine_law(everything, UNIFORM)
    return [replace(one, part=WEIGHTS) for one in found]


def _biases(state: Mapping[str, Any], net: Network) -> list[Finding]:
    for index, layer in enumerate(net.layers):
        if layer.kind == "Linear" and layer.bias is not None:
            value: Tensor = state["layers"][index]["bias"]["value"]
            if not bool((value == 0).all()):
                got = "as it was" if torch.equal(value, layer.bias) else f"up to {float(value.abs().max()):.4g} in size"
                facts = (("layer", f"{index}, {layer}"), ("expected", "bias 0"), ("got", f"bias {got}"))
                return [Finding(BIASES, "bias", "the biases are not zero.", facts)]
    return []


def _care(observation: Observation, net: Network) -> list[Finding]:
    """Return what was changed that should have stayed: identity, gradient flags, mode, parameters of other layers."""
    state = observation.after["net"]
    if not state["same_parameters"]:
        advice = "An optimizer that holds the old parameters would train nothing. Write into them: functions that end in `_` do."
        return [Finding(CARE, "identity", "the parameters are not the same objects as before.", (), advice)]
    modes = {state["training"], *(layer["training"] for layer in state["layers"])}
    if modes != {net.training}:
        return [Finding(CARE, "mode", "it changes the training mode of net.")]
    for index, layer in enumerate(net.layers):
        for name, entry in state["layers"][index].items():
            if not isinstance(entry, Mapping):
                continue
            if entry["requires_grad"] == layer.frozen or not entry["leaf"]:
                facts = (("layer", f"{index}, {layer}: {name}"),)
                advice = "Leave `requires_grad` as it is: `torch.no_grad()` is enough to write into a parameter."
                return [
                    Finding(CARE, "requires_grad", "it changes whether a parameter requires a gradient.", facts, advice)
                ]
            before = {"weight": layer.weight, "bias": layer.bias}.get(name)
            if layer.kind != "Linear" and before is not None and not torch.equal(entry["value"], before):
                facts = (("layer", f"{index}, {layer}: {name}"),)
                return [Finding(CARE, "others", "it changes a layer that is not linear.", facts)]
    return []


def _within(state: Mapping[str, Any], net: Network) -> list[Finding]:
    """Return the finding for a linear layer inside of another layer that is as it was."""
    for index, layer in enumerate(net.layers):
        for place, own in enumerate(layer.inside):
            now = state["layers"][index].get(f"{place}.weight")
            if (
                own.kind == "Linear"
                and own.weight is not None
                and now is not None
                and torch.equal(now["value"], own.weight)
            ):
                facts = (("layer", f"{own}, inside of another layer"), ("of", str(net)))
                advice = "A child of net may be a network itself. `net.modules()` goes through all layers, however deep they sit."
                return [Finding(CARE, "unchanged", "some layers still have their old weights.", facts, advice)]
    return []


def _odd(observation: Observation, net: Network, *, biases: bool) -> list[Finding]:
    """Return what goes wrong in a network with a layer without bias, a frozen one and other kinds of layers.

    biases: whether to look at the biases; no if they were found wrong before.
    """
    if observation.failure is not None:
        finding = raised(observation.failure)
        facts = (("with", f"{Network(net.layers[:2])}"), *finding.facts)
        return [replace(finding, part=CARE, facts=facts)]
    state = observation.after["net"]
    if _shapes(state) != _shapes(_described(net)):
        return [Finding(CARE, "layers", "a layer without a bias should stay without one.")]
    findings = _care(observation, net) + _within(state, net)
    for index, layer in enumerate(net.layers):
        if layer.kind != "Linear" or layer.weight is None:
            continue
        if torch.equal(state["layers"][index]["weight"]["value"], layer.weight):
            facts = (("layer", f"{index}, {layer}{', frozen' if layer.frozen else ''}"), ("of", str(net)))
            findings.append(Finding(CARE, "unchanged", "some layers still have their old weights.", facts))
    if biases:
        findings += [replace(one, part=CARE) for one in _biases(state, net)]
    return findings[:1]
