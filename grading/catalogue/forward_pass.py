"""Lesson 03: the forward pass of a network with one hidden layer, and its objective."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from grading.catalogue import stages
from grading.catalogue.backward_pass import draw_parameters, settle, usable
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistake
from grading.judging.question import cast
from grading.judging.read import Reading, Truth, describe, nothing_returned, read_keys
from grading.judging.verdict import Finding
from grading.probe.call import Observation

LESSON = "03-backpropagation"
TOGETHER = "together"


def _layer_input(draw: Draw) -> Arguments:
    n, d, h, q = draw.sizes(4, 2, 7)
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
    share = stages.share_of(arguments["X"].dtype)
    good = {name: usable(tensor, truth[name]) for name, tensor in shown.items()}
    params = cast(arguments["params"], torch.float64)
    rules = {"H": ("Z", torch.relu), "O": ("H", lambda H: H @ params["W2"] + params["b2"])}
    reading = dict(shown)
    for name, (source, rule) in rules.items():
        before, here = good[source], good[name]
        if before is not None and here is not None and not stages.close(before, truth[source], share):
            reading[name] = settle(shown[name], truth[name], stages.close(here, rule(before), share), untouched=False)
    return reading


def _forwards(X: Tensor, params: Any, *, b1: Any = None, b2: Any = None, activation: Any = torch.relu) -> Any:
    Z = X @ params["W1"] + (params["b1"] if b1 is None else b1)
    H = activation(Z)
    return H @ params["W2"] + (params["b2"] if b2 is None else b2), {"Z": Z, "H": H}


def _forward_no_b1(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b1=0)


def _forward_no_b2(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b2=0)


def _forward_no_biases(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, b1=0, b2=0)


def _forward_affine(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: Z)


def _forward_sigmoid(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=torch.sigmoid)


def _forward_output_rectified(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return torch.relu(O), cache


def _forward_overwritten(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=torch.relu_)


def _forward_swapped(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return O, {"Z": cache["H"], "H": cache["Z"]}


def _forward_output_only(X: Tensor, params: Any) -> Any:
    return _forwards(X, params)[0]


def _forward_z_without_bias(X: Tensor, params: Any) -> Any:
    O, cache = _forwards(X, params)
    return O, {**cache, "Z": X @ params["W1"]}


def _forward_reduces(X: Tensor, params: Any) -> Any:
    return _forwards(X, params, activation=lambda Z: torch.max(Z, 0))


def _forward_detached(X: Tensor, params: Any) -> Any:
    with torch.no_grad():
        return _forwards(X, params)


def _forward_dims(arguments: Arguments) -> dict[str, int]:
    (d, h), q = arguments["params"]["W1"].shape, arguments["params"]["W2"].shape[1]
    return {"n": len(arguments["X"]), "d": d, "h": h, "q": q}


FORWARD = Exercise(
    name="forward",
    lesson=LESSON,
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
        Case("other values", _layer_input, hidden=True),
    ),
    reference=_forward_truth,
    parts={"Z": 0.3, "H": 0.3, "O": 0.3, CARE: 0.1},
    reduction=lambda arguments: sum(_forward_dims(arguments).values()),
    dims=_forward_dims,
    mistakes=(
        Mistake("no-b1", _forward_no_b1, "b1 is left out: Z = X W1 + b1."),
        Mistake("no-b2", _forward_no_b2, "b2 is left out: O = H W2 + b2."),
        Mistake("no-biases", _forward_no_biases, "Both biases are left out."),
        Mistake(
            "affine", _forward_affine, "There is no ReLU between the layers: H should be max(Z, 0), element by element."
        ),
        Mistake("sigmoid", _forward_sigmoid, "The hidden units are sigmoids. In this network they are ReLUs."),
        Mistake(
            "output-rectified",
            _forward_output_rectified,
            "The output goes through a ReLU, too. The last layer is affine: it must be able to say something negative.",
        ),
        Mistake(
            "overwritten",
            _forward_overwritten,
            "The ReLU works in place, so the cache holds H under both names. The backward pass needs Z as it was.",
        ),
        Mistake("swapped", _forward_swapped, "In the cache, Z and H have changed places."),
        Mistake(
            "output-only",
            _forward_output_only,
            "Only O comes back. Return the pair O, cache: the backward pass needs Z and H.",
        ),
        Mistake("z-without-bias", _forward_z_without_bias, "The cached Z lacks b1. Keep what goes into the ReLU."),
        Mistake(
            "reduces",
            _forward_reduces,
            "torch.max(Z, 0) takes the maximum over dimension 0 and returns a pair. You want each element compared with zero.",
        ),
        Mistake(
            "detached",
            _forward_detached,
            "Under `torch.no_grad()` autograd cannot follow the forward pass; it will be compared with your gradients later.",
        ),
    ),
    hints=(
        "Three lines, one for each of Z, H and O. Which shape does each have?",
        "X has one example in each row, so it stands on the left of W1: (n, d) times (d, h).",
        "The ReLU is free here: your own, `torch.relu(Z)` or `Z.clamp(min=0)`.",
        "`Z = X @ params['W1'] + params['b1']`, `H = torch.relu(Z)`, `O = H @ params['W2'] + params['b2']`, and return "
        "`O, {'Z': Z, 'H': H}`.",
    ),
)


def _objective_arguments(draw: Draw) -> Arguments:
    n, d, h, q = draw.sizes(4, 2, 7)
    return {
        "O": draw.normal(n, q, scale=1.5),
        "Y": draw.normal(n, q, scale=1.5),
        "params": draw_parameters(draw, d, h, q),
        "weight_decay": 0.5 if draw.simple else round(float(draw.uniform(low=0.1, high=0.9)), 3),
    }


def _no_decay(draw: Draw) -> Arguments:
    return {**_objective_arguments(draw), "weight_decay": 0.0}


def _no_error(draw: Draw) -> Arguments:
    arguments = _objective_arguments(draw)
    return {**arguments, "Y": arguments["O"].clone()}


def _one_example(draw: Draw) -> Arguments:
    arguments = _objective_arguments(draw)
    return {**arguments, "O": arguments["O"][:1], "Y": arguments["Y"][:1]}


def _objective_truth(O: Tensor, Y: Tensor, params: Mapping[str, Tensor], weight_decay: float) -> dict[str, Tensor]:
    """Return the objective under the name of what it shows: without decay the loss, without error the penalty."""
    norms = torch.linalg.matrix_norm(params["W1"]) ** 2 + torch.linalg.matrix_norm(params["W2"]) ** 2
    value = F.mse_loss(O, Y) + weight_decay / 2 * norms
    name = "loss" if weight_decay == 0 else "penalty" if torch.equal(O, Y) else TOGETHER
    return {name: value}


def _read_objective(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    value = observation.value
    return nothing_returned(value) or {"loss": value, "penalty": value, TOGETHER: value}


def _joins(O: Tensor, Y: Tensor, params: Any, weight_decay: float, loss: Any = None, penalty: Any = None) -> Any:
    squares = (params["W1"] ** 2).sum() + (params["W2"] ** 2).sum()
    first = ((O - Y) ** 2).mean() if loss is None else loss(O - Y)
    return first + (weight_decay / 2 * squares if penalty is None else penalty(params))


def _objective_summed(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).sum())


def _objective_by_n(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).sum() / len(E))


def _objective_halved(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).mean() / 2)


def _objective_absolute(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: E.abs().mean())


def _objective_root(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).mean().sqrt())


def _objective_unsquared_mean(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: E.mean() ** 2)


def _objective_no_half(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 2 * weight_decay)


def _objective_biases(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 0, penalty=lambda params: weight_decay / 2 * sum((p**2).sum() for p in params.values()))


def _objective_norms(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * (params["W1"].norm() + params["W2"].norm())
    )


def _objective_averaged(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * sum((params[k] ** 2).mean() for k in ("W1", "W2"))
    )


def _objective_absolute_weights(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(
        O, Y, params, 0, penalty=lambda params: weight_decay / 2 * sum(params[k].abs().sum() for k in ("W1", "W2"))
    )


def _objective_multiplied(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    s = weight_decay / 2 * sum((params[k] ** 2).sum() for k in ("W1", "W2"))
    return ((O - Y) ** 2).mean() * (1 + s)


def _objective_first_only(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 0, penalty=lambda params: weight_decay / 2 * (params["W1"] ** 2).sum())


def _objective_no_penalty(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, 0)


def _objective_number(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay).item()


def _objective_vector(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return _joins(O, Y, params, weight_decay, loss=lambda E: (E**2).mean(1))


OBJECTIVE = Exercise(
    name="objective",
    lesson=LESSON,
    points=1.0,
    parameters=("O", "Y", "params", "weight_decay"),
    summary="Return J: the mean squared error over all elements plus λ/2 times the squared norms of W1 and W2, 0-dimensional.",
    outputs=("loss", "penalty", TOGETHER),
    read=_read_objective,
    cases=(
        Case("no weight decay", _no_decay, twice=True),
        Case("outputs that hit the targets", _no_error),
        Case("loss and penalty together", _objective_arguments, TOGETHER),
        Case("a batch of one", _one_example, TOGETHER),
        Case("tensors in float64", _objective_arguments, CARE, torch.float64),
        Case("views with strides", _objective_arguments, CARE, layout="strided"),
        Case("parameters that require a gradient", _objective_arguments, CARE, requires_grad=True, connected=True),
        Case("other values", _objective_arguments, TOGETHER, hidden=True),
        Case("other values, no weight decay", _no_decay, hidden=True),
    ),
    reference=_objective_truth,
    parts={"loss": 0.4, "penalty": 0.4, TOGETHER: 0.1, CARE: 0.1},
    reduction=lambda arguments: max(arguments["O"].numel(), sum(p.numel() for p in arguments["params"].values())),
    dims=lambda arguments: {"n": arguments["O"].shape[0], "q": arguments["O"].shape[1]},
    mistakes=(
        Mistake("summed", _objective_summed, "The loss is a sum over all elements. It should be their mean."),
        Mistake(
            "divided-by-n",
            _objective_by_n,
            "The sum of the squared errors is divided by the batch size n only. The mean is over all n × q elements.",
        ),
        Mistake("halved", _objective_halved, "The loss has a factor 1/2 that ours has not."),
        Mistake("absolute", _objective_absolute, "These are absolute errors. Square them."),
        Mistake("root", _objective_root, "This is the root of the mean squared error. Leave the root out."),
        Mistake(
            "square-of-mean",
            _objective_unsquared_mean,
            "This squares the mean error, where errors cancel. Take the mean of the squares.",
        ),
        Mistake(
            "penalty-not-halved", _objective_no_half, "The penalty has lost its factor 1/2: s = λ/2 (‖W1‖² + ‖W2‖²)."
        ),
        Mistake(
            "penalty-on-biases",
            _objective_biases,
            "The biases are penalized, too. s contains the two weight matrices only.",
        ),
        Mistake(
            "norms-unsquared",
            _objective_norms,
            "The norms are not squared. ‖W‖² is simply the sum of the squared elements.",
        ),
        Mistake(
            "penalty-averaged",
            _objective_averaged,
            "The penalty takes means of the squared weights. ‖W‖² is a sum over all elements.",
        ),
        Mistake(
            "penalty-absolute",
            _objective_absolute_weights,
            "This penalizes |w|. The Frobenius norm squared is the sum of w².",
        ),
        Mistake(
            "penalty-multiplies",
            _objective_multiplied,
            "The penalty multiplies the loss, L (1 + s). It is added to it: J = L + s.",
        ),
        Mistake("penalty-first-only", _objective_first_only, "Only W1 is penalized. s contains W2 as well."),
        Mistake(
            "no-penalty", _objective_no_penalty, "The penalty is missing: J = L + s, and weight_decay is the λ in s."
        ),
        Mistake(
            "number",
            _objective_number,
            "`.item()` leaves PyTorch, and autograd cannot follow. Return the 0-dimensional tensor itself.",
        ),
        Mistake(
            "one-per-example",
            _objective_vector,
            "One value for each example comes back. The mean goes over the examples, too.",
        ),
    ),
    hints=(
        "J has two parts. Compute them one after the other, and look at their shapes: each is one number.",
        "The mean is over n × q elements. ‖W‖², the squared Frobenius norm, is the sum of the squares of all elements of W.",
        "`((O - Y) ** 2).mean()`, and `weight_decay / 2` times `(params['W1'] ** 2).sum() + (params['W2'] ** 2).sum()`.",
    ),
)
