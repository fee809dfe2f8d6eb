"""The tests of random weights: right samples alarm no oftener than promised, wrong ones always."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from grading import exercise
from grading.catalogue.initialization import sampling, weights
from grading.judging import statistics
from grading.judging.context import Context, LocalAnswer
from grading.judging.judge import judge_briefly
from grading.judging.statistics import NORMAL, UNIFORM, Law

LAWS = {law.name: law for law in (NORMAL, UNIFORM)}
ROUNDS = 1500
LOUD = 0.05


def draw(law: Law, generator: torch.Generator, *shape: int) -> Tensor:
    if law is NORMAL:
        return torch.randn(shape, generator=generator, dtype=torch.float64)
    return (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1) * math.sqrt(3)


ALARMS: dict[str, Callable[[Tensor, Law], bool]] = {
    "mean": lambda Z, law: statistics.off_centre(Z),
    "distribution": lambda Z, law: statistics.distance(Z, law) > statistics.distance_limit(Z.numel()),
    "edge": lambda Z, law: statistics.short_of_edge(Z, law) or statistics.beyond_edge(Z, law),
    "tails": lambda Z, law: law is NORMAL and statistics.cut_off(Z) is not None,
    "rows": lambda Z, law: statistics.related_rows(Z) is not None,
    "two samples": lambda Z, law: statistics.related(Z[:4], Z[4:]),
    "spread above": lambda Z, law: float(Z.square().mean()) > statistics.spread_limits(Z.numel())[1],
    "spread below": lambda Z, law: float(Z.square().mean()) < statistics.spread_limits(Z.numel())[0],
}


@pytest.mark.parametrize("name", sorted(ALARMS))
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())
def test_a_right_sample_alarms_no_oftener_than_the_bound_says(
    name: str, law: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    # At the true rate nothing could ever be counted, so the bounds are asked for a rate of one in twenty.
    monkeypatch.setattr(statistics, "ALARM", LOUD)
    generator = torch.Generator().manual_seed(8)
    alarms = sum(ALARMS[name](draw(law, generator, 8, 30), law) for _ in range(ROUNDS))
    four_errors = 4 * math.sqrt(ROUNDS * LOUD)
    assert alarms <= ROUNDS * LOUD + four_errors


def test_the_bounds_are_not_idle() -> None:
    generator = torch.Generator().manual_seed(9)
    Z = draw(NORMAL, generator, 100, 400)
    low, high = statistics.spread_limits(40_000)
    assert 0.94 < low < 1 < high < 1.06
    assert statistics.off_centre(Z + 0.08)
    assert statistics.distance(Z, UNIFORM) > 2 * statistics.distance_limit(40_000)
    assert statistics.distance(draw(UNIFORM, generator, 100, 400), NORMAL) > 2 * statistics.distance_limit(40_000)
    assert statistics.related_rows(torch.cat([Z, -0.5 * Z[7:8]])) == (7, 100)
    assert statistics.short_of_edge(0.99 * draw(UNIFORM, generator, 100, 400), UNIFORM)


@pytest.mark.parametrize("name", ["xavier_uniform", "xavier_normal", "he_normal"])
def test_a_judgement_makes_no_more_tests_than_its_false_alarm_rate_allows(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = 0

    def counted(function: Callable[..., object], tests: int) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            nonlocal made
            made += tests
            return function(*arguments)

        return call

    for function, tests in (
        ("off_centre", 1),
        ("wrong_spread", 2),
        ("distance", 1),
        ("short_of_edge", 1),
        ("cut_off", 2),
        ("related", 1),
        ("related_rows", 1),
    ):
        home = sampling if function == "related" else weights
        monkeypatch.setattr(home, function, counted(getattr(statistics, function), tests))
    one = exercise(name)
    sampler = one.examine
    assert isinstance(sampler, sampling.Sampler)

    def answer(fan_in: int, fan_out: int) -> Tensor:
        return draw(sampler.law, torch.default_generator, fan_in, fan_out) * sampler.std(fan_in, fan_out)

    assert sampler(one, Context(one, LocalAnswer(answer), torch.device("cpu"), 5)) == []
    assert 40 <= made <= statistics.TESTS


@pytest.mark.parametrize("name", ["xavier_normal", "he_normal"])
@pytest.mark.parametrize("cut", [2.6, 3.0, 3.3])
@pytest.mark.parametrize("change", ["dropped", "clamped"])
def test_tails_that_are_cut_off_cost_the_distribution_on_every_draw(name: str, cut: float, change: str) -> None:
    sampler = exercise(name).examine
    assert isinstance(sampler, sampling.Sampler)

    def answer(fan_in: int, fan_out: int) -> Tensor:
        z = torch.randn(fan_in, fan_out)
        while change == "dropped" and (z.abs() > cut).any():
            z = torch.where(z.abs() > cut, torch.randn_like(z), z)
        return z.clamp(-cut, cut) * sampler.std(fan_in, fan_out)

    assert {judge_briefly(exercise(name), answer, "cpu", seed).score for seed in range(20)} == {0.8}


@pytest.mark.parametrize("scale", [0.5, 0.7, 0.9, 1.2])
def test_a_wrong_scale_is_not_taken_for_a_cut(scale: float) -> None:
    generator = torch.Generator().manual_seed(10)
    assert statistics.cut_off(scale * draw(NORMAL, generator, 100, 400)) is None


@pytest.mark.parametrize("cut", [2.0, 2.5, 3.0, 3.2])
def test_the_place_of_a_cut_is_found(cut: float) -> None:
    generator = torch.Generator().manual_seed(11)
    z = draw(NORMAL, generator, 100, 400)
    z = 0.8 * z[z.abs() < cut]
    assert statistics.cut_off(z) == pytest.approx(cut, rel=0.02)
    assert float(z.square().mean()) == pytest.approx(0.64 * statistics.variance_within(cut), rel=0.03)
