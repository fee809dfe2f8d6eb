"""nbgrader: its converters, and the preprocessors that write points and penalties. For its server see `formgrader`."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades as StockSaveAutoGrades

from grading.adapters.names import Kind, Name, field, function

_CONVERTER = "nbgrader.converters.base:BaseConverter"
_LATE = "nbgrader.preprocessors.latesubmissions:AssignLatePenalties"
_SAVE = "nbgrader.preprocessors.saveautogrades:SaveAutoGrades"
_UTILS = "nbgrader.utils"
NAMES = (
    function(f"{_CONVERTER}._format_source", "assignment_id, student_id, escape", "telling the lesson of a folder"),
    function(f"{_CONVERTER}.convert_notebooks", "", "converting one submission after another, one command at a time"),
    field(f"{_CONVERTER}.assignments", "which submissions are converted"),
    Name(f"{_CONVERTER}.exporter_class", Kind.TRAIT, "guarding a converter when it makes its exporter"),
    Name(f"{_CONVERTER}.coursedir", Kind.TRAIT, "the folders of a course"),
    function(f"{_SAVE}._add_score", "cell, resources", "leaving a check that failed itself to a person"),
    function(f"{_LATE}._check_late_penalty", "notebook, penalty", "no penalty above the points that were earned"),
    function(f"{_LATE}.init_plugin", "", "the configured plugin for penalties"),
    Name(f"{_LATE}.plugin_inst", Kind.TRAIT, "the configured plugin for penalties"),
    Name(f"{_UTILS}", Kind.MODULE, "scoring as nbgrader does"),
    function(f"{_UTILS}:determine_grade", "cell, log", "the points of a cell"),
    function(f"{_UTILS}:is_grade", "cell", "whether a cell has points"),
    function(f"{_UTILS}:is_task", "cell", "whether a person grades a cell"),
    function(f"{_UTILS}:is_solution", "cell", "whether a cell holds an answer"),
    function(f"{_UTILS}:compute_checksum", "cell", "whether an answer was touched"),
    function(f"{_UTILS}:find_all_files", "path, exclude", "the files beside the instructor's notebooks"),
)


def source_pattern(converter: Any, lesson: str, student: str) -> str:
    """Return the regular expression of the folders that a converter reads, with these expressions for lesson and student."""
    return str(converter._format_source(lesson, student, escape=True))


def wrap_conversion(converter: Any, around: Callable[[Any, Callable[[], None]], None]) -> None:
    """Have `around(converter, convert)` called wherever a converter would convert all of its notebooks; once for each converter."""
    if "convert_notebooks" not in vars(converter):
        convert = converter.convert_notebooks
        converter.convert_notebooks = lambda: around(converter, convert)


class SaveScores(StockSaveAutoGrades):
    """nbgrader's writer of points, which says which cell's points it has just written."""

    def on_saved(self, cell: NotebookNode) -> None:
        """Do what is to be done when the points of a cell are in the gradebook."""

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        super()._add_score(cell, resources)
        self.on_saved(cell)


def late_penalty(late: Any, student: str, score: float, seconds: float) -> float | None:
    """Return what the plugin of an `AssignLatePenalties` takes away, within what nbgrader allows; None for nothing.

    `late.init_plugin()` comes first.
    """
    points = late.plugin_inst.late_submission_penalty(student, score, seconds)
    return None if points is None else float(late._check_late_penalty(SimpleNamespace(score=score), points))
