"""A submission on its way through a run, and what is said of it at the end."""

from __future__ import annotations

import json
from dataclasses import dataclass

from nbformat import NotebookNode, from_dict

from grading.engine.intake.submission import CleanSubmission
from grading.engine.problems import Problem
from grading.engine.workers.worker import Job


@dataclass(frozen=True)
class Graded:
    """How one student's submission fared: `ran` is False if nothing had changed since it was graded last.

    recorded: False if it could not be graded, so that the gradebook says of this student what it said before.
    """

    student: str
    ran: bool
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    recorded: bool = True


def not_graded(student: str, failure: str, problems: tuple[Problem, ...] = (), seconds: float = 0.0) -> Graded:
    """Return what is said of a student on whose submission the grader, or its machine, has failed."""
    sentence = f"not graded, through no fault of the student: {failure}"
    problem = Problem("grader-failure", sentence, graded=False)
    return Graded(student, True, (*problems, problem), seconds, recorded=False)


@dataclass
class Pending:
    """A submission that is with a worker, or was."""

    submission: CleanSubmission
    fingerprint: str
    jobs: list[Job]
    attempts: int = 1
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0

    @property
    def student(self) -> str:
        """Whose it is."""
        return self.submission.student

    @property
    def seeds(self) -> dict[str, int]:
        """What the inputs of each notebook's checks are drawn from."""
        names = zip(self.submission.notebooks, self.jobs, strict=True)
        return {name: job.seed for name, job in names if job.seed is not None}

    @property
    def bytes(self) -> int:
        """How much was handed in; what notebooks show is less."""
        return sum(map(len, self.submission.files.values())) + sum(len(job.notebook) for job in self.jobs)

    def not_graded(self, failure: str) -> Graded:
        """Return what is said of it if it could not be graded."""
        return not_graded(self.student, failure, self.problems, self.seconds)


def as_notebook(content: bytes) -> NotebookNode:
    """Return the notebook that a worker sent."""
    notebook: NotebookNode = from_dict(json.loads(content))  # type: ignore[no-untyped-call]  # no annotation
    return notebook
