"""What nbgrader writes into the gradebook about an executed notebook, as values: the same rules, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils

from grading.cells import failed_check, grade_id_of


@dataclass(frozen=True)
class AutoGrade:
    """The score of one graded cell; None if a person has to give it. waits: a person should look in any case."""

    score: float | None
    waits: bool = False


@dataclass(frozen=True)
class Scores:
    """A notebook's grades and automatic comments by grade id."""

    grades: Mapping[str, AutoGrade] = field(default_factory=dict)
    comments: Mapping[str, str | None] = field(default_factory=dict)


def scores_of(notebook: NotebookNode, log: Any, by_our_rules: bool) -> Scores:
    """Return what `nbgrader.preprocessors.SaveAutoGrades` would record.

    by_our_rules: whether a check that failed itself is left to a person, and a written answer without points is not, as ours does.
    """
    grades: dict[str, AutoGrade] = {}
    comments: dict[str, str | None] = {}
    for cell in notebook.cells:
        grade_id = grade_id_of(cell) or ""
        if utils.is_grade(cell):
            score, worth = utils.determine_grade(cell, log)
            if by_our_rules and worth == 0:  # left out of the course: nobody has to look at it
                score = 0.0
            grades[grade_id] = AutoGrade(score, by_our_rules and failed_check(cell))
        if utils.is_task(cell):
            comments[grade_id] = None
        elif utils.is_solution(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comments[grade_id] = "No response." if untouched else None
    return Scores(grades, comments)
