"""Help while somebody is stuck: the next hint, and the TODO as it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading.outcome import Outcome
from grading.study import store
from grading.study.panel import BLUE, Panel, in_notebook
from grading.study.records import Check, Hint, Record

if TYPE_CHECKING:
    from grading.judging.exercise import Exercise

TODOS = Path(__file__).parents[1] / "catalogue" / "todos.json"
# After so many checks in a row that were not passed, the next hint is offered.
OFFERED_AFTER = 3

# The last hint that was shown in this process, by exercise: what counts where nothing can be written down.
_shown: dict[str, int] = {}


def next_hint(wanted: Any) -> Panel:
    """Return the next hint of an exercise and remember it; after the last one, that there is no more, with all of them again."""
    found = exercise_meant(wanted)
    if isinstance(found, Panel):
        return found
    if not found.hints:
        return Panel(f"{found.name} has no hints.", ("Its docstring and the text above it say all that is needed.",))
    seen = hints_seen(found, store.read().records)
    if seen >= len(found.hints):
        again = tuple(f"{number}. {text}" for number, text in enumerate(found.hints, start=1))
        return Panel(f"{found.name} has no further hint. These were all:", again, BLUE, "?")
    number = seen + 1
    _shown[found.name] = number
    store.add(Hint(found.lesson, found.name, number))
    left = len(found.hints) - number
    more = f'hint("{found.name}") again for the next, {_of_which(left)}.' if left else "This was the last one."
    return Panel(f"Hint {number} of {len(found.hints)} for {found.name}", (found.hints[seen].strip(), more), BLUE, "?")


def offer(found: Exercise) -> Panel | None:
    """Return the offer of a hint, where the last checks of an exercise were not passed one after the other and a hint is left."""
    if not found.hints:
        return None
    failed, records = 0, store.read().records
    for record in reversed(records):
        if isinstance(record, Check) and record.exercise == found.name:
            if record.outcome == Outcome.PASSED:
                break
            failed += record.outcome in (Outcome.FAILED, Outcome.ANSWER_ERROR)
    seen = hints_seen(found, records)
    if failed < OFFERED_AFTER or seen >= len(found.hints):
        return None
    return Panel(f'Stuck? hint("{found.name}") shows hint {seen + 1} of {len(found.hints)}.', (), BLUE, "?")


def bring_back(wanted: Any, insert: Callable[[str], bool]) -> Panel:
    """Give the TODO of an exercise, as it was handed out, to `insert`, which says whether it could make a cell of it.

    Where it could not, the panel holds the text.
    """
    found = exercise_meant(wanted)
    if isinstance(found, Panel):
        return found
    text = todo_of(found)
    if text is None:
        return Panel(f"The TODO of {found.name} is only in the notebook that was handed out; take it from there.")
    if insert(text):
        where = "Run it in place of your own, which is where it was and is not changed."
        return Panel(f"The TODO of {found.name}, as it was handed out, is in the cell below.", (where,))
    return Panel(f"The TODO of {found.name}, as it was handed out:", tuple(text.split("\n")))


def todo_of(found: Exercise) -> str | None:
    """Return the TODO of an exercise as it was handed out; None if the package does not have it."""
    todos: dict[str, dict[str, str]] = json.loads(TODOS.read_text(encoding="utf-8")) if TODOS.is_file() else {}
    return todos.get(found.lesson, {}).get(found.name)


def insert_cell(text: str) -> bool:
    """Put a cell with this text below the one that runs; tell whether this is a notebook, where that can be done."""
    if not in_notebook():
        return False
    from IPython.core.getipython import get_ipython

    get_ipython().set_next_input(text, replace=False)  # type: ignore[union-attr]
    return True


def hints_seen(found: Exercise, records: Sequence[Record]) -> int:
    """Return how many hints of an exercise were shown."""
    numbers = [one.number for one in records if isinstance(one, Hint) and one.exercise == found.name]
    return min(max([*numbers, _shown.get(found.name, 0)]), len(found.hints))


def _of_which(left: int) -> str:
    return "the last" if left == 1 else f"{left} are left"


def exercise_meant(wanted: Any) -> Exercise | Panel:
    """Return the exercise that somebody means by a name or by a function, or say what names there are."""
    from grading.catalogue import exercises

    names = {one.name: one for one in exercises()}
    said = wanted if isinstance(wanted, str) else getattr(wanted, "__qualname__", getattr(wanted, "__name__", ""))
    said = said.strip()
    if said in names:
        return names[said]
    # A class stands for the method of it that is an exercise.
    of_class = [name for name in names if name.partition(".")[0] == said]
    if len(of_class) == 1:
        return names[of_class[0]]
    spelt = {name.lower(): name for name in names}
    near = [spelt[one] for one in get_close_matches(said.lower().replace("-", "_"), spelt, n=3, cutoff=0.5)]
    ask = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
    return Panel(f"There is no exercise {said[:60]!r}." if said else "Which exercise?", (ask,))
