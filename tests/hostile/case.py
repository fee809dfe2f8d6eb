"""What one hostile submission is: how it is made and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile.lesson import LESSON, WRONG

# Points of relu, sigmoid and relu_grad. Nearly everyone attacks in the cell of sigmoid, between two right answers: what was
# earned before stays, what is right after is earned, and the attack gives nothing.
DUE = (1.0, 0.0, 1.0)
NOTHING = (0.0, 0.0, 0.0)
ALL = (1.0, 1.5, 1.0)

Notebook = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One submission; the student's id is its name.

    cell: the answer cell of sigmoid. first: a cell of its own before everything else. change: what is done to the notebook
        then; it may return bytes for a file that is not a notebook.
    beside: makes further files in the submission's folder; None in place of a notebook's file name: no notebook.
    points: what must be in the gradebook. A tuple of three numbers, or for code that may hurt itself only the upper bound
        (at_most).
    told: the kinds of problems that must be reported, exactly; None: whatever comes.
    needs_sandbox: it would harm the machine or other submissions, and is never run without a sandbox.
    slow: takes the time budget; left out of the default run.
    """

    name: str
    description: str
    cell: str = WRONG
    first: str = ""
    change: Callable[[Notebook], Notebook | bytes] | None = None
    beside: Callable[[Path, Path], None] | None = None
    file_name: str | None = f"{LESSON}.ipynb"
    points: tuple[float, float, float] = DUE
    at_most: bool = False
    told: frozenset[str] | None = frozenset()
    needs_sandbox: bool = False
    slow: bool = False
    tags: tuple[str, ...] = field(default=())


def kinds(*names: str) -> frozenset[str]:
    """Return kinds of problems."""
    return frozenset(names)
