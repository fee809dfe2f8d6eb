"""Cells that are not valid, as other programs and people leave them: each costs itself, never the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grading.cells import grade_id_of
from grading.engine.intake.template import Template
from grading.engine.problems import Problem, one_line

_CELL_TYPES = ("code", "markdown", "raw")


def usable_cells(found: Sequence[object], template: Template) -> tuple[dict[int, Mapping[str, Any]], list[Problem]]:
    """Return the cells that can be read, by their number in the file, counted from 1, and a problem for each of the others."""
    usable: dict[int, Mapping[str, Any]] = {}
    problems = []
    for number, cell in enumerate(found, start=1):
        if not isinstance(cell, dict) or (odd := _odd_source(cell.get("source"))):
            what = odd if isinstance(cell, dict) else "is not a notebook cell"
            problems.append(Problem("odd-cell", f"cell {number} {what} and was dropped"))
        elif cell.get("cell_type") in _CELL_TYPES:
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
