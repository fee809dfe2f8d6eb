"""From a master to notebooks, as pure functions: the same master, exercises and settings give the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from nbformat import NotebookNode

from grading.build import contents, markers
from grading.build.declared import DeclaredExercise
from grading.build.explanations import explained_in
from grading.build.master import Cell, Master, Role
from grading.build.nodes import node
from grading.build.settings import Settings
from grading.cells import SOLUTION, hints_id, with_hidden_twin

Exercises = Mapping[str, DeclaredExercise]
_BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
_INSTALL = """\
# On Colab, install what is missing and leave Colab's own packages alone; where the course is installed, do nothing.
from importlib.util import find_spec

if find_spec("grading") is None:
    %pip install -q --no-deps d2l==1.0.3 torchinfo==1.8.0 torchviz==0.0.3 {requirement}

"""

# While grading this changes nothing; a solution is executed with one thread, and does without.
_THREADS = """

from grading.training import use_free_processors

print("threads, one for each processor that is free:", use_free_processors())
"""


def learner_notebook(master: Master, exercises: Exercises, settings: Settings, following: str = "") -> NotebookNode:
    """Return the self-study notebook: Colab badge, set-up that installs, TODOs, folded hints, checks; no nbgrader.

    following: the name of the next lesson, to which the last cell leads.
    """
    cells = [
        _markdown("colab-badge", f"[![Open in Colab]({_BADGE})]({settings.colab_address(learner_path(master.name))})")
    ]
    for cell, identity in _identified(master):
        source = _without_answer(cell)
        if cell.role is Role.SETUP:
            source = _INSTALL.format(requirement=settings.requirement) + _with_threads(source)
        cells.append(_cell(cell, identity, source))
        if cell.role in (Role.TODO, Role.WRITTEN) and exercises[cell.exercise].hints:
            hints = "\n\n".join(_folded(n, hint) for n, hint in enumerate(exercises[cell.exercise].hints, start=1))
            cells.append(_markdown(hints_id(cell.exercise), hints))
        if cell.role is Role.WRITTEN:
            cells.append(_markdown(markers.model_answer_id(cell.exercise), _model_answer(cell)))
    address = settings.colab_address(learner_path(following)) if following else ""
    return _notebook([*_with_contents(cells, master, exercises), *_points_so_far(master), *_way_on(following, address)])


def source_notebook(master: Master, exercises: Exercises) -> NotebookNode:
    """Return nbgrader's instructor version: answers between markers, hidden tests, grade ids, points."""
    cells = []
    for cell, identity in _identified(master):
        source = with_hidden_twin(cell.source) if cell.role is Role.CHECK else cell.source
        source = _with_threads(source) if cell.role is Role.SETUP else source
        cells.append(_cell(cell, identity, source, _nbgrader(cell, exercises)))
    return _notebook([*_with_contents(cells, master, exercises), *_points_so_far(master)])


def solution_notebook(
    master: Master, exercises: Exercises | None = None, following: str = "", models: Mapping[str, str] | None = None
) -> NotebookNode:
    """Return the solved notebook, not yet executed: answers without the lines that fence them.

    models: the model answers in words by name, each of which takes the place of the cell that asks for words.
    """
    cells = []
    for cell, identity in _identified(master):
        model = (models or {}).get(explained_in(cell))
        if model is None:
            cells.append(_cell(cell, identity, SOLUTION.taken_down(cell.source)))
        else:
            cells.append(_markdown(identity, _fold("The model answer", model)))
    return _notebook([*_with_contents(cells, master, exercises or {}), *_way_on(following)])


def learner_path(lesson: str) -> str:
    """Return where the self-study notebook stands, relative to the course folder."""
    return f"notebooks/{lesson}.ipynb"


def source_path(lesson: str) -> str:
    """Return where nbgrader expects the instructor version."""
    return f"source/{lesson}/{lesson}.ipynb"


def release_path(lesson: str) -> str:
    """Return where nbgrader puts what a class receives."""
    return f"release/{lesson}/{lesson}.ipynb"


def solution_path(lesson: str) -> str:
    """Return where the executed notebook stands."""
    return f"solutions/{lesson}.ipynb"


def _identified(master: Master) -> list[tuple[Cell, str]]:
    """Pair each cell with its id: the grade id, else a hash of kind and source with the number of its occurrence."""
    seen: dict[str, int] = {}
    pairs = []
    for cell in master.cells:
        identity = cell.grade_id or hashlib.sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:12]
        seen[identity] = seen.get(identity, 0) + 1
        pairs.append((cell, identity if seen[identity] == 1 else f"{identity}-{seen[identity]}"))
    return pairs


def _with_contents(cells: list[NotebookNode], master: Master, exercises: Exercises) -> list[NotebookNode]:
    """Return the cells with the table of contents behind the one that has the title."""
    told = contents.contents(master, exercises)
    place = next(
        (n for n, cell in enumerate(cells) if re.match("# ", cell.source) and cell.cell_type == "markdown"), None
    )
    if not told or place is None:
        return cells
    return [*cells[: place + 1], _markdown(contents.CONTENTS_ID, told), *cells[place + 1 :]]


def _points_so_far(master: Master) -> list[NotebookNode]:
    if not contents.contents(master, {}):
        return []
    return [_code(contents.POINTS_ID, contents.points_cell(master), {})]


def _way_on(following: str, address: str = "") -> list[NotebookNode]:
    there = contents.next_cell(following, address)
    return [_markdown(contents.NEXT_ID, there)] if there else []


def _with_threads(source: str) -> str:
    return source.rstrip() + _THREADS.rstrip()


def _without_answer(cell: Cell) -> str:
    stub = markers.CODE_STUB if cell.kind == "code" else markers.TEXT_STUB
    return markers.with_stub(cell.source, stub)


def _nbgrader(cell: Cell, exercises: Exercises) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell; the set-up cell is locked, so that a class cannot lose it."""
    if not cell.grade_id:
        return {}
    graded = cell.role in (Role.CHECK, Role.WRITTEN)
    solution = cell.role in (Role.TODO, Role.WRITTEN)
    entry: dict[str, Any] = {
        "grade": graded,
        "grade_id": cell.grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if graded:
        points = exercises[cell.exercise].points
        entry["points"] = int(points) if float(points).is_integer() else float(points)
    return {"nbgrader": entry}


def _cell(cell: Cell, identity: str, source: str, metadata: Mapping[str, Any] | None = None) -> NotebookNode:
    everything: dict[str, Any] = {**({"tags": list(cell.tags)} if cell.tags else {}), **(metadata or {})}
    if cell.kind == "markdown":
        return _markdown(identity, source, everything)
    return _code(identity, source, everything)


def _code(identity: str, source: str, metadata: Mapping[str, Any]) -> NotebookNode:
    return node(
        {
            "cell_type": "code",
            "execution_count": None,
            "id": identity,
            "metadata": dict(metadata),
            "outputs": [],
            "source": source,
        }
    )


def _markdown(identity: str, source: str, metadata: Mapping[str, Any] | None = None) -> NotebookNode:
    return node({"cell_type": "markdown", "id": identity, "metadata": dict(metadata or {}), "source": source})


def _model_answer(cell: Cell) -> str:
    """Return a written answer's model, folded: who learns alone has nobody who would read theirs."""
    model = "\n".join(line for region in SOLUTION.split(cell.source)[1] for line in region)
    return _fold("A model answer, once you have written yours", model)


def _folded(number: int, hint: str) -> str:
    return _fold(f"Hint {number}", hint)


def _fold(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text.strip()}\n\n</details>"


def _notebook(cells: Iterable[NotebookNode]) -> NotebookNode:
    """Return a notebook; its metadata names no version of Python, which would change from machine to machine."""
    return node(
        {
            "cells": list(cells),
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )
