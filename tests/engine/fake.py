"""Grading without kernels: what comes back is made up from the job, so that a whole class takes a moment.

python -m tests.engine.fake COURSE            grade everybody, or go on where the last run stopped
python -m tests.engine.fake COURSE --wait     grade everybody again ten times, each time waiting for whoever else is at work;
                                              begins when it is told to, and says who was not graded
python -m tests.engine.fake COURSE --kills N  grade everybody again N times, each time killed at a random moment
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.gradebook.journal import read_journal
from grading.engine.workers.worker import Job, Result
from grading.errors import CourseError
from tests.engine import tiny


class FakePool:
    """Gives every graded cell a score that depends on nothing but its source, and shows the seed."""

    width = 2

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        future: Future[list[Result]] = Future()
        future.set_result([executed(job) for job in jobs])
        return future

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def stop(self) -> None:
        pass


def executed(job: Job) -> Result:
    notebook = json.loads(job.notebook)
    answers = "".join(cell["source"] for cell in notebook["cells"])
    score = hashlib.sha256(answers.encode()).digest()[0] / 256
    for cell in notebook["cells"]:
        nbgrader = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and nbgrader.get("grade"):
            data = {"text/plain": f"{score * nbgrader['points']}", "text/seed": str(job.seed)}
            result = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
            cell["outputs"] = [result]
    return Result(json.dumps(notebook).encode(), seconds=0.01)


def write_class(root: Path, count: int) -> Course:
    """Write the tiny course with students who all answered differently."""
    from grading.engine.assignment import generate_assignment

    course = open_course(tiny.write_course(root))
    generate_assignment(course, tiny.LESSON)
    for number in range(count):
        answers = {**tiny.RIGHT, "double": f"def double(x):\n    return {number}"}
        tiny.hand_in(root, f"s{number:04}", tiny.answered(root, answers))
    return course


def grade(course: Course, **plan: Any) -> None:
    grade_class(course, tiny.LESSON, Plan(pool=FakePool, **plan))


def gradebook(course: Course) -> dict[str, Any]:
    """Return everything that nbgrader knows of everyone's lesson, without its random ids."""
    with Gradebook(course.database, course.directories.course_id) as found:
        return {
            submission.student_id: _submission(submission) for submission in found.assignment_submissions(tiny.LESSON)
        }


def _submission(submission: Any) -> dict[str, Any]:
    return {
        "timestamp": submission.timestamp,
        "score": submission.score,
        "notebooks": {
            notebook.name: {
                "penalty": notebook.late_submission_penalty,
                "flagged": notebook.flagged,
                "grades": {
                    grade.name: (grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade)
                    for grade in notebook.grades
                },
                "comments": {c.name: (c.auto_comment, c.manual_comment) for c in notebook.comments},
            }
            for notebook in submission.notebooks
        },
    }


def notebooks_and_journal_agree(course: Course) -> bool:
    """Tell whether every autograded notebook shows the seed that the journal has for it."""
    for student, entry in read_journal(course.own_files / f"{tiny.LESSON}.jsonl").items():
        path = course.folder("autograded", student, tiny.LESSON) / f"{tiny.LESSON}.ipynb"
        cells = json.loads(path.read_text())["cells"]
        shown = {"".join(output["data"]["text/seed"]) for cell in cells for output in cell.get("outputs", ())}
        if shown != {str(entry.seeds[tiny.LESSON])}:
            return False
    return True


def kill_at_random_moments(course: Course, kills: int) -> int:
    """Grade everybody again and again in processes that are killed; return how many were killed in the middle."""
    dice, longest, hit = random.Random(kills), 0.5, 0
    for _ in range(kills):
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            grade(course, force=True)
            os._exit(0)
        time.sleep(dice.uniform(0, longest))  # no event: it is killed at any moment
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            hit += 1
            longest = max(longest, min(1.2 * (time.monotonic() - started), 5))
        else:
            longest = 0.8 * longest
    return hit


def main(course: Course, words: Sequence[str]) -> int:
    try:
        if "--kills" in words:
            print(kill_at_random_moments(course, int(words[-1])))
        elif "--wait" in words:
            print("ready", flush=True)
            sys.stdin.readline()
            for _ in range(10):
                told = grade_class(course, tiny.LESSON, Plan(pool=FakePool, force=True), wait=lambda sentence: None)
                print(*(problem.sentence for graded in told for problem in graded.problems), sep="\n", end="")
        else:
            grade(course)
    except CourseError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(open_course(Path(sys.argv[1])), sys.argv[2:]))
