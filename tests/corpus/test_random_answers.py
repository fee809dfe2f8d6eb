"""Whoever answers without looking at the question gets nothing, in whatever form the answer comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from grading import exercise, exercises, judge
from tests.corpus.entries import Entry, entries
from tests.corpus.noise import PAGE, RandomAnswer, fault_of, rows_of

GRADED = [one.name for one in exercises() if not one.manual]
# The full number is that of `make judge-noise`; these are among them. A new seed costs what the mistakes do with it, once.
SAMPLE, SEEDS = 25, 3
# `make judge-noise` tries 10,000 for each. One that was tried alone since it was made may have fewer, and the page says so.
LEAST = 1_000
COARSE = (torch.bfloat16, torch.float16)
# The answers that are tensors in the dtype of their input: a coarser one may not widen what is forgiven.
FOLLOWING = [one.name for one in exercises() if one.examine is None and not one.manual and one.keeps_dtype]


@pytest.mark.parametrize("name", GRADED)
def test_random_answers_earn_nothing_and_break_nothing(name: str) -> None:
    for number in range(SAMPLE):
        verdict = judge(exercise(name), RandomAnswer(name, number), "cpu", number % SEEDS)
        assert not fault_of(verdict), f"answer {number}\n{verdict}"


def _in_dtype(tree: Any, dtype: torch.dtype, scale: float) -> Any:
    if isinstance(tree, Tensor):
        return (tree * scale).to(dtype) if tree.is_floating_point() else tree
    if isinstance(tree, Mapping):
        return {key: _in_dtype(branch, dtype, scale) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_in_dtype(branch, dtype, scale) for branch in tree)
    return tree


def _coarse(entry: Entry, dtype: torch.dtype, scale: float) -> Callable[..., Any]:
    def answer(*arguments: Any) -> Any:
        return _in_dtype(entry.function(*arguments), dtype, scale)

    return answer


@pytest.mark.parametrize("dtype", COARSE, ids=str)
@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("name", FOLLOWING)
def test_a_coarser_dtype_than_the_one_asked_for_earns_nothing(name: str, scale: float, dtype: torch.dtype) -> None:
    right = next(entry for entry in entries() if entry.right and entry.exercise == name)
    if exercise(name).may_change and judge(exercise(name), _coarse(right, dtype, scale), "cpu", 0).passed:
        assert right.function.__name__  # it writes into its arguments, which keep their dtype: there is nothing to cast
        return
    verdict = judge(exercise(name), _coarse(right, dtype, scale), "cpu", 0)
    assert verdict.score == 0, str(verdict)


def test_a_coarser_dtype_is_what_is_told_where_rounding_to_it_explains_the_values() -> None:
    finding = judge(exercise("relu"), lambda X: X.clamp(min=0).bfloat16(), "cpu", 0).findings[0]
    assert (finding.kind, finding.facts[0], finding.facts[1]) == ("dtype", ("expected", "float32"), ("got", "bfloat16"))


def test_a_finer_dtype_costs_care_alone() -> None:
    verdict = judge(exercise("relu"), lambda X: X.clamp(min=0).double(), "cpu", 0)
    assert (verdict.score, [finding.kind for finding in verdict.findings]) == (0.8, ["dtype"])


def test_what_is_right_before_anything_is_done_earns_nothing_alone() -> None:
    verdict = judge(exercise("numerical_gradient"), lambda f, x, eps: torch.zeros_like(x), "cpu", 0)
    assert verdict.score == 0, str(verdict)


@pytest.mark.parametrize("number", [2342, 5645, 6325, 8199, 8545, 8758, 9229, 9594, 9719, 9980])
def test_noise_is_not_taken_for_a_step_that_follows_from_noise(number: int) -> None:
    verdict = judge(exercise("forward"), RandomAnswer("forward", number), "cpu", number // 25)
    assert not fault_of(verdict), str(verdict)


def test_the_page_is_about_all_exercises_and_has_no_fault_in_it() -> None:
    rows = rows_of(PAGE.read_text(encoding="utf-8"))
    assert list(rows) == GRADED, "the exercises have changed: run `make judge-noise`"
    assert all(count >= LEAST and faults == 0 for count, faults in rows.values())
