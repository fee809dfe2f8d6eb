"""The one writer: puts executed notebooks into nbgrader's gradebook and its `autograded` folder.

What formgrader, feedback, export and late penalties see afterwards is what they would see after `nbgrader autograde`. A
notebook passes through the preprocessors that the course's configuration names. nbgrader's own ones among them that read
or write the database have their part done here for many students at once; if the configuration names others behind them,
which may rely on what they wrote, everything goes through nbgrader's own, one student at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde

from grading.adapters.nbconvert import preprocessor_of
from grading.engine.configuration import digest_of_configuration
from grading.engine.course import Course, NoSuchLesson
from grading.engine.database import quiet_database, set_journal_mode, usable_database
from grading.engine.faults import FaultLog
from grading.engine.gradebook.bulk_writes import LessonRows, Record, add_indexes
from grading.engine.gradebook.completeness import is_published
from grading.engine.gradebook.late_policy import policy_of
from grading.engine.gradebook.preprocessor_plan import (
    DONE_BY_INTAKE,
    OF_THE_DATABASE,
    SAVES,
    can_be_done_in_bulk,
    classes,
    executes,
)
from grading.engine.gradebook.scoring import Scores, scores_of
from grading.engine.gradebook.stored import complete_students, update_penalties
from grading.engine.intake.allowed_files import is_kept
from grading.engine.intake.template import Template, templates_from_gradebook
from grading.engine.intake.timestamp import handed_in_at
from grading.engine.problems import one_line
from grading.engine.publishing import discard, publish, stopped_by_the_disk, write_partial
from grading.engine.stock import preprocessors as ours
from grading.engine.stock.files import own_files
from grading.engine.turns.advisory import one_writer, turn_in_database
from grading.engine.turns.turns import Wait, both
from grading.errors import CourseError


@dataclass(frozen=True)
class Prepared:
    """One student's lesson, ready to be committed. Scores are None where a notebook is missing or unusable."""

    student: str
    files: Mapping[str, bytes]
    notebooks: Mapping[str, NotebookNode]
    scores: Mapping[str, Scores | None] = field(default_factory=dict)


class Recorder:
    """Reads a lesson's templates from the gradebook and writes its students' results.

    Made once for a run; a context manager that holds one connection to the database.
    """

    def __init__(self, course: Course, lesson: str) -> None:
        self.course = course
        self.lesson = lesson
        self._faults = FaultLog(course, lesson)
        self._converter = Autograde(coursedir=course.directories, config=course.config)
        self._converter.log.setLevel(logging.ERROR)
        self.lesson_files = own_files(course, lesson, self._converter)
        sanitizing = classes(self._converter.sanitize_preprocessors)
        self._sanitizing = [self._instance(found) for found in sanitizing if found not in DONE_BY_INTAKE]
        recording = [found for found in classes(self._converter.autograde_preprocessors) if not executes(found)]
        self._recording = [(found, self._instance(found)) for found in recording]
        self._in_bulk = can_be_done_in_bulk(recording)
        self._see_that_it_is_our_turn: Callable[[], None] = lambda: None

    def __enter__(self) -> Recorder:
        with usable_database(), quiet_database():
            self._gradebook = Gradebook(self.course.database, self.course.directories.course_id)
            self._engine = self._gradebook.engine
            self._journal_mode = set_journal_mode(self._engine, "wal")
            with self._engine.begin() as connection:
                one_writer(connection)
                add_indexes(connection)
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.close()
        if self._journal_mode not in ("", "wal"):
            set_journal_mode(self._engine, self._journal_mode)
            self._engine.dispose()

    @contextmanager
    def alone(self, command: str, wait: Wait, still_ours: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Be the only one who writes the lesson's grades, also where graders share the gradebook and not the folder.

        wait, still_ours, and what is raised: as by `turns.turn`.
        """
        with usable_database(), turn_in_database(self._engine, self.lesson, command, wait) as still_there:
            self._see_that_it_is_our_turn = both(still_ours, still_there)
            yield

    def templates(self) -> dict[str, Template]:
        """Return the templates of the lesson's notebooks by name.

        Raises NoSuchLesson if nbgrader has not generated the lesson yet.
        """
        try:
            with usable_database(), quiet_database():
                found = templates_from_gradebook(self._gradebook, self.lesson, self.course.source(self.lesson))
                self._gradebook.db.rollback()
                with self._engine.connect() as connection:
                    self._rows = LessonRows(connection, self.lesson)
        except MissingEntry:
            command = f"nbgrader generate_assignment {self.lesson}"
            message = f"the gradebook does not know {self.lesson!r}; run `{command}` in {self.course.root} first"
            raise NoSuchLesson(message) from None
        return found

    def recorded_students(self) -> set[str]:
        """Return the students of whom the gradebook has every row of this lesson."""
        with usable_database(), self._engine.connect() as connection:
            return complete_students(connection, self._rows)

    def is_published(self, student: str, notebooks: Collection[str]) -> bool:
        """Tell whether `autograded/` has these notebooks of a student, and the lesson's files beside them."""
        return is_published(self._target(student), notebooks, self.lesson_files)

    def update_penalties(self, say: Callable[[str], None]) -> int:
        """Write what lateness costs everyone by the due date, extensions and policy of now; return how many students it changed.

        say: called with a sentence where the policy fails on a student, whose penalty stays as it is. Raises CourseError.
        """
        policy = policy_of(self._recording)
        if policy is None:
            return 0

        def failed(student: str, error: Exception) -> None:
            reason = self._faults.note(student, "working out the late penalty", error)
            say(f"{one_line(student)}: the late penalty stays as it was: {reason}")

        with usable_database(), quiet_database(), self._engine.begin() as connection:
            one_writer(connection)
            return update_penalties(
                connection, self._rows, policy, lambda student, name: self.is_published(student, [name]), failed
            )

    def settings(self) -> str:
        """Return a digest of everything in the configuration that decides what a submission gets."""
        listed = [*self._converter.sanitize_preprocessors, *self._converter.autograde_preprocessors]
        policy = policy_of(self._recording)
        return digest_of_configuration(self.course.config, classes(listed), policy.sections if policy else ())

    def sanitize(self, student: str, name: str, notebook: NotebookNode) -> NotebookNode:
        """Pass a clean notebook through what the configuration names besides nbgrader's own preparation."""
        return self._pass(self._sanitizing, student, name, notebook) if self._sanitizing else notebook

    def prepare(self, student: str, executed: Mapping[str, NotebookNode], files: Mapping[str, bytes]) -> Prepared | str:
        """Make everything about one student's lesson ready to be committed; or say why that cannot be done.

        A notebook of the lesson that is not among the executed ones gets no points. Nothing is written to the database.
        """
        try:
            scores: dict[str, Scores | None] = dict.fromkeys(self._rows.notebooks)
            notebooks = {}
            for name, notebook in executed.items():
                notebooks[name], scores[name] = (
                    self._finish(student, name, notebook) if self._in_bulk else (notebook, None)
                )
            prepared = Prepared(student, files, notebooks, scores)
            if self._in_bulk:
                write_partial(self._target(student), self._beside(prepared), notebooks)
        except Exception as error:
            # Preprocessors that the configuration adds run here; whatever one of them raises costs one submission.
            return self._faults.note(student, "recording the results", error)
        return prepared

    def _finish(self, student: str, name: str, notebook: NotebookNode) -> tuple[NotebookNode, Scores]:
        """Pass an executed notebook on; note its scores where the configuration has them saved."""
        scores = Scores()
        for found, instance in self._recording:
            if found in SAVES:
                scores = scores_of(notebook, self._converter.log, by_our_rules=found is ours.SaveAutoGrades)
            elif found not in OF_THE_DATABASE and found not in DONE_BY_INTAKE:
                notebook = self._pass([instance], student, name, notebook)
        return notebook, scores

    def commit(self, batch: Sequence[Prepared]) -> dict[str, str]:
        """Write prepared students into the gradebook and their folders into place; return why not, by student.

        Raises GradebookUnavailable if the database cannot be used and DiskFull if the disk is full, which is everyone's
        problem. A student who was not written is not half written.
        """
        failures = {} if self._written_together(batch) else self._written_singly(batch)
        permissions = int(str(self._converter.permissions), 8)
        for prepared in batch:
            if prepared.student not in failures:
                try:
                    publish(self._target(prepared.student), permissions)
                except Exception as error:
                    reason = self._faults.note(prepared.student, "writing the autograded folder", error)
                    failures[prepared.student] = f"its folder cannot be written: {reason}"
        return failures

    def _written_together(self, batch: Sequence[Prepared]) -> bool:
        """Write a batch in one transaction; False if something in it does not fit, and nothing is written."""
        if not self._in_bulk:
            return False
        try:
            self._write(batch)
        except CourseError:
            raise
        except Exception as error:
            stopped_by_the_disk(error)
            return False
        return True

    def _written_singly(self, batch: Sequence[Prepared]) -> dict[str, str]:
        failures = {}
        for prepared in batch:
            try:
                self._write([prepared])
            except CourseError:
                raise
            except Exception as error:
                self._gradebook.db.rollback()
                failures[prepared.student] = self._faults.note(prepared.student, "writing the gradebook", error)
        return failures

    def _write(self, batch: Sequence[Prepared]) -> None:
        with usable_database(), quiet_database():
            self._see_that_it_is_our_turn()
            if self._in_bulk:
                records = [Record(one.student, one.scores, handed_in_at(one.files)) for one in batch]
                with self._engine.begin() as connection:
                    one_writer(connection)
                    self._rows.write(connection, records, policy_of(self._recording))
            else:
                for prepared in batch:
                    self._record_through_nbgrader(prepared)

    def discard(self, students: Sequence[str]) -> None:
        """Remove what was prepared for students, in this run or in one that was killed, and will not be committed."""
        for student in students:
            discard(self._target(student))

    def _target(self, student: str) -> Path:
        return self.course.folder("autograded", student, self.lesson)

    def _beside(self, prepared: Prepared) -> dict[str, bytes]:
        """The student's other files, of the kinds that are kept, and over them the lesson's own, as nbgrader does."""
        kept = {name: content for name, content in prepared.files.items() if is_kept(name)}
        return {**kept, **self.lesson_files}

    def _record_through_nbgrader(self, prepared: Prepared) -> None:
        """Record one student with nbgrader's own means, for configurations that need the database in between."""
        student, executed = prepared.student, prepared.notebooks
        self._gradebook.update_or_create_student(student)
        stamp = handed_in_at(prepared.files)
        self._gradebook.update_or_create_submission(self.lesson, student, **({"timestamp": stamp} if stamp else {}))
        for notebook in self._gradebook.find_submission(self.lesson, student).notebooks:
            if notebook.name not in executed:
                for grade in notebook.grades:
                    grade.auto_score = 0
                    grade.needs_manual_grade = False
        self._gradebook.db.commit()
        instances = [instance for _, instance in self._recording]
        finished = {name: self._pass(instances, student, name, notebook) for name, notebook in executed.items()}
        write_partial(self._target(student), self._beside(prepared), finished)

    def _instance(self, found: Any) -> Any:
        exporter = self._converter.exporter_class(parent=self._converter, config=self._converter.config)
        return preprocessor_of(exporter, found)

    def _pass(self, instances: Sequence[Any], student: str, name: str, notebook: NotebookNode) -> NotebookNode:
        resources: dict[str, Any] = {
            "unique_key": name,
            "output_files_dir": f"{name}_files",
            "nbgrader": {
                "student": student,
                "assignment": self.lesson,
                "notebook": name,
                "db_url": self.course.database,
            },
        }
        with quiet_database():
            for instance in instances:
                notebook, resources = instance(notebook, resources)
        return notebook
