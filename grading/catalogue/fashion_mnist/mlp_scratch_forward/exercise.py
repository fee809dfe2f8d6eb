"""`MLPScratch.forward`: what it should do, the inputs that are tried, and the mistakes that people make."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from grading.catalogue.fashion_mnist.shared import layers
from grading.judging.draw import Draw
from grading.judging.exercise import CARE, GRADIENT, Arguments, Case, Exercise, Mistakes
from grading.judging.read import Tensors
from grading.probe.blueprints import Layers, Parameters

IMAGES = "images"


def _rows(draw: Draw, **options: Any) -> Arguments:
    n, d, h, q = draw.sizes(4, 3, 8)
    return {"self": layers(draw, d, h, q, **options), "X": draw.normal(n, d)}


def _small_images(draw: Draw) -> Arguments:
    n, side, h, q = draw.sizes(4, 3, 7)
    return {"self": layers(draw, side * side, h, q), "X": draw.normal(n, 1, side, side)}


def _oblong_images(draw: Draw) -> Arguments:
    n, height, width, h, q = draw.sizes(5, 2, 7)
    return {"self": layers(draw, height * width, h, q), "X": draw.normal(n, height, width)}


def _fashion_images(draw: Draw) -> Arguments:
    if draw.simple:
        return _small_images(draw)
    n, h = draw.sizes(2, 3, 7)
    return {"self": layers(draw, 784, h, 10), "X": draw.normal(n, 1, 28, 28)}


def _one_image(draw: Draw) -> Arguments:
    return {"self": layers(draw, 784, draw.integer(3, 6), 10), "X": draw.normal(1, 1, 28, 28)}


def _logits(self: Layers, X: Tensor) -> Tensor:
    hidden = torch.einsum("nd,dh->nh", X.flatten(1), self.W1) + self.b1
    return torch.einsum("nh,hq->nq", (hidden + hidden.abs()) / 2, self.W2) + self.b2


mistake = Mistakes()


def _flat(X: Tensor) -> Tensor:
    return X.reshape(len(X), -1)


@mistake(
    "There is no activation between the layers, or its result is not used: two affine maps in a row are one affine map."
)
def no_activation(self: Parameters, X: Tensor) -> Tensor:
    return (_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2


def _rectified(Z: Tensor) -> Tensor:
    return torch.where(Z > 0, Z, torch.zeros_like(Z))


@mistake("The outputs go through relu, too. Logits may be negative; the last layer is left as it is.")
def relu_on_output(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2)


@mistake("These are probabilities. The loss takes the logits themselves and does the softmax inside, in a stable way.")
def softmax(self: Parameters, X: Tensor) -> Tensor:
    return torch.softmax(_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2, dim=1)


@mistake("The hidden layer goes through a sigmoid. This network has ReLU units.")
def sigmoid(self: Parameters, X: Tensor) -> Tensor:
    return torch.sigmoid(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake("The bias b1 of the hidden layer is missing.")
def no_b1(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1) @ self.W2 + self.b2


@mistake("The bias b2 of the output layer is missing.")
def no_b2(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1 + self.b1) @ self.W2


@mistake("b1 is added after relu. It is part of Z = X W1 + b1: it decides when a unit switches on.")
def bias_after_relu(self: Parameters, X: Tensor) -> Tensor:
    return (_rectified(_flat(X) @ self.W1) + self.b1) @ self.W2 + self.b2


@mistake("relu is applied to the inputs. It belongs after the first affine map, on Z = X W1 + b1.")
def relu_on_input(self: Parameters, X: Tensor) -> Tensor:
    return (_rectified(_flat(X)) @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake("This is the hidden layer H (n, h). The output layer is still to come.")
def hidden_layer(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1 + self.b1)


@mistake("Images have more than one axis behind n. Make one row of each before the matrix product.")
def no_flatten(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(X @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake("The whole batch becomes one row. Each image is a row of its own: keep the first axis, X.reshape(len(X), -1).")
def one_row(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(X.reshape(1, -1) @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake(
    "W1 @ X has the examples in columns. Here every row of X is an example, so the weights stand on the right: X @ self.W1."
)
def examples_in_columns(self: Parameters, X: Tensor) -> Tensor:
    return self.W2 @ _rectified(self.W1 @ _flat(X) + self.b1) + self.b2


@mistake(
    "W1.T @ X has the examples in columns. Here every row of X is an example, so the weights stand on the right: X @ self.W1."
)
def examples_in_columns_transposed(self: Parameters, X: Tensor) -> Tensor:
    return self.W2.T @ _rectified(self.W1.T @ _flat(X) + self.b1) + self.b2


@mistake(
    "W1 is transposed as if it were the weight of an nn.Linear. Here it is (d, h), a row for each input: X @ self.W1."
)
def as_nn_linear(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1.T + self.b1) @ self.W2.T + self.b2


@mistake(
    "W2 is transposed as if it were the weight of an nn.Linear. Here it is (h, q), a row for each unit: H @ self.W2."
)
def second_as_nn_linear(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1 + self.b1) @ self.W2.T + self.b2


@mistake(
    "It counts on three axes (n, height, width). Images may come with a channel, or as rows: only the first axis is certain."
)
def three_axes(self: Parameters, X: Tensor) -> Tensor:
    n, height, width = X.shape
    return _rectified(X.reshape(n, height * width) @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake(
    "It counts on four axes (n, channel, height, width). Images may come without a channel, or as rows: only the first axis is "
    "certain."
)
def four_axes(self: Parameters, X: Tensor) -> Tensor:
    n, channels, height, width = X.shape
    X = X.reshape(n, channels * height * width)
    return _rectified(X @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake("This works for images of 784 pixels only. Ask X, or W1, for the number: X.reshape(len(X), -1).")
def only_784(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(X.reshape(-1, 784) @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake(
    "Reshaping to (d, n) and transposing mixes the pixels of different images: one image is one row from the start."
)
def mixed_images(self: Parameters, X: Tensor) -> Tensor:
    X = X.reshape(-1, len(X)).T
    return _rectified(X @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake(
    "W1 and b1 get no gradient, so they would never learn. `.data`, `.detach()` and `torch.no_grad()` cut them off."
)
def data(self: Parameters, X: Tensor) -> Tensor:
    H = _rectified(_flat(X) @ self.W1.data + self.b1.data)
    return H @ self.W2 + self.b2


@mistake("Neither bias is added. Both layers have one: b1 under the relu, b2 at the end.")
def no_biases(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1) @ self.W2


@mistake("tanh follows both layers. ReLU belongs after the first one, and nothing after the second.")
def tanh_everywhere(self: Parameters, X: Tensor) -> Tensor:
    return torch.tanh(torch.tanh(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2)


@mistake("A sigmoid follows both layers. ReLU belongs after the first one, and nothing after the second.")
def sigmoid_everywhere(self: Parameters, X: Tensor) -> Tensor:
    return torch.sigmoid(torch.sigmoid(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2)


@mistake("The hidden layer goes through tanh. This network has ReLU units.")
def tanh(self: Parameters, X: Tensor) -> Tensor:
    return torch.tanh(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake("The outputs go through a sigmoid. Logits are left as they are: the loss does the rest.")
def sigmoid_on_output(self: Parameters, X: Tensor) -> Tensor:
    return torch.sigmoid(_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2)


@mistake("These are logarithms of probabilities. The loss takes the logits themselves and does the softmax inside.")
def log_softmax(self: Parameters, X: Tensor) -> Tensor:
    return torch.log_softmax(_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2, dim=1)


@mistake("The softmax runs over the batch. No softmax belongs here: the loss takes the logits themselves.")
def softmax_over_the_batch(self: Parameters, X: Tensor) -> Tensor:
    return torch.softmax(_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2, dim=0)


@mistake("This is the class of each image, the argmax. The logits are asked for, a number for each class.")
def classes(self: Parameters, X: Tensor) -> Tensor:
    return (_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2).argmax(dim=1)


@mistake("The pixels are divided by 255 once more. Images come as numbers between 0 and 1; use them as they are.")
def rescaled(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) / 255 @ self.W1 + self.b1) @ self.W2 + self.b2


@mistake("The hidden layer goes through a leaky ReLU. Below zero, ReLU is exactly 0.")
def leaky(self: Parameters, X: Tensor) -> Tensor:
    Z = _flat(X) @ self.W1 + self.b1
    return torch.where(Z > 0, Z, 0.01 * Z) @ self.W2 + self.b2


@mistake("The batch is averaged: one row is left. Every image has logits of its own.")
def mean_over_the_batch(self: Parameters, X: Tensor) -> Tensor:
    return (_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2).mean(dim=0)


@mistake("The result is transposed, (q, n). Images stay in rows: (n, q).")
def transposed(self: Parameters, X: Tensor) -> Tensor:
    return (_rectified(_flat(X) @ self.W1 + self.b1) @ self.W2 + self.b2).T


@mistake("The outputs and the hidden layer are returned. The logits alone are asked for.")
def with_hidden(self: Parameters, X: Tensor) -> Any:
    H = _rectified(_flat(X) @ self.W1 + self.b1)
    return H @ self.W2 + self.b2, H


@mistake("The biases are subtracted.")
def subtracted_biases(self: Parameters, X: Tensor) -> Tensor:
    return _rectified(_flat(X) @ self.W1 - self.b1) @ self.W2 - self.b2


EXERCISE = Exercise(
    name="MLPScratch.forward",
    points=1.5,
    parameters=("self", "X"),
    summary="Return the logits (n, q) for images (n, ...), with a ReLU between the two affine maps of self.",
    outputs=("O",),
    read=Tensors(("O",)),
    cases=(
        Case("28 × 28 images", _fashion_images, twice=True),
        Case("rows of numbers", _rows, IMAGES),
        Case("small images", _small_images, IMAGES),
        Case("images without a channel axis", _oblong_images, IMAGES),
        Case("one image", _one_image, CARE),
        Case("rows in float64", _rows, CARE, torch.float64),
        Case("a transposed tensor", _small_images, CARE, layout="transposed"),
        Case("a view with strides", _fashion_images, CARE, layout="strided"),
        Case("a gradient for each parameter", _fashion_images, GRADIENT, gradient=True),
    ),
    reference=_logits,
    parts={"O": 0.6, IMAGES: 0.2, GRADIENT: 0.1, CARE: 0.1},
    reduction=lambda arguments: 2 * arguments["self"].W1.shape[0],
    any_device=True,
    mistakes=mistake.all,
    hints=(
        "Write the shapes down: X (n, d), W1 (d, h), H (n, h), W2 (h, q), O (n, q).",
        "An image (1, 28, 28) is to be a row of 784 numbers; n stays. What do `flatten` and `reshape` take?",
        "The parameters are `self.W1` and so on. relu goes between the two affine maps, nothing after the second.",
    ),
)
