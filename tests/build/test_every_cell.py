"""Every notebook as a learner runs it, each cell twice: on a fresh kernel, with the bundled data, figures and all."""

from __future__ import annotations

import copy
from pathlib import Path
from time import monotonic

import nbformat
import pytest
from nbformat import NotebookNode

from grading.build.execute import execute

ROOT = Path(__file__).parents[2]
LESSONS = tuple(sorted(path.stem for path in (ROOT / "lessons").glob("[0-9]*.py")))


def with_each_cell_twice(notebook: NotebookNode) -> NotebookNode:
    """Return a notebook in which every code cell stands twice in a row, without outputs."""
    result = copy.deepcopy(notebook)
    result.cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            result.cells += [cell, copy.deepcopy(cell) | {"id": f"{cell.id}-again"}]
    return result


@pytest.mark.lessons
@pytest.mark.parametrize("folder", ["solutions", "notebooks"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_every_cell_runs_twice_and_says_nothing_on_stderr(
    lesson: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLP_COURSE_DATA_SOURCE", "sample")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    path = ROOT / folder / f"{lesson}.ipynb"
    started = monotonic()
    done = execute(with_each_cell_twice(nbformat.read(path, as_version=4)), str(path))  # type: ignore[no-untyped-call]
    print(f"{folder}/{lesson}: every cell twice in {monotonic() - started:.0f} s")
    complaints = [
        output.text
        for cell in done.cells
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]
    assert complaints == []
