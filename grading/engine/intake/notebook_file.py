"""Reading a submitted notebook: what was handed in becomes a clean notebook or one clear problem. Nothing runs here.

`restoration` then gives the instructor's cells back what is the instructor's; here it is about the file as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode, from_dict

from grading.engine.intake.encoding import text_of
from grading.engine.intake.file_kinds import kind_of
from grading.engine.intake.kernels import kernel_problem
from grading.engine.intake.odd_cells import usable_cells
from grading.engine.intake.restoration import restore
from grading.engine.intake.template import Template
from grading.engine.limits import Limits
from grading.engine.problems import Problem
from grading.engine.python_versions import written_with

# A file may be text throughout, such as stored pictures; as a tree, each of these costs some 70 bytes of memory.
_MOST_PARTS = 6_000_000


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
    kernel = kernel_problem(parsed.get("metadata"), template)
    if kernel and not kernel.graded:
        return Intake(None, (kernel,))
    if not parsed["cells"] and template.cells:
        return Intake(None, (_refused("no-cells", "the notebook has no cells"),))
    usable, odd = usable_cells(parsed["cells"], template)
    if odd and not usable:
        return Intake(
            None, (_refused("not-a-notebook", "the file has a list of cells, but none in it is a notebook cell"),)
        )
    cells, problems = restore(usable, template)
    problems[:0] = odd
    if kernel:
        problems.append(kernel)
    if not text_of(content).certain:
        sentence = "the file is not UTF-8 text and was read as Windows-1252; letters such as 'é' may have changed"
        problems.append(Problem("not-utf-8", sentence))
    if len(content) > limits.output_bytes:
        stored = len(content) // 1_000_000
        problems.append(Problem("stored-output", f"the file holds {stored} MB of stored output, which was dropped"))
    notebook = {
        "cells": cells,
        "metadata": _metadata(parsed.get("metadata"), template),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return Intake(from_dict(notebook), tuple(problems))  # type: ignore[no-untyped-call]  # nbformat has no annotation


def _metadata(found: object, template: Template) -> dict[str, Any]:
    """Return the metadata of a clean notebook: the lesson's kernel, and the version of Python that the notebook was written with."""
    metadata: dict[str, Any] = {"kernelspec": dict(template.kernelspec)} if template.kernelspec else {}
    version = written_with(found) if isinstance(found, dict) else ""
    return {**metadata, "language_info": {"name": template.language, "version": version}} if version else metadata


def cells_of(content: bytes, limits: Limits) -> list[Mapping[str, Any]]:
    """Return the cells of a notebook file as they are there; none of a file that cannot be read."""
    parsed = _parse(content, limits)
    return [] if isinstance(parsed, Problem) else [cell for cell in parsed["cells"] if isinstance(cell, dict)]


def _parse(content: bytes, limits: Limits) -> dict[str, Any] | Problem:
    """Return the notebook as plain data with a list of cells, of whatever shape, or the first problem."""
    if len(content) > limits.file_bytes:
        most = limits.file_bytes // 1_000_000
        return _refused("too-big", f"the file has {len(content) // 1_000_000} MB; at most {most} MB are read")
    if sum(content.count(sign) for sign in (b"{", b"[", b",")) > _MOST_PARTS:
        return _refused("too-many-parts", "the file has millions of parts; no notebook looks like that")
    text, certain = text_of(content)
    try:
        data = _data(text)
    except RecursionError:
        return _refused("not-json", "the file is nested too deeply to be a notebook")
    except json.JSONDecodeError as error:
        return _not_json(content, text, certain, error.lineno)
    if not isinstance(data, dict):
        return _refused("not-a-notebook", "the file is JSON, but not a notebook")
    return _with_cells(data, limits)


def _not_json(content: bytes, text: str, certain: bool, line: int) -> Problem:
    """Say what a file is that is not JSON, or what has happened to it."""
    kind = kind_of(content)
    if kind:
        return _refused("not-a-notebook", f"the file is {kind}, not a notebook")
    if not text.strip():
        return _refused("not-json", "the file is empty")
    if not certain and not text.lstrip().startswith("{"):
        return _refused("not-utf-8", "the file is not text, and no kind of file that is known here")
    return _refused("not-json", f"the file is not JSON, line {line}: cut off or edited by hand?")


def _data(text: str) -> Any:
    """Return what a text of JSON holds. Raises JSONDecodeError, and RecursionError if it is nested too deeply."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        # A number of more digits than Python converts. No number in a file decides anything.
        return json.loads(text, parse_int=float)


def _with_cells(data: dict[str, Any], limits: Limits) -> dict[str, Any] | Problem:
    """Check the list of cells; notebooks of format 3 keep theirs in worksheets."""
    cells = data.get("cells")
    if cells is None and isinstance(data.get("worksheets"), list):
        return _refused("old-format", "the notebook has the format of 2014; open and save it in JupyterLab")
    if not isinstance(cells, list):
        return _refused("not-a-notebook", "the file is JSON, but has no list of cells")
    if len(cells) > limits.cells:
        return _refused("too-many-cells", f"the notebook has {len(cells)} cells; at most {limits.cells} are read")
    return data


def _refused(kind: str, sentence: str) -> Problem:
    return Problem(kind, sentence, graded=False)
