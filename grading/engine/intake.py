"""Reading a submitted notebook: what was handed in becomes a clean notebook or one clear problem. Nothing runs here.

A student owns the sources of the answer cells and of cells they added. Everything else (the graded cells' metadata,
locked sources, tags, kernel, stored outputs) comes from the instructor's template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode, from_dict

from grading.engine.limits import Limits
from grading.engine.problems import Problem, one_line
from grading.engine.template import Template, TemplateCell

_CELL_TYPES = ("code", "markdown", "raw")


@dataclass(frozen=True)
class Intake:
    """What became of a file: a clean notebook, or None where there is nothing to grade, and the problems."""

    notebook: NotebookNode | None
    problems: tuple[Problem, ...] = ()


def read_notebook(content: bytes, template: Template, limits: Limits) -> Intake:
    """Return the clean form of a submitted notebook file, or the reason why there is none."""
    parsed = _parse(content, limits)
    if isinstance(parsed, Problem):
        return Intake(None, (parsed,))
    kernel = _kernel_problem(parsed, template)
    if kernel and not kernel.graded:
        return Intake(None, (kernel,))
    cells, problems = _restore(parsed["cells"], template)
    if kernel:
        problems.append(kernel)
    if len(content) > limits.output_bytes:
        stored = len(content) // 1_000_000
        problems.append(Problem("stored-output", f"the file holds {stored} MB of stored output, which was dropped"))
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": dict(template.kernelspec)} if template.kernelspec else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return Intake(from_dict(notebook), tuple(problems))  # type: ignore[no-untyped-call]  # nbformat has no annotation


def grade_ids(content: bytes, limits: Limits) -> frozenset[str]:
    """Return the grade ids that a notebook file mentions; the empty set for a file that cannot be read."""
    parsed = _parse(content, limits)
    if isinstance(parsed, Problem):
        return frozenset()
    return frozenset(found for cell in parsed["cells"] if (found := _grade_id(cell)) is not None)


def _parse(content: bytes, limits: Limits) -> dict[str, Any] | Problem:
    """Return the notebook as plain data with a list of well-formed cells, or the first problem."""
    if len(content) > limits.file_bytes:
        most = limits.file_bytes // 1_000_000
        return _refused("too-big", f"the file has {len(content) // 1_000_000} MB; at most {most} MB are read")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _refused("not-utf-8", "the file is not UTF-8 text")
    except RecursionError:
        return _refused("not-json", "the file is nested too deeply to be a notebook")
    except ValueError as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        damaged = f"the file is not JSON{where}: cut off or edited by hand?"
        return _refused("not-json", damaged if content.strip() else "the file is empty")
    if not isinstance(data, dict):
        return _refused("not-a-notebook", "the file is JSON, but not a notebook")
    return _with_cells(data, limits)


def _with_cells(data: dict[str, Any], limits: Limits) -> dict[str, Any] | Problem:
    """Check the list of cells; notebooks of format 3 keep theirs in worksheets."""
    cells = data.get("cells")
    if cells is None and isinstance(data.get("worksheets"), list):
        return _refused("old-format", "the notebook has the format of 2014; open and save it in JupyterLab")
    if not isinstance(cells, list):
        return _refused("not-a-notebook", "the file is JSON, but has no list of cells")
    if not cells:
        return _refused("no-cells", "the notebook has no cells")
    if len(cells) > limits.cells:
        return _refused("too-many-cells", f"the notebook has {len(cells)} cells; at most {limits.cells} are read")
    for number, cell in enumerate(cells, start=1):
        if not _well_formed(cell):
            return _refused("not-a-notebook", f"cell {number} is not a notebook cell")
    return data


def _well_formed(cell: object) -> bool:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
        return False
    source = cell.get("source")
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def _kernel_problem(data: Mapping[str, Any], template: Template) -> Problem | None:
    """Say what is odd about the notebook's kernel. Another language is not run; another name is replaced."""
    metadata = data.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    spec = spec if isinstance(spec, dict) else {}
    info = info if isinstance(info, dict) else {}
    name = str(spec.get("name", template.kernel_name))
    language = str(spec.get("language") or info.get("name") or "").lower()
    if not language:
        language = template.language if _speaks(name, template) else one_line(name).lower()
    if language not in (template.language, f"i{template.language}"):
        expected = template.language.capitalize()
        found = f"'{one_line(name)}' ({one_line(language)})"
        sentence = f"the notebook is for the kernel {found}, not for {expected}; not run"
        return _refused("wrong-kernel", sentence)
    if name != template.kernel_name:
        sentence = f"the kernel '{one_line(name)}' was replaced by '{template.kernel_name}'"
        return Problem("other-kernel", sentence, worth_telling=False)
    return None


def _speaks(name: str, template: Template) -> bool:
    return name == template.kernel_name or template.language in name.lower()


def _refused(kind: str, sentence: str) -> Problem:
    return Problem(kind, sentence, graded=False)


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    """Return the grade id that a submitted cell claims, whatever the shape of its metadata."""
    metadata = cell.get("metadata")
    claimed = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    found = claimed.get("grade_id") if isinstance(claimed, dict) else None
    return found if isinstance(found, str) else None


def _restore(submitted: list[dict[str, Any]], template: Template) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Rebuild every cell from the template; of several cells with one grade id the last counts, as in nbgrader."""
    problems: list[Problem] = []
    last = {found: index for index, cell in enumerate(submitted) if (found := _grade_id(cell)) in template.by_id}
    cells = []
    for index, cell in enumerate(submitted):
        found = _grade_id(cell)
        known = template.by_id.get(found) if found is not None else None
        if known is not None and last[known.grade_id] != index:
            problems.append(Problem("duplicate-cell", f"cell '{known.grade_id}' is there twice; the last one counts"))
            known = None
        cells.append(_clean_cell(cell, known, problems))
    missing = [cell for cell in template.cells if cell.grade_id not in last]
    for lost in missing:
        problems.append(Problem("missing-cell", f"cell '{lost.grade_id}' was deleted and put back"))
        cells.insert(_place(lost, cells, template), _new_cell(lost, lost.source if lost.locked else ""))
    for position, cell in enumerate(cells):
        cell["id"] = f"cell-{position}"
    return cells, problems


def _clean_cell(cell: Mapping[str, Any], known: TemplateCell | None, problems: list[Problem]) -> dict[str, Any]:
    """Return one cell with nothing of the submission but its source, and that only where it is the student's."""
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    if known is None:
        return _cell(str(cell["cell_type"]), source, {}, cell.get("attachments"))
    if known.locked and source != known.source:
        if not _is_released_form(source, known):
            problems.append(Problem("changed-cell", f"the locked cell '{known.grade_id}' was changed and restored"))
        source = known.source
    if cell["cell_type"] != known.cell_type:
        problems.append(Problem("retyped-cell", f"cell '{known.grade_id}' is a {known.cell_type} cell again"))
    return _new_cell(known, source, cell.get("attachments"))


def _is_released_form(source: str, known: TemplateCell) -> bool:
    """Tell whether a locked source is what the class received: the instructor's without the hidden checks."""
    kept, hidden = [], False
    for line in known.source.split("\n"):
        if "BEGIN HIDDEN TESTS" in line:
            hidden = True
        if not hidden:
            kept.append(line)
        if "END HIDDEN TESTS" in line:
            hidden = False
    return source.strip() == "\n".join(kept).strip()


def _place(lost: TemplateCell, cells: list[dict[str, Any]], template: Template) -> int:
    """Return where a deleted cell goes: behind its nearest predecessor in the template that is there."""
    positions = {cell["metadata"]["nbgrader"]["grade_id"]: n for n, cell in enumerate(cells) if cell["metadata"]}
    before = template.cells[: template.cells.index(lost)]
    return next((positions[cell.grade_id] + 1 for cell in reversed(before) if cell.grade_id in positions), len(cells))


def _new_cell(known: TemplateCell, source: str, attachments: object = None) -> dict[str, Any]:
    return _cell(known.cell_type, source, {"nbgrader": known.metadata()}, attachments)


def _cell(cell_type: str, source: str, metadata: dict[str, Any], attachments: object) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": cell_type, "metadata": metadata, "source": source}
    if cell_type == "code":
        cell.update(execution_count=None, outputs=[])
    elif _are_attachments(attachments):
        cell["attachments"] = attachments
    return cell


def _are_attachments(found: object) -> bool:
    """Tell whether these are pictures pasted into a written answer: {file name: {MIME type: base64 text}}."""
    return isinstance(found, dict) and all(
        isinstance(bundle, dict) and all(isinstance(text, str) for text in bundle.values()) for bundle in found.values()
    )
