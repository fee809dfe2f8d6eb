"""Parsons problems: the lines of a solution in a wrong order, with some that do not belong to it; the learner puts them in order."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from string import ascii_lowercase
from textwrap import indent
from typing import Any

from grading.catalogue import drills, exercises
from grading.catalogue.drills import Drills
from grading.outcome import Outcome
from grading.practice.drilling import NOT_HERE, facts_of, remember, without_names
from grading.practice.listing import code_and, compiled, head_of
from grading.study.helping import exercise_meant
from grading.study.panel import BLUE, GREEN, Panel
from grading.study.records import Drill

IN_ORDER, TRIED_ORDER = "in order", "not in order"


def told(wanted: Any, order: Any) -> Panel:
    """Show the lines of an exercise, each with its letter; or judge an order of them by running what they make."""
    found = exercise_meant(wanted)
    if isinstance(found, Panel):
        return found
    its = drills.drills_of(found.name)
    if its is None and not drills.are_installed():
        return Panel(NOT_HERE)
    if its is None or not its.lines:
        return Panel(f"{found.name} has no lines to put in order.", (f"There are {', '.join(with_lines())}.",))
    lines = shuffled(found.name, its)
    if order is None or order is ... or (isinstance(order, str) and order.strip() in ("", "...")):
        return _asked(found.name, its, lines)
    letters = _letters(order)
    if letters is None or any(letter not in lines for letter in letters):
        first, last = ascii_lowercase[0], ascii_lowercase[len(lines) - 1]
        return Panel(f"The lines are {first} to {last}.", (f'Such as parsons("{found.name}", "{last} {first}").',))
    return _judged(found, its, [lines[letter] for letter in letters])


def shuffled(name: str, its: Drills) -> dict[str, str]:
    """Return the lines by their letters, in an order that is always the same for an exercise, and not the right one."""
    every = [*its.lines, *its.distractors]
    # Chosen by the name, so that an order that somebody writes down stays right.
    random.Random(name).shuffle(every)
    return dict(zip(ascii_lowercase, every, strict=False))


def with_lines() -> list[str]:
    """Return the exercises whose lines can be put in order."""
    found = ((one.name, drills.drills_of(one.name)) for one in exercises())
    return [name for name, its in found if its is not None and its.lines]


def _asked(name: str, its: Drills, lines: dict[str, str]) -> Panel:
    head = head_of(name).split('    """')[0].rstrip()
    text = [line for letter, piece in lines.items() for line in _lettered(letter, piece)]
    extra = len(its.distractors)
    ask = f'{extra} of these lines do not belong to it. Name the others in order: parsons("{name}", "b a ...").'
    code = ["   " + line for line in head.split("\n")] + text
    return Panel(f"The lines of {name}, shuffled:", (*code, ask), BLUE, "?", code_and("\n".join(code), ask))


def _lettered(letter: str, piece: str) -> list[str]:
    """Return a piece of one or more lines with its letter before the first."""
    first, *rest = indent(piece, "    ").split("\n")
    return [f"{letter}  {first}", *(f"   {line}" for line in rest)]


def _judged(found: Any, its: Drills, chosen: Sequence[str]) -> Panel:
    from grading.checking import judged

    try:
        function = compiled(found.name, its, "\n".join(chosen))
    except SyntaxError as error:
        return _not_yet(found, (f"Python cannot read it: {error.msg}.",))
    verdict = judged(without_names(found), function)
    if verdict.outcome is Outcome.PASSED:
        remember(Drill(found.lesson, found.name, 0, IN_ORDER))
        return Panel(f"This order is right: it passes the check of {found.name}.", (), GREEN, "\u2713")
    return _not_yet(found, facts_of(verdict))


def _not_yet(found: Any, lines: tuple[str, ...]) -> Panel:
    remember(Drill(found.lesson, found.name, 0, TRIED_ORDER))
    return Panel("Not in this order, or not these lines.", lines, BLUE, "\u2192")


def _letters(order: Any) -> list[str] | None:
    """Return an order as letters: "c a b", "cab", "c, a, b" or ["c", "a", "b"]; None for anything else."""
    if isinstance(order, list | tuple) and all(isinstance(one, str) for one in order):
        order = " ".join(order)
    if not isinstance(order, str):
        return None
    return re.findall(r"[^\s,;>-]", order.lower())
