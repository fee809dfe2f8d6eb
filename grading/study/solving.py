"""The solution of an exercise, for somebody who has asked twice."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from grading.study import store
from grading.study.helping import exercise_meant, hints_seen, todo_of
from grading.study.panel import BLUE, Panel
from grading.study.records import Solution

if TYPE_CHECKING:
    from grading.solutions import Way

_CODE = "margin:.4em 0;padding:.4em .6em;border:1px solid rgba(128,128,128,.4);overflow-x:auto;white-space:pre"
# The exercises whose solution was asked for in this process: what counts where nothing can be written down.
_asked: set[str] = set()


def solution_of(wanted: Any) -> Panel:
    """Return the solution of an exercise from the second time on that it is asked for; at first, what else there is."""
    found = exercise_meant(wanted)
    if isinstance(found, Panel):
        return found
    if found.manual:
        return Panel(
            f"{found.name} is answered in words.", ("The model answer stands in the lesson, where there is one.",)
        )
    try:
        from grading.solutions import ways
    except ModuleNotFoundError as error:
        if error.name != "grading.solutions":
            raise
        where = "Your class's package comes without solutions; your instructor opens them after the due date."
        return Panel(f"The solution of {found.name} is not part of this package.", (where,))
    shown = ways(found.lesson, found.name, todo_of(found) or "")
    if not shown:
        return Panel(f"The solution of {found.name} is not known here.", ("Ask whoever wrote the exercise.",))
    records = store.read().records
    before = found.name in _asked or any(isinstance(r, Solution) and r.exercise == found.name for r in records)
    _asked.add(found.name)
    store.add(Solution(found.lesson, found.name, before))
    if before:
        return _panel(found.name, shown)
    left = len(found.hints) - hints_seen(found, records)
    hint = f'There {"is a hint" if left == 1 else f"are {left} hints"} left: hint("{found.name}").' if left > 0 else ""
    again = f'solution("{found.name}") again shows the solution.'
    return Panel(f"Once more before the solution of {found.name}?", (hint, again) if hint else (again,), BLUE, "?")


def _panel(name: str, shown: tuple[Way, ...]) -> Panel:
    title = f"A solution of {name}" if len(shown) == 1 else f"Two ways to write {name}"
    lines: list[str] = []
    html = []
    for way in shown:
        lines += [way.equal] if way.equal else []
        lines += way.code.split("\n")
        html += [f"<div>{escape(way.equal)}</div>"] if way.equal else []
        html.append(f'<pre style="{_CODE}" tabindex="0">{escape(way.code)}</pre>')
    return Panel(title, tuple(lines), BLUE, "=", "".join(html))
