"""A class on a dask cluster of this machine, its start and its end included: LESSON WORKERS, in the course's folder."""

from __future__ import annotations

import subprocess
import sys

from distributed import LocalCluster


def main(lesson: str, workers: str) -> int:
    """Start a scheduler and its workers, grade everybody, and end them."""
    with LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no annotation here
        n_workers=int(workers), threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        grade = ("autograde", lesson, "--force", "--scheduler", cluster.scheduler_address)
        return subprocess.run([sys.executable, "-m", "grading", *grade]).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
