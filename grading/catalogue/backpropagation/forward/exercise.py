"""`forward`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.backpropagation.shared import as_if_handed_right, draw_parameters, usable
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.prepared import cast
from grading.judging.read import Reading, Truth, describe, nothing_returned, read_keys
from grading.judging.verdict import Finding
from grading.probe.call import Observation


def _sizes(draw: Draw) -> list[int]:
    """Draw sizes of which no two differ by one: a bias as one more row of W makes no square, which could be transposed unseen."""
    if draw.simple:
        return draw.sizes(4)
    return [draw.integer(8, 10), *(2 * size for size in draw.sizes(3, 1, 3))]


def _layer_input(draw: Draw) -> Arguments:
    n, d, h, q = _sizes(draw)
    return {"X": draw.normal(n, d, scale=1.5), "params": draw_parameters(draw, d, h, q)}


def _one_row(draw: Draw) -> Arguments:
    arguments = _layer_input(draw)
    return {**arguments, "X": arguments["X"][:1]}


def _far_inputs(draw: Draw) -> Arguments:
    arguments = _layer_input(draw)
    return {**arguments, "X": 8 * arguments["X"]}


def _forward_truth(X: Tensor, params: Mapping[str, Tensor]) -> dict[str, Tensor]:
    Z = torch.addmm(params["b1"], X, params["W1"])
    H = torch.relu(Z)
    return {"Z": Z, "H": H, "O": torch.addmm(params["b2"], H, params["W2"])}


def _read_forward(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    """Read Z, H and O; what follows rightly from something wrong is excused."""
    value = observation.value
    missing = nothing_returned(value)
    if missing:
        return missing
    if not isinstance(value, tuple | list) or len(value) != 2:
        facts = (("expected", "(O, cache)"), ("got", describe(value)))
        return Finding("", "type", "it should return O and the cache.", facts)
    cached = read_keys(value[1], ("Z", "H"))
    if isinstance(cached, Finding):
        return Finding("", "type", f"the cache: {cached.title}", cached.facts)
    shown = {**cached, "O": value[0]}
    good = {name: usable(tensor, truth[name]) for name, tensor in shown.items()}
    params = cast(arguments["params"], torch.float64)
    rules = {"H": ("Z", torch.relu), "O": ("H", lambda H: H @ params["W2"] + params["b2"])}
    reading = dict(shown)
    for name, (source, rule) in rules.items():
        before, here = good[source], good[name]
        if before is not None and here is not None:
            reading[name] = as_if_handed_right(here, truth[name], rule(before)).to(shown[name].dtype)
    return reading


def _forward_dims(arguments: Arguments) -> dict[str, int]:
    (d, h), q = arguments["params"]["W1"].shape, arguments["params"]["W2"].shape[1]
    return {"n": len(arguments["X"]), "d": d, "h": h, "q": q}


mistake = Mistakes()


def _forwards(X: Tensor, params: Any, *, b1: Any = None, b2: Any = None, activation: Any = torch.relu) -> Any:
    Z = X @ params["W1"] + (params["b1"] if b1 is None else b1)
    H = activation(Z)
    return H @ params["W2"] + (params["b2"] if b2 is None else b2), {"Z": Z, "H": H}


@mistake("b1 is left out: Z = X W1 + b1.")
def no_b1(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b1=0)


@mistake("b2 is left out: O = H W2 + b2.")
def no_b2(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b2=0)


@mistake("Both biases are left out.")
def no_biases(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b1=0, b2=0)


@mistake("There is no ReLU between the layers: H should be max(Z, 0), element by element.")
def affine(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: Z)


@mistake("The hidden units are sigmoids. In this network they are ReLUs.")
def sigmoid(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=torch.sigmoid)


@mistake("The output goes through a ReLU, too. The last layer is affine: it must be able to say something negative.")
def output_rectified(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return torch.relu(O), cache


@mistake("The ReLU works in place, so the cache holds H under both names. The backward pass needs Z as it was.")
def overwritten(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=torch.relu_)


@mistake("In the cache, Z and H have changed places.")
def swapped(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return O, {"Z": cache["H"], "H": cache["Z"]}


@mistake("Only O comes back. Return the pair O, cache: the backward pass needs Z and H.")
def output_only(X: Tensor, params: Any) -> Any:
    return _forwards(X, params)[0]


@mistake("The cached Z lacks b1. Keep what goes into the ReLU.")
def z_without_bias(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return O, {**cache, "Z": X @ params["W1"]}


@mistake(
    "torch.max(Z, 0) takes the maximum over dimension 0 and returns a pair. You want each element compared with zero."
)
def reduces(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: torch.max(Z, 0))


@mistake(
    "Under `torch.no_grad()` autograd cannot follow the forward pass; it will be compared with your gradients later."
)
def detached(X: Tensor, params: Any) -> Any:
    with torch.no_grad():
        return _forwards(X, params)


EXERCISE = Exercise(
    name="forward",
    points=1.0,
    parameters=("X", "params"),
    summary="Return O and a cache with Z and H of the network with one hidden ReLU layer.",
    outputs=("Z", "H", "O"),
    read=_read_forward,
    cases=(
        Case("ordinary values", _layer_input, twice=True),
        Case("a batch of one", _one_row, CARE),
        Case("inputs beyond 6", _far_inputs, CARE),
        Case("tensors in float64", _layer_input, CARE, torch.float64),
        Case("views with strides", _layer_input, CARE, layout="strided"),
        Case("transposed tensors", _layer_input, CARE, layout="transposed"),
        Case("parameters that require a gradient", _layer_input, CARE, requires_grad=True, connected=True),
    ),
    reference=_forward_truth,
    parts={"Z": 0.3, "H": 0.3, "O": 0.3, CARE: 0.1},
    reduction=lambda arguments: sum(_forward_dims(arguments).values()),
    dims=_forward_dims,
    mistakes=mistake.all,
    hints=(
        "Three lines, one for each of Z, H and O. Which shape does each have?",
        "X has one example in each row, so it stands on the left of W1: (n, d) times (d, h).",
        "The ReLU is free here: your own, `torch.relu(Z)` or `Z.clamp(min=0)`.",
    ),
)
