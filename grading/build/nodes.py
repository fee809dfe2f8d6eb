"""Notebooks as values: nbformat's nodes, which are dictionaries with attributes, and the text of their files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import nbformat
import nbformat.v4
from nbformat import NotebookNode
from nbformat.validator import iter_validate

from grading import cells


def node(data: Mapping[str, Any]) -> NotebookNode:
    """Return plain data as a node, all of it copied."""
    result: NotebookNode = nbformat.from_dict(json.loads(json.dumps(data)))  # type: ignore[no-untyped-call]
    return result


def from_text(text: str) -> NotebookNode:
    """Read the text of a file of format 4. Raises ValueError, with the reason in its first line, if it holds none."""
    try:
        notebook: NotebookNode = nbformat.v4.reads(text)  # type: ignore[no-untyped-call]
    except (AttributeError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    # Not `nbformat.validate`, which repairs what it finds.
    fault = next(iter(iter_validate(notebook, version=4)), None)  # type: ignore[no-untyped-call]
    if fault is not None:
        raise ValueError(str(fault))
    return notebook


def to_text(notebook: NotebookNode) -> str:
    """Return the text of a notebook's file: keys sorted, indented by one, a line feed at the end."""
    text: str = nbformat.writes(notebook, version=4)  # type: ignore[no-untyped-call]
    return text.rstrip("\n") + "\n"


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook as it was before it was executed."""
    bare = node(notebook)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return bare


def label(number: int, cell: NotebookNode) -> str:
    """Return a cell's name in messages, `number` counted from 1."""
    return cells.label(number, cell.get("id", "no id"))
