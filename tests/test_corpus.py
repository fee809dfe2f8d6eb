"""Every exercise is proved by wrong answers that it rejects and by right ones, in different styles, that it accepts."""

from __future__ import annotations

import pytest

from grading import exercise, exercises, judge
from grading.judging import Outcome
from tests.corpus.entries import Entry, entries

RIGHT = [entry for entry in entries() if entry.right]
WRONG = [entry for entry in entries() if not entry.right]
# The full numbers, 50 and 1,000 seeds, are those of `make judge-report`; here every answer meets a few.
SEEDS = (0, 11)


@pytest.mark.parametrize("one", [one for one in exercises() if not one.manual], ids=lambda one: one.name)
def test_every_exercise_has_enough_answers(one: object) -> None:
    name = getattr(one, "name", "")
    assert len({entry.style for entry in RIGHT if entry.exercise == name}) >= 6
    assert len({entry.style for entry in WRONG if entry.exercise == name}) >= 15


@pytest.mark.parametrize("entry", RIGHT, ids=str)
def test_a_right_answer_is_accepted(entry: Entry) -> None:
    for seed in SEEDS:
        verdict = judge(exercise(entry.exercise), entry.function, seed=seed)
        assert verdict.outcome is Outcome.PASSED, str(verdict)


@pytest.mark.parametrize("entry", WRONG, ids=str)
def test_a_wrong_answer_is_rejected_and_named_as_it_should_be(entry: Entry) -> None:
    for seed in SEEDS:
        verdict = judge(exercise(entry.exercise), entry.function, seed=seed)
        assert verdict.outcome in (Outcome.FAILED, Outcome.ANSWER_ERROR), str(verdict)
        assert verdict.score < 1
        assert verdict.findings[0].mistake == entry.mistake, str(verdict)
        assert len(verdict.text_lines()) <= 8
