"""The instructor's side of a notebook: which graded cells it has and what belongs into them.

nbgrader keeps it in the gradebook when `generate_assignment` runs, hidden checks included.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TemplateCell:
    """One cell that nbgrader knows by its grade id.

    source is the instructor's; `locked` cells get it back before they run. points is None for an ungraded cell.
    """

    grade_id: str
    cell_type: str
    source: str
    locked: bool
    solution: bool
    points: float | None
    checksum: str | None
    task: bool = False

    def metadata(self) -> dict[str, Any]:
        """Return the cell's nbgrader metadata, complete, in schema 3."""
        metadata: dict[str, Any] = {
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "grade": self.points is not None and not self.task,
            "grade_id": self.grade_id,
            "locked": self.locked,
            "schema_version": 3,
            "solution": self.solution,
            "task": self.task,
        }
        if self.points is not None:
            metadata["points"] = self.points
        return metadata


@dataclass(frozen=True)
class Template:
    """The graded and the locked cells of one notebook, in order, and the kernel that runs it.

    text: the sources of all of its cells, as far as they are known; the gradebook does not keep them.
    """

    notebook: str
    cells: tuple[TemplateCell, ...]
    kernelspec: Mapping[str, Any] = field(default_factory=dict)
    text: tuple[str, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, TemplateCell]:
        """The cells under their grade ids."""
        return {cell.grade_id: cell for cell in self.cells}

    @property
    def language(self) -> str:
        """The language of the kernel, in lower case."""
        return str(self.kernelspec.get("language", "python")).lower()

    @property
    def kernel_name(self) -> str:
        """The name of the kernel that runs the notebook."""
        return str(self.kernelspec.get("name", "python3"))


def templates_from_gradebook(gradebook: Any, lesson: str, source: Path) -> dict[str, Template]:
    """Read the templates of all notebooks of a lesson by name; `source` is the folder of the instructor's version.

    Raises nbgrader's MissingEntry if the gradebook does not know the lesson.
    """
    names = sorted(notebook.name for notebook in gradebook.find_assignment(lesson).notebooks)
    return {
        name: replace(template_from_gradebook(gradebook, lesson, name), text=text_of_cells(source / f"{name}.ipynb"))
        for name in names
    }


def template_from_gradebook(gradebook: Any, lesson: str, notebook: str) -> Template:
    """Read the template of one notebook of a lesson from an open `nbgrader.api.Gradebook`."""
    entry = gradebook.find_notebook(notebook, lesson)
    points = {cell.name: float(cell.max_score) for cell in [*entry.grade_cells, *entry.task_cells]}
    solutions = {cell.name for cell in entry.solution_cells}
    tasks = {cell.name for cell in entry.task_cells}
    cells = tuple(
        TemplateCell(
            grade_id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            locked=bool(cell.locked),
            solution=cell.name in solutions,
            points=points.get(cell.name),
            checksum=cell.checksum,
            task=cell.name in tasks,
        )
        for cell in entry.source_cells
    )
    return Template(notebook, cells, json.loads(entry.kernelspec) if entry.kernelspec else {})


def text_of_cells(notebook: Path) -> tuple[str, ...]:
    """Return the sources of a notebook's cells; none if there is no such notebook or it cannot be read."""
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        return tuple("".join(cell["source"]) for cell in cells)
    except (OSError, ValueError, KeyError, TypeError):
        return ()
