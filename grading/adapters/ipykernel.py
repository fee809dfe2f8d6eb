"""ipykernel: the kernel, its shell, its application and its streams, with names of our own for what ours do differently."""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Mapping
from typing import Any

from ipykernel.compiler import XCachingCompiler, get_tmp_directory
from ipykernel.displayhook import ZMQShellDisplayHook
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets import Type, observe

from grading.adapters.names import Kind, Name, coroutine, field, function

_KERNEL = "ipykernel.ipkernel:IPythonKernel"
_APPLICATION = "ipykernel.kernelapp:IPKernelApp"
_THREAD = "ipykernel.iostream:IOPubThread"
_STREAM = "ipykernel.iostream:OutStream"
_SHELL = "ipykernel.zmqshell:ZMQInteractiveShell"
NAMES = (
    function(f"{_KERNEL}._publish_status", "status, channel, parent", "leaving out the busy status"),
    function(f"{_KERNEL}._publish_execute_input", "code, parent, execution_count", "leaving out the code of a cell"),
    Name(f"{_KERNEL}._execute_sleep", Kind.TRAIT, "not sleeping after each cell"),
    Name(f"{_KERNEL}._supports_kernel_subshells", Kind.PROPERTY, "a kernel without subshells", since="7.0"),
    field(f"{_KERNEL}._stdout", "the standard output of a kernel that was made early", since="6.31"),
    field(f"{_KERNEL}._stderr", "the standard error of a kernel that was made early", since="6.31"),
    function(f"{_KERNEL}.init_metadata", "parent", "noting what runs before a cell does"),
    function(f"{_KERNEL}.finish_metadata", "parent, metadata, reply_content", "telling what a cell has left running"),
    function(f"{_KERNEL}.get_parent", "channel", "which request a status belongs to"),
    Name(f"{_KERNEL}.shell_class", Kind.TRAIT, "a shell of ours"),
    Name(f"{_KERNEL}.compiler_class", Kind.TRAIT, "naming cells in no time", since="7.0"),
    function("ipykernel.compiler:XCachingCompiler.get_code_name", "raw_code, code, number", "naming cells in no time"),
    function("ipykernel.compiler:get_tmp_directory", "", "naming cells in no time"),
    function(f"{_APPLICATION}._bind_socket", "s, port", "opening the socket of what is published"),
    function(f"{_APPLICATION}.init_control", "context", "having no thread for subshells"),
    function(f"{_APPLICATION}.init_iopub", "context", "having nobody hand over what is published"),
    function(f"{_APPLICATION}.init_code", "", "running no code first"),
    function(f"{_APPLICATION}.load_config_file", "", "reading no settings"),
    function(f"{_APPLICATION}.parse_command_line", "argv", "having no command line"),
    Name(f"{_APPLICATION}.iopub_thread", Kind.TRAIT, "having nobody hand over what is published"),
    Name(f"{_APPLICATION}.shell_channel_thread", Kind.TRAIT, "having no thread for subshells", since="7.0"),
    Name(f"{_APPLICATION}.outstream_class", Kind.TRAIT, "streams of ours"),
    function(f"{_THREAD}.__init__", "socket, pipe", "a thread without a pipe for forked processes"),
    function(f"{_THREAD}.send_multipart", "", "sending a message in the thread that has it"),
    function(f"{_THREAD}._really_send", "msg", "sending a message in the thread that has it"),
    field(f"{_THREAD}._master_pid", "sending nothing from a forked process"),
    field(f"{_THREAD}.background_socket", "the socket that everybody sends by"),
    function(f"{_STREAM}.flush", "", "sending what was written at once"),
    function(f"{_STREAM}._flush", "", "sending what was written"),
    field(f"{_STREAM}._flush_pending", "knowing whether anything was written"),
    field(f"{_STREAM}._buffer_lock", "knowing whether something is being written"),
    field(f"{_STREAM}._master_pid", "sending nothing from a forked process"),
    coroutine(
        f"{_SHELL}.run_code", "code_obj, result, *, async_", "putting back what a cell has taken from the kernel"
    ),
    Name(f"{_SHELL}.run_cell", Kind.FUNCTION, "answering the judge without a name that a notebook may have bound"),
    Name(f"{_SHELL}.displayhook_class", Kind.TRAIT, "looking for a semicolon only where there is one"),
    Name(
        f"{_SHELL}._update_exit_now",
        Kind.OBSERVER,
        "ending no kernel before it has replied to the cell that asks for it",
    ),
)


class Compiler(XCachingCompiler):
    """Names the file that a cell stands for by a digest that takes no time; ipykernel's own is computed in Python."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """Return the name of a file that does not exist; IPython shows `Cell In[…]` in its place."""
        return f"{get_tmp_directory()}{os.sep}{zlib.crc32(raw_code.encode(errors='surrogatepass'))}.py"  # type: ignore[no-untyped-call]


class DisplayHook(ZMQShellDisplayHook):
    """Looks for a semicolon at the end of a cell only where there is one."""

    @staticmethod
    def semicolon_at_end_of_expression(expression: str) -> bool:
        """Tell whether the last expression is not to be shown."""
        return ";" in expression and bool(ZMQShellDisplayHook.semicolon_at_end_of_expression(expression))  # type: ignore[no-untyped-call]


class Shell(ZMQInteractiveShell):
    """A kernel's shell that asks before it ends the kernel, and analyses a cell no longer than it must."""

    displayhook_class = Type(DisplayHook)

    def should_run_async(self, raw_cell: str, *, transformed_cell: str | None = None, **named: Any) -> bool:
        """Tell whether a cell awaits something; finding out takes IPython as long as compiling it."""
        text = raw_cell + (transformed_cell or "")
        if "await" not in text and "async" not in text:
            return False
        return bool(super().should_run_async(raw_cell, transformed_cell=transformed_cell, **named))

    def on_code_run(self) -> None:
        """Do what is to be done when code of a cell has run, before anything else looks at what it has left."""

    async def run_code(self, *arguments: Any, **named: Any) -> bool:
        """Run code of a cell; return whether there was an error."""
        try:
            return bool(await super().run_code(*arguments, **named))  # type: ignore[no-untyped-call]
        finally:
            self.on_code_run()

    def runs_itself(self, code: str) -> bool:
        """Tell whether a cell was not Python's to run, and is done."""
        return False

    def run_cell(self, raw_cell: str, *arguments: Any, **named: Any) -> Any:
        """Run a cell."""
        source = "" if self.runs_itself(raw_cell) else raw_cell
        return super().run_cell(source, *arguments, **named)  # type: ignore[no-untyped-call]

    def may_end_now(self) -> bool:
        """Tell whether the kernel ends at once when it is asked to."""
        return True

    @observe("exit_now")
    def _update_exit_now(self, change: Any) -> None:
        if not change["new"] or self.may_end_now():
            super()._update_exit_now(change)


class Kernel(IPythonKernel):
    """A kernel without subshells, which newer versions have as soon as there is a thread for them."""

    _supports_kernel_subshells = False

    def is_published(self, kind: str, request: Mapping[str, Any]) -> bool:
        """Tell whether a client that made a request is to hear "busy", "idle", or "input", the code of its cell."""
        return True

    def take_streams(self, output: Any, error: Any) -> None:
        """Write to these streams from now on."""
        for name, stream in (("_stdout", output), ("_stderr", error)):
            if hasattr(self, name):  # not in all versions
                setattr(self, name, stream)

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        request = parent or self.get_parent(channel)  # type: ignore[no-untyped-call]  # ipykernel has no annotations
        if self.is_published(status, request):
            super()._publish_status(status, channel, parent)  # type: ignore[no-untyped-call]

    def _publish_execute_input(self, code: str, parent: Any, execution_count: int) -> None:
        if self.is_published("input", parent):
            super()._publish_execute_input(code, parent, execution_count)  # type: ignore[no-untyped-call]


def without_sleep(settings: Any) -> None:
    """Have kernels not sleep after each cell, which they do for clients that read one channel after another."""
    settings.IPythonKernel._execute_sleep = 0.0


class _NoThread:
    """Takes the place of a thread: it counts as no thread, and answers a cell with `await` as a kernel without one does."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class Application(IPKernelApp):
    """What makes a kernel and its sockets, without the thread that newer versions put before the one that executes."""

    def bind(self, socket: Any, port: int) -> int:
        """Bind a socket to the port, 0 for any that is free; return it."""
        return int(self._bind_socket(socket, port))  # type: ignore[no-untyped-call]

    def init_control(self, context: Any) -> None:
        """Leave that thread out; it is for subshells."""
        super().init_control(context)  # type: ignore[no-untyped-call]
        self.shell_channel_thread = _NoThread()


class Publisher(IOPubThread):
    """The thread that publishes, without a pipe for forked processes, which would need a network."""

    def __init__(self, socket: Any) -> None:
        super().__init__(socket, pipe=False)  # type: ignore[no-untyped-call]

    @property
    def is_own_process(self) -> bool:
        """Tell whether this is not a process that a cell has forked."""
        return bool(os.getpid() == self._master_pid)

    def send_here(self, *args: Any, **kwargs: Any) -> None:
        """Send a message in the thread that calls."""
        self._really_send(*args, **kwargs)  # type: ignore[no-untyped-call]


class Stream(OutStream):
    """Standard output or error of a kernel."""

    def send_written(self) -> None:
        """Send what was written; called by `flush`, and by the clock of the streams."""
        super()._flush()  # type: ignore[no-untyped-call]

    @property
    def is_own_process(self) -> bool:
        """Tell whether this is not a process that a cell has forked."""
        return bool(os.getpid() == self._master_pid)

    @property
    def is_waiting(self) -> bool:
        """Tell whether anything that was written has yet to be sent."""
        return bool(self._flush_pending)

    @property
    def is_written_here(self) -> bool:
        """Tell whether this thread is in the middle of writing: a signal handler, in the middle of `write`."""
        lock: Any = getattr(self, "_buffer_lock", None)
        return lock is not None and bool(lock._is_owned())

    def _flush(self) -> None:
        self.send_written()
