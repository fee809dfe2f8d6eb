"""`forward`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.backpropagation.shared import as_if_handed_right, draw_parameters, usable
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes, Reach
from grading.judging.prepared import cast
from grading.judging.read import Reading, Truth, describe, nothing_returned, read_keys
from grading.judging.verdict import Finding
from grading.probe.call import Observation


def _sizes(draw: Draw) -> list[int]:
    """Draw sizes of which no two differ by one: a bias as one more row of W makes no square, which could be transposed unseen.

    None is 2, of which a part has the size 1 and is spread over the whole.
    """
    if draw.simple:
        return draw.sizes(4)
    return [draw.integer(10, 12), *(2 * size for size in draw.sizes(3, 2, 4))]


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


def _outputs_and_cache(X: Tensor, params: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    found = _forward_truth(X, params)
    return found.pop("O"), found


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


@mistake("Z lacks b1 in the cache: it is X W1 + b1, what goes into the ReLU.")
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


@mistake("There is a softmax at the end. The outputs of this network are plain numbers, and its last layer is affine.")
def softmax_at_the_end(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return torch.softmax(O, 1), cache


@mistake("There is a sigmoid at the end. The outputs of this network are plain numbers, and its last layer is affine.")
def sigmoid_at_the_end(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return torch.sigmoid(O), cache


@mistake("There is a tanh at the end. The outputs of this network are plain numbers, and its last layer is affine.")
def tanh_at_the_end(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return torch.tanh(O), cache


@mistake("The hidden units are tanh units. In this network they are ReLUs.")
def tanh(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=torch.tanh)


@mistake("A hundredth of the negative Z passes: that is the leaky ReLU. H should be max(Z, 0).")
def leaky(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: torch.where(Z > 0, Z, 0.01 * Z))


@mistake("H is 1 where Z is positive: that is the slope of the ReLU. Its value there is Z.")
def slope(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: (Z > 0).to(Z.dtype))


@mistake("H is min(Z, 0): the positive values are cut off. A ReLU keeps them and cuts off the negative ones.")
def upside_down(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: Z.clamp(max=0))


@mistake("H is |Z|: negative values come back positive. A ReLU makes them zero.")
def absolute(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=torch.abs)


@mistake("Z goes into the second layer, past the ReLU. What the second layer gets is H.")
def z_into_second_layer(X: Tensor, params: Any) -> Any:
    _, cache = _forwards(X, params)
    return cache["Z"] @ params["W2"] + params["b2"], cache


@mistake("b2 is subtracted: O = H W2 + b2.")
def b2_subtracted(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b2=-params["b2"])


@mistake("H carries a second b1: it is in Z already.")
def b1_twice(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: torch.relu(Z) + params["b1"])


@mistake("b1 is added after the ReLU. It belongs to Z = X W1 + b1, before it.")
def b1_after_relu(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b1=0, activation=lambda Z: torch.relu(Z) + params["b1"])


@mistake("The cache comes first. Return O, cache: the outputs first.")
def cache_first(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return cache, O


@mistake("Z and H come back beside O. They belong into one dict, the cache: return O, {'Z': Z, 'H': H}.")
def three_results(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return O, cache["Z"], cache["H"]


@mistake(
    "Z and H come back beside O. They belong into one dict, the cache: return O, {'Z': Z, 'H': H}.",
    name="three-results-z-first",
)
def three_results_z_first(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return cache["Z"], cache["H"], O


@mistake("The cache is a pair. It should be a dict with the keys 'Z' and 'H', so that nobody has to know an order.")
def cache_as_pair(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return O, (cache["Z"], cache["H"])


@mistake(
    "W1 @ X has the examples in columns. Here every row of X is an example, so the weights stand on the right: X @ W1."
)
def examples_in_columns(X: Tensor, params: Any) -> Any:
    Z = params["W1"] @ X + params["b1"]
    return params["W2"] @ torch.relu(Z) + params["b2"], {"Z": Z, "H": torch.relu(Z)}


@mistake(
    "W1.T @ X has the examples in columns. Here every row of X is an example, so the weights stand on the right: X @ W1."
)
def examples_in_columns_transposed(X: Tensor, params: Any) -> Any:
    Z = params["W1"].T @ X + params["b1"]
    return params["W2"].T @ torch.relu(Z) + params["b2"], {"Z": Z, "H": torch.relu(Z)}


@mistake("W1 is transposed as if it were the weight of an nn.Linear. Here it has a row for each input already: X @ W1.")
def as_nn_linear(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"].T + params["b1"]
    return torch.relu(Z) @ params["W2"].T + params["b2"], {"Z": Z, "H": torch.relu(Z)}


@mistake("`*` multiplies element by element. The layer is a matrix product: X @ W1.", line=r"(?<!\*)\*(?!\*)|mul")
def elementwise(X: Tensor, params: Any) -> Any:
    Z = X * params["W1"] + params["b1"]
    return torch.relu(Z) * params["W2"] + params["b2"], {"Z": Z, "H": torch.relu(Z)}


@mistake("`*` multiplies element by element. The output is a matrix product: H @ W2.", line=r"(?<!\*)\*(?!\*)|mul")
def elementwise_output(X: Tensor, params: Any) -> Any:
    H = torch.relu(X @ params["W1"] + params["b1"])
    return H * params["W2"] + params["b2"], {"Z": H, "H": H}


@mistake("The output gets b1, which has a number for each hidden unit. Its own bias is b2.", line="b1")
def b1_at_the_output(X: Tensor, params: Any) -> Any:
    H = torch.relu(X @ params["W1"] + params["b1"])
    return H @ params["W2"] + params["b1"], {"Z": H, "H": H}


@mistake(
    "The softmax runs over the batch, and none belongs here: the outputs are plain numbers, the last layer is affine."
)
def softmax_over_the_batch(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return torch.softmax(O, 0), cache


@mistake(
    "The maximum is taken over the batch: one row of H is left. A ReLU compares each element of Z with zero: `Z.clamp(min=0)`.",
)
def largest_of_the_batch(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: torch.max(Z, 0).values)


@mistake(
    "b1 is added to X, before the product. It belongs to the hidden units: X @ W1 first, then + b1.",
    line=r"X\s*\+|\+\s*X\b|add\(X",
)
def bias_before_product(X: Tensor, params: Any) -> Any:
    H = torch.relu((X + params["b1"]) @ params["W1"])
    return (H + params["b2"]) @ params["W2"], {"Z": H, "H": H}


@mistake(
    "Autograd does not get from O to W1 and b1: `.detach()`, `.data`, NumPy or `torch.tensor(...)` cuts H off from its graph.",
    name="hidden-without-graph",
)
def hidden_cut(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: torch.relu(Z).detach())


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
        Case("parameters that require a gradient", _layer_input, CARE, requires_grad=True, connected=True),
        Case("tensors in float64", _layer_input, CARE, torch.float64),
        Case("views with strides", _layer_input, CARE, layout="strided"),
        Case("transposed tensors", _layer_input, CARE, layout="transposed"),
    ),
    reference=_forward_truth,
    right=_outputs_and_cache,
    any_device=True,
    parts={"Z": 0.3, "H": 0.3, "O": 0.3, CARE: 0.1},
    reduction=lambda arguments: sum(_forward_dims(arguments).values()),
    dims=_forward_dims,
    reach=Reach("O", ("params",)),
    mistakes=mistake.all,
    hints=(
        "Three lines, one for each of Z, H and O. Which shape does each have?",
        "X has one example in each row, so it stands on the left of W1: (n, d) times (d, h).",
        "The ReLU is free here: your own, `torch.relu(Z)` or `Z.clamp(min=0)`.",
    ),
)
