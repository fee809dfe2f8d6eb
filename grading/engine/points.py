"""Whether the points of a lesson's check cells are those of the exercises that they check; nothing is graded where they are not.

A course may give an exercise other points than the package does, 0 where it is left out. `nbgrader_config.py` then says so:

    c.CoursePoints.points = {"relu": 2.0, "tanh": 0.0}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isclose
from typing import Any

from nbformat import from_dict
from traitlets.config import Config

from grading.engine.execution.checks import check_of
from grading.engine.intake.template import Template, TemplateCell
from grading.errors import CourseError

_MOST_NAMED = 3


class PointsDoNotFit(CourseError):
    """A lesson's cells have other points than its exercises, so that neither could be given."""


def own_points(config: Config) -> Mapping[str, float]:
    """Return the points that a course's configuration gives to exercises, by their names."""
    found: Any = config.CoursePoints.points if "CoursePoints" in config else {}
    return found if isinstance(found, Mapping) else {}


def refuse_misfits(lesson: str, templates: Mapping[str, Template], points: Mapping[str, float] | None = None) -> None:
    """Raise PointsDoNotFit, which says what to do, if a check cell has other points than its exercise.

    points: what exercises are worth in this course, where that is not what the package says.
    """
    given = points or {}
    found = [misfit for template in templates.values() for cell in template.cells for misfit in _misfit(cell, given)]
    if found:
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise PointsDoNotFit(
            f"{lesson}: {'; '.join(found[:_MOST_NAMED])}{more}; give cell and exercise the same points, "
            f"and run `nbgrader generate_assignment {lesson} --force`"
        )


def _misfit(cell: TemplateCell, given: Mapping[str, float]) -> Iterator[str]:
    if cell.points is None or cell.cell_type != "code":
        return
    told = {name: value for name, value in cell.metadata().items() if name != "points"}
    data = {"cell_type": "code", "metadata": {"nbgrader": told}, "source": cell.source}
    check = check_of(from_dict(data))  # type: ignore[no-untyped-call]  # nbformat has no annotation here
    if check is None:
        return
    worth = given.get(check.exercise.name, check.exercise.points)
    if not isclose(worth, cell.points, abs_tol=1e-9):
        yield f"the cell '{cell.grade_id}' has {cell.points:g} points, its exercise '{check.exercise.name}' {worth:g}"
