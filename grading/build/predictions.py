"""The `predict` cells of a master and the declared questions of its lesson must agree."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Protocol

from grading.build.diagnostic import Diagnostic
from grading.build.master import Cell, Master
from grading.cells import statements_in


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
        for call in _calls(cell):
            name = _text(call.args[0]) if call.args else None
            message = _fault(call, name, names)
            if message:
                found.append(master.diagnostic(cell, message, call.lineno - 1))
            used.add(name or "")
    unused = [name for name in names if name not in used]
    return found + [Diagnostic(master.path, f"no cell asks the question {name!r}") for name in unused]


def _calls(cell: Cell) -> Iterator[ast.Call]:
    for statement in statements_in(cell.source) if cell.kind == "code" else ():
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "predict":
                yield node


def _fault(call: ast.Call, name: str | None, names: list[str]) -> str:
    """Return what is wrong with a call, which is `predict("a-question", ...)`."""
    if name is None:
        return 'name the question as text: `predict("a-question", ...)`'
    if name not in names:
        near = get_close_matches(name, names, n=1, cutoff=0.4)
        return f"no question {name!r} in this lesson; {f'did you mean {near[0]!r}?' if near else f'declared: {names}'}"
    if len(call.args) != 2 or call.keywords or not _is_open(call.args[1]):
        return f"leave the answer to the learner: `predict({name!r}, ...)`"
    return ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_open(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
