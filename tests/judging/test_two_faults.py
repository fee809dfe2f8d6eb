"""Two faults are told as two: an answer that is wrong in several places hears of each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, judge

Gradients = dict[str, Tensor]


def _backward(
    scale: Callable[[Tensor], float],
    mask: Callable[[Tensor], Any],
    decay: Callable[[float, int], float],
    bias: Any = None,
) -> Callable[..., Gradients]:
    def backward(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Gradients:
        grad_O = scale(Y) * (cache["H"] @ params["W2"] + params["b2"] - Y)
        grad_Z = (grad_O @ params["W2"].T) * mask(cache["Z"])
        sums = bias or (lambda G: G.sum(0))
        c = decay(weight_decay, len(X))
        return {
            "W1": X.T @ grad_Z + c * params["W1"],
            "b1": sums(grad_Z),
            "W2": cache["H"].T @ grad_O + c * params["W2"],
            "b2": sums(grad_O),
        }

    return backward


def _due(Y: Tensor) -> float:
    return 2 / Y.numel()


def _open(Z: Tensor) -> Tensor:
    return Z > 0


@pytest.mark.parametrize(
    ("answer", "mistakes"),
    [
        (_backward(lambda Y: 1 / len(Y), _open, lambda c, n: c / n), {"no-two-by-n", "penalty-by-n"}),
        (_backward(lambda Y: 2 / len(Y), _open, lambda c, n: 2 * c), {"divided-by-n", "penalty-doubled"}),
        (_backward(lambda Y: -_due(Y), _open, lambda c, n: -c), {"sign", "penalty-subtracted"}),
        (_backward(lambda Y: 1.0, torch.ones_like, lambda c, n: 0.0), {"no-two+no-mean", "no-mask", "no-penalty"}),
        (_backward(lambda Y: -1.0, _open, lambda c, n: c), {"sign+no-two+no-mean"}),
        (_backward(_due, torch.ones_like, lambda c, n: c / 2), {"no-mask", "penalty-halved"}),
        (_backward(_due, _open, lambda c, n: 0.0, lambda G: G.mean(0)), {"averaged", "no-penalty"}),
        (_backward(lambda Y: 2.0, lambda Z: Z < 0, lambda c, n: c), {"summed", "mask-reversed"}),
        (_backward(_due, lambda Z: Z.clamp(min=0), lambda c, n: 2 * c / n), {"activation-as-mask", "penalty-doubled+penalty-by-n"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", [0, 5])
def test_backward_hears_of_each_of_its_faults(answer: Any, mistakes: set[str], seed: int) -> None:
    verdict = judge(exercise("backward"), answer, "cpu", seed)
    assert {one.mistake for one in verdict.findings if one.mistake} == mistakes, str(verdict)


def _deep_backward(
    scale: Callable[[Tensor], float],
    top: Callable[[Tensor], Any],
    slope: Callable[[Tensor], Any],
    keepdim: bool = False,
) -> Callable[..., Any]:
    def deep_backward(Y: Tensor, weights: Any, activations: Any) -> Any:
        A = activations[-1]
        delta = scale(Y) * (A - Y) * top(A)
        grad_weights: list[Tensor] = []
        grad_biases: list[Tensor] = []
        for layer in reversed(range(len(weights))):
            grad_weights.insert(0, activations[layer].T @ delta)
            grad_biases.insert(0, delta.sum(0, keepdim=keepdim))
            if layer:
                delta = (delta @ weights[layer].T) * slope(activations[layer])
        return grad_weights, grad_biases

    return deep_backward


def _sigmoid_slope(A: Tensor) -> Tensor:
    return A * (1 - A)


@pytest.mark.parametrize(
    ("answer", "mistakes"),
    [
        (_deep_backward(lambda Y: 1.0, torch.ones_like, _sigmoid_slope), {"cross-entropy"}),
        (_deep_backward(lambda Y: 1 / len(Y), torch.ones_like, _sigmoid_slope), {"cross-entropy"}),
        (_deep_backward(lambda Y: -1 / len(Y), _sigmoid_slope, _sigmoid_slope), {"sign+no-two+divided-by-n"}),
        (_deep_backward(lambda Y: 1.0, _sigmoid_slope, lambda A: 1 - A**2), {"no-two+no-mean", "hidden-tanh-slopes"}),
        (_deep_backward(lambda Y: 1 / len(Y), _sigmoid_slope, torch.ones_like), {"no-two+divided-by-n", "no-slopes"}),
        (_deep_backward(lambda Y: 2.0, _sigmoid_slope, _sigmoid_slope, True), {"no-mean", "biases-kept-two-dimensional"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", [0, 5])
def test_deep_backward_hears_of_each_of_its_faults(answer: Any, mistakes: set[str], seed: int) -> None:
    verdict = judge(exercise("deep_backward"), answer, "cpu", seed)
    assert {one.mistake for one in verdict.findings if one.mistake} == mistakes, str(verdict)


def _sum_of_rows(X: Tensor, W: Tensor, grad_O: Tensor) -> Any:
    return grad_O @ W.T, X.T @ grad_O / len(X), grad_O.sum(0, keepdim=True) / len(X)


def test_a_shape_and_a_factor_at_one_place_are_two_faults() -> None:
    verdict = judge(exercise("grad_linear"), _sum_of_rows, "cpu", 5)
    assert [one.mistake for one in verdict.findings] == ["grad-w-averaged", "grad-b-kept+averaged"], str(verdict)


def _step_that_takes_the_gradients(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name] -= lr * grads.pop(name)


def test_taking_the_gradients_out_of_their_dict_is_not_called_replacing_the_parameters() -> None:
    verdict = judge(exercise("sgd_step"), _step_that_takes_the_gradients, "cpu", 0)
    assert [(one.part, one.mistake) for one in verdict.findings] == [("care", "empties")], str(verdict)


def _replaced_and_returned(params: Any, grads: Any, lr: float) -> Any:
    for name in params:
        params[name] = params[name] - lr * grads[name]
    return params


def test_what_a_step_returns_does_not_hide_its_mistake() -> None:
    assert judge(exercise("sgd_step"), _replaced_and_returned, "cpu", 0).findings[0].mistake == "replaced"


def _slope_at_the_own_output(Y: Tensor, weights: Any, activations: Any) -> Any:
    grad_weights, grad_biases = [], []
    delta = 2 * (activations[-1] - Y) / Y.numel() * activations[-1] * (1 - activations[-1])
    for layer in reversed(range(len(weights))):
        grad_weights.append(activations[layer].T @ delta)
        grad_biases.append(delta.sum(0))
        delta = activations[layer + 1] * (1 - activations[layer + 1]) * (delta @ weights[layer].T)
    return grad_weights[::-1], grad_biases[::-1]


def test_an_exception_is_the_same_whichever_operand_comes_first() -> None:
    verdict = judge(exercise("deep_backward"), _slope_at_the_own_output, "cpu", 5)
    assert verdict.findings[0].mistake == "own-output-to-the-end", str(verdict)


def _aliases(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for index in product(*map(range, x.shape)):
        above, below = x, x
        above[index] += eps
        below[index] -= eps
        gradient[index] = (f(above) - f(below)) / (2 * eps)
    return gradient


def test_the_last_digit_of_an_argument_does_not_hide_a_mistake() -> None:
    verdict = judge(exercise("numerical_gradient"), _aliases, "cpu", 5)
    assert verdict.findings[0].mistake == "same-point", str(verdict)


def _view_of_a_matrix(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            old = x[i, j]
            x[i, j] += eps
            above = f(x)
            x[i, j] = old - eps
            gradient[i, j] = (above - f(x)) / (2 * eps)
            x[i, j] = old
    return gradient


def test_an_exception_in_another_case_does_not_hide_a_mistake() -> None:
    verdict = judge(exercise("numerical_gradient"), _view_of_a_matrix, "cpu", 5)
    assert verdict.findings[0].mistake == "saved-view", str(verdict)
