"""Constant factors: which expression in the sizes they are, which causes they have, and that two faults are told as two."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, judge
from grading.judging.factors import Cause, Law, causes_of, law_of

SIZES = ({"n": 3, "q": 5}, {"n": 4, "q": 2}, {"n": 7, "q": 3}, {"n": 2, "q": 6})


@pytest.mark.parametrize(
    ("law", "text"),
    [
        (Law(), "1"),
        (Law(-1), "-1"),
        (Law(two=-1), "1/2"),
        (Law(two=-1, powers={"n": 1, "q": 1}), "n q / 2"),
        (Law(two=1, powers={"n": 1}), "2 n"),
        (Law(powers={"n": -1}), "1/n"),
        (Law(two=1, powers={"n": -1}), "2/n"),
        (Law(-1, 0, {"n": 1, "q": -1}), "-n/q"),
        (Law(two=-1, powers={"n": -1, "q": -1}), "1 / (2 n q)"),
        (Law(powers={"n": -2}), "1/n²"),
    ],
)
def test_a_factor_is_found_and_written_as_people_write_it(law: Law, text: str) -> None:
    assert str(law) == text
    values = [
        law.sign * 2.0**law.two * sizes["n"] ** law.powers.get("n", 0) * sizes["q"] ** law.powers.get("q", 0)
        for sizes in SIZES
    ]
    found = law_of(list(zip(values, SIZES, strict=True)))
    assert found is not None and found.equals(law)


@pytest.mark.parametrize("values", [(1.0, 2.0, 3.0, 4.0), (1.0, -1.0, 1.0, -1.0), (3.0, 3.0, 3.0, 3.0)])
def test_what_is_no_product_of_sizes_is_not_called_one(values: tuple[float, ...]) -> None:
    assert law_of(list(zip(values, SIZES, strict=True))) is None


def test_a_factor_that_two_expressions_explain_equally_well_is_none_of_them() -> None:
    assert law_of([(2.0, {"n": 2, "q": 2}), (4.0, {"n": 4, "q": 4})]) is None


def test_the_fewest_causes_are_told() -> None:
    causes = (
        Cause("sign", Law(-1), ""),
        Cause("n", Law(powers={"n": 1}), ""),
        Cause("q", Law(powers={"q": 1}), ""),
        Cause("both", Law(powers={"n": 1, "q": 1}), ""),
    )
    assert [one.name for one in causes_of(Law(-1, 0, {"n": 1, "q": 1}), causes)] == ["sign", "both"]
    assert causes_of(Law(two=3), causes) == ()


def _scaled(sign: int, two: int, n: int, q: int) -> Any:
    def grad_output(O: Tensor, Y: Tensor) -> Any:
        return sign * 2.0**two * O.shape[0] ** n * O.shape[1] ** q * (O - Y)

    return grad_output


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        (_scaled(-1, 0, 0, 0), "sign+no-two+no-mean"),
        (_scaled(-1, 1, 0, 0), "sign+no-mean"),
        (_scaled(-1, 0, -1, 0), "sign+no-two+divided-by-n"),
        (_scaled(1, 0, 0, -1), "no-two+divided-by-q"),
        (_scaled(1, 1, -2, -1), "n-again"),
        (_scaled(1, 0, -2, -1), "no-two+n-again"),
        (_scaled(-1, 1, 0, -1), "sign+divided-by-q"),
        (_scaled(1, 2, -1, -1), "two-too-many"),
        (_scaled(-1, 0, -1, -1), "sign+no-two"),
        (_scaled(1, 2, 0, 0), "two-too-many+no-mean"),
    ],
)
@pytest.mark.parametrize("seed", [0, 11, 4242])
def test_sign_and_scale_of_a_gradient_are_told_together(answer: Any, mistake: str, seed: int) -> None:
    verdict = judge(exercise("grad_output"), answer, "cpu", seed)
    assert verdict.findings[0].mistake == mistake, str(verdict)


def _objective(O: Tensor, Y: Tensor, params: Any, weight_decay: float) -> Any:
    return ((O - Y) ** 2).sum() / (2 * len(O)) + weight_decay * sum((p**2).sum() for p in params.values())


def test_two_faults_of_an_objective_are_two_faults() -> None:
    verdict = judge(exercise("objective"), _objective, "cpu", 0)
    assert [one.mistake for one in verdict.findings[:2]] == [
        "halved+divided-by-n",
        "penalty-on-biases+penalty-not-halved",
    ]
    text = str(verdict)
    assert "The loss has a factor 1/2" in text and "Also: penalty: wrong value. The biases are penalized, too." in text


@pytest.mark.parametrize("number", [0.0, 1.0, -2.5])
def test_an_answer_that_is_the_same_for_every_input_is_told_so(number: float) -> None:
    def neuron(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return torch.full((len(x),), number, dtype=x.dtype)

    assert f"Every element is {number:g}, whatever comes in." in str(judge(exercise("neuron"), neuron, "cpu", 0))
