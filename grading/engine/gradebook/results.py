"""Reading a graded lesson back: points from the gradebook, verdicts from autograded notebooks, problems from the journal.

Works the same after our own command, after `nbgrader autograde` and after a person has graded in formgrader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from nbgrader.api import MissingEntry

from grading.cells import grade_id_of, told_to_nbgrader, verdicts_in
from grading.engine.course import Course, NoSuchLesson, students_with
from grading.engine.database import opened_gradebook
from grading.engine.faults import FaultLog
from grading.engine.gradebook.bulk_writes import Marks, marks_of_class
from grading.engine.gradebook.journal import read_journal
from grading.engine.intake.template import Template, template_from_gradebook
from grading.engine.problems import Problem
from grading.engine.publishing import read_published
from grading.text import TooDeep, legible, legible_tree

# The kind of the problem of a student whose results cannot be shown.
NOT_SHOWN = "not-shown"
_DEPTH_OF_A_VERDICT = 10
# IPython names the file of a cell by a number that means nothing to a reader.
_CELL_FILE = re.compile(r"\(\d+\.py, line (\d+)\)")


@dataclass(frozen=True)
class CellResult:
    """One graded cell of one student.

    earned is None as long as a person has to grade it. verdict is the last one in the cell, as plain data. error is the
    first line of what was raised in the cell or in the answer before it, if there is no verdict. present is False if no
    usable notebook was handed in. untouched is True for a written answer that is as it was handed out. source is the code of the answer
    that a check is about.
    """

    grade_id: str
    points: float
    earned: float | None
    verdict: Mapping[str, Any] | None = None
    error: str = ""
    present: bool = True
    untouched: bool = False
    source: str = ""


@dataclass(frozen=True)
class StudentResult:
    """One student's lesson; `cells` is empty if it has not been graded. late is the penalty in points."""

    student: str
    cells: tuple[CellResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    late: float = 0.0


def read_results(course: Course, lesson: str) -> list[StudentResult]:
    """Return the results of everyone who handed in a lesson, in the order of the students' ids.

    What cannot be read of a student is a problem of that one. Raises NoSuchLesson if nobody handed in, or the gradebook does
    not know the lesson.
    """
    students = students_with(course, lesson)
    journal = read_journal(course.own_files / f"{lesson}.jsonl")
    with opened_gradebook(course) as gradebook:
        try:
            names = sorted(notebook.name for notebook in gradebook.find_assignment(lesson).notebooks)
        except MissingEntry:
            raise NoSuchLesson(f"the gradebook does not know {lesson!r}; grade it first") from None
        templates = {name: template_from_gradebook(gradebook, lesson, name) for name in names}
        with gradebook.engine.connect() as connection:
            marks = marks_of_class(connection, lesson)
    faults = FaultLog(course, lesson)
    results = []
    for student in students:
        problems = journal[student].problems if student in journal else ()
        late = marks[student].penalty if student in marks else 0.0
        try:
            cells = tuple(_cells(course, lesson, student, templates, marks[student])) if student in marks else ()
        except Exception as error:
            reason = faults.note(student, "reading the autograded notebooks", error)
            results.append(StudentResult(student, (), (*problems, not_shown(reason)), late))
        else:
            results.append(StudentResult(student, cells, problems, late))
    return results


def not_shown(reason: str) -> Problem:
    """Return the problem of a student whose results a report cannot show."""
    return Problem(NOT_SHOWN, f"not shown, through no fault of the student: {reason}")


def _cells(
    course: Course, lesson: str, student: str, templates: Mapping[str, Template], marks: Marks
) -> Iterator[CellResult]:
    """Yield the results of one submission in the order of the cells in the instructor's notebook."""
    for notebook, template in templates.items():
        text = read_published(course.folder("autograded", student, lesson), f"{notebook}.ipynb")
        cells = json.loads(text)["cells"] if text is not None else []
        verdicts, errors, answers = _read_outputs(cells)
        sources = {grade_id_of(cell): "".join(cell["source"]) for cell in cells}
        for cell in template.cells:
            mark = marks.by_cell.get((notebook, cell.grade_id))
            if mark is not None and cell.points:  # with 0 points it is practice
                yield CellResult(
                    grade_id=cell.grade_id,
                    points=cell.points,
                    earned=mark.earned,
                    verdict=verdicts.get(cell.grade_id),
                    error=errors.get(cell.grade_id, ""),
                    present=text is not None,
                    untouched=cell.solution and sources.get(cell.grade_id) == cell.source,
                    source=answers.get(cell.grade_id, ""),
                )


def _read_outputs(
    cells: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, Mapping[str, Any]], dict[str, str], dict[str, str]]:
    """Return the verdicts and the errors of an autograded notebook, and the answers that they are about, by grade id."""
    verdicts: dict[str, Mapping[str, Any]] = {}
    errors: dict[str, str] = {}
    answers: dict[str, str] = {}
    answer = source = ""
    for cell in cells:
        nbgrader = told_to_nbgrader(cell)
        error = _first_error(cell)
        if nbgrader.get("solution") and not nbgrader.get("grade"):
            answer, source = error, "".join(cell["source"])
        elif nbgrader.get("grade"):
            for data in verdicts_in(cell):
                with suppress(TooDeep):  # none of ours
                    verdicts[nbgrader["grade_id"]] = legible_tree(data, _DEPTH_OF_A_VERDICT)
            # Where the answer itself did not run, "name 'relu' is not defined" in the check explains nothing.
            errors[nbgrader["grade_id"]] = answer if answer and error.startswith("NameError") else error
            answers[nbgrader["grade_id"]] = source
            answer = source = ""
    return verdicts, errors, answers


def _first_error(cell: Mapping[str, Any]) -> str:
    """Return the first error of a cell; where stock nbgrader ran it without our engine, it stands there as the kernel said it."""
    for output in cell.get("outputs", ()):
        if output.get("output_type") == "error":
            evalue = str(output.get("evalue", "")).strip().partition("\n")[0]
            evalue = _CELL_FILE.sub(r"(line \1)", evalue)
            ename = str(output.get("ename", "Error"))
            return legible(f"{ename}: {evalue}" if evalue else ename)
    return ""
