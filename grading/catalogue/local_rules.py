"""Lesson 03: the three local rules of the backward pass, each given the right gradient from above."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from grading.catalogue import bans
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Ban, Case, Exercise, Mistake
from grading.judging.read import Tensors
from grading.probe.watch import AUTOGRAD

LESSON = "03-backpropagation"
_BY_HAND = Ban(frozenset({AUTOGRAD, "threshold_backward", "mse_loss_backward"}), bans.NO_AUTOGRAD.reason)


def _output_and_target(draw: Draw) -> Arguments:
    n, q = draw.sizes(2, 2, 7)
    return {"O": draw.normal(n, q, scale=2.5), "Y": draw.normal(n, q, scale=2.5)}


def _one_output_row(draw: Draw) -> Arguments:
    q = draw.integer(2, 6)
    return {"O": draw.normal(1, q, scale=2.5), "Y": draw.normal(1, q, scale=2.5)}


def _one_output_column(draw: Draw) -> Arguments:
    n = draw.integer(3, 6)
    return {"O": draw.normal(n, 1, scale=2.5), "Y": draw.normal(n, 1, scale=2.5)}


def _grad_output_truth(O: Tensor, Y: Tensor) -> Tensor:
    with torch.enable_grad():
        leaf = O.detach().clone().requires_grad_(True)
        return torch.autograd.grad(F.mse_loss(leaf, Y.detach()), leaf)[0]


def _output_by_n(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O - Y) / len(O)


def _output_by_q(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O - Y) / O.shape[1]


def _output_summed(O: Tensor, Y: Tensor) -> Any:
    return 2 * (O - Y)


def _output_no_two(O: Tensor, Y: Tensor) -> Any:
    return (O - Y) / O.numel()


def _output_no_two_by_n(O: Tensor, Y: Tensor) -> Any:
    return (O - Y) / len(O)


def _output_plain(O: Tensor, Y: Tensor) -> Any:
    return O - Y


def _output_sign(O: Tensor, Y: Tensor) -> Any:
    return 2 * (Y - O) / O.numel()


def _output_squared(O: Tensor, Y: Tensor) -> Any:
    return (O - Y) ** 2 / O.numel()


def _output_mean(O: Tensor, Y: Tensor) -> Any:
    return (2 * (O - Y)).mean()


def _output_sign_only(O: Tensor, Y: Tensor) -> Any:
    return torch.sign(O - Y) / O.numel()


def _output_in_place(O: Tensor, Y: Tensor) -> Any:
    with torch.no_grad():
        O -= Y
        O *= 2 / O.numel()
    return O


GRAD_OUTPUT = Exercise(
    name="grad_output",
    lesson=LESSON,
    points=0.5,
    parameters=("O", "Y"),
    summary="Return the gradient of the mean squared error by O, in the shape of O.",
    outputs=("grad_O",),
    read=Tensors(("grad_O",)),
    cases=(
        Case("ordinary values", _output_and_target, twice=True),
        Case("a batch of one", _one_output_row),
        Case("one output", _one_output_column),
        Case("tensors in float64", _output_and_target, CARE, torch.float64),
        Case("views with strides", _output_and_target, CARE, layout="strided"),
        Case("tensors that require a gradient", _output_and_target, CARE, requires_grad=True),
        Case("other values", _output_and_target, hidden=True),
    ),
    reference=_grad_output_truth,
    like={"grad_O": "O"},
    dims=lambda arguments: {"n": arguments["O"].shape[0], "q": arguments["O"].shape[1]},
    mistakes=(
        Mistake(
            "divided-by-n",
            _output_by_n,
            "This divides by the batch size n only. The loss is a mean over all n × q elements, and each has that share.",
        ),
        Mistake(
            "divided-by-q",
            _output_by_q,
            "This divides by the number of outputs q only. The mean is over the n examples, too.",
        ),
        Mistake(
            "summed",
            _output_summed,
            "This is the gradient of the summed squared error. Ours is a mean over n × q elements.",
        ),
        Mistake(
            "no-two",
            _output_no_two,
            "The derivative of a square has a factor 2. This belongs to half the squared error.",
        ),
        Mistake(
            "no-two-by-n",
            _output_no_two_by_n,
            "(O - Y) / n belongs to another loss: half the squared error, averaged over the examples. Ours has a factor 2 and n × q.",
        ),
        Mistake(
            "plain",
            _output_plain,
            "The direction is right, but 2 / (n q) is missing: 2 from the square, 1 / (n q) from the mean.",
        ),
        Mistake("sign", _output_sign, "The sign is wrong: the derivative of (O - Y)² by O is 2 (O - Y)."),
        Mistake(
            "squared", _output_squared, "This is the share of each element in the loss. Its derivative is asked for."
        ),
        Mistake(
            "mean",
            _output_mean,
            "One number comes back. The gradient has one entry for each element of O: no mean is taken.",
        ),
        Mistake("sign-only", _output_sign_only, "This is the gradient of the mean absolute error. Ours is squared."),
        Mistake(
            "in-place",
            _output_in_place,
            "The gradient is written into O itself. The caller's outputs are lost: make a new tensor.",
        ),
    ),
    hints=(
        "Write L as a sum over all elements. In how many of its terms does the one element O[i, j] appear?",
        "Differentiate that one term, and do not forget what the mean divides by.",
        "`2 * (O - Y) / O.numel()`.",
    ),
    ban=_BY_HAND,
)


def _affine_layer(draw: Draw) -> Arguments:
    n, d, q = draw.sizes(3, 2, 7)
    return {"X": draw.normal(n, d, scale=1.5), "W": draw.normal(d, q), "grad_O": draw.normal(n, q)}


def _affine_one(draw: Draw) -> Arguments:
    d, q = draw.sizes(2, 2, 7)
    return {"X": draw.normal(1, d, scale=1.5), "W": draw.normal(d, q), "grad_O": draw.normal(1, q)}


def _affine_many(draw: Draw) -> Arguments:
    d, q = draw.sizes(2, 3, 6)
    n = draw.integer(20, 30)
    return {"X": draw.normal(n, d, scale=3.0), "W": draw.normal(d, q), "grad_O": draw.normal(n, q)}


def _affine_square(draw: Draw) -> Arguments:
    """All three sizes agree: a wrong order of factors has a fitting shape."""
    n = draw.integer(3, 4) if not draw.simple else draw.limit
    return {"X": draw.normal(n, n, scale=1.5), "W": draw.normal(n, n), "grad_O": draw.normal(n, n)}


def _pulled(value: Tensor, upstream: Tensor) -> Tensor:
    """Return a number whose gradient with respect to `value` is `upstream`: to be given one, PyTorch imports its algebra."""
    return (value * upstream.detach()).sum()


def _grad_linear_truth(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    with torch.enable_grad():
        leaves = [X.detach().clone().requires_grad_(True), W.detach().clone().requires_grad_(True)]
        b = torch.zeros(W.shape[1], dtype=W.dtype, requires_grad=True)
        return torch.autograd.grad(_pulled(F.linear(leaves[0], leaves[1].T, b), grad_O), [*leaves, b])


def _linear_no_transposes(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W, X @ grad_O, grad_O.sum(0)


def _linear_w_not_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W, X.T @ grad_O, grad_O.sum(0)


def _linear_x_not_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X @ grad_O, grad_O.sum(0)


def _linear_transposed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, grad_O.T @ X, grad_O.sum(0)


def _linear_weight_averaged(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O / len(X), grad_O.sum(0)


def _linear_averaged(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O / len(X), grad_O.mean(0)


def _linear_bias_mean(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.mean(0)


def _linear_bias_kept(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum(0, keepdim=True)


def _linear_bias_not_summed(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O


def _linear_bias_total(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum()


def _linear_bias_other_axis(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O, grad_O.sum(1)


def _linear_order(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return X.T @ grad_O, grad_O @ W.T, grad_O.sum(0)


def _linear_dims(arguments: Arguments) -> dict[str, int]:
    (n, d), q = arguments["X"].shape, arguments["W"].shape[1]
    return {"n": n, "d": d, "q": q}


GRAD_LINEAR = Exercise(
    name="grad_linear",
    lesson=LESSON,
    points=1.0,
    parameters=("X", "W", "grad_O"),
    summary="Return grad_X, grad_W and grad_b of O = X W + b, given grad_O.",
    outputs=("grad_X", "grad_W", "grad_b"),
    read=Tensors(("grad_X", "grad_W", "grad_b")),
    cases=(
        Case("three equal sizes", _affine_square),
        Case("ordinary values", _affine_layer, twice=True),
        Case("a batch of one", _affine_one),
        Case("many examples", _affine_many, CARE),
        Case("tensors in float64", _affine_layer, CARE, torch.float64),
        Case("views with strides", _affine_layer, CARE, layout="strided"),
        Case("transposed tensors", _affine_layer, CARE, layout="transposed"),
        Case("tensors that require a gradient", _affine_layer, CARE, requires_grad=True),
        Case("other values", _affine_layer, hidden=True),
    ),
    reference=_grad_linear_truth,
    parts={"grad_X": 0.3, "grad_W": 0.3, "grad_b": 0.3, CARE: 0.1},
    reduction=lambda arguments: max(_linear_dims(arguments).values()),
    like={"grad_X": "X", "grad_W": "W"},
    dims=_linear_dims,
    mistakes=(
        Mistake(
            "nothing-transposed",
            _linear_no_transposes,
            "Both products lack their transpose. Let the shapes guide you: (n, q) times what gives (n, d)? What times (n, q) gives (d, q)?",
        ),
        Mistake(
            "w-not-transposed",
            _linear_w_not_transposed,
            "grad_O is (n, q) and W is (d, q): for grad_X (n, d) you need W transposed.",
        ),
        Mistake(
            "x-not-transposed",
            _linear_x_not_transposed,
            "X is (n, d) and grad_O is (n, q): for grad_W (d, q) you need X transposed.",
        ),
        Mistake(
            "grad-w-transposed",
            _linear_transposed,
            "grad_O.T @ X has the shape (q, d). grad_W has the shape of W, (d, q): swap the factors.",
        ),
        Mistake(
            "grad-w-averaged",
            _linear_weight_averaged,
            "grad_W is divided by the batch size. The mean of the loss is in grad_O already; here the examples add up.",
        ),
        Mistake(
            "averaged",
            _linear_averaged,
            "grad_W and grad_b are divided by the batch size. The mean of the loss is in grad_O already; here the examples add up.",
        ),
        Mistake(
            "grad-b-mean",
            _linear_bias_mean,
            "grad_b is a mean over the examples. The mean is in grad_O already; here they add up.",
        ),
        Mistake(
            "grad-b-kept", _linear_bias_kept, "grad_b has the shape (1, q). b has the shape (q,): sum without keepdim."
        ),
        Mistake(
            "grad-b-not-summed",
            _linear_bias_not_summed,
            "grad_b is grad_O itself, (n, q). The same b (q,) was added to every row, so the rows must be summed.",
        ),
        Mistake(
            "grad-b-total",
            _linear_bias_total,
            "grad_b is one number. Each of the q biases has its own sum, over the examples only.",
        ),
        Mistake(
            "grad-b-other-axis",
            _linear_bias_other_axis,
            "The sum for grad_b runs over the outputs. b was added to every example: sum over those.",
        ),
        Mistake("order", _linear_order, "grad_W comes before grad_X. The order is grad_X, grad_W, grad_b."),
    ),
    hints=(
        "Each gradient has the shape of what it belongs to. Which product of grad_O with X or W, transposed or not, has that shape?",
        "grad_X (n, d) is made from grad_O (n, q) and W (d, q); grad_W (d, q) from X (n, d) and grad_O (n, q).",
        "b is added to each of the n rows. A change of b changes all of them, and their effects add up.",
        "`grad_O @ W.T`, `X.T @ grad_O`, `grad_O.sum(0)`.",
    ),
    ban=_BY_HAND,
)


def _hidden_layer(draw: Draw) -> Arguments:
    n, h = draw.sizes(2, 3, 7)
    return {"Z": draw.wide(n, h), "grad_H": draw.normal(n, h)}


def _with_zeros(draw: Draw) -> Arguments:
    arguments = _hidden_layer(draw)
    arguments["Z"][:, ::2] = 0.0
    return arguments


def _one_hidden_row(draw: Draw) -> Arguments:
    h = draw.integer(4, 7)
    return {"Z": draw.wide(1, h), "grad_H": draw.normal(1, h)}


def _grad_relu_truth(Z: Tensor, grad_H: Tensor) -> Tensor:
    with torch.enable_grad():
        leaf = Z.detach().clone().requires_grad_(True)
        return torch.autograd.grad(_pulled(torch.relu(leaf), grad_H), leaf)[0]


def _relu_no_mask(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H.clone()


def _relu_of_gradient(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.clamp(grad_H, min=0)


def _relu_at_zero(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (Z >= 0)


def _relu_mask_only(Z: Tensor, grad_H: Tensor) -> Any:
    return (Z > 0).to(Z.dtype)


def _relu_reversed(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (Z < 0)


def _relu_times_activation(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * torch.clamp(Z, min=0)


def _relu_times_z(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * Z


def _relu_sigmoid(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * Z * (1 - Z)


def _relu_sign(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * torch.sign(Z)


def _relu_leaky(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.where(Z > 0, grad_H, 0.01 * grad_H)


def _relu_in_place(Z: Tensor, grad_H: Tensor) -> Any:
    with torch.no_grad():
        grad_H[Z <= 0] = 0
    return grad_H


def _relu_zeros_on_cpu(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.where(Z > 0, grad_H, torch.zeros(Z.shape, dtype=Z.dtype))


GRAD_RELU = Exercise(
    name="grad_relu",
    lesson=LESSON,
    points=0.5,
    parameters=("Z", "grad_H"),
    summary="Return grad_Z of H = relu(Z), given grad_H; where Z is 0, it is 0.",
    outputs=("grad_Z",),
    read=Tensors(("grad_Z",)),
    cases=(
        Case("ordinary values", _hidden_layer, twice=True),
        Case("zeros in Z", _with_zeros, "at zero"),
        Case("a batch of one", _one_hidden_row, CARE),
        Case("tensors in float64", _hidden_layer, CARE, torch.float64),
        Case("views with strides", _hidden_layer, CARE, layout="strided"),
        Case("transposed tensors", _hidden_layer, CARE, layout="transposed"),
        Case("tensors that require a gradient", _hidden_layer, CARE, requires_grad=True),
        Case("other values", _hidden_layer, hidden=True),
        Case("other zeros in Z", _with_zeros, "at zero", hidden=True),
    ),
    reference=_grad_relu_truth,
    parts={"grad_Z": 0.6, "at zero": 0.2, CARE: 0.2},
    like={"grad_Z": "Z"},
    mistakes=(
        Mistake(
            "no-mask",
            _relu_no_mask,
            "grad_H passes unchanged. Where Z is not positive, H does not answer to Z: nothing passes.",
        ),
        Mistake(
            "mask-of-gradient",
            _relu_of_gradient,
            "The ReLU is applied to the gradient. Whether it was open was decided on the way forward: look at the sign of Z.",
        ),
        Mistake(
            "open-at-zero",
            _relu_at_zero,
            "Where Z is exactly 0 the gradient passes. By the convention of PyTorch it does not: use >.",
        ),
        Mistake(
            "mask-only",
            _relu_mask_only,
            "This is the slope alone. By the chain rule it multiplies what arrives, grad_H.",
        ),
        Mistake("reversed", _relu_reversed, "The gradient passes where Z is negative: the other way round."),
        Mistake(
            "times-activation",
            _relu_times_activation,
            "The gradient is multiplied by H. The slope of an open ReLU is 1, whatever its output.",
        ),
        Mistake(
            "times-z",
            _relu_times_z,
            "The gradient is multiplied by Z itself. The slope is 1 where Z is positive and 0 elsewhere.",
        ),
        Mistake(
            "sigmoid-slope",
            _relu_sigmoid,
            "z (1 - z) is a sigmoid's formula, and even there it wants the activation. A ReLU has slope 1 or 0.",
        ),
        Mistake("sign", _relu_sign, "The sign of Z is -1 where the ReLU is closed. Its slope there is 0."),
        Mistake(
            "leaky",
            _relu_leaky,
            "A hundredth passes through closed units: that is the leaky ReLU. Here nothing passes.",
        ),
        Mistake(
            "in-place",
            _relu_in_place,
            "The zeros are written into grad_H itself: the caller's tensor is changed. Make a new one.",
        ),
        Mistake(
            "zeros-on-cpu",
            _relu_zeros_on_cpu,
            "The zeros are made on the CPU, whatever the device of Z. Use torch.zeros_like(Z), or no tensor of zeros at all.",
        ),
    ),
    hints=(
        "What is the slope of ReLU at each element of Z? The chain rule multiplies it with what arrives.",
        "Whether a unit passes the gradient depends on Z, not on the gradient.",
        "`grad_H * (Z > 0)`.",
    ),
    ban=_BY_HAND,
)
