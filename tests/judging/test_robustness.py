"""The judge itself is driven with whatever an answer may return, be given or do: it never crashes and always ends.

A fault that an answer brings about is the answer's: the outcome "error in the check" would give it all its points.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from grading import exercise, exercises, judge
from grading.judging import Outcome, Verdict
from grading.judging.exercise import Case
from grading.probe.freeze import MOST_PARTS, Unknown, freeze
from tests.corpus.entries import entries
from tests.judging.odd_values import HOSTILE, NUMBERS, SHAPES, Evil, Named, made, tensors

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Judged by cases and a reference, in milliseconds; those that train or draw many samples have tests of their own.
ORDINARY = [one.name for one in exercises() if not one.manual and one.name not in ("build_mlp", "xavier_normal")]


def _is_a_verdict_on_the_answer(verdict: Verdict) -> None:
    assert verdict.outcome is not Outcome.CHECK_ERROR, str(verdict)
    assert 0 <= verdict.score <= 1
    assert len(verdict.text_lines()) <= 8
    assert Verdict.from_dict(verdict.to_dict()) == verdict
    assert "<script" not in verdict.html()


def _answer(recipe: Any) -> Callable[..., Any]:
    def answer(*values: Any) -> Any:
        return made(recipe)

    return answer


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("name", ["linear_accuracy", "xor_network"])
def test_a_hostile_value_is_a_fault_of_the_answer(name: str, what: str) -> None:
    start = time.perf_counter()
    verdict = judge(exercise(name), _answer(Named(what)), "cpu", 0)
    _is_a_verdict_on_the_answer(verdict)
    assert not verdict.passed
    assert time.perf_counter() - start < 60


# Every fifth: what is returned passes through the same hands in all of them, and these values are slow to look at.
@pytest.mark.parametrize("name", ORDINARY[::5])
def test_no_exercise_trusts_what_is_returned(name: str) -> None:
    for what in ("a mapping without an end", "a sparse tensor", "a list of 50 to the ninth", "an array of text"):
        verdict = judge(exercise(name), _answer(Named(what)), "cpu", 0)
        _is_a_verdict_on_the_answer(verdict)


RECIPES = st.recursive(
    st.one_of(tensors(), NUMBERS, st.none(), st.text(max_size=5), st.builds(Named, st.sampled_from(list(HOSTILE)))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.sampled_from(["W1", "b1", "W2", "b2", "Z", "H"]), inner, max_size=6),
    ),
    max_leaves=6,
)


@QUICK
@given(name=st.sampled_from(ORDINARY), recipe=RECIPES, seed=st.integers(0, 2**31))
def test_whatever_is_returned_becomes_a_verdict(name: str, recipe: Any, seed: int) -> None:
    _is_a_verdict_on_the_answer(judge(exercise(name), _answer(recipe), "cpu", seed))


@QUICK
@given(recipe=RECIPES)
def test_what_is_frozen_is_plain_bounded_and_frozen_already(recipe: Any) -> None:
    try:
        frozen = freeze(made(recipe))
    except (Evil, SystemExit):
        return
    assert _parts(frozen) <= MOST_PARTS + 1
    assert repr(freeze(frozen)) == repr(frozen)


def _parts(tree: Any) -> int:
    assert (
        type(tree) in (dict, list, tuple, Tensor, np.ndarray, bool, int, float, str, Unknown, type(None))
        or isinstance(tree, np.generic)
        or tree in (Ellipsis, NotImplemented)
    )
    branches = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ()
    return 1 + sum(map(_parts, branches))


def _twisted(entry_function: Callable[..., Any], twist: Callable[[Any], Any]) -> Callable[..., Any]:
    def answer(*values: Any) -> Any:
        return _mapped(entry_function(*values), twist)

    return answer


def _mapped(tree: Any, twist: Callable[[Any], Any]) -> Any:
    if isinstance(tree, Mapping):
        return {key: _mapped(branch, twist) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        return type(tree)(_mapped(branch, twist) for branch in tree)
    return twist(tree)


TWISTS: dict[str, Callable[[Any], Any]] = {
    "complex": lambda t: t + 0j,
    "sparse": lambda t: t.detach().to_sparse() if isinstance(t, Tensor) and t.dim() else t,
    "an axis more": lambda t: t[None] if isinstance(t, Tensor) else [t],
    "an axis less": lambda t: t[0] if isinstance(t, Tensor) and t.dim() and len(t) else t,
    "no numbers": lambda t: t * float("nan"),
    "infinite": lambda t: t + float("inf"),
    "integers": lambda t: t.long() if isinstance(t, Tensor) else int(t),
    "truth values": lambda t: t.bool() if isinstance(t, Tensor) else bool(t),
    "arrays": lambda t: t.detach().numpy() if isinstance(t, Tensor) else np.asarray(t),
    "texts": str,
    "nothing": lambda t: None,
    "very large": lambda t: t * 1e300,
}


@pytest.mark.parametrize("name", ORDINARY)
def test_a_right_answer_of_another_kind_is_no_fault_of_the_check(name: str) -> None:
    right = next(entry.function for entry in entries() if entry.right and entry.exercise == name)
    # A quarter of the twists for each exercise, another quarter for the next one.
    for twist in list(TWISTS.values())[ORDINARY.index(name) % 4 :: 4]:
        _is_a_verdict_on_the_answer(judge(exercise(name), _twisted(right, twist), "cpu", 0))


# What an answer is given: shapes, dtypes, values and layouts that no case of ours has.
FLOATS = st.sampled_from([torch.float32, torch.float64, torch.float16, torch.bfloat16])
LAYOUTS = st.sampled_from(["contiguous", "strided", "transposed", "offset"])
INPUTS = st.one_of(st.floats(-1e4, 1e4), st.sampled_from([0.0, -0.0, 1e-30, -1e-8, 710.0, -710.0, 3e4]))


@QUICK
@given(
    name=st.sampled_from(["relu", "relu_grad", "sigmoid", "sigmoid_grad", "tanh", "tanh_grad"]),
    shape=SHAPES,
    dtype=FLOATS,
    layout=LAYOUTS,
    requires_grad=st.booleans(),
    values=st.lists(INPUTS, min_size=1, max_size=8),
)
def test_a_right_answer_is_right_on_every_input(
    name: str, shape: tuple[int, ...], dtype: torch.dtype, layout: str, requires_grad: bool, values: list[float]
) -> None:
    count = int(np.prod(shape)) if shape else 1
    X = torch.tensor([values[i % len(values)] for i in range(count)], dtype=torch.float64).reshape(shape)
    case = Case("drawn", lambda draw: {"X": X.clone()}, "", dtype, layout, requires_grad, twice=True)
    one = replace(exercise(name), cases=(case,))
    for entry in entries():
        if entry.exercise == name and entry.right:
            verdict = judge(one, entry.function, "cpu", 0)
            assert verdict.passed, f"{entry}\n{verdict}\n{X}"


@QUICK
@given(
    sizes=st.tuples(*[st.integers(1, 9)] * 3),
    dtype=st.sampled_from([torch.float32, torch.float64]),
    layout=LAYOUTS,
    scale=st.sampled_from([1e-6, 1.0, 1e4]),
    seed=st.integers(0, 2**31),
)
def test_a_right_product_is_right_at_every_size_and_scale(
    sizes: tuple[int, int, int], dtype: torch.dtype, layout: str, scale: float, seed: int
) -> None:
    d, h, q = sizes
    generator = torch.Generator().manual_seed(seed)
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, q), "b2": (q,)}
    drawn = {
        name: torch.randn(shape, generator=generator, dtype=torch.float64) * scale for name, shape in shapes.items()
    }
    case = Case("drawn", lambda draw: {name: value.clone() for name, value in drawn.items()}, "", dtype, layout)
    one = replace(exercise("collapse"), cases=(case,))
    for entry in entries():
        if entry.exercise == "collapse" and entry.right:
            verdict = judge(one, entry.function, "cpu", seed)
            assert verdict.passed, f"{entry}\n{verdict}"
