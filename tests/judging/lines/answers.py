"""Wrong answers with one slip, on the line that ends in `# here`, which no known mistake and no transform explains; and others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import torch
from torch import Tensor

# kind of slip: exercise, answer
SLIPS: dict[str, tuple[str, Callable[..., Any]]] = {}


def _slip(kind: str, exercise: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def declare(answer: Callable[..., Any]) -> Callable[..., Any]:
        SLIPS[f"{kind} in {exercise}"] = exercise, answer
        return answer

    return declare


@_slip("an operator", "linear_accuracy")
def accuracy_with_a_threshold(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Tensor:
    score = X @ w - b  # here
    said = (score > 0).long()
    return (said == y).float().mean()


@_slip("a constant", "relu")
def relu_above_one(X: Tensor) -> Tensor:
    positive = X > 1.25  # here
    return X * positive


@_slip("a function", "tanh_grad")
def tanh_grad_of_another_function(X: Tensor) -> Tensor:
    T = torch.sigmoid(X)  # here
    return 1 - T * T


@_slip("a key", "objective")
def objective_with_one_matrix_twice(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    loss = ((O - Y) ** 2).mean()
    squares = (params["W1"] ** 2).sum() + (params["W1"] ** 2).sum()  # here
    return loss + weight_decay / 2 * squares


@_slip("a name", "grad_linear")
def grad_linear_with_the_input_for_the_gradient(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_X = grad_O @ W.T
    grad_W = X.T @ grad_O
    grad_b = X.sum(0)  # here
    return grad_X, grad_W, grad_b


@_slip("a sign", "backward")
def backward_with_a_decay_that_grows(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    Z, H = cache["Z"], cache["H"]
    O = H @ params["W2"] + params["b2"]
    grad_O = 2 * (O - Y) / O.numel()
    grad_Z = grad_O @ params["W2"].T * (Z > 0)
    grad_W1 = X.T @ grad_Z + weight_decay * params["W1"]
    grad_W2 = H.T @ grad_O - weight_decay * params["W2"]  # here
    return {"W1": grad_W1, "b1": grad_Z.sum(0), "W2": grad_W2, "b2": grad_O.sum(0)}


@_slip("a factor", "numerical_gradient")
def numerical_gradient_with_a_longer_step_back(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for at in product(*map(range, x.shape)):
        old = x[at].item()
        x[at] = old + eps
        above = f(x)
        x[at] = old - 2 * eps  # here
        below = f(x)
        x[at] = old
        gradient[at] = (above - below) / (2 * eps)
    return gradient


@_slip("a name", "cross_entropy")
def cross_entropy_with_the_shift_on_one_side(logits: Tensor, y: Tensor) -> Tensor:
    largest = logits.max(dim=1, keepdim=True).values
    shifted = logits - largest
    total = torch.exp(logits).sum(dim=1)  # here
    return (torch.log(total) - shifted[torch.arange(len(y)), y]).mean()


@_slip("a comparison", "accuracy")
def accuracy_at_least(logits: Tensor, y: Tensor) -> Tensor:
    said = logits.argmax(dim=1)
    return (said >= y).float().mean()  # here


@_slip("another entry", "sgd_step")
def sgd_step_that_shrinks(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name] -= lr * params[name]  # here


@_slip("an axis", "deep_backward")
def deep_backward_with_a_bias_for_each_example(Y: Tensor, weights: Any, activations: Any) -> Any:
    A = activations[-1]
    delta = 2 * (A - Y) / A.numel() * A * (1 - A)
    grad_weights: list[Tensor] = []
    grad_biases: list[Tensor] = []
    for l in reversed(range(len(weights))):
        A = activations[l]
        grad_weights.insert(0, A.T @ delta)
        grad_biases.insert(0, delta.sum(1))  # here
        delta = delta @ weights[l].T * A * (1 - A)
    return grad_weights, grad_biases


@_slip("operands", "grad_output")
def grad_output_with_a_sum(O: Tensor, Y: Tensor) -> Tensor:
    error = O + Y  # here
    return 2 * error / O.numel()


@_slip("a factor", "collapse")
def collapse_with_a_bias_too_many(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
    W = W1 @ W2
    b = b1 @ W2 + 3 * b2  # here
    return W, b


@_slip("a bound", "linear_accuracy")
def accuracy_without_the_first_row(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> float:
    hits = 0
    for i in range(1, len(y)):  # here
        said = 1 if X[i] @ w + b > 0 else 0
        hits += said == y[i].item()
    return hits / len(y)


def two_slips(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    grad_X = grad_O @ W.T
    grad_W = X.T @ grad_O + 1
    grad_b = X.sum(0)
    return grad_X, grad_W, grad_b


def two_slips_in_one_path(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] - params["b1"]
    H = Z.clamp(min=0)
    return H @ params["W2"] - params["b2"], {"Z": Z, "H": H}


def mended_on_either_line(X: Tensor) -> Tensor:
    T = X.tanh()
    return 1 - T.tanh() ** 2


def slip_and_print(X: Tensor) -> Tensor:
    positive = X > 1
    print(positive)
    return X * positive


def wrong_number_with_a_name(logits: Tensor, y: Tensor) -> Tensor:
    examples = 256
    correct = (logits.argmax(dim=1) == y).sum()
    return correct / examples
