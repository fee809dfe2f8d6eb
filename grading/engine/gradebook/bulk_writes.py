"""Writing many students' grades into nbgrader's tables at once.

nbgrader's own objects are made for one student at a time: they compute sums over the gradebook with each, and look rows
up by columns without an index. The rows that come of it are the same; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Connection, Select, bindparam, insert, select, text, update

from grading.engine.gradebook.scoring import AutoGrade, Scores

_STUDENTS, _SUBMISSIONS, _NOTEBOOKS = Student.__table__, SubmittedAssignment.__table__, SubmittedNotebook.__table__
_GRADES, _COMMENTS = Grade.__table__, Comment.__table__

# Without these, looking up a student's grades reads everybody's, in nbgrader's own pages, too.
_INDEXES = {"grade": "notebook_id", "comment": "notebook_id", "submitted_notebook": "assignment_id"}

# (student, score of the notebook, seconds late) -> penalty in points, or None
Penalty = Callable[[str, float, float], float | None]


@dataclass(frozen=True)
class Record:
    """What is to be written about one student. scores: by notebook; None for one that is missing or unusable."""

    student: str
    scores: Mapping[str, Scores | None] = field(default_factory=dict)
    timestamp: datetime | None = None


def add_indexes(connection: Connection) -> None:
    """Let the database find rows of one student without reading the others; existing data stay as they are."""
    if connection.dialect.name in ("sqlite", "postgresql"):
        for table, column in _INDEXES.items():
            connection.execute(text(f"CREATE INDEX IF NOT EXISTS mlp_course_{table}_{column} ON {table} ({column})"))


class LessonRows:
    """The rows of one lesson: knows its cells, finds or adds its students' rows."""

    def __init__(self, connection: Connection, lesson: str) -> None:
        assignment = connection.execute(
            select(Assignment.id, Assignment.duedate).where(Assignment.name == lesson)
        ).one()
        self.assignment, self._duedate = str(assignment.id), assignment.duedate
        found = connection.execute(select(Notebook.id, Notebook.name).where(Notebook.assignment_id == self.assignment))
        self.notebooks = {str(row.name): str(row.id) for row in found}
        cells = BaseCell.__table__
        self.graded: dict[str, dict[str, str]] = {}
        self.commented: dict[str, dict[str, str]] = {}
        for name, notebook in self.notebooks.items():
            rows = connection.execute(
                select(cells.c.id, cells.c.name, cells.c.type).where(cells.c.notebook_id == notebook)
            ).all()
            kinds = {str(row.id): str(row.type) for row in rows}
            names = {str(row.id): str(row.name) for row in rows}
            self.graded[name] = {names[i]: i for i, kind in kinds.items() if kind in ("GradeCell", "TaskCell")}
            self.commented[name] = {names[i]: i for i, kind in kinds.items() if kind in ("SolutionCell", "TaskCell")}

    def write(self, connection: Connection, records: Sequence[Record], penalty: Penalty | None) -> None:
        """Write everything about these students, over what was there; points that a person gave stay.

        penalty: what lateness costs; None leaves the column alone.
        """
        submissions = self._submissions(connection, records)
        wanted = [
            (submissions[record.student].id, self.notebooks[name]) for record in records for name in record.scores
        ]
        notebooks = self._ensure(connection, _NOTEBOOKS, ("assignment_id", "notebook_id"), wanted, {"flagged": False})
        grades, comments = [], []
        for record in records:
            for name, scores in record.scores.items():
                row = notebooks[submissions[record.student].id, self.notebooks[name]]
                grades += [(row.id, cell, grade) for cell, grade in self._grades_of(name, scores)]
                comments += [(row.id, *comment) for comment in self._comments_of(name, scores)]
        totals = self._write_grades(connection, grades)
        self._write_comments(connection, comments)
        if penalty is not None:
            self._write_penalties(connection, records, submissions, notebooks, totals, penalty)

    def _grades_of(self, notebook: str, scores: Scores | None) -> Iterable[tuple[str, AutoGrade | None]]:
        for name, cell in self.graded[notebook].items():
            if scores is None:
                yield cell, AutoGrade(0.0)
            else:
                # A task has no automatic score, but its row must be there.
                yield cell, scores.grades.get(name)

    def _comments_of(self, notebook: str, scores: Scores | None) -> Iterable[tuple[str, bool, str | None]]:
        """Yield cell, whether its comment changes, and the comment; of a missing notebook only the rows are made."""
        for name, cell in self.commented[notebook].items():
            yield cell, scores is not None, scores.comments.get(name) if scores is not None else None

    def _submissions(self, connection: Connection, records: Sequence[Record]) -> dict[str, Any]:
        """Return the submissions' rows by student; make students and submissions that are new."""
        names = [record.student for record in records]
        there = set(connection.execute(select(_STUDENTS.c.id).where(_STUDENTS.c.id.in_(names))).scalars())
        _insert(connection, _STUDENTS, [{"id": name} for name in names if name not in there])
        keys = [(self.assignment, name) for name in names]
        found = self._ensure(connection, _SUBMISSIONS, ("assignment_id", "student_id"), keys, {})
        stamps = [
            {"row": found[self.assignment, record.student].id, "stamp": record.timestamp}
            for record in records
            if record.timestamp is not None
        ]
        if stamps:
            change = update(_SUBMISSIONS).where(_SUBMISSIONS.c.id == bindparam("row"))
            connection.execute(change.values(timestamp=bindparam("stamp")), stamps)
            found = self._ensure(connection, _SUBMISSIONS, ("assignment_id", "student_id"), keys, {})
        return {name: found[self.assignment, name] for name in names}

    def _write_grades(
        self, connection: Connection, grades: Sequence[tuple[str, str, AutoGrade | None]]
    ) -> dict[str, float]:
        """Write automatic scores and return the notebooks' sums, as nbgrader adds them up."""
        keys = [(notebook, cell) for notebook, cell, _ in grades]
        rows = self._ensure(connection, _GRADES, ("notebook_id", "cell_id"), keys, {"needs_manual_grade": True})
        changes: list[dict[str, Any]] = []
        totals: dict[str, float] = {}
        for notebook, cell, grade in grades:
            row = rows[notebook, cell]
            score = row.auto_score if grade is None else grade.score
            if grade is not None:
                by_hand = grade.score is None or grade.waits or row.manual_score is not None
                changes.append({"row": row.id, "score": grade.score, "waits": by_hand})
            given = row.manual_score if row.manual_score is not None else score
            if given is not None:
                totals[notebook] = totals.get(notebook, 0.0) + given + (row.extra_credit or 0.0)
        if changes:
            change = update(_GRADES).where(_GRADES.c.id == bindparam("row"))
            connection.execute(
                change.values(auto_score=bindparam("score"), needs_manual_grade=bindparam("waits")), changes
            )
        return totals

    def _write_comments(self, connection: Connection, comments: Sequence[tuple[str, str, bool, str | None]]) -> None:
        keys = [(notebook, cell) for notebook, cell, _, _ in comments]
        rows = self._ensure(connection, _COMMENTS, ("notebook_id", "cell_id"), keys, {})
        changes = [{"row": rows[notebook, cell].id, "words": words} for notebook, cell, new, words in comments if new]
        if changes:
            change = update(_COMMENTS).where(_COMMENTS.c.id == bindparam("row"))
            connection.execute(change.values(auto_comment=bindparam("words")), changes)

    def _write_penalties(
        self,
        connection: Connection,
        records: Sequence[Record],
        submissions: Mapping[str, Any],
        notebooks: Mapping[tuple[str, str], Any],
        totals: Mapping[str, float],
        penalty: Penalty,
    ) -> None:
        changes = []
        for record in records:
            submission = submissions[record.student]
            late = self.seconds_late(submission)
            for name, scores in record.scores.items():
                row = notebooks[submission.id, self.notebooks[name]]
                # nbgrader leaves the penalty of a notebook that was not handed in as it is.
                if scores is not None:
                    points = penalty(record.student, totals.get(row.id, 0.0), late) if late > 0 else None
                    changes.append({"row": row.id, "points": points})
        if changes:
            change = update(_NOTEBOOKS).where(_NOTEBOOKS.c.id == bindparam("row"))
            connection.execute(change.values(late_submission_penalty=bindparam("points")), changes)

    def seconds_late(self, submission: Any) -> float:
        """Return how late a submission is, by its own columns and the lesson's due date; 0 if it is not, or nothing says so."""
        if submission.timestamp is None or self._duedate is None:
            return 0.0
        due = self._duedate + submission.extension if submission.extension is not None else self._duedate
        return float(max(0.0, (submission.timestamp - due).total_seconds()))

    def _ensure(
        self,
        connection: Connection,
        table: Any,
        columns: tuple[str, str],
        keys: Sequence[tuple[str, str]],
        defaults: Mapping[str, Any],
    ) -> dict[tuple[str, str], Any]:
        """Return a table's rows by the two columns that identify them; insert those that are missing."""
        first, second = columns
        found = self._rows(connection, table, columns, keys)
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            new = [{"id": uuid4().hex, first: key[0], second: key[1], **defaults} for key in missing]
            _insert(connection, table, new)
            found = self._rows(connection, table, columns, keys)
        return found

    def _rows(
        self, connection: Connection, table: Any, columns: tuple[str, str], keys: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], Any]:
        first, second = (table.c[name] for name in columns)
        firsts = list(dict.fromkeys(key[0] for key in keys))
        # A query for one lesson's submissions names the students, who are fewer than the lesson has.
        narrow = second.in_([key[1] for key in keys]) if len(firsts) == 1 else None
        query = select(table).where(first.in_(firsts))
        rows = connection.execute(query if narrow is None else query.where(narrow)).all()
        return {(getattr(row, columns[0]), getattr(row, columns[1])): row for row in rows}


@dataclass(frozen=True)
class Mark:
    """The points of one cell; None as long as a person has to give them."""

    earned: float | None


@dataclass
class Marks:
    """One student's marks by notebook and grade id, and the penalty for lateness in points."""

    by_cell: dict[tuple[str, str], Mark] = field(default_factory=dict)
    penalty: float = 0.0


def marks_of_class(connection: Connection, lesson: str) -> dict[str, Marks]:
    """Return the marks of everyone who has a submission of a lesson, as nbgrader adds them up."""
    late, graded = penalties_and_grades()
    marks: dict[str, Marks] = {}
    for student, penalty in connection.execute(late.where(Assignment.name == lesson)):
        marks.setdefault(student, Marks()).penalty += penalty or 0.0
    for row in connection.execute(graded.where(Assignment.name == lesson)):
        marks[row.student_id].by_cell[row.notebook, row.cell] = Mark(earned_points(row))
    return marks


def penalties_and_grades() -> tuple[Select[Any], Select[Any]]:
    """Return two queries over all submissions of all lessons: (student, penalty) by notebook, and the grade of each cell."""
    cells, notebook = BaseCell.__table__, Notebook.__table__
    submitted = (
        _SUBMISSIONS.join(Assignment.__table__, Assignment.id == _SUBMISSIONS.c.assignment_id)
        .join(_NOTEBOOKS, _NOTEBOOKS.c.assignment_id == _SUBMISSIONS.c.id)
        .join(notebook, notebook.c.id == _NOTEBOOKS.c.notebook_id)
    )
    late = select(_SUBMISSIONS.c.student_id, _NOTEBOOKS.c.late_submission_penalty).select_from(submitted)
    graded = select(
        _SUBMISSIONS.c.student_id,
        notebook.c.name.label("notebook"),
        cells.c.name.label("cell"),
        _GRADES.c.auto_score,
        _GRADES.c.manual_score,
        _GRADES.c.extra_credit,
        _GRADES.c.needs_manual_grade,
    ).select_from(
        submitted.join(_GRADES, _GRADES.c.notebook_id == _NOTEBOOKS.c.id).join(cells, cells.c.id == _GRADES.c.cell_id)
    )
    return late, graded


def earned_points(row: Any) -> float | None:
    """Return the points of a row of grades, as nbgrader adds them up; None as long as a person has to give them."""
    given = row.manual_score if row.manual_score is not None else row.auto_score
    if given is None:
        return None if row.needs_manual_grade else 0.0
    return float(given + (row.extra_credit or 0.0))


def _insert(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))
