"""Starting a Python kernel in a process that has imported everything already: the end of the warm parent's fork."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grading.sandbox import jail


def prepare(
    connection: Mapping[str, Any], environment: Mapping[str, str], command: Sequence[str]
) -> Callable[[], object]:
    """Return what starts the kernel; nothing of a notebook runs before.

    connection: what a Jupyter connection file holds. environment: the variables that the kernel gets, and no others. command:
    how a kernel of another kind is started, with `{connection_file}` in it; empty for a Python kernel right here.
    """
    os.environ.clear()
    os.environ.update(environment)
    file = Path(jail.HOME, ".connection.json")
    file.write_text(json.dumps(dict(connection)))
    if command:
        words = [word.replace("{connection_file}", str(file)) for word in command]
        return lambda: os.execvpe(words[0], words, dict(environment))
    _draw_anew()
    start: Callable[[], object] = _application(str(file)).start
    return start


class _NoThread:
    """In place of a thread: taken for none, and what a cell with `await` asks of it is true of the kernel without it."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


def _application(file: str) -> Any:
    """Return the application of a Python kernel whose sockets are bound."""
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    sys.argv = ["kernel"]
    sys.path[:] = [entry for entry in sys.path if entry not in ("", "/")]
    settings = Config()
    # Its thread and its database serve the history of a terminal.
    settings.HistoryManager.enabled = False
    # It would sleep after each cell, for clients that read its channels one after another.
    settings.IPythonKernel._execute_sleep = 0.0

    class Kernel(IPythonKernel):
        """A kernel without subshells, which newer versions have as soon as there is a thread for them."""

        _supports_kernel_subshells = False

    class Application(IPKernelApp):
        """A kernel without a command line and without settings files to read."""

        kernel_class = Kernel

        def parse_command_line(self, argv: object = None) -> None:
            """Read nothing."""

        def load_config_file(self, *_: object, **__: object) -> None:
            """Read nothing."""

        def init_control(self, context: Any) -> None:
            """Leave out the thread that newer versions put before the one that executes, for subshells."""
            super().init_control(context)  # type: ignore[no-untyped-call]  # ipykernel has no annotations
            self.shell_channel_thread = _NoThread()

    application = Application.instance(config=settings, connection_file=file)
    application.initialize([])  # type: ignore[no-untyped-call]  # ipykernel has no annotations
    return application


def _draw_anew() -> None:
    """Seed what would otherwise give the same numbers in every fork."""
    random.seed()
    # Where nobody has used them yet, they are seeded at their first import.
    generators = sys.modules.get("numpy.random.mtrand")
    if generators is not None:
        generators.seed()
