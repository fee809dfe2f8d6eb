"""The `predict` cells of a master and the declared questions of its lesson must agree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Protocol

from grading.build.diagnostic import Diagnostic
from grading.build.master import Cell, Master
from grading.cells import statements_in

_FUNCTION = "predict"


class DeclaredQuestion(Protocol):
    """The part of a question that the build reads; tests pass stand-ins."""

    @property
    def name(self) -> str:
        """What `predict` calls it."""

    @property
    def lesson(self) -> str:
        """The lesson, such as "02-activations"."""


def prediction_diagnostics(master: Master, declared: Iterable[DeclaredQuestion]) -> list[Diagnostic]:
    """Return where a cell names no question of the lesson or gives a value away, and which questions no cell names."""
    names = [one.name for one in declared if one.lesson == master.name]
    found: list[Diagnostic] = []
    used: set[str] = set()
    for cell in master.cells:
        for call in calls(cell, _FUNCTION):
            message = fault(call, names, _FUNCTION, ...)
            if message:
                found.append(master.diagnostic(cell, message, call.lineno - 1))
            used.add(name_in(call) or "")
    unused = [name for name in names if name not in used]
    return found + [Diagnostic(master.path, f"no cell asks the question {name!r}") for name in unused]


def calls(cell: Cell, function: str) -> Iterator[ast.Call]:
    """Yield the calls of a function, by its bare name, in a cell of code."""
    for statement in statements_in(cell.source) if cell.kind == "code" else ():
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                yield node


def name_in(call: ast.Call) -> str | None:
    """Return the name that a call gives as text, its first argument; None if there is none."""
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def fault(call: ast.Call, names: list[str], function: str, dots: Any) -> str:
    """Return what is wrong with a call that asks a learner for something, which is `function("a-name", dots)`."""
    name, form = name_in(call), '"""..."""' if isinstance(dots, str) else "..."
    if name is None:
        return f'name the question as text: `{function}("a-question", {form})`'
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.4)
        return f"no question {name!r} in this lesson; {f'did you mean {near[0]!r}?' if near else f'declared: {names}'}"
    if len(call.args) != 2 or call.keywords or not _is(call.args[1], dots):
        return f'leave the answer to the learner: `{function}("{name}", {form})`'
    return ""


def _is(node: ast.expr, value: Any) -> bool:
    return isinstance(node, ast.Constant) and node.value == value
