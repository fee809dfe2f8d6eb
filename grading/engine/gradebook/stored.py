"""What nbgrader's tables hold of a lesson: of whom they hold everything, and whose penalty is another one now."""

from __future__ import annotations

from collections.abc import Callable
from math import isclose
from typing import Any

from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Connection, Select, bindparam, func, select, update

from grading.engine.gradebook.bulk_writes import LessonRows, Penalty

_STUDENTS, _SUBMISSIONS, _NOTEBOOKS = Student.__table__, SubmittedAssignment.__table__, SubmittedNotebook.__table__
_GRADES, _COMMENTS = Grade.__table__, Comment.__table__


def complete_students(connection: Connection, rows: LessonRows) -> set[str]:
    """Return the students of whom there is every row of the lesson: submission, notebooks, grades and comments."""
    missing: dict[str, set[str]] = {}
    grades = _counted(connection, rows, _GRADES)
    comments = _counted(connection, rows, _COMMENTS)
    names = {identifier: name for name, identifier in rows.notebooks.items()}
    for row in connection.execute(_of_lesson(rows)):
        name = names.get(row.notebook_id, "")
        due = (len(rows.graded.get(name, ())), len(rows.commented.get(name, ())))
        left = missing.setdefault(str(row.student_id), set(rows.notebooks))
        if (grades.get(row.row, 0), comments.get(row.row, 0)) == due:
            left.discard(name)
    return {student for student, left in missing.items() if not left}


def update_penalties(
    connection: Connection,
    rows: LessonRows,
    penalty: Penalty,
    has: Callable[[str, str], bool],
    failed: Callable[[str, Exception], None],
) -> int:
    """Write the penalties that are other ones by due date, extensions, points and policy; return of how many students.

    has: whether a student's notebook was graded at all; nbgrader leaves the penalty of any other as it is. failed: called with a
    student for whom the policy, which may be a course's own, raises something.
    """
    totals = _totals(connection, rows)
    names = {identifier: name for name, identifier in rows.notebooks.items()}
    changes, students = [], set()
    for row in connection.execute(_of_lesson(rows)).all():
        student, late = str(row.student_id), rows.seconds_late(row)
        is_nothing = late <= 0 and not row.late_submission_penalty
        if is_nothing or row.notebook_id not in names or not has(student, names[row.notebook_id]):
            continue
        try:
            points = penalty(student, totals.get(row.row, 0.0), late) if late > 0 else None
        except Exception as error:
            failed(student, error)
            continue
        if not isclose(points or 0.0, row.late_submission_penalty or 0.0, abs_tol=1e-9):
            changes.append({"of_row": row.row, "points": points})
            students.add(student)
    if changes:
        change = update(_NOTEBOOKS).where(_NOTEBOOKS.c.id == bindparam("of_row"))
        connection.execute(change.values(late_submission_penalty=bindparam("points")), changes)
    return len(students)


def _of_lesson(rows: LessonRows) -> Select[Any]:
    return (
        select(
            _NOTEBOOKS.c.id.label("row"),
            _NOTEBOOKS.c.notebook_id,
            _NOTEBOOKS.c.late_submission_penalty,
            _SUBMISSIONS.c.student_id,
            _SUBMISSIONS.c.timestamp,
            _SUBMISSIONS.c.extension,
        )
        .select_from(
            _SUBMISSIONS.join(_STUDENTS, _STUDENTS.c.id == _SUBMISSIONS.c.student_id).join(
                _NOTEBOOKS, _NOTEBOOKS.c.assignment_id == _SUBMISSIONS.c.id
            )
        )
        .where(_SUBMISSIONS.c.assignment_id == rows.assignment)
    )


def _counted(connection: Connection, rows: LessonRows, table: Any) -> dict[str, int]:
    """Return how many rows of the lesson's cells each submitted notebook has in a table of grades or comments."""
    of_cells = rows.graded if table is _GRADES else rows.commented
    cells = [cell for found in of_cells.values() for cell in found.values()]
    query = (
        select(table.c.notebook_id, func.count(table.c.cell_id.distinct()))
        .join(_NOTEBOOKS, _NOTEBOOKS.c.id == table.c.notebook_id)
        .join(_SUBMISSIONS, _SUBMISSIONS.c.id == _NOTEBOOKS.c.assignment_id)
        .where(_SUBMISSIONS.c.assignment_id == rows.assignment, table.c.cell_id.in_(cells))
        .group_by(table.c.notebook_id)
    )
    return {str(notebook): int(count) for notebook, count in connection.execute(query)}


def _totals(connection: Connection, rows: LessonRows) -> dict[str, float]:
    """Return the points of each submitted notebook, as nbgrader adds them up."""
    given = func.coalesce(_GRADES.c.manual_score, _GRADES.c.auto_score, 0.0) + func.coalesce(
        _GRADES.c.extra_credit, 0.0
    )
    query = (
        select(_GRADES.c.notebook_id, func.sum(given))
        .join(_NOTEBOOKS, _NOTEBOOKS.c.id == _GRADES.c.notebook_id)
        .join(_SUBMISSIONS, _SUBMISSIONS.c.id == _NOTEBOOKS.c.assignment_id)
        .where(_SUBMISSIONS.c.assignment_id == rows.assignment)
        .group_by(_GRADES.c.notebook_id)
    )
    return {str(notebook): float(points) for notebook, points in connection.execute(query)}
