"""One job: a clean notebook in, the executed notebook out. No database, no course folder, no shared state.

Whatever runs jobs (this process, a pool, a cluster) needs nothing but this function and its two values.
"""

from __future__ import annotations

import json
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from jupyter_client.kernelspec import NoSuchKernel
from nbformat import v4

from grading.cells import grade_id_of, verdicts_in
from grading.engine.execution.checks import failed_checks
from grading.engine.execution.notebook_run import BoundedExecution
from grading.engine.limits import DEFAULT_LIMITS, Limits
from grading.engine.problems import Problem
from grading.seeds import new_seed


@dataclass(frozen=True)
class Job:
    """What to run: the bytes of a clean notebook and the files it finds beside it, names relative and without `..`.

    seed: what the inputs of the checks are drawn from, kept secret until the notebook has run; None for a random one.
    """

    notebook: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    kernel_name: str = "python3"
    limits: Limits = DEFAULT_LIMITS
    seed: int | None = None


@dataclass(frozen=True)
class Result:
    """What came of a job. `verdicts` holds a verdict's plain data under the grade id of its check cell.

    failure says why the job could not be done at all: a fault of the grader or its machine, never of the notebook; trace is
        its traceback.
    seed, put into the job, gives the same verdicts again.
    """

    notebook: bytes
    verdicts: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    failure: str = ""
    seed: int = 0
    trace: str = ""


def run(job: Job) -> Result:
    """Execute a notebook in an empty folder of its own."""
    started = monotonic()
    seed = new_seed() if job.seed is None else job.seed
    notebook = v4.reads(job.notebook.decode())  # type: ignore[no-untyped-call]  # nbformat has no annotation here
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as folder:
        for name, content in job.files.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        client = BoundedExecution(
            notebook,
            kernel_name=job.kernel_name,
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": "TimeLimit", "evalue": "", "traceback": []},
            raise_on_iopub_timeout=True,
            record_timing=False,
        )
        client.limits = job.limits
        client.secret = seed
        client.log.setLevel("CRITICAL")
        try:
            problems = client.execute_within_limits(folder)
        except (NoSuchKernel, RuntimeError, OSError) as error:
            return Result(
                job.notebook,
                failure=f"no kernel could be started: {error}",
                seconds=monotonic() - started,
                seed=seed,
                trace=traceback.format_exc(),
            )
    return Result(
        notebook=json.dumps(notebook, ensure_ascii=False).encode(),
        verdicts=verdicts_of(notebook),
        problems=(*problems, *failed_checks(notebook)),
        seconds=monotonic() - started,
        seed=seed,
    )


def run_all(jobs: Sequence[Job]) -> list[Result]:
    """Execute the notebooks of one submission, one after another."""
    return [run(job) for job in jobs]


def verdicts_of(notebook: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the last verdict of every graded cell of an executed notebook under the cell's grade id."""
    found = {}
    for cell in notebook["cells"]:
        grade_id = grade_id_of(cell)
        for data in verdicts_in(cell):
            if grade_id is not None:
                found[grade_id] = dict(data)
    return found
