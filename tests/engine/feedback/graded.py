"""Autograded notebooks of the real lessons, made without a kernel: for tests of what a page shows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.catalogue import exercises
from grading.cells import grade_id_of
from grading.engine.execution.checks import check_of, outputs_of
from grading.judging import Finding, Outcome, Verdict
from grading.judging.exercise import Exercise

ROOT = Path(__file__).parents[3]
LESSONS = sorted(path.stem for path in (ROOT / "lessons").glob("[0-9]*.py"))
# How a class answers: all right, every other one wrong, all wrong.
KINDS: Mapping[str, int] = {"solved": 0, "half": 2, "broken": 1}
LONG = "in [[0.82668, -1.53945, -0.109072], [2.76478, -1.3083, 0]] " * 3


@cache
def graded(lesson: str, kind: str) -> NotebookNode:
    """Return a lesson as it is after grading: the sample solution, with checks that say so or, of some, that all is wrong."""
    notebook = nbformat.read(ROOT / "source" / lesson / f"{lesson}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    run = nbformat.read(ROOT / "solutions" / f"{lesson}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    written = {one.grade_id: one for one in exercises(lesson) if one.manual}
    number = 0
    # The figures and tables of the lesson: grading draws none, but a student's own may be as large.
    outputs = {cell.source: cell.outputs for cell in run.cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = outputs.get(cell.source, [])
        cell.source = cell.source.replace("### BEGIN SOLUTION\n", "").replace("### END SOLUTION\n", "")
        check = check_of(cell)
        if check:
            number += 1
            wrong = KINDS[kind] and number % KINDS[kind] == 0
            verdict = _verdict(check.exercise, right=not wrong)
            cell.outputs = outputs_of(verdict, 1)
            cell.metadata.nbgrader.update(score=verdict.earned, points=verdict.points)
        elif grade_id_of(cell) in written:
            points = written[str(grade_id_of(cell))].points
            score = 0.0 if kind == "broken" else points
            cell.metadata.nbgrader.update(score=score, points=points, comment="Which line?" if kind == "half" else "")
    return notebook


def _verdict(exercise: Exercise, right: bool) -> Verdict:
    if right:
        return Verdict(exercise.name, exercise.lesson, Outcome.PASSED, 1.0, exercise.points)
    facts = (("input", f"X = {LONG}"), ("expected", "a_name_of_which_a_phone_is_too_narrow_" * 3), ("got", LONG))
    finding = Finding("", "values", "wrong values.", facts, "What does `keepdim=True` do?", printed=(LONG, "x" * 300))
    return Verdict(exercise.name, exercise.lesson, Outcome.FAILED, 0.0, exercise.points, (finding,))
