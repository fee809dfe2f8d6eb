"""A prediction is told: what to enter, or whether it is right, the answer and why."""

from __future__ import annotations

from typing import Any

from grading.catalogue.questions import Kind, Question, questions
from grading.study import records, store, values
from grading.study.naming import spelt, unknown
from grading.study.panel import BLUE, GREEN, Panel
from grading.study.values import Unreadable


def told(name: Any, value: Any) -> Panel:
    """Return what to show for a prediction, and write it down if there is one."""
    found = _question(name)
    if found is None:
        return unknown("predict", name, [one.name for one in questions()])
    if values.is_open(value):
        return Panel(found.text, (f"Put {_wanted(found)} in place of the dots, then run this cell again.",))
    try:
        guess = values.read(found, value)
    except Unreadable:
        return Panel(found.text, (f"This takes {_wanted(found)}; the answer shows once there is one.",))
    truth = values.read(found, found.answer())
    right = values.agree(found, guess, truth)
    store.add(records.Prediction(found.lesson, found.name, values.written(guess), right))
    said = values.written(guess)
    if right:
        return Panel(f"{said} is right.", (found.text, *_exactly(guess, truth), found.why), GREEN, "\u2713")
    return Panel(
        f"You expected {said}; the answer is {values.written(truth)}.", (found.text, found.why), BLUE, "\u2192"
    )


def _exactly(guess: Any, truth: Any) -> tuple[str, ...]:
    """Return the answer beside an estimate that counts as right."""
    same = values.written(guess) == values.written(truth)
    return () if same else (f"More exactly, it is {values.written(truth)}.",)


def _wanted(question: Question) -> str:
    if question.kind is not Kind.WORD:
        return question.kind
    return " or ".join(f'"{choice}"' for choice in question.choices)


def _question(name: Any) -> Question | None:
    wanted = spelt(name)
    return next((one for one in questions() if one.name == wanted), None)
