"""What the judge keeps between judgements makes it faster and changes nothing."""

from __future__ import annotations

import pytest
import torch

from grading import exercise, exercises, judge
from grading.judging import cache
from grading.judging.prepared import prepare
from tests.corpus.entries import entries

JUDGED = [one.name for one in exercises() if not one.manual and one.name != "build_mlp"]


@pytest.mark.parametrize("name", JUDGED)
def test_a_verdict_does_not_depend_on_what_was_judged_before(name: str) -> None:
    answers = [entry.function for entry in entries() if entry.exercise == name]
    some = [answers[-1], answers[len(answers) // 2]]
    cache.forget()
    together = [judge(exercise(name), answer, seed=3) for answer in some]
    for answer, verdict in zip(reversed(some), reversed(together), strict=True):
        assert judge(exercise(name), answer, seed=3) == verdict
        cache.forget()
        assert judge(exercise(name), answer, seed=3) == verdict


def test_an_answer_that_writes_into_its_input_spoils_nobody_elses() -> None:
    def vandal(X: torch.Tensor) -> torch.Tensor:
        X.fill_(7.0)
        return X

    def right(X: torch.Tensor) -> torch.Tensor:
        return X.clamp(min=0)

    for case in exercise("relu").cases:
        before = prepare(exercise("relu"), case, 5, torch.device("cpu")).arguments["X"].clone()
        judge(exercise("relu"), vandal, seed=5)
        assert torch.equal(prepare(exercise("relu"), case, 5, torch.device("cpu")).arguments["X"], before), case.name
    assert judge(exercise("relu"), right, seed=5).passed


def test_the_same_question_is_asked_of_everybody_and_forgotten_on_demand() -> None:
    case, device = exercise("tanh").cases[0], torch.device("cpu")
    first = prepare(exercise("tanh"), case, 1, device)
    assert prepare(exercise("tanh"), case, 1, device) is first
    assert prepare(exercise("tanh"), case, 2, device) is not first
    cache.forget()
    assert prepare(exercise("tanh"), case, 1, device) is not first
