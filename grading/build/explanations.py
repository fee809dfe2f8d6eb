"""The `explain` cells of a master and what its lesson declares to be explained must agree: each is asked once, below its question."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from grading.build.diagnostic import Diagnostic
from grading.build.master import Cell, Master
from grading.build.predictions import calls, fault, name_in
from grading.cells import statements_in

_FUNCTION = "explain"
_OPEN = "..."


class DeclaredExplanation(Protocol):
    """The part of an explanation that the build reads; tests pass stand-ins."""

    @property
    def name(self) -> str:
        """What `explain` calls it."""

    @property
    def lesson(self) -> str:
        """The lesson, such as "02-activations"."""

    @property
    def question(self) -> str:
        """The question, as the cell above asks it."""

    @property
    def model(self) -> str:
        """The model answer."""


def explanation_diagnostics(master: Master, declared: Iterable[DeclaredExplanation]) -> list[Diagnostic]:
    """Return which cells ask for nothing that is declared, twice, or without its question above, and what no cell asks for."""
    questions = {one.name: one.question for one in declared if one.lesson == master.name}
    found: list[Diagnostic] = []
    used: set[str] = set()
    for above, cell in zip((None, *master.cells), master.cells, strict=False):
        for call in calls(cell, _FUNCTION):
            name = name_in(call)
            message = fault(call, list(questions), _FUNCTION, _OPEN) or _misplaced(cell, above, questions[name or ""])
            if not message and name in used:
                message = f"{name!r} is asked a second time"
            if message:
                found.append(master.diagnostic(cell, message, call.lineno - 1))
            used.add(name or "")
    unused = [name for name in questions if name not in used]
    return found + [Diagnostic(master.path, f"no cell asks to explain {name!r}") for name in unused]


def explained_in(cell: Cell) -> str:
    """Return what a cell asks to explain; "" if it is another cell."""
    return next((name_in(call) or "" for call in calls(cell, _FUNCTION)), "")


def _misplaced(cell: Cell, above: Cell | None, question: str) -> str:
    if sum(1 for _ in statements_in(cell.source)) != 1:
        return f"`{_FUNCTION}` has a cell of its own, which holds nothing else"
    if above is None or above.kind != "markdown" or " ".join(question.split()) not in " ".join(above.source.split()):
        return f"the cell above does not ask the declared question: {question}"
    return ""
