"""An instructor's notebook with the points of a course: of its cells, and in the table at its top. Pure functions of notebooks."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grading.build.contents import CONTENTS_ID
from grading.build.declared import points_text
from grading.cells import exercise_of, grade_id_of, told_to_nbgrader

Notebook = dict[str, Any]
_ROW = re.compile(r"^\| `(?P<name>[^`]+)`(?P<kind>[^|]*)\| *(?P<points>[\d.]+|practice) *\|", re.M)
_TOTAL = re.compile(r"^(\*\*About [^*]+\*\*, )[\d.]+ points\.", re.M)
PRACTICE = "practice"


@dataclass(frozen=True)
class GradedCell:
    """A cell with points. written: whether a person grades it."""

    identity: str
    exercise: str
    points: float
    written: bool


def graded_cells(notebook: Mapping[str, Any], names: Mapping[str, Any]) -> Iterator[GradedCell]:
    """Yield the cells with points, of exercises of these names."""
    for cell in notebook["cells"]:
        told = told_to_nbgrader(cell)
        if told.get("grade"):
            identity = grade_id_of(cell) or ""
            yield GradedCell(
                identity, exercise_of(identity, names), float(told.get("points", 0)), bool(told.get("solution"))
            )


def with_points(notebook: Notebook, points: Mapping[str, float]) -> Notebook:
    """Return a notebook whose exercises have these points, the others their own; with 0 points an exercise is practice.

    Its cells stay, so that later cells find what they use, and a gradebook in which it has points already still fits.
    """
    found = copy.deepcopy(notebook)
    for cell in found["cells"]:
        told = told_to_nbgrader(cell)
        name = exercise_of(grade_id_of(cell) or "", points)
        if told.get("grade") and name in points:
            cell["metadata"]["nbgrader"]["points"] = _number(points[name])
        elif cell.get("id") == CONTENTS_ID:
            cell["source"] = _contents("".join(cell["source"]), points)
    return found


def _contents(text: str, points: Mapping[str, float]) -> str:
    def row(found: re.Match[str]) -> str:
        worth = points.get(found["name"])
        shown = found["points"] if worth is None else points_text(worth) if worth else PRACTICE
        return f"| `{found['name']}`{found['kind']}| {shown} |"

    text = _ROW.sub(row, text)
    total = sum(float(found["points"]) for found in _ROW.finditer(text) if found["points"] != PRACTICE)
    return _TOTAL.sub(lambda found: f"{found[1]}{points_text(total)} points.", text)


def _number(points: float) -> int | float:
    return int(points) if points.is_integer() else points
