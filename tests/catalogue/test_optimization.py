"""The references of lesson 06 are those of PyTorch, and what the judge says of dropout is never luck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from grading import exercise, judge
from grading.catalogue.optimization.dropout.drops import hoeffding
from grading.judging.draw import Draw
from grading.judging.exercise import Exercise
from grading.judging.statistics import ALARM
from grading.probe.call import Call
from grading.probe.generators import SeededGenerator
from grading.probe.observe import observe

SEEDS = range(4)


def plain_case(one: Exercise, seed: int) -> dict[str, Any]:
    """Draw the first case of an exercise, in float64."""
    return one.cases[0].make(Draw(one.name, seed))


def truth(name: str, arguments: dict[str, Any]) -> Any:
    reference = exercise(name).reference
    assert reference is not None
    return reference(*arguments.values())


def leaf(value: Tensor, gradient: Tensor) -> nn.Parameter:
    parameter = nn.Parameter(value.clone())
    parameter.grad = gradient.clone()
    return parameter


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_with_momentum_is_that_of_torch(seed: int) -> None:
    drawn = plain_case(exercise("momentum_step"), seed)
    due = truth("momentum_step", drawn)
    for name, value in drawn["params"].items():
        parameter = leaf(value, drawn["grads"][name])
        optimizer = torch.optim.SGD([parameter], lr=drawn["lr"], momentum=drawn["momentum"])
        optimizer.state[parameter]["momentum_buffer"] = drawn["velocities"][name].clone()
        optimizer.step()
        torch.testing.assert_close(due[f"params[{name}]"], parameter.detach())
        torch.testing.assert_close(
            due[f"velocities[{name}]"], optimizer.state[parameter]["momentum_buffer"], rtol=1e-12, atol=1e-12
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_of_adam_is_that_of_torch(seed: int) -> None:
    drawn = plain_case(exercise("adam_step"), seed)
    due = truth("adam_step", drawn)
    for name, value in drawn["params"].items():
        parameter = leaf(value, drawn["grads"][name])
        optimizer = torch.optim.Adam([parameter], lr=drawn["lr"], betas=drawn["betas"], eps=drawn["eps"])
        moments = {long: drawn["state"][short][name].clone() for long, short in (("exp_avg", "m"), ("exp_avg_sq", "v"))}
        optimizer.state[parameter] = {"step": torch.tensor(drawn["step"] - 1.0), **moments}
        optimizer.step()
        torch.testing.assert_close(due[f"params[{name}]"], parameter.detach(), rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(due[f"state[m][{name}]"], moments["exp_avg"], rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(due[f"state[v][{name}]"], moments["exp_avg_sq"], rtol=1e-12, atol=1e-12)


def test_the_schedule_is_that_of_torch() -> None:
    steps = 12
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for step in range(steps + 1):
        due = truth("cosine_schedule", {"step": step, "steps": steps, "lr": 0.3})
        assert due == pytest.approx(schedule.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        schedule.step()


@pytest.mark.parametrize("seed", SEEDS)
def test_batch_normalization_is_that_of_torch_there_and_back(seed: int) -> None:
    drawn = plain_case(exercise("batch_norm"), seed)
    X, gamma, beta = (drawn[name].clone().requires_grad_() for name in ("X", "gamma", "beta"))
    O = F.batch_norm(X, None, None, gamma, beta, True, 0.1, drawn["eps"])
    due = truth("batch_norm", drawn)
    torch.testing.assert_close(due["O"], O.detach())
    torch.testing.assert_close(drawn["gamma"] * due["X_hat"] + drawn["beta"], O.detach())
    grad_O = Draw("above", seed).normal(*X.shape)
    O.backward(grad_O)
    cache = {name: due[name] for name in ("X_hat", "std", "gamma")}
    found = truth("batch_norm_backward", {"grad_O": grad_O, "cache": cache})
    for gradient, tensor in zip(found, (X, gamma, beta), strict=True):
        torch.testing.assert_close(gradient, tensor.grad, rtol=1e-10, atol=1e-10)


def dropped(X: Tensor, p: float, generator: Generator) -> Tensor:
    return X * (torch.rand(X.shape, generator=generator) >= p) / (1 - p)


def test_no_right_dropout_is_accused_and_the_bound_is_the_one_it_says() -> None:
    verdicts = [judge(exercise("dropout"), dropped, "cpu", seed) for seed in range(12)]
    assert [str(verdict) for verdict in verdicts if not verdict.passed] == []
    for count in (100, 10_000):
        assert 2 * torch.exp(torch.tensor(-2.0 * count * hoeffding(count) ** 2, dtype=torch.float64)) <= ALARM * 1.001


def spoilt(change: Callable[[Tensor], Tensor]) -> Callable[[Tensor, float, Generator], Tensor]:
    def answer(X: Tensor, p: float, generator: Generator) -> Tensor:
        kept = torch.rand(X.shape, generator=generator) >= p
        return X * change(kept) / (1 - p)

    return answer


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda kept: kept.flip(0) & kept, id="one half of the rows decides with the other"),
        pytest.param(lambda kept: kept[:1].expand_as(kept), id="the first row for all"),
        pytest.param(lambda kept: kept[..., :1].expand_as(kept), id="the first column for all"),
        pytest.param(lambda kept: torch.cat([kept[..., :-1], kept[..., -1:] | True], -1), id="the last column never"),
    ],
)
def test_elements_that_do_not_go_by_themselves_cost_points(change: Callable[[Tensor], Tensor]) -> None:
    scores = {judge(exercise("dropout"), spoilt(change), "cpu", seed).score for seed in range(4)}
    assert len(scores) == 1 and max(scores) < 1


def test_what_is_drawn_from_the_session_is_seen() -> None:
    def draws(X: Tensor, generator: Generator) -> Tensor:
        torch.rand(3)
        return torch.rand(X.shape, generator=generator)

    def reseeds(X: Tensor, generator: Generator) -> Tensor:
        torch.manual_seed(99)
        return torch.rand(X.shape, generator=generator)

    def nothing(X: Tensor, generator: Generator) -> Tensor:
        return X.clone()

    def seen(function: Callable[..., Tensor]) -> Any:
        call = Call({"X": torch.ones(3), "generator": SeededGenerator(5)}, seed=7, may_change=frozenset({"generator"}))
        return observe(function, call).after["generator"]

    assert seen(nothing) == {"used": False, "alone": True, "session_seed": 7}
    assert seen(draws) == {"used": True, "alone": False, "session_seed": 7}
    assert seen(reseeds) == {"used": True, "alone": True, "session_seed": 99}


@pytest.mark.parametrize("name", ["momentum_step", "adam_step"])
def test_a_slip_in_the_state_costs_the_parameters_nothing(name: str) -> None:
    (slip,) = (one for one in exercise(name).mistakes if one.name in ("running-mean", "sums"))
    verdict = judge(exercise(name), slip.wrong, "cpu", 3)
    lost = {finding.part.partition("[")[0] for finding in verdict.findings}
    assert lost <= {"velocities", "state"}
