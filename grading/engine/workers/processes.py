"""Worker processes of this machine: how they are started, and how the grader tells them to end."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import connection, forkserver, get_context, parent_process, util
from multiprocessing.context import BaseContext, ForkServerContext
from typing import ParamSpec, TypeVar

from grading.interrupts import without_interrupts
from grading.sandbox.forkserver.addresses import folder_for_sockets

_P = ParamSpec("_P")
_R = TypeVar("_R")

# A worker that was told to end, and has not, is stuck: it was interrupted where nobody expected it.
_SECONDS_TO_CLEAN_UP = 5


def worker_context() -> BaseContext:
    """Return how worker processes are started: as forks of one that has imported what all of them need, where that is safe."""
    if not sys.platform.startswith("linux"):
        return get_context("spawn")
    _keep_addresses_short()
    context = get_context("forkserver")
    context.set_forkserver_preload(["grading.engine.workers.preloaded"])
    return context


def _keep_addresses_short() -> None:
    """Have multiprocessing settle, once for this process, on a folder in which the addresses of its sockets have room."""
    usual, short = tempfile.gettempdir(), folder_for_sockets()
    if short != usual:
        tempfile.tempdir = short
        try:
            util.get_temp_dir()
        finally:
            tempfile.tempdir = usual


def start_what_forks(context: BaseContext) -> None:
    """See that the process is there whose forks the workers of this context are, if they are forks; do not wait for its imports."""
    if isinstance(context, ForkServerContext):
        with without_interrupts():
            forkserver.ensure_running()


def begin() -> None:
    """Prepare a worker process: it leaves Ctrl-C to its parent, ends in order when it is told to, and does not outlive it."""
    told, _End.tell = connection.Pipe(duplex=False)
    threading.Thread(target=_see_to_the_end, args=(told,), daemon=True).start()
    signal.signal(signal.SIGTERM, _end_quietly)
    signal.signal(signal.SIGINT, lambda *_: None)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def unless_ending(function: Callable[_P, _R], /, *arguments: _P.args, **named: _P.kwargs) -> _R:
    """Call a function in a worker process. Raises KeyboardInterrupt, at once if the process had been told to end before."""
    if _End.near:
        raise KeyboardInterrupt
    return function(*arguments, **named)


class _End:
    """The end of this worker process: whether it was told to end, and how its thread that sees to it learns that."""

    near = False
    tell: connection.Connection


def _end_quietly(*_: object) -> None:
    """Interrupt what runs; what is torn down half done may complain, and nobody waits for that any more."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _End.near = True
    _End.tell.send_bytes(b"")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    raise KeyboardInterrupt


def _see_to_the_end(told: connection.Connection) -> None:
    """Wait until this process is told to end or its parent is gone; then it ends: with its own cleaning up, or without."""
    parent = parent_process()
    connection.wait([told] if parent is None else [told, parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_SECONDS_TO_CLEAN_UP)
    os._exit(1)
