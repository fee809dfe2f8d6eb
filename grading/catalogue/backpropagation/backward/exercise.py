"""`backward`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from grading.catalogue.backpropagation import stages
from grading.catalogue.backpropagation.scales import OF_THE_ERROR, OF_THE_PENALTY, OF_WHAT_FOLLOWS
from grading.catalogue.backpropagation.shared import Parameters, draw_parameters, excused, independent, usable
from grading.catalogue.bans import NO_AUTOGRAD
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.prepared import cast
from grading.judging.read import Reading, Truth, read_keys
from grading.judging.verdict import Finding
from grading.probe.call import Observation

Gradients = dict[str, Tensor]


_KEYS = ("W2", "b2", "W1", "b1")


_PENALTY = "penalty on W2, b2, W1, b1"


# Pre-activations nearer to zero than this could change sides by rounding.
_MARGIN = 0.02


def run_forward(X: Tensor, params: Parameters) -> tuple[Tensor, Tensor]:
    """Return Z and H (n, h)."""
    Z = X @ params["W1"] + params["b1"]
    return Z, torch.clamp(Z, min=0)


def _pass(
    draw: Draw, n: int, d: int, h: int, q: int, weight_decay: float, off: Callable[[Parameters], None] | None = None
) -> Arguments:
    """Draw a backward pass; `off` changes the parameters of some hidden units."""
    for _ in range(200):
        X, params = draw.normal(n, d, scale=1.5), draw_parameters(draw, d, h, q)
        Z, H = run_forward(X, params)
        clear = bool((Z.abs() > _MARGIN).all())
        if off is not None:
            off(params)
        Z, H = run_forward(X, params)
        usual = independent(H) and independent(X) and _mixed(Z) and _mixed(H @ params["W2"] + params["b2"])
        if draw.simple or (clear and usual and _spread(Z)):
            break
    Y = draw.normal(n, q, scale=2.0)
    return {"X": X, "Y": Y, "params": params, "cache": {"Z": Z, "H": H}, "weight_decay": weight_decay}


def _spread(Z: Tensor) -> bool:
    """Tell whether some units are beyond 1 and some between 0 and 1: a mask that begins at 1 stops some of the error, never all."""
    return bool((Z > 1).any() and ((Z > 0) & (Z < 1)).any())


def _mixed(A: Tensor) -> bool:
    """Tell whether each example has values of both signs: a mask that looks at them stops some of its error, never all."""
    return bool(((A > 0).any(1) & (A < 0).any(1)).all())


def _decay(draw: Draw) -> float:
    return 0.5 if draw.simple else round(float(draw.uniform(low=0.2, high=0.9)), 3)


def _few(draw: Draw) -> Arguments:
    n = draw.integer(2, 3)
    d, h, q = draw.sizes(3, 4, 8)
    return _pass(draw, n if not draw.simple else draw.integer(1, draw.limit), d, h, q, _decay(draw))


def _plain(draw: Draw) -> Arguments:
    return {**_few(draw), "weight_decay": 0.0}


def _one(draw: Draw) -> Arguments:
    d, h, q = draw.sizes(3, 3, 7)
    return _pass(draw, 1, d, h, q, _decay(draw))


def _many(draw: Draw) -> Arguments:
    h, q = draw.sizes(2, 3, 6)
    return _pass(draw, draw.integer(8, 12), draw.integer(16, 20), h, q, _decay(draw))


def _with_units_off(draw: Draw, off: Callable[[Parameters], None]) -> Arguments:
    """Draw a backward pass in which so many hidden units are left that the examples stay independent."""
    d, h, q = draw.sizes(3, 6, 9)
    return _pass(draw, draw.integer(2, 3), d, h, q, _decay(draw), off)


def _at_zero(draw: Draw) -> Arguments:
    """Two hidden units get exactly zero from every example, in any arithmetic."""

    def off(params: Parameters) -> None:
        params["W1"][:, :2] = 0.0
        params["b1"][:2] = 0.0

    return _with_units_off(draw, off)


def _dead(draw: Draw) -> Arguments:
    """One hidden unit is off for every example."""

    def off(params: Parameters) -> None:
        params["b1"][0] = -40.0

    return _with_units_off(draw, off)


def _by_autograd(
    X: Tensor, Y: Tensor, params: Parameters, cache: Mapping[str, Tensor], weight_decay: float
) -> Gradients:
    """Return every quantity of the backward pass in its order, found by automatic differentiation."""
    with torch.enable_grad():
        leaves = {name: value.detach().clone().requires_grad_(True) for name, value in params.items()}
        Z = X.detach() @ leaves["W1"] + leaves["b1"]
        O = torch.relu(Z) @ leaves["W2"] + leaves["b2"]
        loss = torch.nn.functional.mse_loss(O, Y.detach())
        penalty = weight_decay / 2 * (leaves["W1"].square().sum() + leaves["W2"].square().sum())
        # The penalty depends on the leaves alone, so that O and Z get the gradients of the loss.
        grad_O, grad_Z, W2, b2, W1, b1 = torch.autograd.grad(loss + penalty, [O, Z, *(leaves[key] for key in _KEYS)])
    multiples = torch.tensor([weight_decay, 0.0, weight_decay, 0.0])
    return {
        "grad_O": grad_O,
        "grad_W2": W2,
        "grad_b2": b2,
        "grad_Z": grad_Z,
        "grad_W1": W1,
        "grad_b1": b1,
        _PENALTY: multiples,
    }


def _read(observation: Observation, arguments: Mapping[str, Any], truth: Truth) -> Reading | Finding:
    shown = read_keys(observation.value, _KEYS, "grad_")
    if isinstance(shown, Finding):
        return shown
    dtype = arguments["X"].dtype
    share = stages.share_of(dtype)
    inside = {name: truth[name].to(dtype) for name in ("grad_O", "grad_Z", _PENALTY)}
    good = {name: usable(value, truth[name]) for name, value in shown.items()}
    if all(value is not None and stages.close(value, truth[name], share) for name, value in good.items()):
        return {**shown, **inside}
    exact = cast(arguments, torch.float64)
    X, params, Z, H = exact["X"], exact["params"], exact["cache"]["Z"], exact["cache"]["H"]
    layers = [
        stages.Layer(H, params["W2"], params["b2"], good["grad_W2"], good["grad_b2"], (Z > 0).to(Z.dtype)),
        stages.Layer(X, params["W1"], params["b1"], good["grad_W1"], good["grad_b1"]),
    ]
    upper, lower = stages.localize(layers, truth["grad_O"], share, exact["weight_decay"])
    reading = dict(shown)
    for stage, error, W, b in ((upper, "grad_O", "grad_W2", "grad_b2"), (lower, "grad_Z", "grad_W1", "grad_b1")):
        untouched = stages.close(stage.error, truth[error], share) and stage.decay == (exact["weight_decay"], 0.0)
        reading[error] = inside[error] if stage.right else stages.as_if_due(stage, truth[error], share).to(dtype)
        reading[W] = excused(shown[W], truth[W], stage.weight, untouched=untouched)
        reading[b] = excused(shown[b], truth[b], stage.bias, untouched=untouched)
    reading[_PENALTY] = torch.tensor([*upper.decay, *lower.decay]).to(dtype)
    return reading


def _dims(arguments: Arguments) -> dict[str, int]:
    (n, d), h = arguments["X"].shape, arguments["cache"]["Z"].shape[1]
    return {"n": n, "q": arguments["Y"].shape[1], "h": h, "d": d}


mistake = Mistakes()


def passes(
    X: Tensor,
    Y: Tensor,
    params: Parameters,
    cache: Mapping[str, Tensor],
    weight_decay: float,
    *,
    scale: float | Tensor | None = None,
    mask: Tensor | None = None,
    decays: Mapping[str, float] | None = None,
    back: Tensor | None = None,
) -> Gradients:
    """Return the gradients of a backward pass in which one thing may be done wrong; the mistakes are made of it.

    scale: instead of 2/(nq). mask: what (grad_O W2ᵀ) is multiplied by. decays: multiples of the parameters, by name.
    back: the matrix that sends the error down instead of W2.
    """
    Z, H, W2 = cache["Z"], cache["H"], params["W2"]
    grad_O = (2 / Y.numel() if scale is None else scale) * (H @ W2 + params["b2"] - Y)
    grad_Z = (grad_O @ (W2 if back is None else back).T) * ((Z > 0) if mask is None else mask)
    decays = {"W1": weight_decay, "W2": weight_decay} if decays is None else decays
    grads = {"W1": X.T @ grad_Z, "b1": grad_Z.sum(0), "W2": H.T @ grad_O, "b2": grad_O.sum(0)}
    return {name: grad + decays.get(name, 0.0) * params[name] for name, grad in grads.items()}


@mistake("The loss is a mean over all n × q elements, but the error at the output is divided by the batch size n only.")
def divided_by_n(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, scale=2 / len(Y))


@mistake("The error at the output belongs to a sum. The loss is a mean over n × q elements: divide by both.")
def summed(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, scale=2.0)


@mistake("The square has been differentiated without its factor 2: this belongs to half the squared error.")
def no_two(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, scale=1 / Y.numel())


@mistake(
    "(O - Y) / n is the error of another loss: half the squared error, averaged over the examples only. "
    "Ours has a factor 2 and a mean over n × q elements."
)
def no_two_by_n(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, scale=1 / len(Y))


@mistake("The error at the output has the wrong sign: the derivative of (O - Y)² by O is 2 (O - Y).")
def sign(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, scale=-2 / Y.numel())


@mistake(
    "The error goes down through every hidden unit. Where Z is not positive, the ReLU lets nothing pass. "
    "(H >= 0 is not a mask: it is true everywhere.)"
)
def no_mask(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=torch.ones_like(cache["Z"]))


@mistake(
    "The mask of the wrong layer: the error is stopped where O is negative, though the output has no ReLU, "
    "and not where Z is. The ReLU stands between Z and H."
)
def mask_of_wrong_layer(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    O = cache["H"] @ params["W2"] + params["b2"]
    return passes(X, Y, params, cache, weight_decay, scale=2 / Y.numel() * (O > 0), mask=torch.ones_like(cache["Z"]))


@mistake(
    "The mask looks at the sign of the error that comes down. Whether a ReLU is open was decided on the way up: by Z."
)
def mask_of_error(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grad_O = 2 / Y.numel() * (cache["H"] @ params["W2"] + params["b2"] - Y)
    return passes(X, Y, params, cache, weight_decay, mask=grad_O @ params["W2"].T > 0)


@mistake("Where Z is exactly 0 the error passes. By the convention of PyTorch it does not: use a strict >.")
def mask_at_zero(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=cache["Z"] >= 0)


@mistake("The error is multiplied by H. The slope of a ReLU is 1 where it is open, whatever its output is there.")
def activation_as_mask(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=cache["H"])


@mistake("H (1 - H) is the slope of a sigmoid. These hidden units are ReLUs: slope 1 or 0.")
def sigmoid_slope(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=cache["H"] * (1 - cache["H"]))


@mistake("The gradient of the penalty is missing: J = L + s, and s depends on the weights, too.")
def no_penalty(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, decays={})


@mistake("The biases are penalized, too. s contains the two weight matrices only.")
def penalty_on_biases(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, decays=dict.fromkeys(params, weight_decay))


@mistake("The penalty counts twice: the derivative of λ/2 ‖W‖² is λ W, not 2 λ W.")
def penalty_doubled(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, decays={"W1": 2 * weight_decay, "W2": 2 * weight_decay})


@mistake("The penalty is missing in the gradient of W1; s contains both weight matrices.")
def penalty_on_last(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, decays={"W2": weight_decay})


@mistake(
    "The error is sent down with a W2 that has been updated already (lr 0.1). All gradients belong to the same parameters: "
    "compute all, then update."
)
def updated_first(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grad_W2 = passes(X, Y, params, cache, weight_decay)["W2"]
    return passes(X, Y, params, cache, weight_decay, back=params["W2"] - 0.1 * grad_W2)


@mistake("The bias gradients are averaged over the examples. The mean is in grad_O already: here it is a sum.")
def averaged(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    return {**grads, "b1": grads["b1"] / len(X), "b2": grads["b2"] / len(X)}


@mistake("The bias gradients have an axis too many. The gradient of b (k,) has the shape (k,): sum without keepdim.")
def bias_kept_two_dimensional(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    return {**grads, "b1": grads["b1"][None], "b2": grads["b2"][None]}


@mistake("The bias gradients are columns, (k, 1). The gradient of b (k,) has its shape: one axis.")
def bias_columns(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    return {**grads, "b1": grads["b1"][:, None], "b2": grads["b2"][:, None]}


@mistake("The bias gradients are single numbers. Each unit has a bias of its own: sum over the examples only.")
def bias_total(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    return {**grads, "b1": grads["b1"].sum(), "b2": grads["b2"].sum()}


@mistake("The bias gradients have a row for each example. The same bias serves all of them: sum over the examples.")
def bias_not_summed(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    grad_O = 2 / Y.numel() * (cache["H"] @ params["W2"] + params["b2"] - Y)
    return {**grads, "b1": (grad_O @ params["W2"].T) * (cache["Z"] > 0), "b2": grad_O}


@mistake("The penalty is missing in the gradient of W2; s contains both weight matrices.")
def penalty_on_first(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, decays={"W1": weight_decay})


@mistake("O (1 - O) is the slope of a sigmoid. The output of this network has no activation function: no slope there.")
def sigmoid_at_the_output(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    O = cache["H"] @ params["W2"] + params["b2"]
    return passes(X, Y, params, cache, weight_decay, scale=2 / Y.numel() * O * (1 - O))


@mistake("The outputs are made without b2, so the error at the output is another: O = H W2 + b2.")
def output_without_bias(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y + params["b2"], params, cache, weight_decay)


@mistake("1 - H² is the slope of tanh. These hidden units are ReLUs: slope 1 or 0.")
def tanh_slope(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=1 - cache["H"] ** 2)


@mistake("This is the slope of a sigmoid at Z. These hidden units are ReLUs: slope 1 or 0.")
def sigmoid_slope_at_z(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    s = torch.sigmoid(cache["Z"])
    return passes(X, Y, params, cache, weight_decay, mask=s * (1 - s))


@mistake("Z (1 - Z) is the slope of a sigmoid, or would be, at its output. These hidden units are ReLUs: slope 1 or 0.")
def sigmoid_slope_of_z(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=cache["Z"] * (1 - cache["Z"]))


@mistake("This is the slope of tanh at Z. These hidden units are ReLUs: slope 1 or 0.")
def tanh_slope_at_z(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=1 - torch.tanh(cache["Z"]) ** 2)


@mistake("A hundredth of the error passes where Z is negative: that is the leaky ReLU. Here nothing passes.")
def leaky_slope(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    Z = cache["Z"]
    return passes(X, Y, params, cache, weight_decay, mask=torch.where(Z > 0, 1.0, 0.01).to(Z.dtype))


@mistake("The error is multiplied by Z. The slope of a ReLU is 1 where Z is positive and 0 elsewhere.")
def z_as_mask(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=cache["Z"])


@mistake("The error passes where Z is negative: the other way round.")
def mask_reversed(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, mask=cache["Z"] < 0)


@mistake("The error that comes down is forgotten: what is left is the slope of the ReLU alone. The two are multiplied.")
def slope_alone(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    slope = (cache["Z"] > 0).to(X.dtype)
    return {**grads, "W1": X.T @ slope + weight_decay * params["W1"], "b1": slope.sum(0)}


@mistake("The targets are missing: the error at the output is O - Y.")
def no_target(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, torch.zeros_like(Y), params, cache, weight_decay)


@mistake("A softmax is taken of the outputs. They are plain numbers here, and the loss is the mean squared error.")
def softmax_at_the_output(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    O = cache["H"] @ params["W2"] + params["b2"]
    return passes(X, Y + O - torch.softmax(O, 1), params, cache, weight_decay)


@mistake("A sigmoid is taken of the outputs. They are plain numbers here, and the loss is the mean squared error.")
def sigmoid_of_the_outputs(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    O = cache["H"] @ params["W2"] + params["b2"]
    return passes(X, Y + O - torch.sigmoid(O), params, cache, weight_decay)


@mistake("The error at the output is squared. The derivative of (O - Y)² by O is 2 (O - Y).")
def squared_error(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    O = cache["H"] @ params["W2"] + params["b2"]
    return passes(X, O - (O - Y) ** 2, params, cache, weight_decay)


@mistake("W2 is not transposed on the way down: grad_O (n, q) times W2.T (q, h) gives the error at H (n, h).")
def w2_not_transposed(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, back=params["W2"].T)


def _errors(X: Tensor, Y: Tensor, params: Any, cache: Any) -> dict[str, tuple[Tensor, Tensor]]:
    """Return what enters each layer, and the error that leaves it, by the name of its weights, the upper one first."""
    grad_O = 2 / Y.numel() * (cache["H"] @ params["W2"] + params["b2"] - Y)
    return {"W2": (cache["H"], grad_O), "W1": (X, (grad_O @ params["W2"].T) * (cache["Z"] > 0))}


def _with_products(names: tuple[str, ...], product: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Gradients]:
    """Return an answer whose gradients of the weights, found in this order, are another product of input and error."""

    def wrong(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
        errors = _errors(X, Y, params, cache)
        weights = {name: product(*errors[name]) + weight_decay * params[name] for name in names}
        return {**weights, "b1": errors["W1"][1].sum(0), "b2": errors["W2"][1].sum(0)}

    return wrong


for _first, _order in (("the upper layer", ("W2", "W1")), ("the lower layer", ("W1", "W2"))):
    _name = _first.replace(" ", "-")
    mistake(
        "What enters a layer is not transposed: for a gradient in the shape of W, (inputs, outputs), it is X.T @ error.",
        name=f"input-not-transposed-{_name}-first",
    )(_with_products(_order, lambda A, error: A @ error))
    mistake(
        "error @ X.T has the examples in columns. Here they are rows: X.T @ error, in the shape of W, (inputs, outputs).",
        name=f"examples-in-columns-{_name}-first",
    )(_with_products(_order, lambda A, error: error @ A.T))
    mistake(
        "error.T @ X is the gradient transposed, (outputs, inputs). It has the shape of W, (inputs, outputs): X.T @ error.",
        name=f"weights-transposed-{_name}-first",
        line=r"decay|reg|lam|wd",
    )(_with_products(_order, lambda A, error: error.T @ A))


@mistake(
    "error.T @ X is the gradient transposed, and the penalty is missing. It has the shape of W, (inputs, outputs)."
)
def weights_transposed_without_penalty(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, 0.0)
    return {**grads, "W1": grads["W1"].T, "W2": grads["W2"].T}


@mistake(
    "The gradients of the layers have changed places: W1 and b1 belong to the hidden layer, W2 and b2 to the output."
)
def layers_swapped(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    return {"W1": grads["W2"], "b1": grads["b2"], "W2": grads["W1"], "b2": grads["b1"]}


@mistake("The bias gradients are summed over the units. The examples are to be summed, and each unit has its own.")
def bias_over_the_other_axis(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    errors = _errors(X, Y, params, cache)
    return {**passes(X, Y, params, cache, weight_decay), "b1": errors["W1"][1].sum(1), "b2": errors["W2"][1].sum(1)}


@mistake("The sum of the weights, or their norm, is added to each gradient. The derivative of λ/2 ‖W‖² is λ W.")
def penalty_of_the_sum(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, 0.0)
    return {**grads, **{key: grads[key] + weight_decay * params[key].sum() for key in ("W1", "W2")}}


@mistake(
    "The sum of the weights, or their norm, is added to each gradient. The derivative of λ/2 ‖W‖² is λ W.",
)
def penalty_of_the_norm(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, 0.0)
    return {**grads, **{key: grads[key] + weight_decay * params[key].norm() for key in ("W1", "W2")}}


@mistake("The gradient of W2 is made of Z. What goes into the second layer is H.")
def z_into_second_layer(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    grad_O = 2 / Y.numel() * (cache["H"] @ params["W2"] + params["b2"] - Y)
    return {**grads, "W2": cache["Z"].T @ grad_O + weight_decay * params["W2"]}


@mistake("The penalty is λ times the sign, or the size, of the weights. The derivative of λ/2 ‖W‖² is λ W.")
def penalty_of_signs(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, 0.0)
    return {**grads, **{key: grads[key] + weight_decay * params[key].sign() for key in ("W1", "W2")}}


@mistake("The penalty itself is added to the gradient of each weight. Its derivative is: λ W.")
def penalty_as_number(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, 0.0)
    return {**grads, **{key: grads[key] + weight_decay / 2 * params[key].square().sum() for key in ("W1", "W2")}}


@mistake("λ is missing: the gradient of the penalty is λ W, and weight_decay is the λ.")
def penalty_without_rate(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, decays={"W1": 1.0, "W2": 1.0})


@mistake("The error at the output goes down through W1. It comes from O, through the weights in between: W2.")
def through_first_weights(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, back=params["W1"])


@mistake(
    "The error at the output goes down through W1. It comes from O, through the weights in between: W2.",
    name="through-first-weights-untransposed",
)
def through_first_weights_untransposed(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return passes(X, Y, params, cache, weight_decay, back=params["W1"].T)


@mistake("O is not in the cache. It follows from what is: O = H W2 + b2.")
def reads_output(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    return cache["O"]


@mistake("The keys are those of params: W1, not dW1.")
def other_keys(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return {f"d{name}": grad for name, grad in passes(X, Y, params, cache, weight_decay).items()}


@mistake("The keys are those of params: W1, not grad_W1.")
def long_keys(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    return {f"grad_{name}": grad for name, grad in passes(X, Y, params, cache, weight_decay).items()}


@mistake("A tuple comes back. Return a dict with the keys of params, so that nobody has to know an order.")
def as_tuple(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    grads = passes(X, Y, params, cache, weight_decay)
    return grads["W1"], grads["b1"], grads["W2"], grads["b2"]


@mistake("The gradients of the weights are transposed. A gradient has the shape of what it belongs to.")
def weights_transposed(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
    grads = passes(X, Y, params, cache, weight_decay)
    return {**grads, "W1": grads["W1"].T, "W2": grads["W2"].T}


@mistake(
    "The error at the output goes on to the hidden units as it is. On its way down it comes through W2: grad_O @ W2.T.",
    line=r">|mask|relu|prime|deriv|slope",
)
def past_the_weights(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    grad_O = 2 / Y.numel() * (cache["H"] @ params["W2"] + params["b2"] - Y)
    return grad_O * (cache["Z"] > 0)


EXERCISE = Exercise(
    name="backward",
    points=2.0,
    parameters=("X", "Y", "params", "cache", "weight_decay"),
    summary="Return the gradients of J by W1, b1, W2 and b2 as a dict, by hand, from a cache with Z and H.",
    # What is returned; the stages inside are read out of it, and count as parts of the points.
    outputs=("grad_W2", "grad_b2", "grad_W1", "grad_b1"),
    read=_read,
    cases=(
        Case("two or three examples", _few, twice=True),
        Case("no weight decay", _plain),
        Case("a batch of one", _one),
        Case("pre-activations of exactly 0", _at_zero),
        Case("a hidden unit that is always off", _dead),
        Case("more examples than hidden units", _many, CARE),
        Case("no weight decay, in float64", _plain, CARE, torch.float64),
        Case("views with strides", _few, CARE, layout="strided"),
        Case("parameters that require a gradient", _few, CARE, requires_grad=True),
    ),
    reference=_by_autograd,
    parts={
        "grad_O": 0.15,
        "grad_W2": 0.15,
        "grad_b2": 0.1,
        "grad_Z": 0.2,
        "grad_W1": 0.1,
        "grad_b1": 0.1,
        _PENALTY: 0.1,
        CARE: 0.1,
    },
    reduction=lambda arguments: max(_dims(arguments).values()) + 2,
    like={f"grad_{key}": key for key in _KEYS},
    dims=_dims,
    factors={
        "grad_O": OF_THE_ERROR,
        _PENALTY: OF_THE_PENALTY,
        **dict.fromkeys(("grad_Z", *(f"grad_{key}" for key in _KEYS)), OF_WHAT_FOLLOWS),
    },
    mistakes=mistake.all,
    hints=(
        "Go down one step at a time: J, O, then W2, b2 and H, then Z, then W1 and b1. Write the shape beside every line.",
        "O is not in the cache, but it follows from H. Then use what you have written: grad_output, grad_linear, grad_relu.",
        "grad_linear for the upper layer takes (H, W2, grad_O) and gives the gradient of H, which grad_relu turns into that of Z. "
        "Where does the penalty come in?",
    ),
    ban=NO_AUTOGRAD,
)
