"""Whether the points of a lesson's check cells are those of the exercises that they check; nothing is graded where they are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isclose

from nbformat import from_dict

from grading.engine.execution.checks import check_of
from grading.engine.intake.template import Template, TemplateCell
from grading.errors import CourseError

_MOST_NAMED = 3


class PointsDoNotFit(CourseError):
    """A lesson's cells have other points than its exercises, so that neither could be given."""


def refuse_misfits(lesson: str, templates: Mapping[str, Template]) -> None:
    """Raise PointsDoNotFit, which says what to do, if a check cell has other points than its exercise."""
    found = [misfit for template in templates.values() for cell in template.cells for misfit in _misfit(cell)]
    if found:
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise PointsDoNotFit(
            f"{lesson}: {'; '.join(found[:_MOST_NAMED])}{more}; give cell and exercise the same points, "
            f"and run `nbgrader generate_assignment {lesson} --force`"
        )


def _misfit(cell: TemplateCell) -> Iterator[str]:
    if cell.points is None or cell.cell_type != "code":
        return
    data = {"cell_type": "code", "metadata": {"nbgrader": cell.metadata()}, "source": cell.source}
    check = check_of(from_dict(data))  # type: ignore[no-untyped-call]  # nbformat has no annotation here
    if check is not None and not isclose(check.exercise.points, cell.points, abs_tol=1e-9):
        yield f"the cell '{cell.grade_id}' has {cell.points:g} points, its exercise '{check.exercise.name}' {check.exercise.points:g}"
