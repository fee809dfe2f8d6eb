"""`review()` asks again after two, seven and thirty days, what was hard first, and says when."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading.catalogue.explanations import explanations
from grading.catalogue.questions import questions
from grading.practice import reviewing
from grading.practice.reviewing import DAY, due_at, items_of, next_due, next_review, told
from grading.study import store
from grading.study.records import Check, Drill, Hint, Prediction, Record, Words

# A noon in winter, so that days are days whatever the clock on the wall does.
START = 1_800_014_400.0


def passed(name: str, day: float = 0.0) -> Check:
    return Check("02-activations", name, "passed", 1.0, 1.0, time=START + day * DAY)


def failed(name: str, *mistakes: str, day: float = 0.0) -> Check:
    return Check("02-activations", name, "failed", 0.0, 1.0, mistakes, time=START + day * DAY - 60)


def drilled(name: str, day: float, event: str = "fixed") -> Drill:
    return Drill("02-activations", name, 1, event, 5.0, START + day * DAY)


@pytest.mark.parametrize(
    ("answered", "days"),
    [
        ([], 2),
        ([2.0], 7),
        ([2.5], 7),
        ([1.0], 2),
        ([2.0, 7.0], 30),
        ([8.0], 30),
        ([2.0, 9.0, 30.0], None),
        ([31.0], None),
    ],
)
def test_the_next_review_follows_from_the_last(answered: list[float], days: float | None) -> None:
    due = next_review(START, [START + day * DAY for day in answered])
    assert due == (None if days is None else START + days * DAY)


def test_what_was_passed_comes_back_after_two_days_and_not_before() -> None:
    items = items_of([passed("relu")])
    assert due_at(items, START + 1.9 * DAY) == []
    assert next_due(items, START + 1.9 * DAY) == START + 2 * DAY
    assert [one.call for one in due_at(items, START + 2 * DAY)] == ['drill("relu")']


def test_a_drill_answers_it_whether_fixed_or_not_and_showing_one_does_not() -> None:
    assert due_at(items_of([passed("relu"), drilled("relu", 2.0, "shown")]), START + 3 * DAY)
    for event in ("fixed", "tried"):
        items = items_of([passed("relu"), drilled("relu", 2.0, event)])
        assert not due_at(items, START + 3 * DAY)
        assert next_due(items, START + 3 * DAY) == START + 7 * DAY


def test_what_was_hard_comes_first() -> None:
    records: list[Record] = [
        passed("relu"),
        failed("sigmoid", "overflows"),
        failed("sigmoid"),
        passed("sigmoid"),
        Hint("02-activations", "tanh", 1, START),
        Hint("02-activations", "tanh", 2, START),
        passed("tanh"),
        failed("tanh_grad"),
        passed("tanh_grad"),
    ]
    due = due_at(items_of(records), START + 2 * DAY)
    assert [(one.name, one.hard) for one in due] == [("sigmoid", 3), ("tanh", 2), ("tanh_grad", 1), ("relu", 0)]


def test_what_was_never_passed_is_not_reviewed() -> None:
    assert items_of([failed("relu"), Check("02-activations", "tanh", "not attempted", 0.0, 1.0, time=START)]) == ()


def test_a_wrong_prediction_is_asked_again_and_a_right_one_is_not() -> None:
    first, second = questions()[:2]
    records = [
        Prediction(first.lesson, first.name, "3", False, START),
        Prediction(second.lesson, second.name, "3", True, START),
    ]
    (item,) = due_at(items_of(records), START + 2 * DAY)
    assert item.call == f'predict("{first.name}", ...)'
    again = [*records, Prediction(first.lesson, first.name, "4", True, START + 2 * DAY)]
    assert not due_at(items_of(again), START + 3 * DAY)


def test_an_answer_in_words_is_asked_again() -> None:
    one = explanations()[0]
    (item,) = due_at(items_of([Words(one.lesson, one.name, "because", START)]), START + 2 * DAY)
    assert item.call == f'explain("{one.name}", ...)'


def test_what_is_shown_is_at_most_three_with_the_number_of_the_rest(kept: Path) -> None:
    for name in ("relu", "sigmoid", "tanh", "tanh_grad", "relu_grad"):
        store.add(passed(name))
    text = str(told(START + 2.5 * DAY))
    assert text.count("drill(") == 3 and "2 more are due after that." in text


def test_it_says_when_the_next_one_is_due(kept: Path) -> None:
    assert "nothing to review yet" in str(told(START))
    store.add(passed("relu"))
    assert "The next one is due in 2 days, on " in str(told(START))
    assert "The next one is due tomorrow." in str(told(START + DAY))
    store.add(drilled("relu", 30.0))
    assert str(told(START + 31 * DAY)) == "Nothing is due.\nAll reviews are done."


def test_in_a_package_without_drills_what_can_be_asked_is(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing.drills, "drills_of", lambda name: None)
    one = explanations()[0]
    store.add(passed("relu"))
    store.add(Words(one.lesson, one.name, "because", START))
    text = str(told(START + 2 * DAY))
    assert "drill(" not in text and f'explain("{one.name}"' in text


def test_a_file_of_many_records_is_read_in_time(kept: Path) -> None:
    for number in range(300):
        store.add(failed("relu", day=-float(number)))
    store.add(passed("relu"))
    assert 'drill("relu")' in str(told(START + 2 * DAY))
