"""A written answer that stands in a new cell beside the one meant for it, which is still as it was handed out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Any

from grading.cells import grade_id_of, statements_in
from grading.engine.intake.template import Template, TemplateCell
from grading.engine.problems import Problem
from grading.text import with_plain_ends


def put_in_place(cells: list[dict[str, Any]], template: Template) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return restored cells with each such answer in its own cell, where a person will find it, and a problem for each.

    A new cell is one that the lesson does not have. Where the lesson's own text is not known, nothing is put anywhere.
    """
    lesson = {_plain(text) for text in template.text}
    moved: list[int] = []
    problems = []
    for index, cell in enumerate(cells):
        known = template.by_id.get(grade_id_of(cell) or "")
        if not lesson or known is None or not _is_blank(cell, known):
            continue
        below, above = cells[index + 1 :], reversed(cells[:index])
        found = list(_new_text(below, lesson)) or list(_new_text(above, lesson))[::-1]
        if found:
            cell["source"] = "\n\n".join(one["source"] for one in found)
            pictures = {name: one for new in found for name, one in new.get("attachments", {}).items()}
            cell.update({"attachments": pictures} if pictures else {})
            # What is in a code cell may be needed by the cells after it.
            moved += [id(new) for new in found if new["cell_type"] != "code"]
            sentence = (
                f"the answer '{known.grade_id}' stood in a new cell beside the one meant for it and was put there"
            )
            problems.append(Problem("written-elsewhere", sentence))
    return [cell for cell in cells if id(cell) not in moved], problems


def _is_blank(cell: dict[str, Any], known: TemplateCell) -> bool:
    """Tell whether a cell is one for a written answer, and holds none."""
    is_written = known.cell_type == "markdown" and known.solution and known.points is not None
    return is_written and _plain(cell["source"]) in ("", _plain(known.source))


def _new_text(cells: Iterable[dict[str, Any]], lesson: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the cells at the beginning of some that are the student's own text."""
    for cell in cells:
        text = _plain(cell["source"])
        if grade_id_of(cell) is not None or text in lesson or not _is_prose(cell):
            return
        if text:
            yield cell


def _is_prose(cell: dict[str, Any]) -> bool:
    """Tell whether a cell holds text; in a code cell that is what Python cannot read, comments, or a string."""
    if cell["cell_type"] != "code":
        return True
    return all(
        isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
        for one in statements_in(cell["source"])
    )


def _plain(text: str) -> str:
    return with_plain_ends(text).strip()
