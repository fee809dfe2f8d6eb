"""Cells that are not valid, as other programs and people leave them: each costs itself, never the notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grading.cells import grade_id_of
from grading.engine.intake.template import Template
from grading.engine.problems import Problem, one_line

_CELL_TYPES = ("code", "markdown", "raw")
# What the cells of one notebook may hold together, in characters: ten pasted photographs. Each copy of it costs memory.
_MOST_CHARACTERS = 24_000_000


def usable_cells(found: Sequence[object], template: Template) -> tuple[dict[int, Mapping[str, Any]], list[Problem]]:
    """Return the cells that can be read, by their number in the file, counted from 1, and a problem for each of the others."""
    usable: dict[int, Mapping[str, Any]] = {}
    problems = []
    room = _MOST_CHARACTERS
    for number, cell in enumerate(found, start=1):
        if not isinstance(cell, dict) or (odd := _odd_source(cell.get("source")) or _too_large(cell, room)):
            what = odd if isinstance(cell, dict) else "is not a notebook cell"
            problems.append(Problem("odd-cell", f"cell {number} {what} and was dropped"))
            continue
        room -= _characters(cell)
        if cell.get("cell_type") in _CELL_TYPES:
            usable[number] = cell
        elif known := template.by_id.get(grade_id_of(cell) or ""):
            # The type of the lesson's own cells is known anyway.
            problems.append(
                Problem(
                    "retyped-cell", f"cell '{known.grade_id}' had another type and is a {known.cell_type} cell again"
                )
            )
            usable[number] = {**cell, "cell_type": known.cell_type}
        else:
            kind = f"is of the type {one_line(str(cell.get('cell_type')), 20)!r}, which notebooks do not have,"
            problems.append(Problem("odd-cell", f"cell {number} {kind} and was dropped"))
    return usable, problems


def _odd_source(source: object) -> str:
    """Say what is odd about the source of a cell; "" if it is text, or lines of text."""
    if source is None:
        return "has no source"
    is_text = isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))
    return "" if is_text else "has a source that is not text"


def _too_large(cell: Mapping[str, Any], room: int) -> str:
    """Say that a cell holds more than there is room for; "" if it does not."""
    size = _characters(cell)
    most = _MOST_CHARACTERS // 1_000_000
    return "" if size <= room else f"holds {size // 1_000_000 or 1} MB where all cells together may hold {most} MB"


def _characters(cell: Mapping[str, Any]) -> int:
    """Return how much text a cell holds, with what is attached to it."""
    return sum(_texts([cell.get("source"), cell.get("attachments")]))


def _texts(found: object) -> Iterator[int]:
    """Yield the lengths of the texts in plain data."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield len(one)
        elif isinstance(one, dict | list):
            waiting.extend(one.values() if isinstance(one, dict) else one)
