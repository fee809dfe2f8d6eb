"""A Python kernel without settings of its own, made in a process that has imported everything."""

from __future__ import annotations

import sys
import threading
from typing import Any

import zmq
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from grading.sandbox.publishing import Publisher, undisturbed


class _NoThread:
    """In place of a thread: taken for none, and what a cell with `await` asks of it is true of the kernel without it."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class Kernel(IPythonKernel):
    """A kernel without subshells, which newer versions have as soon as there is a thread for them."""

    _supports_kernel_subshells = False


class Application(IPKernelApp):
    """A kernel without a command line and without settings files to read."""

    kernel_class = Kernel
    outstream_class = "grading.sandbox.publishing.Stream"

    def parse_command_line(self, argv: object = None) -> None:
        """Read nothing."""

    def load_config_file(self, *_: object, **__: object) -> None:
        """Read nothing."""

    def init_iopub(self, context: Any) -> None:
        """Open the socket of what is published, and let everybody use it directly."""
        socket = context.socket(zmq.PUB)
        socket.linger = 1000
        self.iopub_port = self._bind_socket(socket, self.iopub_port)  # type: ignore[no-untyped-call]
        self.iopub_thread = Publisher(socket)
        self.iopub_thread.start()  # type: ignore[no-untyped-call]
        self.iopub_socket = self.iopub_thread.background_socket

    def init_control(self, context: Any) -> None:
        """Leave out the thread that newer versions put before the one that executes, for subshells."""
        super().init_control(context)  # type: ignore[no-untyped-call]  # ipykernel has no annotations
        self.shell_channel_thread = _NoThread()


def application(file: str) -> Any:
    """Return the application of a Python kernel whose sockets are bound."""
    sys.argv = ["kernel"]
    sys.path[:] = [entry for entry in sys.path if entry not in ("", "/")]
    settings = Config()
    # Its thread and its database serve the history of a terminal.
    settings.HistoryManager.enabled = False
    # It would sleep after each cell, for clients that read its channels one after another.
    settings.IPythonKernel._execute_sleep = 0.0
    made = Application.instance(config=settings, connection_file=file)
    with undisturbed():
        made.initialize([])  # type: ignore[no-untyped-call]  # ipykernel has no annotations
    return made
