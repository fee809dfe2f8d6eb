"""A Python kernel without settings of its own, made in a process that has imported everything.

What needs no socket, no thread and no home folder is made by the fork server, once for all of its forks: see `made_early`.
"""

from __future__ import annotations

import builtins
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any

import zmq
from traitlets import Type
from traitlets.config import Config

from grading.adapters import ipykernel
from grading.adapters.ipython import hide_names, keep_modules, new_profile
from grading.sandbox.kernel.ending import ASKED, Ending
from grading.sandbox.kernel.messages import OUTPUTS_ONLY, asked_to_answer
from grading.sandbox.kernel.names import Names
from grading.sandbox.kernel.publishing import Publisher, signals_blocked
from grading.sandbox.kernel.surroundings import Surroundings

# As many as ipykernel takes from when it is asked to end.
_SECONDS_TO_END = 0.1


class Shell(ipykernel.Shell):
    """IPython's shell, which may have been made before its kernel."""

    @classmethod
    def instance(cls, *args: Any, **parts: Any) -> Any:
        """Return the one shell there is, which is that of this kernel from now on."""
        made = super().instance(*args, **parts)
        for name in ("parent", "kernel", "profile_dir"):
            if parts.get(name) is not None:
                setattr(made, name, parts[name])
        return made

    def on_code_run(self) -> None:
        """Put back what a cell has taken away."""
        self.kernel.surroundings.put_back_lost(*self.kernel.streams)
        with suppress(Exception):  # a notebook may have put anything in the place of what is called here
            self.kernel.names.put_back_emptied(self.user_ns, self.user_ns_hidden)

    def runs_itself(self, code: str) -> bool:
        """Answer the judge, if that is what the cell is for."""
        words = asked_to_answer(code)
        if words is None:
            with suppress(Exception):  # as above
                self.kernel.names.remember(self.user_ns)
            return False
        self.kernel.surroundings.restore(*self.kernel.streams)
        self.user_global_ns["__builtins__"] = builtins
        with suppress(Exception):  # the other end learns from the connection that there is no answer
            import_module("grading.probe.serve").serve(self.user_global_ns, *words)
        return True

    def may_end_now(self) -> bool:
        """Tell whether no cell asks for the end: otherwise the kernel ends a moment after it has replied, however long that takes."""
        return not self.kernel.ending.asked()


class Kernel(ipykernel.Kernel):
    """A kernel that tells how it ends, and nothing that nobody reads."""

    shell_class = Type(Shell)
    compiler_class = Type(ipykernel.Compiler)

    def __init__(self, **parts: Any) -> None:
        self.ending = Ending()
        self.surroundings, self.names = Surroundings(), Names()
        self.streams: tuple[Any, Any] = (None, None)
        super().__init__(**parts)  # type: ignore[no-untyped-call]

    def init_metadata(self, parent: Any) -> Any:
        """Return what is known of a reply before its cell runs."""
        with suppress(Exception):  # a notebook may have put anything in the place of what is called here
            self.ending.begin()
        return super().init_metadata(parent)  # type: ignore[no-untyped-call]  # ipykernel has no annotations

    def finish_metadata(self, parent: Any, metadata: Any, reply_content: Any) -> Any:
        """Return what is known of a reply when its cell has run."""
        told: dict[str, Any] = {}
        with suppress(Exception):  # as above
            told = self.ending.end()
        if told.get(ASKED):
            self.io_loop.call_later(_SECONDS_TO_END, self.io_loop.stop)
        return {**super().finish_metadata(parent, metadata, reply_content), **told}  # type: ignore[no-untyped-call]

    def is_published(self, kind: str, request: Mapping[str, Any]) -> bool:
        """Tell whether a client wants to hear it; ours wants outputs, and to know when there are no more."""
        return kind not in ("busy", "input") or OUTPUTS_ONLY not in request.get("metadata", {})

    @classmethod
    def instance(cls, *args: Any, **parts: Any) -> Any:
        """Return the one kernel there is, which from now on talks over these sockets."""
        early = cls.initialized()
        made = super().instance(*args, **parts)
        if early:
            made.take(parts)
        return made

    def take(self, parts: Mapping[str, Any]) -> None:
        """Take what a kernel usually has from the beginning, and pass on what its shell has from it."""
        for name, part in parts.items():
            if part is not None and name != "parent" and self.has_trait(name):
                setattr(self, name, part)
        self.streams = (sys.stdout, sys.stderr)
        self.take_streams(*self.streams)
        shell: Any = self.shell
        shell.profile_dir = self.profile_dir
        for publisher in (shell.displayhook, shell.display_pub):
            publisher.session, publisher.pub_socket = self.session, self.iopub_socket


class Application(ipykernel.Application):
    """A kernel without a command line and without settings files to read."""

    kernel_class = Kernel
    outstream_class = "grading.sandbox.kernel.publishing.Stream"

    def parse_command_line(self, argv: object = None) -> None:
        """Read nothing."""

    def load_config_file(self, *_: object, **__: object) -> None:
        """Read nothing."""

    def init_code(self) -> None:
        """Hide what a notebook finds in its namespace. There is no code to run first, and all modules are named early."""
        hide_names(self.shell)

    def init_iopub(self, context: Any) -> None:
        """Open the socket of what is published, and let everybody use it directly."""
        socket = context.socket(zmq.PUB)
        socket.linger = 1000
        # A kernel that sends more than is read waits. Otherwise messages would be dropped, the one that it is idle among them.
        socket.setsockopt(zmq.XPUB_NODROP, 1)
        self.iopub_port = self.bind(socket, self.iopub_port)
        self.iopub_thread = Publisher(socket)
        self.iopub_thread.start()  # type: ignore[no-untyped-call]
        self.iopub_socket = self.iopub_thread.background_socket


def made_early() -> None:
    """Make application, shell and kernel, in the process whose forks will be kernels; they get all the rest from their own."""
    settings = Config()
    # Its thread and its database serve the history of a terminal.
    settings.HistoryManager.enabled = False
    ipykernel.without_sleep(settings)
    settings.Session.packer = "grading.sandbox.kernel.publishing.pack"
    # Its logger makes a record of every message, for nobody.
    settings.Application.logging_config = {"loggers": {"Application": {"level": "CRITICAL"}}}
    made = Application.instance(config=settings)
    with tempfile.TemporaryDirectory() as folder:
        profile = new_profile(f"{folder}/profile")
        shell = Shell.instance(parent=made, ipython_dir=folder, profile_dir=profile, compiler_class=ipykernel.Compiler)
        # For `%reset --aggressive`. In a fork, to name thousands of modules would be to copy their memory.
        keep_modules(shell, sys.modules)
        # Python's tokenizer compiles its regular expressions at the first cell, which takes longer than most cells do.
        shell.transform_cell("x = 1;")
        Kernel.instance(parent=made, log=made.log, profile_dir=profile)


def application(file: str) -> Any:
    """Return the application of a Python kernel whose sockets are bound."""
    if not Application.initialized():
        made_early()
    sys.argv = ["kernel"]
    sys.path[:] = [entry for entry in sys.path if entry not in ("", "/")]
    made: Any = Application.instance()
    made.connection_file = file
    with signals_blocked():
        made.initialize([])
    made.shell.ipython_dir = made.ipython_dir
    return made
