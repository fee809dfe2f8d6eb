"""Reading a graded lesson back: points from the gradebook, verdicts from autograded notebooks, problems from the journal.

Works the same after our own command, after `nbgrader autograde` and after a person has graded in formgrader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grading.engine.course import Course, NoSuchLesson, students_with
from grading.engine.journal import read_journal
from grading.engine.outputs import verdict_data
from grading.engine.problems import Problem
from grading.engine.recorder import quiet_database

# IPython names the file of a cell by a number that means nothing to a reader.
_CELL_FILE = re.compile(r"\(\d+\.py, line (\d+)\)")


@dataclass(frozen=True)
class CellResult:
    """One graded cell of one student.

    earned is None as long as a person has to grade it. verdict is the last one in the cell, as plain data. error is the
    first line of what was raised in the cell or in the answer before it, if there is no verdict. present is False if no
    usable notebook was handed in.
    """

    grade_id: str
    points: float
    earned: float | None
    verdict: Mapping[str, Any] | None = None
    error: str = ""
    present: bool = True


@dataclass(frozen=True)
class StudentResult:
    """One student's lesson; `cells` is empty if it has not been graded. late is the penalty in points."""

    student: str
    cells: tuple[CellResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    late: float = 0.0


def read_results(course: Course, lesson: str) -> list[StudentResult]:
    """Return the results of everyone who handed in a lesson, in the order of the students' ids.

    Raises NoSuchLesson if nobody did, or the gradebook does not know the lesson.
    """
    students = students_with(course, lesson)
    journal = read_journal(course.own_files / f"{lesson}.jsonl")
    with Gradebook(course.database, course.directories.course_id) as gradebook, quiet_database():
        try:
            submissions = {found.student_id: found for found in gradebook.assignment_submissions(lesson)}
        except MissingEntry:
            raise NoSuchLesson(f"the gradebook does not know {lesson!r}; grade it first") from None
        return [
            StudentResult(
                student=student,
                cells=tuple(_cells(course, lesson, submissions[student])) if student in submissions else (),
                problems=journal[student].problems if student in journal else (),
                late=_late(submissions[student]) if student in submissions else 0.0,
            )
            for student in students
        ]


def _late(submission: Any) -> float:
    return float(sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks))


def _cells(course: Course, lesson: str, submission: Any) -> Iterator[CellResult]:
    """Yield the results of one submission in the order of the cells in the instructor's notebook."""
    for notebook in sorted(submission.notebooks, key=lambda found: str(found.name)):
        path = course.folder("autograded", submission.student_id, lesson) / f"{notebook.name}.ipynb"
        verdicts, errors = _read_outputs(path)
        grades = {grade.name: grade for grade in notebook.grades}
        for cell in notebook.notebook.source_cells:
            grade = grades.get(cell.name)
            if grade is not None:
                waits = grade.needs_manual_grade and grade.manual_score is None and grade.auto_score is None
                yield CellResult(
                    grade_id=cell.name,
                    points=float(grade.max_score),
                    earned=None if waits else float(grade.score),
                    verdict=verdicts.get(cell.name),
                    error=errors.get(cell.name, ""),
                    present=path.is_file(),
                )


def _read_outputs(path: Path) -> tuple[dict[str, Mapping[str, Any]], dict[str, str]]:
    """Return the verdicts and the errors of an autograded notebook by grade id; nothing if there is no such file."""
    if not path.is_file():
        return {}, {}
    verdicts: dict[str, Mapping[str, Any]] = {}
    errors: dict[str, str] = {}
    answer = ""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        error = _first_error(cell)
        if nbgrader.get("solution") and not nbgrader.get("grade"):
            answer = error
        elif nbgrader.get("grade"):
            for data in verdict_data(cell):
                verdicts[nbgrader["grade_id"]] = data
            # Where the answer itself did not run, "name 'relu' is not defined" in the check explains nothing.
            errors[nbgrader["grade_id"]] = answer if answer and error.startswith("NameError") else error
            answer = ""
    return verdicts, errors


def _first_error(cell: Mapping[str, Any]) -> str:
    for output in cell.get("outputs", ()):
        if output.get("output_type") == "error":
            evalue = str(output.get("evalue", "")).strip().partition("\n")[0]
            evalue = _CELL_FILE.sub(r"(line \1)", evalue)
            return f"{output.get('ename', 'Error')}: {evalue}" if evalue else str(output.get("ename", "Error"))
    return ""
