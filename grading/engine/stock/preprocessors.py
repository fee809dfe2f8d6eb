"""What stock nbgrader runs in place of its own executor, named in `nbgrader_config.py`:

    c.Autograde.autograde_preprocessors = ["grading.engine.stock.preprocessors.SandboxedExecute", ...]

`nbgrader autograde` and formgrader's button then keep to the same limits as our own command and score in the same way.
Our command takes its list of preprocessors from there, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ExecutePreprocessor, Preprocessor
from nbformat import NotebookNode, from_dict
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from traitlets import Bool, Float, Integer

from grading.adapters.nbconvert import take_resources
from grading.adapters.nbgrader import SaveScores
from grading.cells import failed_check
from grading.engine.course import Course
from grading.engine.execution.checks import failed_checks
from grading.engine.execution.notebook_run import BoundedExecution
from grading.engine.limits import DEFAULT_LIMITS, Limits
from grading.engine.problems import Problem, one_line
from grading.engine.seeding.lesson_seeds import LessonSeeds, seed_of_submitted
from grading.engine.stock.files import TakenIn, taken_in, working_folder
from grading.seeds import new_seed, seed_from_environment
from grading.text import whole_tree

# What nbformat asks of a cell's own.
_IDENTIFIER = re.compile("[a-zA-Z0-9-_]{1,64}")


class SandboxedExecute(BoundedExecution, Execute):
    """nbgrader's executor with sandboxed kernels, checks from outside, and one time budget for the notebook.

    nbgrader's own traits keep their meaning: `timeout`, if set, bounds each cell besides the budget. Both count the processor's
    seconds; by the clock, ten times as many may pass.
    """

    time_budget = Float(
        DEFAULT_LIMITS.seconds, help="Seconds of the processor that all cells of a notebook may use together."
    ).tag(config=True)
    output_budget = Integer(
        DEFAULT_LIMITS.output_bytes, help="Bytes that all cells of a notebook may print and draw together."
    ).tag(config=True)
    unsafe_no_sandbox = Bool(
        False, help="Run submissions without a sandbox: they can then read and change whatever you can."
    ).tag(config=True)
    timeout = Integer(None, allow_none=True, help=ExecutePreprocessor.timeout.help).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Execute a notebook in place, in the folder that nbconvert gives in `resources`."""
        self.nb, self.km, self.kc = nb, km, None
        take_resources(self, resources)
        self.limits = Limits(
            seconds=self.time_budget, output_bytes=self.output_budget, isolated=not self.unsafe_no_sandbox
        )
        converter = getattr(self.parent, "parent", None)
        self.secret = self._seed(converter)
        with self._working_folder(converter) as (folder, problems):
            self._report(taken_in(converter), problems, self.execute_within_limits(folder))
        self.set_widgets_metadata()
        return self.nb, self.resources

    def _report(self, taken: TakenIn | None, before: Sequence[Problem], met: Sequence[Problem]) -> None:
        """Tell what was wrong, under the student's name where that is known, and keep it with the submission."""
        met = [*met, *failed_checks(self.nb)]
        name = f"{one_line(taken.submission.student)}: " if taken else ""
        for problem in (*before, *met):
            self.log.warning("%s%s", name, problem.sentence)
        if taken:
            taken.problems += met
            taken.seconds += self.limits.seconds - self._left_seconds
            taken.seeds[self.resources["nbgrader"]["notebook"]] = self.secret

    def _working_folder(self, converter: object) -> AbstractContextManager[tuple[str, Sequence[Problem]]]:
        """Return the folder to run in: nbgrader's, or one with what may be there of a submission that it autogrades."""
        if isinstance(converter, Autograde):
            names = self.resources["nbgrader"]
            return working_folder(converter, names["student"], names["assignment"], self.limits)
        return nullcontext((self.resources.get("metadata", {}).get("path") or os.getcwd(), ()))

    def _seed(self, converter: object) -> int:
        """Return `$MLP_COURSE_SEED` if that is set, and what the course asks of a submission; a new seed for any other notebook."""
        given = seed_from_environment()
        if given is not None or not isinstance(converter, Autograde):
            return new_seed() if given is None else given
        course = Course(Path(converter.coursedir.root), converter.config, converter.coursedir)
        names, taken = self.resources["nbgrader"], taken_in(converter)
        if taken:
            seeds = LessonSeeds(course, names["assignment"], self.log.warning)
            name = names["notebook"]
            return seeds.seed(name, taken.handed_in.get(name), taken.submission.files)
        handed_in = (names["assignment"], names["student"], names["notebook"])
        return seed_of_submitted(course, *handed_in, self.limits, self.log.warning)


class SaveAutoGrades(SaveScores):
    """nbgrader's writer of points; a check that failed itself is left to a person, with the points it gave meanwhile.

    A written answer without points, which the course leaves out, is left to nobody.
    """

    def on_saved(self, cell: NotebookNode) -> None:
        """Ask for a person if the check of this cell failed itself, and for none if there are no points to give."""
        told = cell.metadata["nbgrader"]
        without_points = told.get("points") == 0
        if failed_check(cell) or without_points:
            names = (self.notebook_id, self.assignment_id, self.student_id)
            grade = self.gradebook.find_grade(told["grade_id"], *names)
            grade.needs_manual_grade = not without_points
            if without_points:
                grade.auto_score = 0.0
            self.gradebook.db.commit()


class WholeText(Preprocessor):
    """Lets a submission pass in spite of characters that no file or no Python takes, such as a lone surrogate."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return a notebook that can be written and run, with � in the place of such characters."""
        found = whole_tree(nb)
        for index, cell in enumerate(found["cells"]):
            if not _IDENTIFIER.fullmatch(cell.get("id", "-")):
                cell["id"] = f"cell-{index}"
        return from_dict(found), resources  # type: ignore[no-untyped-call]  # nbformat has no annotation here
