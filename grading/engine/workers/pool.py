"""Where jobs run: worker processes of this machine. `cluster` has the same for other machines."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.sharedctypes import Synchronized
from typing import Protocol

from grading.adapters.modules import TORCH_COMPILER
from grading.engine.workers.cores import own_cores, pin, shares
from grading.engine.workers.processes import begin, start_what_forks, unless_ending, worker_context
from grading.engine.workers.worker import Job, Result, run_all
from grading.interrupts import without_interrupts
from grading.sandbox.forkserver.available import Isolation, isolation
from grading.sandbox.forkserver.client import MOST_KERNELS, ForkServer, ForkServerClient, take_fork_server, use

# A module that takes as long to import as all that workers need.
_SLOW = TORCH_COMPILER


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
    """Worker processes of this machine, which share one fork server; all of them are replaced now and then.

    isolated: whether notebooks are to run in a sandbox; modules: what is worth importing once for all of them. Raises
    SandboxUnavailable.
    """

    def __init__(self, width: int, isolated: bool = True, modules: Sequence[str] = ()) -> None:
        self._width = width
        self._make = partial(_Generation, width, isolated, modules)
        self._current = self._make()
        self._former: list[_Generation] = []

    @property
    def width(self) -> int:
        """How many submissions run at the same time."""
        return self._width

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        """Start on the notebooks of one submission."""
        if self._current.submitted >= MOST_KERNELS:
            self._replace()
        try:
            started = self._current.submit(jobs)
        except BrokenProcessPool:
            self._replace()
            started = self._current.submit(jobs)
        return _translated(started)

    def _replace(self) -> None:
        self._current.retire()
        self._former = [*(one for one in self._former if not one.ended), self._current]
        self._current = self._make()

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """Wait for what is running and end all workers."""
        for generation in (*self._former, self._current):
            generation.close()

    def stop(self) -> None:
        """Tell every worker to end now, kernel and all."""
        for generation in (*self._former, self._current):
            generation.stop()


class _Generation:
    """Some worker processes, started when they are needed, and the fork server that forks their kernels."""

    def __init__(self, width: int, isolated: bool, modules: Sequence[str]) -> None:
        self.submitted = 0
        self._parent: ForkServer | None = None
        self._retiring: threading.Thread | None = None
        if isolation(isolated, modules) is Isolation.NAMESPACES:
            self._parent = take_fork_server(modules)
        context = worker_context()
        start_what_forks(context)
        cores = shares(own_cores(), width)
        self._executor = ProcessPoolExecutor(
            width,
            mp_context=context,
            initializer=begin_grading,
            initargs=(self._parent.client if self._parent else None, cores, context.Value("i", 0)),
        )

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        """Start on the notebooks of one submission. Raises BrokenProcessPool."""
        self.submitted += 1
        with without_interrupts():  # it may start a worker
            return self._executor.submit(unless_ending, run_all, jobs)

    @property
    def ended(self) -> bool:
        """Whether it was retired and all of its processes have ended."""
        return self._retiring is not None and not self._retiring.is_alive()

    def retire(self) -> None:
        """Let the workers end after their last submission, and the fork server after its last worker; wait for neither."""
        self._retiring = threading.Thread(target=self._finish, daemon=True)
        self._retiring.start()

    def _finish(self, cancel: bool = False) -> None:
        self._executor.shutdown(wait=True, cancel_futures=cancel)
        if self._parent:
            self._parent.close()

    def close(self) -> None:
        """Wait for what is running; then end the workers and the fork server."""
        if self._retiring is not None:
            self._retiring.join()
        else:
            self._finish(cancel=True)

    def stop(self) -> None:
        """Tell every worker to end now."""
        for worker in list(getattr(self._executor, "_processes", None) or {}):
            try:
                os.kill(worker, signal.SIGTERM)
            except ProcessLookupError:
                continue


def start_workers_early(modules: Sequence[str]) -> None:
    """Start on what all workers import, so that it is there when the first submission has been read.

    modules: what the fork server is importing meanwhile. Where there are cores for two only and it takes long, the workers wait
    until they are asked for, so that the grader itself is not slowed down.
    """
    if not (_SLOW in modules and (os.cpu_count() or 1) < 3):
        start_what_forks(worker_context())


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


def begin_grading(kernels: ForkServerClient | None, cores: Sequence[Sequence[int]], begun: Synchronized[int]) -> None:
    """Prepare a worker process that grades, and orders its kernels from this fork server if there is one.

    cores: those of each worker. begun: how many workers have begun; each counts itself, and that is its number.
    """
    import torch

    with begun.get_lock():
        number, begun.value = begun.value, begun.value + 1
    pin(cores[number % len(cores)])
    begin()
    # As many workers compute as there are cores.
    torch.set_num_threads(1)
    if kernels is not None:
        use(kernels)
