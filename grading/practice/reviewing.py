"""`review()`: two, seven and thirty days after something was passed, what was hard in it is asked again.

What is due follows from what was written down, and from the time; nothing is kept beside it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from grading.catalogue import drills, exercises
from grading.catalogue.explanations import explanations
from grading.catalogue.questions import questions
from grading.outcome import Outcome
from grading.study import store
from grading.study.panel import BLUE, GREEN, Panel
from grading.study.records import Check, Drill, Hint, Prediction, Record, Words

DAY = 86_400.0
# Each time after about three times as long.
DAYS = (2, 7, 30)
_MOST = 3
_WRONG = frozenset({Outcome.FAILED, Outcome.ANSWER_ERROR})
# What answers a drill: whoever has tried it has been asked.
_ASKED = frozenset({"tried", "fixed"})


@dataclass(frozen=True)
class Item:
    """Something to ask again. kind: "drill", "predict" or "explain". hard: how hard it was, from one's own mistakes.

    due: when, in seconds since 1970; None if all reviews are done.
    """

    kind: str
    name: str
    hard: int
    due: float | None

    @property
    def call(self) -> str:
        """What to type."""
        return f'{self.kind}("{self.name}", ...)' if self.kind != "drill" else f'drill("{self.name}")'


def told(now: float | None = None) -> Panel:
    """Return what is due, the hardest first, and when the next review is."""
    at = time.time() if now is None else now
    kept = store.read()
    items = items_of(kept.records)
    due = due_at(items, at)
    then = f"The next one is due {_when(later, at)}." if (later := next_due(items, at)) is not None else ""
    if not due:
        if not items:
            return Panel(
                "There is nothing to review yet.", ("Two days after you pass an exercise there is.", *kept.notes)
            )
        return Panel(
            "Nothing is due.", tuple(filter(None, (then or "All reviews are done.", *kept.notes))), GREEN, "\u2713"
        )
    more = len(due) - _MOST
    rest = (f"{more} more {'is' if more == 1 else 'are'} due after that.",) if more > 0 else ()
    lines = tuple(_line(one) for one in due[:_MOST])
    return Panel(
        "To review, what was hardest for you first:", (*lines, *rest, *filter(None, (then,)), *kept.notes), BLUE, "?"
    )


def items_of(records: Sequence[Record]) -> tuple[Item, ...]:
    """Return all that is asked again: passed exercises that have drills, predictions that were wrong at first, and answers in words."""
    return tuple([*_drills(records), *_predictions(records), *_words(records)])


def due_at(items: Iterable[Item], now: float) -> list[Item]:
    """Return what is due, the hardest first, of equally hard ones what has been waiting longest."""
    waiting = [one for one in items if one.due is not None and one.due <= now]
    return sorted(waiting, key=lambda one: (-one.hard, one.due or 0.0, one.name))


def next_due(items: Iterable[Item], now: float) -> float | None:
    """Return when something is due that is not yet; None if nothing will be."""
    return min((one.due for one in items if one.due is not None and one.due > now), default=None)


def next_review(start: float, answered: Iterable[float]) -> float | None:
    """Return when to ask again what was passed at `start` and asked again at some times since; None after the last review.

    Who is late, by a week or a month, is asked once for all the reviews that have gone by.
    """
    last = max(answered, default=start)
    return next((due for days in DAYS if (due := start + days * DAY) > last), None)


def _drills(records: Sequence[Record]) -> Iterator[Item]:
    for one in exercises():
        checks = [check for check in records if isinstance(check, Check) and check.exercise == one.name]
        passed = next((check.time for check in checks if check.outcome == Outcome.PASSED), None)
        if passed is None or drills.drills_of(one.name) is None:
            continue
        wrong = [check for check in checks if check.outcome in _WRONG]
        hints = {record.number for record in records if isinstance(record, Hint) and record.exercise == one.name}
        named = {mistake for check in wrong for mistake in check.mistakes}
        tried = [r.time for r in records if isinstance(r, Drill) and r.exercise == one.name and r.event in _ASKED]
        yield Item("drill", one.name, len(wrong) + len(named) + len(hints), next_review(passed, tried))


def _predictions(records: Sequence[Record]) -> Iterator[Item]:
    for one in questions():
        entered = [record for record in records if isinstance(record, Prediction) and record.name == one.name]
        if entered and not entered[0].right:
            wrong = sum(not record.right for record in entered)
            yield Item("predict", one.name, wrong, next_review(entered[0].time, [record.time for record in entered]))


def _words(records: Sequence[Record]) -> Iterator[Item]:
    for one in explanations():
        written = [record.time for record in records if isinstance(record, Words) and record.name == one.name]
        if written:
            yield Item("explain", one.name, 0, next_review(written[0], written))


def _line(item: Item) -> str:
    asked = {"predict": _text_of_question, "explain": _text_of_explanation}.get(item.kind)
    return f"{item.call}: {asked(item.name) if asked else f'find the fault in a wrong {item.name}'}"


def _text_of_question(name: str) -> str:
    return next(one.text for one in questions() if one.name == name)


def _text_of_explanation(name: str) -> str:
    """Return a question without the signs of Markdown; one with formulas that are more than letters stands in its lesson."""
    found = next(one for one in explanations() if one.name == name)
    plain = re.sub(r"[$`*]", "", found.question)
    return f"the question of lesson {found.lesson}, in words" if "\\" in plain or "^" in plain else plain


def _when(due: float, now: float) -> str:
    """Return a day as people say it: "tomorrow", "in 5 days, on 7 March"."""
    day, today = datetime.fromtimestamp(due), datetime.fromtimestamp(now)
    days = (day.date() - today.date()).days
    if days <= 1:
        return "tomorrow" if days == 1 else f"today at {day:%H:%M}"
    return f"in {days} days, on {day.day} {day:%B}"
