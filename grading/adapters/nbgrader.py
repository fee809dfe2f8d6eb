"""nbgrader: its converters, and the preprocessors that write points and penalties. For its server see `formgrader`."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades as StockSaveAutoGrades

from grading.adapters.names import Kind, Name, field, function

_API = "nbgrader.apps.api:NbGraderAPI"
_AUTOGRADE = "nbgrader.converters.autograde:Autograde"
_CONVERTER = "nbgrader.converters.base:BaseConverter"
_COURSE = "nbgrader.coursedir:CourseDirectory"
_LATE = "nbgrader.preprocessors.latesubmissions:AssignLatePenalties"
_SAVE = "nbgrader.preprocessors.saveautogrades:SaveAutoGrades"
_UTILS = "nbgrader.utils"
NAMES = (
    function(f"{_CONVERTER}._format_source", "assignment_id, student_id, escape", "telling the lesson of a folder"),
    function(f"{_CONVERTER}.convert_notebooks", "", "converting one submission after another, one command at a time"),
    function(f"{_CONVERTER}.init_notebooks", "", "saying which submissions are converted"),
    field(f"{_CONVERTER}.assignments", "which submissions are converted"),
    function(
        f"{_AUTOGRADE}.convert_single_notebook", "notebook_filename", "leaving out a notebook that cannot be read"
    ),
    Name(f"{_AUTOGRADE}._input_directory", Kind.PROPERTY, "converting what intake has read"),
    function(
        f"{_COURSE}.format_path", "nbgrader_step, student_id, assignment_id, escape", "the folders of a submission"
    ),
    function(f"{_COURSE}.get_existing_timestamp", "dest_path", "when a submission was handed in"),
    function(f"{_API}.get_submitted_timestamp", "assignment_id, student_id", "when a submission was handed in"),
    Name(f"{_COURSE}.submitted_directory", Kind.TRAIT, "converting what intake has read"),
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


Around = Callable[[Any, Callable[[], None]], None]


def wrap_conversion(converter: Any, around: Around) -> None:
    """Have `around(converter, convert)` called wherever a converter would convert all of its notebooks; once for each converter.

    What is put around it later is called first.
    """
    there = vars(converter).setdefault("mlp_course_around", [])
    if around not in there:
        there.append(around)
        convert = converter.convert_notebooks
        converter.convert_notebooks = lambda: around(converter, convert)


_own_timestamp, _submitted_timestamp = CourseDirectory.get_existing_timestamp, NbGraderAPI.get_submitted_timestamp


def replace_reading(
    wanted: Callable[[Any], bool],
    listed: Callable[[Autograde], dict[str, list[str]] | None],
    handed_in_at: Callable[[Path], datetime | None],
) -> None:
    """Put functions of ours into nbgrader's reading of submissions, in this process; again and again does no harm.

    wanted: tells by a configuration whether they are meant there. listed: the paths of a converter's notebooks, by the folder of
    the submission, whether they are there or not; None: what nbgrader itself finds. handed_in_at: what a folder's timestamp.txt
    says, without a time zone.
    """

    def init_notebooks(converter: Autograde) -> None:
        found = listed(converter) if wanted(converter.config) else None
        if found is None:
            super(Autograde, converter).init_notebooks()
        else:
            converter.notebooks, converter.assignments = [], found

    def get_existing_timestamp(directories: CourseDirectory, dest_path: str) -> datetime | None:
        # An application makes it before it has read the course's settings.
        settings = directories.parent.config if directories.parent else directories.config
        found: datetime | None = (
            handed_in_at(Path(dest_path)) if wanted(settings) else _own_timestamp(directories, dest_path)
        )
        return found

    def get_submitted_timestamp(api: NbGraderAPI, assignment_id: str, student_id: str) -> datetime | None:
        directories = api.coursedir
        if wanted(api.config):
            return handed_in_at(
                Path(directories.format_path(directories.submitted_directory, student_id, assignment_id))
            )
        found: datetime | None = _submitted_timestamp(api, assignment_id, student_id)
        return found

    Autograde.init_notebooks = init_notebooks
    CourseDirectory.get_existing_timestamp = get_existing_timestamp
    NbGraderAPI.get_submitted_timestamp = get_submitted_timestamp


@contextmanager
def reading_from(converter: Autograde, folder: Path, is_there: Callable[[str], bool]) -> Iterator[None]:
    """Let a converter find submissions below another folder for a while, in the same structure, whatever students are called.

    is_there: tells of the path of a listed notebook whether there is one to convert; nbgrader scores the others itself.
    """
    directories = converter.coursedir
    convert = converter.convert_single_notebook

    def format_source(lesson: str, student: str, escape: bool = False) -> str:
        step = converter._input_directory
        path = converter.coursedir.format_path(re.escape(step) if escape else step, student, lesson, escape=escape)
        return f"(?s){path}" if escape else str(path)

    def convert_single_notebook(path: str) -> None:
        if is_there(path):
            convert(path)

    converter.coursedir = copy.copy(directories)
    converter.coursedir.submitted_directory = str(folder)
    converter._format_source, converter.convert_single_notebook = format_source, convert_single_notebook
    try:
        yield
    finally:
        converter.coursedir = directories
        del converter._format_source, converter.convert_single_notebook


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
