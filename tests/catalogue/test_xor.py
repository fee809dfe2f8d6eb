"""What is special in lesson 01: networks judged by what they compute, points on the line, an answer that a person grades."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, exercises, judge
from grading.build.master import CLAIM
from grading.errors import CourseError
from grading.judging.draw import Draw
from tests.corpus.xor import xor_network as corpus

MASTER = Path(__file__).parents[2] / "lessons" / "01-xor.py"


def network(W1: Any, b1: Any, W2: Any, b2: Any) -> Callable[[], tuple[Tensor, ...]]:
    return lambda: (torch.tensor(W1), torch.tensor(b1), torch.tensor(W2), torch.tensor(b2))


def absolute_value(W2: list[list[float]], b2: float) -> Callable[[], tuple[Tensor, ...]]:
    return network([[1.0, -1.0], [-1.0, 1.0]], [0.0, 0.0], W2, [b2])


def test_the_lesson_is_worth_ten_points() -> None:
    assert sum(one.points for one in exercises("01-xor")) == 10


def test_the_rubric_stands_where_the_answer_is_written_so_that_whoever_grades_it_sees_it() -> None:
    lines = CLAIM.sub(" ", MASTER.read_text("utf-8")).splitlines()
    prose = " ".join(" ".join(line.removeprefix("#").strip(" -") for line in lines).split())
    written = exercise("why-no-line")
    assert written.rubric
    for line in written.rubric:
        assert " ".join(line.split()) in prose
    assert sum(float(line.split()[0]) for line in written.rubric if line[0].isdigit()) == written.points


def test_the_written_answer_is_left_to_a_person() -> None:
    with pytest.raises(CourseError, match="a person grades it"):
        judge(exercise("why-no-line"), lambda: "because")


@pytest.mark.parametrize(
    ("W2", "b2", "passed"),
    [
        ([[1.0], [1.0]], 0.0009, True),
        ([[1.0], [1.0]], 0.0012, False),
        ([[0.9991], [1.0]], 0.0, True),
        ([[0.9988], [1.0]], 0.0, False),
    ],
)
def test_a_network_may_be_off_by_a_thousandth(W2: list[list[float]], b2: float, passed: bool) -> None:
    assert judge(exercise("xor_network"), absolute_value(W2, b2), device="cpu").passed is passed


NEAR_MISSES = [
    (corpus.network_weak, "Three of the four outputs are right. What do your hidden units give for (1, 1)?"),
    (
        corpus.network_trained,
        "Nearly: every output must lie within 0.001 of 0 or 1. Small whole numbers do it exactly.",
    ),
    (
        corpus.network_transposed,
        "With W1 transposed it would be right. Examples are rows here: unit j has its weights in column j of W1.",
    ),
    (
        corpus.network_steps,
        "It would be right with units that jump from 0 to 1. These are ReLUs, and the output has no activation function.",
    ),
    (
        corpus.network_twice,
        "The hidden layer has done its work: equal labels give equal outputs. W2 and b2 must still bring them to 0 and 1.",
    ),
    (corpus.network_nan, "Some of the numbers are infinite or NaN."),
    (
        absolute_value([[1.0], [-1.0]], 0.0),
        "On these inputs this is x1 - x2: -1 for (0, 1). The last layer has brought the minus back.",
    ),
]


@pytest.mark.parametrize(("answer", "advice"), NEAR_MISSES)
def test_a_network_that_is_close_to_xor_is_told_what_it_lacks(answer: Callable[[], Any], advice: str) -> None:
    verdict = judge(exercise("xor_network"), answer, device="cpu")
    assert verdict.score == 0
    assert verdict.findings[0].advice == advice


def test_a_wrong_network_is_shown_on_the_four_inputs() -> None:
    answer = network([[1.0, 1.0], [1.0, 1.0]], [0.0, -1.0], [[1.0], [-1.0]], [0.0])
    assert str(judge(exercise("xor_network"), answer, device="cpu")).splitlines() == [
        "xor_network: the network does not compute XOR.",
        "This is OR: right but for (1, 1). Something must bring the output down there, and only there.",
        "  X         [[0, 0], [0, 1], [1, 0], [1, 1]]",
        "  expected  [0, 1, 1, 0]",
        "  got       [0, 1, 1, 1]",
    ]


def test_integers_in_a_right_network_cost_a_fifth() -> None:
    verdict = judge(exercise("xor_network"), corpus.network_integers, device="cpu")
    assert verdict.score == pytest.approx(0.8)
    assert verdict.findings[0].kind == "dtype"


def test_a_network_that_no_argument_leads_to_another_device_is_not_blamed_for_it() -> None:
    assert judge(exercise("xor_network"), corpus.network_absolute, device="cpu").findings == ()


@pytest.mark.parametrize("seed", range(20))
def test_points_on_the_line_cost_a_fifth_and_nothing_else_does(seed: int) -> None:
    def linear_accuracy(X: Tensor, y: Tensor, w: Tensor, b: Tensor) -> Any:
        return ((X @ w + b >= 0) == y).float().mean()

    verdict = judge(exercise("linear_accuracy"), linear_accuracy, device="cpu", seed=seed)
    assert verdict.score == pytest.approx(0.8)
    assert verdict.findings[0].mistake == "not-strict"


def test_no_case_of_the_accuracy_leaves_a_point_to_rounding() -> None:
    found = exercise("linear_accuracy")
    for case in (case for case in found.cases if case.part != "on the line"):
        for seed in range(30):
            arguments = case.make(Draw("margin", seed))
            z = arguments["X"] @ arguments["w"] + arguments["b"]
            assert z.abs().min() > 1e-3, case.name


def test_a_neuron_may_use_the_library_and_one_that_overflows_keeps_most_points() -> None:
    assert judge(exercise("neuron"), lambda x, w, b: torch.sigmoid(x @ w + b), device="cpu").passed

    def overflows(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return torch.exp(x @ w + b) / (1 + torch.exp(x @ w + b))

    verdict = judge(exercise("neuron"), overflows, device="cpu")
    assert verdict.score == pytest.approx(0.8)
    assert verdict.findings[0].mistake == "overflows"


def test_adding_the_biases_is_named_though_it_raises() -> None:
    def collapse(W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor) -> Any:
        return W1 @ W2, b1 + b2

    finding = judge(exercise("collapse"), collapse, device="cpu").findings[0]
    assert (finding.kind, finding.mistake) == ("raised", "biases-added")
