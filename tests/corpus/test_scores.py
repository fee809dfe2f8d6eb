"""The same answer gets the same score, whatever the inputs that are drawn: a fault shows on every draw or on none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from grading import exercise, exercises
from grading.judging.judge import judge, judge_briefly
from tests.corpus.damage import touched
from tests.corpus.entries import entries
from tests.corpus.measure import mutants_of
from tests.corpus.ordered import PAIRS, entry_called
from tests.wild.entries import answers

# A thousand of them, and the answers that are generated, are for the measurement of the whole corpus.
SEEDS = (101, 202)
# A network that is trained is judged by what it has learned.
TRAINED = {"build_mlp"}
# These train at every call, for seconds.
AT_EVERY_CALL = {"xor_network_trained_with_eight", "xor_network_trained_and_stuck"}
# Rounded to four digits, the largest weight lies beyond the edge of the interval or not, by the size that is asked for.
BY_THE_SIZE = {"xavier_uniform_seed_42_and_rounded"}
# Without sigmoids below it, the last layer is saturated on some draws, so that nobody can tell whether it is right.
SATURATED = {"deep_forward: known mistake: last-only"}
# These are wrong by less than the tolerance on some draws, and by more on others: weights that learn a little on the way, a slope that
# is measured with a short step.
BY_A_LITTLE = {
    "deep_backward_learns_on_the_way",
    "deep_backward: known mistake: updated-first-0.01",
    "deep_backward: known mistake: updates-0.01",
}
NAMES = [one.name for one in exercises() if not one.manual and one.name not in TRAINED]


def score(name: str, answer: Callable[..., Any], seed: int) -> float:
    return judge_briefly(exercise(name), answer, "cpu", seed).score


def answers_to(name: str) -> dict[str, Callable[..., Any]]:
    written = {
        str(entry): entry.function
        for entry in entries()
        if entry.exercise == name and str(entry) not in BY_A_LITTLE | SATURATED
    }
    wild = {
        one.name: one.function
        for one in answers()
        if one.exercise == name and one.name not in BY_THE_SIZE | BY_A_LITTLE | AT_EVERY_CALL
    }
    return {**written, **wild}


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_has_one_score(name: str) -> None:
    scores = {label: {score(name, answer, seed) for seed in SEEDS} for label, answer in answers_to(name).items()}
    assert {label: found for label, found in scores.items() if len(found) > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_verdict_without_explanation_has_the_same_score(name: str) -> None:
    for label, answer in list(answers_to(name).items())[::9]:
        verdicts = []
        for one in (judge_briefly, judge):
            torch.manual_seed(7)  # some wrong answers are left to chance
            verdicts.append(one(exercise(name), answer, "cpu", 7))
        brief, whole = verdicts
        assert (brief.passed, brief.score) == (whole.passed, whole.score), label


def test_exercises_with_partial_credit_have_three_ordered_pairs() -> None:
    partial = {name for name in NAMES if len(exercise(name).shares) > 1}
    assert {name for name, pairs in PAIRS.items() if len(set(pairs)) >= 3} == partial


@pytest.mark.parametrize("name", PAIRS)
def test_the_better_answer_never_gets_fewer_points(name: str) -> None:
    for pair in PAIRS[name]:
        better, worse = (entry_called(style, name, entries()).function for style in pair)
        lowest = min(score(name, better, seed) for seed in SEEDS)
        highest = max(score(name, worse, seed) for seed in SEEDS)
        assert lowest >= highest, pair


def test_an_answer_that_is_not_there_is_not_taken_for_a_pair() -> None:
    with pytest.raises(LookupError, match="relu has no answer 'nothing like it'"):
        entry_called("nothing like it", "relu", entries())


@pytest.mark.parametrize(
    ("part", "damaged", "due"),
    [
        ("grad_W1", {"W1"}, True),
        ("grad_W1", {"W2", "b2"}, False),
        ("grad_O", {"b1"}, True),
        ("grad_Z", {"W2"}, False),
        ("activations[2]", {"activations"}, True),
        ("grad_biases[-1]", {"grad_weights"}, False),
        ("delta[-2]", {"grad_weights"}, True),
        ("penalty on W2, b2, W1, b1", {"W1"}, True),
    ],
)
def test_a_part_is_touched_by_a_change_of_what_it_leads_to(part: str, damaged: set[str], due: bool) -> None:
    assert touched(part, damaged) is due


def _capped_neuron(x: Any, w: Any, b: Any) -> Any:
    return (x @ w + b).clamp(-6, 6).sigmoid()


EDGES: dict[str, tuple[str, Callable[..., Any]]] = {
    "relu ends at 6": ("relu", lambda X: X.clamp(0, 6)),
    "relu is 0 below 0.01": ("relu", lambda X: X * (X > 0.01)),
    "relu_grad ends at 6": ("relu_grad", lambda X: ((X > 0) & (X < 6)).to(X.dtype)),
    "sigmoid is flat beyond 6": ("sigmoid", lambda X: X.clamp(-6, 6).sigmoid()),
    "tanh is flat beyond 6": ("tanh", lambda X: X.clamp(-6, 6).tanh()),
    "tanh overflows on one side": ("tanh", lambda X: ((2 * X).exp() - 1) / ((2 * X).exp() + 1)),
    "neuron is flat beyond 6": ("neuron", _capped_neuron),
}


@pytest.mark.parametrize(("name", "answer"), EDGES.values(), ids=EDGES)
def test_a_fault_at_the_edge_shows_on_every_draw_or_on_none(name: str, answer: Callable[..., Any]) -> None:
    assert len({score(name, answer, seed) for seed in range(60)}) == 1


def test_a_bias_as_a_row_of_ones_fails_on_every_draw_when_it_is_transposed() -> None:
    # Where two sizes differ by one, the matrix with one more row is square and the wrong product has the right shape.
    place = next(i for i, entry in enumerate(entries()) if str(entry) == "forward: the bias as a column of ones")
    changes = [change for change in mutants_of(place) if change.name.startswith(("drop", "transpose"))]
    scores = {
        change.name: {score("forward", change.compile(), seed) for seed in range(30)}
        for change in changes
        if "matmult" in change.name or "transpose" in change.name
    }
    assert len(scores) >= 6
    assert {name: found for name, found in scores.items() if len(found) > 1} == {}
