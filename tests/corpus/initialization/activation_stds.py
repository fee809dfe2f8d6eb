"""`activation_stds`: its contract, as the oracle knows it, and right and wrong answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from grading.probe.networks import Layer, Network
from tests.corpus.entries import answers_to
from tests.corpus.oracle import Arguments, Contract, Happened, Source, tensors_of

# Each answer is a function of its own under the name `_`: what matters is its decorator.
# mypy: disable-error-code="no-redef"


def _network(source: Source) -> Arguments:
    sizes = [max(size, 2) for size in source.sizes(4, 12)]
    grads = source.chance(0.5)
    layers: list[Layer] = []
    for m, k in pairwise(sizes):
        layers.append(Layer("Linear", source.normal(k, m), source.normal(k), grads=grads))
        layers.append(Layer(str(source.g.choice(["ReLU", "Tanh", "Sigmoid"]))))
    layers = layers[: int(source.g.integers(1, len(layers) + 1))]
    training = source.chance(0.5)
    if not training:
        layers.insert(int(source.g.integers(0, 2)), Layer("Dropout"))
    X = source.normal(source.sizes(1)[0] + 1, sizes[0])
    if source.chance(0.2):
        layers.insert(0, Layer("Flatten"))
        X = X[:, None]
    return {"net": Network(tuple(layers), training), "X": X}


def _stds(correction: int) -> Callable[[Arguments], list[Tensor]]:
    def truth(a: Arguments) -> list[Tensor]:
        H, found = a["X"], []
        for layer in a["net"].layers:
            if layer.weight is not None:
                H = H @ layer.weight.T + layer.bias
            elif layer.kind == "Flatten":
                H = H.flatten(1)
            elif layer.kind != "Dropout":
                H = {"ReLU": torch.relu, "Tanh": torch.tanh, "Sigmoid": torch.sigmoid}[layer.kind](H)
            found.append(H.std(correction=correction))
        return found

    return truth


def _read_stds(happened: Happened) -> list[Any]:
    value = happened.value
    return list(value.unbind()) if isinstance(value, Tensor) and value.dim() == 1 else tensors_of(happened)


CONTRACT = Contract(_network, (_stds(0), _stds(1)), _read_stds, keeps=False, precision=torch.float32)


right, wrong = answers_to("activation_stds")


@right("a loop within no_grad")
def _stds_loop(net: nn.Sequential, X: Tensor) -> list[float]:
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std().item())
    return stds


@right("of the population, as a tuple")
def _stds_population(net: nn.Sequential, X: Tensor) -> tuple[float, ...]:
    H, values = X.detach(), []
    for child in net.children():
        H = child(H).detach()
        values.append(float(H.std(unbiased=False)))
    return tuple(values)


@right("hooks that are removed")
def _stds_hooks_removed(net: nn.Sequential, X: Tensor) -> list[float]:
    values: list[float] = []
    handles = [layer.register_forward_hook(lambda m, i, output: values.append(output.std().item())) for layer in net]
    try:
        with torch.no_grad():
            net(X)
    finally:
        for handle in handles:
            handle.remove()
    return values


@right("0-dimensional tensors")
@torch.no_grad()
def _stds_tensors(net: nn.Sequential, X: Tensor) -> list[Tensor]:
    out = []
    for i in range(len(net)):
        X = net[i](X)
        out.append(X.std(correction=0))
    return out


@right("from scratch, with NumPy's numbers")
def _stds_numpy(net: nn.Sequential, X: Tensor) -> list[Any]:
    values = []
    with torch.inference_mode():
        for layer in net:
            X = layer(X)
            values.append(np.std(X.numpy()))
    return values


@right("prefixes of the network")
def _stds_prefixes(net: nn.Sequential, X: Tensor) -> list[float]:
    with torch.no_grad():
        outputs = [net[: i + 1](X) for i in range(len(net))]
    return [math.sqrt(float(((H - H.mean()) ** 2).mean())) for H in outputs]


@right("in float64")
def _stds_float64(net: nn.Sequential, X: Tensor) -> list[float]:
    values, H = [], X
    with torch.no_grad():
        for layer in net:
            H = layer(H)
            values.append(torch.std(H.double()).item())
    return values


@right("one tensor of numbers")
def _stds_one_tensor(net: nn.Sequential, X: Tensor) -> Tensor:
    def steps(H: Tensor) -> Iterable[Tensor]:
        for layer in net:
            H = layer(H)
            yield torch.var(H).sqrt()

    with torch.no_grad():
        return torch.stack(list(steps(X)))


@wrong("every layer gets X")
def _stds_same_input(net: nn.Sequential, X: Tensor) -> list[float]:
    with torch.no_grad():
        return [net[:1](X).std().item() for _ in net]


@wrong("the mean", "means")
def _stds_mean(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.mean().item())
    return values


@wrong("the mean of the sizes", "absolute-means")
def _stds_mean_size(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.abs().mean().item())
    return values


@wrong("normalizes X in place first")
def _stds_changes_input(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        X -= X.mean()
        for layer in net:
            X = layer(X)
            values.append(X.std().item())
    return values


@wrong("adds gradients")
def _stds_backward(net: nn.Sequential, X: Tensor) -> list[float]:
    H, values = X, []
    for layer in net:
        H = layer(H)
        values.append(H.std().item())
    H.sum().backward()
    return values


@wrong("nothing returned")
def _stds_nothing(net: nn.Sequential, X: Tensor) -> None:
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            print(X.std())


@wrong("the unit with the largest deviation")
def _stds_largest(net: nn.Sequential, X: Tensor) -> list[float]:
    values = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            values.append(X.std(dim=0).max().item())
    return values


@wrong("recorded, and thrown away", "recording")
def _(net: Any, X: Tensor) -> list[float]:
    stds = []
    for layer in net:
        X = layer(X)
        stds.append(float(X.detach().std()))
    return stds


@wrong("tensors with a graph", "graph-kept")
def _(net: Any, X: Tensor) -> Any:
    stds = []
    for layer in net.children():
        X = layer(X)
        stds.append(X.std())
    return stds


@wrong("all outputs first, then their spread", "measured-too-late")
def _(net: Any, X: Tensor) -> list[float]:
    outputs = []
    with torch.inference_mode():
        for layer in net:
            X = layer(X)
            outputs.append(X)
        return [output.std().item() for output in outputs]
