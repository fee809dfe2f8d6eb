"""An observation that no honest kernel sends is the answer's fault, never the check's."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from grading import exercise
from grading.cells import CheckStatement
from grading.engine.execution.checks import Check, Examination
from grading.judging import Outcome, Verdict
from grading.probe.call import Call, Observation
from grading.probe.observe import observe
from grading.probe.validation import validated
from tests.corpus.entries import entries

ODD: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "a text": "x",
    "an empty list": [],
    "an empty dict": {},
    "a scalar tensor": torch.tensor(1.0),
    "a vector": torch.zeros(3),
    "tensors in a list": [torch.zeros(2)] * 3,
    "a huge number": 10**300,
}
NAMES = ("sgd_step", "init_xavier", "train_epoch", "clip_gradients", "relu_interpolant", "forward")


class Forged:
    """An honest answer, of whose observations something else is told."""

    def __init__(self, name: str, forge: Callable[[Observation], Observation]) -> None:
        self._function = next(one.function for one in entries() if one.right and one.exercise == name)
        self._forge = forge

    def observe(self, call: Call) -> Observation:
        return validated(self._forge(observe(self._function, call)), call)

    def observe_all(self, calls: list[Call]) -> list[Observation]:
        return [self.observe(call) for call in calls]


def verdict_on(name: str, forge: Callable[[Observation], Observation], tmp_path: Path) -> Verdict:
    with socket.socket(socket.AF_UNIX) as unused:
        found = Examination(Check(CheckStatement(name, None, True), exercise(name)), 3, tmp_path / "s", unused)
        return found.judged(Forged(name, forge))  # type: ignore[arg-type]  # only what is observed matters


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("name", NAMES)
def test_an_odd_value_is_a_fault_of_the_answer(name: str, what: str, tmp_path: Path) -> None:
    verdict = verdict_on(name, lambda found: replace(found, value=ODD[what]), tmp_path)
    assert verdict.outcome is not Outcome.CHECK_ERROR
    # Of some answers only what they did to their arguments counts.
    assert not verdict.passed or name in ("sgd_step", "init_xavier", "clip_gradients")


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("name", ["sgd_step", "init_xavier", "train_epoch", "clip_gradients"])
def test_an_odd_argument_afterwards_is_a_fault_of_the_answer(name: str, what: str, tmp_path: Path) -> None:
    def forge(found: Observation) -> Observation:
        return replace(found, after=dict.fromkeys(found.after, ODD[what]))

    assert verdict_on(name, forge, tmp_path).outcome is not Outcome.CHECK_ERROR


@pytest.mark.parametrize("connected", [(), (False,), (True,) * 7])
@pytest.mark.parametrize("name", ["forward", "neuron", "deep_forward", "collapse"])
def test_connected_of_another_length_is_a_fault_of_the_answer(
    name: str, connected: tuple[bool, ...], tmp_path: Path
) -> None:
    verdict = verdict_on(name, lambda found: replace(found, connected=connected), tmp_path)
    assert verdict.outcome is not Outcome.CHECK_ERROR
    assert verdict.passed is (len(connected) == 7)


def test_a_check_that_fails_whatever_comes_back_is_left_to_a_person(
    tmp_path: Path,
) -> None:
    broken = replace(exercise("relu"), reference=lambda **_: 1 / 0)
    with socket.socket(socket.AF_UNIX) as unused:
        found = Examination(Check(CheckStatement("relu", None, True), broken), 3, tmp_path / "s", unused)
        verdict = found.judged(Forged("relu", lambda found: found))  # type: ignore[arg-type]  # as above
    assert verdict.outcome is Outcome.CHECK_ERROR
    assert verdict.score == 0
