"""Where jobs run: worker processes of this machine. `cluster` has the same for other machines."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import Protocol

from grading.engine.worker import Job, Result, answer_to_one_master, run_all

_SECONDS_TO_CLEAN_UP = 10


class Pool(Protocol):
    """Something that runs the notebooks of submissions, several at the same time."""

    @property
    def width(self) -> int:
        """How many submissions run at the same time."""
        ...

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        """Start on the notebooks of one submission. The future raises WorkerDied if its worker does."""
        ...

    def flush(self) -> None:
        """Start on everything that was submitted and is being held back."""
        ...

    def close(self) -> None:
        """Wait for what is running and end all workers."""
        ...

    def stop(self) -> None:
        """End all workers now, with whatever they run."""
        ...


class WorkerDied(Exception):
    """The process that ran a submission ended in the middle of it."""


class LocalPool:
    """Worker processes of this machine, started when they are needed and again when they died."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._executor = self._new_executor()

    @property
    def width(self) -> int:
        """How many submissions run at the same time."""
        return self._width

    def _new_executor(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._width, mp_context=get_context("spawn"), initializer=begin)

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        """Start on the notebooks of one submission."""
        try:
            started = self._executor.submit(run_all, jobs)
        except BrokenProcessPool:
            self._executor.shutdown(wait=True)
            self._executor = self._new_executor()
            started = self._executor.submit(run_all, jobs)
        return _translated(started)

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """Wait for what is running and end all workers."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """Tell every worker to end now, kernel and all."""
        for worker in list(getattr(self._executor, "_processes", None) or {}):
            try:
                os.kill(worker, signal.SIGTERM)
            except ProcessLookupError:
                continue


def _translated(started: Future[list[Result]]) -> Future[list[Result]]:
    """Return a future that raises WorkerDied where the executor says in its own way that a process is gone."""
    translated: Future[list[Result]] = Future()

    def finish(done: Future[list[Result]]) -> None:
        if done.cancelled():
            translated.cancel()
            translated.set_running_or_notify_cancel()
            return
        error = done.exception()
        if error is None:
            translated.set_result(done.result())
        else:
            translated.set_exception(WorkerDied(str(error)) if isinstance(error, BrokenProcessPool) else error)

    started.add_done_callback(finish)
    return translated


def begin() -> None:
    """Prepare a worker process: it answers to its parent and does not outlive it."""
    answer_to_one_master()
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: object) -> None:
    """Wait until the parent is gone, then end this process: first with its own cleaning up, then without."""
    parent.join()  # type: ignore[attr-defined]  # typeshed hides the class of parent_process()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_SECONDS_TO_CLEAN_UP)
    os._exit(1)
