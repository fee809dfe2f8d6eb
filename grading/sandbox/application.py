"""A Python kernel without settings of its own, made in a process that has imported everything.

What needs no socket, no thread and no home folder is made by the warm parent, once for all of its forks: see `made_early`.
"""

from __future__ import annotations

import ast
import sys
import tempfile
import threading
import warnings
from typing import Any

import zmq
from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.profiledir import ProfileDir
from traitlets import Instance, Type
from traitlets.config import Config

from grading.sandbox.publishing import Publisher, undisturbed


class _NoThread:
    """In place of a thread: taken for none, and what a cell with `await` asks of it is true of the kernel without it."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class Transformations(TransformerManager):
    """IPython's rules for what is no Python (magics, `!commands`, `name?`), which are slow, kept away from cells that are."""

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        """Return the lines of a cell as Python. Nothing that these rules change could be parsed before."""
        ours = all(one.__module__ == TransformerManager.__module__ for one in self.token_transformers)
        if ours and _is_python("".join(lines)):
            return lines
        transformed: list[str] = super().do_token_transforms(lines)  # type: ignore[no-untyped-call]
        return transformed


def _is_python(source: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # whoever runs the cell says it
        try:
            compile(source, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


class Shell(ZMQInteractiveShell):
    """IPython's shell, which may have been made before its kernel."""

    input_transformer_manager = Instance(Transformations, ())

    @classmethod
    def instance(cls, *args: Any, **parts: Any) -> Any:
        """Return the one shell there is, which is that of this kernel from now on."""
        made = super().instance(*args, **parts)
        for name in ("parent", "kernel", "profile_dir"):
            if parts.get(name) is not None:
                setattr(made, name, parts[name])
        return made

    def should_run_async(self, raw_cell: str, *, transformed_cell: str | None = None, **named: Any) -> bool:
        """Tell whether a cell awaits something; to find out takes IPython as long as to compile it."""
        text = raw_cell + (transformed_cell or "")
        if "await" not in text and "async" not in text:
            return False
        return bool(super().should_run_async(raw_cell, transformed_cell=transformed_cell, **named))


class Kernel(IPythonKernel):
    """A kernel without subshells, which newer versions have as soon as there is a thread for them."""

    _supports_kernel_subshells = False
    shell_class = Type(Shell)


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


def made_early() -> None:
    """Make the application and its shell, in the process whose forks will be kernels; they get all the rest from their own."""
    settings = Config()
    # Its thread and its database serve the history of a terminal.
    settings.HistoryManager.enabled = False
    # It would sleep after each cell, for clients that read its channels one after another.
    settings.IPythonKernel._execute_sleep = 0.0
    made = Application.instance(config=settings)
    with tempfile.TemporaryDirectory() as folder:
        profile = ProfileDir.create_profile_dir(f"{folder}/profile")  # type: ignore[no-untyped-call]
        Shell.instance(parent=made, ipython_dir=folder, profile_dir=profile, compiler_class=XCachingCompiler)


def application(file: str) -> Any:
    """Return the application of a Python kernel whose sockets are bound."""
    if not Application.initialized():
        made_early()
    sys.argv = ["kernel"]
    sys.path[:] = [entry for entry in sys.path if entry not in ("", "/")]
    made: Any = Application.instance()
    made.connection_file = file
    with undisturbed():
        made.initialize([])
    made.shell.ipython_dir = made.ipython_dir
    return made
