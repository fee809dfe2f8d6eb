"""What an answer does to its surroundings, and what a session has set before, change no verdict."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from grading import exercise, judge
from grading.judging import Outcome
from grading.judging.judge import passes
from tests.corpus.entries import entries
from tests.judging.test_robustness import ORDINARY


def _sets(change: Callable[[], Any]) -> Callable[[Tensor], Tensor]:
    def relu(X: Tensor) -> Tensor:
        change()
        return X * (X > 0)

    return relu


SETTINGS: dict[str, Callable[[], Any]] = {
    "the seed": lambda: torch.manual_seed(3),
    "the precision of products": lambda: torch.set_float32_matmul_precision("medium"),
    "NumPy's errors": lambda: np.seterr(all="raise"),
    "the print options": lambda: torch.set_printoptions(precision=1),
    "the profile hook": lambda: sys.setprofile(None),
}


@pytest.mark.parametrize("what", SETTINGS)
def test_settings_that_an_answer_changes_do_not_change_its_verdict(what: str) -> None:
    with np.errstate():
        verdict = judge(exercise("relu"), _sets(SETTINGS[what]), "cpu", 0)
    torch.set_printoptions(profile="default")
    assert verdict.passed, str(verdict)
    _assert_as_before()


def _assert_as_before() -> None:
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() is torch.float32
    assert torch.get_default_device().type == "cpu"
    assert not torch.are_deterministic_algorithms_enabled()


LEFT: dict[str, Callable[[], Any]] = {
    "gradients are switched off": lambda: torch.set_grad_enabled(False),
    "another default dtype is set": lambda: torch.set_default_dtype(torch.float16),
    "another default device is set": lambda: torch.set_default_device("meta"),
    "deterministic algorithms are switched": lambda: torch.use_deterministic_algorithms(True),
}


def _sampler_that(change: Callable[[], Any]) -> Callable[[int, int], Tensor]:
    def xavier_uniform(fan_in: int, fan_out: int) -> Tensor:
        sample = (2 * torch.rand(fan_in, fan_out, dtype=torch.float32, device="cpu") - 1) * (
            6 / (fan_in + fan_out)
        ) ** 0.5
        change()
        return sample

    return xavier_uniform


def _relu_that(change: Callable[[], Any]) -> Callable[[Tensor], Tensor]:
    def relu(X: Tensor) -> Tensor:
        H = torch.where(X > 0, X, torch.zeros_like(X))
        change()
        return H

    return relu


@pytest.mark.parametrize("what", LEFT)
def test_a_setting_that_an_answer_leaves_behind_costs_its_care_and_nothing_else(what: str) -> None:
    for name, answer in (("relu", _relu_that(LEFT[what])), ("xavier_uniform", _sampler_that(LEFT[what]))):
        verdict = judge(exercise(name), answer, "cpu", 0)
        assert [(one.part, one.title) for one in verdict.findings] == [("care", f"after it, {what}.")], str(verdict)
        assert not passes(exercise(name), answer, "cpu", 0)
        _assert_as_before()


def test_a_default_device_that_is_not_there_is_left_behind_as_well() -> None:
    absent = "mps" if not torch.backends.mps.is_available() else "cuda"
    verdict = judge(exercise("relu"), _sets(lambda: torch.set_default_device(absent)), "cpu", 0)
    assert [one.kind for one in verdict.findings] == ["left"], str(verdict)
    _assert_as_before()


def _steps(params: Any, grads: Any, lr: float) -> None:
    with torch.no_grad():
        for name in params:
            params[name] -= lr * grads[name]


def _steps_inside_switches(params: Any, grads: Any, lr: float) -> None:
    torch.set_grad_enabled(False)
    _steps(params, grads, lr)
    torch.set_grad_enabled(True)


def _steps_and_leaves_gradients_off(params: Any, grads: Any, lr: float) -> None:
    torch.set_grad_enabled(False)
    _steps(params, grads, lr)


def _relu_grad_that_takes_its_input_out_of_training(X: Tensor) -> Tensor:
    X.requires_grad_(False)
    return (X > 0).to(X.dtype)


def test_whoever_puts_a_setting_back_loses_nothing() -> None:
    assert judge(exercise("sgd_step"), _steps_inside_switches, "cpu", 0).passed
    verdict = judge(exercise("sgd_step"), _steps_and_leaves_gradients_off, "cpu", 0)
    assert [one.part for one in verdict.findings] == ["care"], str(verdict)


def test_inputs_go_on_requiring_a_gradient() -> None:
    verdict = judge(exercise("relu_grad"), _relu_grad_that_takes_its_input_out_of_training, "cpu", 0)
    assert [one.title for one in verdict.findings] == ["after it, tensors that required a gradient no longer do."]


def _sigmoid_that_reads_memory(X: Tensor) -> Tensor:
    result = torch.empty_like(X)
    positive = result >= 0  # should be X >= 0; what lies in fresh memory is mostly zeros
    result[positive] = 1 / (1 + torch.exp(-X[positive]))
    e = torch.exp(X[~positive])
    result[~positive] = e / (1 + e)
    return result


@pytest.mark.parametrize("seed", range(20))
def test_an_answer_that_reads_uninitialized_memory_is_refused_whatever_lies_there(seed: int) -> None:
    verdict = judge(exercise("sigmoid"), _sigmoid_that_reads_memory, "cpu", seed)
    assert verdict.outcome is Outcome.FAILED, str(verdict)


def _with_dtype() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def _with_device() -> Iterator[None]:
    torch.set_default_device("meta")
    yield
    torch.set_default_device(None)


def _with_determinism() -> Iterator[None]:
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


def _with_low_precision() -> Iterator[None]:
    torch.set_float32_matmul_precision("medium")
    yield
    torch.set_float32_matmul_precision("highest")


def _with_autocast() -> Iterator[None]:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        yield


SESSIONS: dict[str, Callable[[], Iterator[None]]] = {
    "float64 by default": _with_dtype,
    "another device by default": _with_device,
    "deterministic algorithms": _with_determinism,
    "reduced precision": _with_low_precision,
    "autocast": _with_autocast,
}


@pytest.mark.parametrize("session", SESSIONS)
def test_the_settings_of_a_session_do_not_change_a_verdict(session: str) -> None:
    chosen = {(entry.exercise, entry.right): entry for entry in entries() if entry.exercise in ORDINARY}
    for (name, right), entry in chosen.items():
        around = SESSIONS[session]()
        next(around)
        try:
            assert passes(exercise(name), entry.function, "cpu", 2) is right, str(entry)
        finally:
            next(around, None)


def test_a_flood_of_prints_is_not_kept() -> None:
    def relu(X: Tensor) -> Tensor:
        for _ in range(1000):
            print("x" * 10_000)
        return X * (X > 0)

    assert judge(exercise("relu"), relu, "cpu", 0).passed


def test_a_check_under_a_profiler_is_still_a_check() -> None:
    import cProfile

    with cProfile.Profile():
        verdict = judge(exercise("relu"), lambda X: X * (X > 0), "cpu", 0)
    assert verdict.passed


def test_a_result_that_autograd_cannot_pass_is_found_though_it_was_recorded() -> None:
    def sigmoid(X: Tensor) -> Tensor:
        return torch.exp(-X).add_(1).reciprocal()  # overwrites what the derivative of exp needs

    finding = judge(exercise("sigmoid"), sigmoid, "cpu", 0).findings[0]
    assert finding.kind == "graph"


@pytest.mark.parametrize("setting", ["torch.backends", "torch.backends.cuda.matmul", "torch.backends.mkldnn.matmul"])
def test_the_newer_settings_of_precision_change_no_verdict_and_stay(setting: str) -> None:
    """In a process of its own: once they are used, PyTorch's older ones raise."""
    code = (
        f"import torch; {setting}.fp32_precision = 'tf32'; from grading import exercise, judge;"
        "verdict = judge(exercise('collapse'), lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2 + b2), 'cpu');"
        f"print(verdict.outcome, {setting}.fp32_precision)"
    )
    if not hasattr(torch.backends, "fp32_precision"):
        pytest.skip("this version of PyTorch has the older settings only")
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "passed tf32"
