"""What is special in lesson 03: one slip costs one stage, the first wrong stage is named, and the rulings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from grading import exercise, exercises, judge
from grading.catalogue.backpropagation import stages
from grading.catalogue.backpropagation.backward.exercise import passes
from grading.judging import Outcome, Verdict

Answer = Callable[..., Any]


def verdict(name: str, answer: Answer, seed: int = 3) -> Verdict:
    return judge(exercise(name), answer, device="cpu", seed=seed)


def parts(name: str, answer: Answer) -> list[str]:
    return [finding.part for finding in verdict(name, answer).findings]


# --- backward ---


def changed(**change: Answer) -> Answer:
    """Return a backward pass whose gradients are changed after all of them have been computed."""

    def answer(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> dict[str, Tensor]:
        grads = passes(X, Y, params, cache, weight_decay)
        return {name: change.get(name, lambda grad: grad)(grad) for name, grad in grads.items()}

    return answer


def slipped(**slip: Answer) -> Answer:
    """Return a backward pass with one slip inside, from which everything below follows."""

    def answer(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> dict[str, Tensor]:
        values = {name: make(X, Y, params, cache, weight_decay) for name, make in slip.items()}
        return passes(X, Y, params, cache, weight_decay, **values)

    return answer


PENALTY = "penalty on W2, b2, W1, b1"
SLIPS: dict[str, tuple[Answer, list[str]]] = {
    "the mean at the output": (slipped(scale=lambda X, Y, *rest: 2 / len(Y)), ["grad_O"]),
    "the sign at the output": (slipped(scale=lambda X, Y, *rest: -2 / Y.numel()), ["grad_O"]),
    "grad_W2": (changed(W2=lambda grad: 1.5 * grad), ["grad_W2"]),
    "grad_b2": (changed(b2=lambda grad: grad / 3), ["grad_b2"]),
    "the mask": (slipped(mask=lambda X, Y, params, cache, decay: torch.ones_like(cache["Z"])), ["grad_Z"]),
    "the way down": (slipped(back=lambda X, Y, params, cache, decay: -params["W2"]), ["grad_Z"]),
    "grad_W1": (changed(W1=lambda grad: grad + 0.1), ["grad_W1"]),
    "grad_b1": (changed(b1=lambda grad: grad[None]), ["grad_b1"]),
    "no penalty": (slipped(decays=lambda *arguments: {}), [PENALTY]),
    "penalty on a bias": (
        slipped(decays=lambda X, Y, p, c, decay: dict.fromkeys(("W1", "W2", "b2"), decay)),
        [PENALTY],
    ),
    "the mean and the mask": (
        slipped(scale=lambda X, Y, *rest: 2 / len(Y), mask=lambda X, Y, p, cache, d: torch.ones_like(cache["Z"])),
        ["grad_O", "grad_Z"],
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_one_slip_in_backward_costs_one_stage_and_the_first_wrong_stage_comes_first(slip: str) -> None:
    answer, stages_lost = SLIPS[slip]
    assert [part for part in parts("backward", answer) if part != "care"] == stages_lost


def test_of_two_slips_the_first_one_is_named() -> None:
    answer, _ = SLIPS["the mean and the mask"]
    assert verdict("backward", answer).findings[0].mistake == "divided-by-n"


def test_a_backward_pass_of_zeros_earns_nothing() -> None:
    def answer(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> dict[str, Tensor]:
        return {name: torch.zeros_like(value) for name, value in params.items()}

    assert verdict("backward", answer).score == 0


def test_gradients_of_everything_divided_once_more_are_told_as_one_factor() -> None:
    def answer(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> dict[str, Tensor]:
        return passes(X, Y, params, cache, weight_decay, scale=2 / Y.numel() / len(X))

    first = verdict("backward", answer).findings[0]
    assert (first.part, first.advice) == ("grad_O", "It is divided by the batch size once more than the mean asks for.")


# --- deep networks ---


def deep(*, weights_of: Answer | None = None, slope_at: int = 0) -> Answer:
    """Return a deep backward pass; `slope_at` moves the hidden slopes, `weights_of` changes each weight's gradient."""

    def answer(Y: Tensor, weights: Any, activations: Any) -> tuple[list[Tensor], list[Tensor]]:
        A = activations[-1]
        delta = 2 * (A - Y) / A.numel() * A * (1 - A)
        grad_weights: list[Tensor] = []
        grad_biases: list[Tensor] = []
        for layer in reversed(range(len(weights))):
            grad = activations[layer].T @ delta
            grad_weights.insert(0, grad if weights_of is None else weights_of(grad))
            grad_biases.insert(0, delta.sum(0))
            if layer:
                A = activations[layer + slope_at]
                delta = (delta @ weights[layer].T) * A * (1 - A)
        return grad_weights, grad_biases

    return answer


def test_a_slip_in_every_weight_gradient_leaves_the_errors_and_the_biases_right() -> None:
    lost = {part.split("[")[0] for part in parts("deep_backward", deep(weights_of=lambda grad: 2 * grad))}
    assert lost == {"grad_weights"}


def test_the_slope_at_the_own_output_is_named_although_shapes_usually_forbid_it() -> None:
    found = verdict("deep_backward", deep(slope_at=1))
    assert found.findings[0].mistake == "own-output"


def test_a_missing_last_sigmoid_costs_the_output_of_deep_forward_only() -> None:
    def answer(X: Tensor, weights: Any, biases: Any) -> list[Tensor]:
        activations = [X]
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            activations.append(torch.sigmoid(activations[-1] @ W + b))
        return [*activations, activations[-1] @ weights[-1] + biases[-1]]

    assert parts("deep_forward", answer) == ["output"]


# --- rulings ---


def forward_with_library(X: Tensor, params: Any) -> Any:
    Z = X @ params["W1"] + params["b1"]
    H = torch.relu(Z)
    return [H @ params["W2"] + params["b2"], {"Z": Z, "H": H, "note": "more keys are welcome"}]


def objective_with_library(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Tensor:
    squares = sum((params[name] ** 2).sum() for name in ("W1", "W2"))
    return F.mse_loss(O, Y) + weight_decay / 2 * squares


def step_through_data(params: Any, grads: Any, lr: float) -> None:
    for name in params:
        params[name].data -= lr * grads[name].data


def differences_that_drift(f: Any, x: Tensor, eps: float) -> Tensor:
    gradient = torch.zeros_like(x)
    for position in range(x.numel()):
        index = tuple(int(i) for i in torch.unravel_index(torch.tensor(position), x.shape)) if x.dim() else ()
        x[index] += eps
        above = f(x)
        x[index] -= 2 * eps
        gradient[index] = (above - f(x)) / (2 * eps)
        x[index] += eps
    return gradient


def gradients_with_more_keys(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    return {**passes(X, Y, params, cache, weight_decay), "Z": cache["Z"]}


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("forward", forward_with_library),
        ("objective", objective_with_library),
        ("sgd_step", step_through_data),
        ("numerical_gradient", differences_that_drift),
        ("backward", gradients_with_more_keys),
        ("deep_backward", deep()),
    ],
)
def test_what_the_rulings_allow_is_accepted(name: str, answer: Answer) -> None:
    assert verdict(name, answer).passed


def objective_as_number(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> float:
    return float(objective_with_library(O, Y, params, weight_decay))


def autograd_backward(X: Tensor, Y: Tensor, params: Any, cache: Any, weight_decay: float) -> Any:
    leaves = {name: value.detach().clone().requires_grad_(True) for name, value in params.items()}
    O = forward_with_library(X, leaves)[0]
    objective_with_library(O, Y, leaves, weight_decay).backward()  # type: ignore[no-untyped-call]  # torch's own
    return {name: leaf.grad for name, leaf in leaves.items()}


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("objective", objective_as_number, "type"),
        ("backward", autograd_backward, "forbidden"),
        ("grad_relu", lambda Z, grad_H: grad_H * (Z >= 0), "values"),
        ("numerical_gradient", lambda f, x, eps: differences_that_drift(f, x, 1e-5), "values"),
    ],
)
def test_what_the_rulings_forbid_is_refused(name: str, answer: Answer, kind: str) -> None:
    found = verdict(name, answer)
    assert found.outcome is Outcome.FAILED
    assert found.findings[0].kind == kind


def test_the_lesson_is_worth_ten_points() -> None:
    assert sum(one.points for one in exercises("03-backpropagation")) == 10


# --- stages ---


def test_the_error_behind_a_gradient_is_found_although_nobody_returns_it() -> None:
    generator = torch.Generator().manual_seed(5)
    A, W, due = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((3, 6), (6, 4), (3, 4)))
    error = due * torch.linspace(0.5, 2, 12, dtype=torch.float64).reshape(3, 4)
    layer = stages.Layer(A, W, torch.ones(4).double(), A.T @ error + 0.3 * W, error.sum(0))
    [stage] = stages.localize([layer], due, stages.share_of(torch.float64), decay=0.3)
    assert torch.allclose(stage.error, error)
    assert (stage.right, stage.weight, stage.bias) == (False, True, True)
    assert stage.decay == (0.3, 0.0)


def test_two_gradients_that_tell_different_errors_leave_the_due_one_standing() -> None:
    generator = torch.Generator().manual_seed(6)
    A, W, due = (torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((3, 6), (6, 4), (3, 4)))
    layer = stages.Layer(A, W, None, 2 * A.T @ due, due.sum(0))
    [stage] = stages.localize([layer], due, stages.share_of(torch.float64))
    assert (stage.right, stage.weight, stage.bias) == (True, False, True)
