"""Mean, median, distribution and discrimination, against numbers worked out by hand and against SciPy."""

import random

import pytest
from scipy.stats import pearsonr

from grading.report.statistics import Row, discrimination, numbers

WORTH = {"a": 1.0, "b": 3.0}


def rows(*points: tuple[float | None, float | None], penalty: float = 0.0) -> list[Row]:
    return [Row(dict(zip(WORTH, each, strict=True)), penalty) for each in points]


def test_mean_and_median() -> None:
    found = numbers(WORTH, rows((1, 3), (0, 1), (1, 0)))
    assert (found.mean, found.median, found.students, found.points) == (2.0, 1.0, 3, 4.0)
    assert found.pass_rates == {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3)}


def test_what_waits_for_a_person_is_no_0() -> None:
    found = numbers(WORTH, rows((1, None), (0, None), (1, 3)))
    assert (found.left_out, found.points, found.mean) == (("b",), 1.0, pytest.approx(2 / 3))
    assert found.pass_rates == {"a": pytest.approx(2 / 3), "b": 1.0}


def test_the_few_who_wait_are_left_out_themselves() -> None:
    found = numbers(WORTH, [*rows((1, None)), *rows(*[(1, 1)] * 9), *rows((0, 0))])
    assert (found.left_out, found.students, found.mean) == ((), 10, pytest.approx(1.8))


def test_everybody_waits_everywhere() -> None:
    found = numbers(WORTH, rows((None, None), (None, None)))
    assert (found.mean, found.median, found.students, sum(found.bins)) == (None, None, 0, 0)
    assert found.pass_rates == found.discriminations == {"a": None, "b": None}


@pytest.mark.parametrize("worth", [{}, {"a": 0.0}])
def test_a_lesson_without_points_has_numbers(worth: dict[str, float]) -> None:
    assert sum(numbers(worth, [Row(dict.fromkeys(worth, 0.0))]).bins) == len(worth)


@pytest.mark.parametrize(
    ("total", "place"), [(0, 0), (0.39, 0), (0.4, 1), (1.2, 3), (2.0, 5), (2.8, 7), (3.99, 9), (4, 9)]
)
def test_each_total_is_in_its_tenth(total: float, place: int) -> None:
    bins = numbers({"a": 4.0}, [Row({"a": total})]).bins
    assert bins.index(1) == place and sum(bins) == 1


def test_a_penalty_takes_no_more_than_there_is() -> None:
    assert numbers(WORTH, rows((1, 0), (1, 3), penalty=2.0)).mean == 1.0


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    rng = random.Random(0)
    table = [[rng.random(), rng.random(), rng.choice([0.0, 1.0])] for _ in range(40)]
    for place in range(3):
        rest = [sum(row) - row[place] for row in table]
        wanted = pearsonr([row[place] for row in table], rest).statistic
        assert discrimination(table, place) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "table",
    [
        [],
        [[0.0, 0.0], [1.0, 1.0]] * 4 + [[1.0, 1.0]],
        [[0.0], [1.0]] * 10,
        [[1.0, 0.0], [1.0, 1.0]] * 10,
        [[0.0, 1.0], [1.0, 1.0]] * 10,
    ],
    ids=["nobody", "nine", "one exercise", "all the same in it", "all the same in the rest"],
)
def test_discrimination_is_not_given_where_it_says_nothing(table: list[list[float]]) -> None:
    assert discrimination(table, 0) is None


def test_a_penalty_changes_no_discrimination() -> None:
    table = [(float(n % 2), float(n % 3)) for n in range(12)]
    assert numbers(WORTH, rows(*table)).discriminations == numbers(WORTH, rows(*table, penalty=1.0)).discriminations
