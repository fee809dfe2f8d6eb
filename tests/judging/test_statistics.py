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
