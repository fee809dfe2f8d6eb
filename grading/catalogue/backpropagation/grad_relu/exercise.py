"""`grad_relu`: what it should do, the inputs that are tried, and the mistakes that people make.

The file is long because each of its many mistakes is a function of its own.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grading.catalogue.backpropagation.shared import BY_HAND_ALL, pulled
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Tensors


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
        return torch.autograd.grad(pulled(torch.relu(leaf), grad_H), leaf)[0]


mistake = Mistakes()


@mistake("grad_H passes unchanged. Where Z is not positive, H does not answer to Z: nothing passes.")
def no_mask(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H.clone()


@mistake(
    "The ReLU is applied to the gradient. Whether it was open was decided on the way forward: look at the sign of Z."
)
def mask_of_gradient(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.clamp(grad_H, min=0)


@mistake("Where Z is exactly 0 the gradient passes. By the convention of PyTorch it does not: use >.")
def open_at_zero(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (Z >= 0)


@mistake("This is the slope alone. By the chain rule it multiplies what arrives, grad_H.")
def mask_only(Z: Tensor, grad_H: Tensor) -> Any:
    return (Z > 0).to(Z.dtype)


@mistake("The gradient passes where Z is negative: the other way round.", name="reversed")
def reversed_(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (Z < 0)


@mistake("The gradient is multiplied by H. The slope of an open ReLU is 1, whatever its output.")
def times_activation(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * torch.clamp(Z, min=0)


@mistake("The gradient is multiplied by Z itself. The slope is 1 where Z is positive and 0 elsewhere.")
def times_z(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * Z


@mistake("z (1 - z) is a sigmoid's formula, and even there it wants the activation. A ReLU has slope 1 or 0.")
def sigmoid_slope(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * Z * (1 - Z)


@mistake("The sign of Z is -1 where the ReLU is closed. Its slope there is 0.")
def sign(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * torch.sign(Z)


@mistake("A hundredth passes through closed units: that is the leaky ReLU. Here nothing passes.")
def leaky(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.where(Z > 0, grad_H, 0.01 * grad_H)


@mistake("The zeros are written into grad_H itself: the caller's tensor is changed. Make a new one.")
def in_place(Z: Tensor, grad_H: Tensor) -> Any:
    with torch.no_grad():
        grad_H[Z <= 0] = 0
    return grad_H


@mistake("Where Z is exactly 0, half of the gradient passes: the sign of 0 is 0. By convention the slope there is 0.")
def half_at_zero(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (torch.sign(Z) + 1) / 2


@mistake(
    "Only where Z is exactly 0 nothing passes. That would do for H, in which closed units are 0; in Z they are negative."
)
def closed_at_zero_only(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (Z != 0)


@mistake("The gradient passes where Z is negative or 0: the other way round.")
def reversed_with_zero(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (Z <= 0)


@mistake("This is H, the ReLU itself. What comes back through it is asked for: grad_H where Z is positive, else 0.")
def activation(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.clamp(Z, min=0)


@mistake("This is the slope alone, as True and False. By the chain rule it multiplies what arrives, grad_H.")
def mask_as_truth(Z: Tensor, grad_H: Tensor) -> Any:
    return Z > 0


@mistake("This is the slope alone, in whole numbers. By the chain rule it multiplies what arrives, grad_H.")
def mask_as_integers(Z: Tensor, grad_H: Tensor) -> Any:
    return (Z > 0).long()


@mistake("Negative gradients are stopped, too. Only the sign of Z decides; a gradient may well be negative.")
def guided(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.clamp(grad_H, min=0) * (Z > 0)


@mistake("The mask is matrix-multiplied. It works element by element: `*`, not `@`.")
def matrix_product(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H @ (Z > 0).to(grad_H.dtype)


@mistake(
    "The slope is clamp(Z, 0, 1), which rises with Z. That of a ReLU jumps: 0 up to 0, and 1 beyond, whatever Z is."
)
def clamped_slope(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * Z.clamp(0, 1)


@mistake("sigmoid(Z) is the slope of a softplus. That of a ReLU is 0 or 1.")
def smooth_slope(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * torch.sigmoid(Z)


@mistake("s (1 - s) with s = sigmoid(Z) is the slope of a sigmoid. That of a ReLU is 0 or 1.")
def slope_of_sigmoid(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * torch.sigmoid(Z) * (1 - torch.sigmoid(Z))


@mistake("1 - tanh(Z)² is the slope of tanh. That of a ReLU is 0 or 1.")
def slope_of_tanh(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H * (1 - torch.tanh(Z) ** 2)


@mistake("Closed units pass a 1. Nothing passes there: 0.")
def ones_where_closed(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.where(Z > 0, grad_H, torch.ones_like(grad_H))


@mistake(
    "Open units pass a 1, whatever arrives. By the chain rule grad_H passes where Z is positive; elsewhere it does not."
)
def gradient_where_closed(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.where(Z > 0, torch.ones_like(grad_H), grad_H)


@mistake("The slope is added to the gradient. By the chain rule they are multiplied.")
def added(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H + (Z > 0)


@mistake(
    "The zeros are written into grad_H itself, under another name: `=` makes no copy. Where Z is 0 they should be as well.",
    name="in-place-but-at-zero",
)
def in_place_but_at_zero(Z: Tensor, grad_H: Tensor) -> Any:
    grad_H[Z < 0] = 0
    return grad_H


@mistake("The zeros are written into grad_H itself: `=` makes no copy, `.clone()` does.", name="alias")
def alias(Z: Tensor, grad_H: Tensor) -> Any:
    grad_Z = grad_H
    grad_Z[Z <= 0] = 0
    return grad_Z


@mistake("A tenth passes through closed units: that is a leaky ReLU. Here nothing passes.")
def very_leaky(Z: Tensor, grad_H: Tensor) -> Any:
    return torch.where(Z > 0, grad_H, 0.1 * grad_H)


@mistake(
    "The mask as an index takes the open entries out, and the shape is lost. Multiply by it, or set the others to 0."
)
def selected(Z: Tensor, grad_H: Tensor) -> Any:
    return grad_H[Z > 0]


EXERCISE = Exercise(
    name="grad_relu",
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
    ),
    reference=_grad_relu_truth,
    right=_grad_relu_truth,
    parts={"grad_Z": 0.6, "at zero": 0.2, CARE: 0.2},
    like={"grad_Z": "Z"},
    mistakes=mistake.all,
    hints=(
        "What is the slope of ReLU at each element of Z? The chain rule multiplies it with what arrives.",
        "Whether a unit passes the gradient depends on Z, not on the gradient.",
    ),
    ban=BY_HAND_ALL,
)
