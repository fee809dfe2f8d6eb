"""Notebooks on other machines: the jobs of `pool`, sent to the workers of a dask.distributed cluster.

Workers need this package and nothing else: no course folder, no database, no shared file system. What a worker gets is
the bytes of a notebook, and what comes back is the executed notebook; both travel over dask's own connections.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from importlib import import_module
from time import monotonic
from typing import Any

from grading.engine.workers.pool import WorkerDied
from grading.engine.workers.worker import Job, Result, run_all
from grading.errors import CourseError

# Submissions that are sent together: fewer messages, and little to do again if a worker dies.
_CHUNK = 4
# How often dask tries a chunk on another worker before it gives up; then each of its submissions is tried alone.
_RETRIES = 2
SECONDS_TO_CONNECT = 20
_SECONDS_BETWEEN_QUESTIONS = 5


class NoCluster(CourseError):
    """The cluster cannot be used."""


class ClusterPool:
    """Workers of a dask.distributed cluster; `width` counts their threads."""

    def __init__(self, address: str) -> None:
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            message = "dask.distributed is not installed; `pip install 'mlp-course[cluster]'`"
            raise NoCluster(message) from None
        self._distributed = distributed
        try:
            self._client = distributed.Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise NoCluster(f"no dask scheduler answers at {address}: {error}") from error
        self._waiting: list[tuple[Sequence[Job], Future[list[Result]]]] = []
        self._sent: dict[str, Any] = {}
        self._threads, self._asked_at = 0, 0.0

    @property
    def width(self) -> int:
        """How many submissions to have under way for the workers that are there now, which may come and go."""
        if monotonic() - self._asked_at > _SECONDS_BETWEEN_QUESTIONS:
            self._threads, self._asked_at = sum(self._client.nthreads().values()), monotonic()
        return max(1, self._threads) * _CHUNK

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        """Start on the notebooks of one submission, together with the next ones as soon as a chunk is full."""
        future: Future[list[Result]] = Future()
        self._waiting.append((jobs, future))
        if len(self._waiting) >= _CHUNK:
            self.flush()
        return future

    def flush(self) -> None:
        """Send what is waiting for a chunk to become full."""
        if not self._waiting:
            return
        chunk, self._waiting = self._waiting, []
        # Keys of its own: dask would take two equal jobs for one, and remember results that are not asked for again.
        key = f"mlp-course-{os.urandom(8).hex()}"
        sent = self._client.submit(run_chunk, [jobs for jobs, _ in chunk], key=key, retries=_RETRIES, pure=False)
        self._sent[key] = sent
        sent.add_done_callback(lambda done: self._deliver(key, done, [future for _, future in chunk]))

    def _deliver(self, key: str, done: Any, futures: Sequence[Future[list[Result]]]) -> None:
        """Pass on what a chunk gave; runs in a thread of dask's."""
        self._sent.pop(key, None)
        error: BaseException | None = None
        try:
            answers = done.result()
        except self._distributed.KilledWorker as killed:
            error = WorkerDied(str(killed))
        except (Exception, CancelledError) as raised:
            error = raised
        for number, future in enumerate(futures):
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(answers[number])

    def close(self) -> None:
        """Leave the cluster as it is for the next one."""
        self._client.close()

    def stop(self) -> None:
        """Take back what has been sent; workers finish the submission that they are in."""
        self._waiting.clear()
        self._client.cancel(list(self._sent.values()), force=True)


def run_chunk(submissions: Sequence[Sequence[Job]]) -> list[list[Result]]:
    """Run the notebooks of several submissions, one after another."""
    # Imported before the first submission, and set aside: otherwise the garbage collector visits it all again and again.
    import_module("grading.engine.workers.preloaded")
    return [run_all(jobs) for jobs in submissions]
