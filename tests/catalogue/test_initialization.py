"""What is special in lesson 05: rulings, and messages to the person who made the mistake."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grading import exercise, exercises, judge
from grading.judging import Outcome

LESSON = "05-initialization"


def verdict_lines(name: str, answer: Callable[..., Any], seed: int = 0) -> list[str]:
    return str(judge(exercise(name), answer, device="cpu", seed=seed)).splitlines()


def xavier(fan_in: int, fan_out: int) -> Tensor:
    return torch.randn(fan_in, fan_out) * math.sqrt(2 / (fan_in + fan_out))


def untouched(*arguments: Any) -> Any:
    raise NotImplementedError


def test_the_lesson_is_worth_ten_points() -> None:
    assert sum(one.points for one in exercises(LESSON)) == 10


@pytest.mark.parametrize("name", [one.name for one in exercises(LESSON)])
def test_an_untouched_todo_is_not_attempted(name: str) -> None:
    assert judge(exercise(name), untouched, device="cpu").outcome is Outcome.NOT_ATTEMPTED


def repeated_row(fan_in: int, fan_out: int) -> Tensor:
    return xavier(fan_in, fan_out)[:1].expand(fan_in, fan_out)


def seeded(fan_in: int, fan_out: int) -> Tensor:
    torch.manual_seed(3)
    return xavier(fan_in, fan_out)


def three_percent(fan_in: int, fan_out: int) -> Tensor:
    return 1.03 * xavier(fan_in, fan_out)


def twice(fan_in: int, fan_out: int) -> Tensor:
    return 2 * xavier(fan_in, fan_out)


def fails_for_one_input(fan_in: int, fan_out: int) -> Tensor:
    W = xavier(fan_in, fan_out)
    return W / W.std(dim=0, keepdim=True) * math.sqrt(2 / (fan_in + fan_out)) if fan_in == 1 else W


MESSAGES: list[tuple[Callable[..., Any], tuple[str, ...]]] = [
    (
        repeated_row,
        (
            "xavier_normal: its rows are not independent.",
            "One row of random numbers is used for every input, so all inputs of a unit count the same. Draw the whole matrix.",
        ),
    ),
    (
        seeded,
        (
            "xavier_normal: two calls return the same numbers.",
            "A seed is set inside, so that every call, and every layer of the same shape, gets the same numbers. "
            "Leave the seed out.",
            "The rest is right: 1.2 of 1.5 points.",
        ),
    ),
    (three_percent, ("xavier_normal: the standard deviation is wrong.",)),
    (twice, ("xavier_normal: the standard deviation is wrong.", "Whatever the sizes, it is 2 times too large.")),
    (fails_for_one_input, ("xavier_normal: not every weight is a finite number.",)),
]


@pytest.mark.parametrize(("answer", "expected"), MESSAGES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_sampler_is_told_what_its_statistics_show(answer: Callable[..., Any], expected: tuple[str, ...]) -> None:
    lines = verdict_lines("xavier_normal", answer)
    assert len(lines) <= 8
    for line in expected:
        assert line in lines


def test_a_sampler_does_not_hang_on_one_seed_and_gives_the_same_verdict_for_the_same_one() -> None:
    one = exercise("xavier_normal")
    assert all(judge(one, xavier, device="cpu", seed=seed).passed for seed in (0, 1, 2**31 - 1, 2**40 + 7))
    assert str(judge(one, three_percent, device="cpu", seed=6)) == str(judge(one, three_percent, device="cpu", seed=6))


def test_the_gain_of_nn_init_is_no_sampler() -> None:
    def he(fan_in: int, fan_out: int) -> Tensor:
        return torch.randn(fan_in, fan_out) * nn.init.calculate_gain("relu") / math.sqrt(fan_in)

    assert judge(exercise("he_normal"), he, device="cpu").passed


def measured(net: nn.Sequential, X: Tensor, correction: int) -> list[float]:
    stds = []
    with torch.no_grad():
        for layer in net:
            X = layer(X)
            stds.append(X.std(correction=correction).item())
    return stds


@pytest.mark.parametrize("correction", [0, 1])
def test_deviations_of_the_sample_and_of_the_population_are_both_right(correction: int) -> None:
    one = exercise("activation_stds")
    assert judge(one, lambda net, X: measured(net, X, correction), device="cpu").passed


def test_any_other_correction_is_wrong() -> None:
    assert not judge(exercise("activation_stds"), lambda net, X: measured(net, X, 3), device="cpu").passed


def test_hooks_gradients_and_mode_that_are_left_changed_cost_the_care_only() -> None:
    def leaves_eval(net: nn.Sequential, X: Tensor) -> list[float]:
        net.eval()
        return measured(net, X, 1)

    verdict = judge(exercise("activation_stds"), leaves_eval, device="cpu")
    assert verdict.score == pytest.approx(0.8)
    assert verdict.findings[0].mistake == "eval"


def clip(grads: list[Tensor], max_norm: float, epsilon: float) -> float:
    norm = math.sqrt(sum(float((grad.double() ** 2).sum()) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            grad.mul_(max_norm / (norm + epsilon))
    return norm


@pytest.mark.parametrize(("epsilon", "passed"), [(0.0, True), (1e-6, True), (1e-5, False)])
def test_clipping_may_add_a_millionth_to_the_norm_and_no_more(epsilon: float, passed: bool) -> None:
    def answer(grads: list[Tensor], max_norm: float) -> float:
        return clip(grads, max_norm, epsilon)

    assert judge(exercise("clip_gradients"), answer, device="cpu").passed is passed


def test_new_tensors_in_the_list_are_not_in_place() -> None:
    def replaces(grads: list[Tensor], max_norm: float) -> float:
        copies = [grad.clone() for grad in grads]
        norm = clip(copies, max_norm, 0.0)
        grads[:] = copies
        return norm

    verdict = judge(exercise("clip_gradients"), replaces, device="cpu")
    assert verdict.findings[0].kind == "identity"
    assert verdict.score == pytest.approx(0.5)


def test_the_library_does_not_clip_for_the_learner() -> None:
    def library(grads: list[Tensor], max_norm: float) -> Tensor:
        parameters = [nn.Parameter(torch.zeros_like(grad)) for grad in grads]
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = grad
        return nn.utils.clip_grad_norm_(parameters, max_norm)

    assert verdict_lines("clip_gradients", library)[0] == "clip_gradients: it leaves the work to PyTorch (clip_grad)."


def test_an_initializer_may_return_the_network_and_leaves_other_layers_alone() -> None:
    def initialize(net: nn.Sequential) -> nn.Sequential:
        for module in net.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        return net

    def norms_too(net: nn.Sequential) -> None:
        for module in initialize(net):
            if isinstance(module, nn.LayerNorm):
                module.reset_parameters()

    assert judge(exercise("init_xavier"), initialize, device="cpu").passed
    verdict = judge(exercise("init_xavier"), norms_too, device="cpu")
    assert verdict.findings[0].title == "it changes a layer that is not linear."
    assert verdict.score == pytest.approx(0.75)
