"""The kernel that a notebook runs in: started in the sandbox, watched, and ended. A mixin for `nbclient.NotebookClient`."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from math import inf
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL
from time import monotonic
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient.client import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets import Integer

from grading.adapters.nbclient import Client, ensure_async
from grading.checking import CHECKS_VARIABLE
from grading.engine.execution.clock import Silence
from grading.engine.execution.kernel_messages import KernelMessages, ask, next_message
from grading.engine.execution.outputs import plain_output
from grading.engine.limits import DEFAULT_LIMITS, Limits
from grading.graded import GRADING_VARIABLE
from grading.sandbox.confinement.jail import SOCKETS
from grading.sandbox.forkserver.addresses import folder_for_sockets
from grading.sandbox.forkserver.available import Isolation, isolation
from grading.sandbox.forkserver.environment import ONE_THREAD
from grading.sandbox.forkserver.preload import modules_for
from grading.sandbox.forkserver.provisioner import SandboxKernelManager
from grading.sandbox.kernel.launch import cold_start, is_ours
from grading.units import MEBIBYTE

_VARIABLES = {
    **ONE_THREAD,
    GRADING_VARIABLE: "autograde",
    CHECKS_VARIABLE: "outside",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_ALIVE_SECONDS = 0.1
# How long a kernel's last messages may take to arrive, on a busy machine too, and the most that reading may take, in time-outs of
# one message.
_LAST_WORDS_SECONDS = 0.5
_MOST_TIMEOUTS = 10
# A message that is larger ends the connection: otherwise one of a gigabyte would be read into the grader's memory.
_MOST_MESSAGE_BYTES = 64 * MEBIBYTE
# How many messages may wait here; a kernel that sends more waits itself.
_MOST_WAITING = 4


@cache
def _context() -> zmq.Context[zmq.Socket[bytes]]:
    """Return what this process makes its sockets from."""
    context = zmq.Context()
    context.setsockopt(zmq.MAXMSGSIZE, _MOST_MESSAGE_BYTES)
    context.setsockopt(zmq.RCVHWM, _MOST_WAITING)
    return context


class Interrupted(Exception):
    """The grader was interrupted while a cell ran; an ordinary exception, which leaves no task of the event loop behind."""


class IsolatedKernel(Client):
    """A notebook client whose kernel is started and ended as the limits say."""

    # A kernel starts in a second or a few; on a busy machine it takes many times as long.
    startup_timeout = Integer(600, help=NotebookClient.startup_timeout.help).tag(config=True)
    limits: Limits = DEFAULT_LIMITS
    _kernel_starts: int
    _running: int = 0
    _own_folder: tempfile.TemporaryDirectory[str] | None = None

    async def _start_kernel(self, folder: str) -> None:
        """Start a kernel that finds copies of what is in `folder`. Raises SandboxUnavailable, RuntimeError or OSError."""
        self._kernel_starts += 1
        self.create_kernel_manager()
        # What a kernel says to its terminal concerns nobody; what cells print comes as messages.
        environment = {**os.environ, **_VARIABLES}
        await self.async_start_new_kernel(cwd=folder, env=environment, stdout=DEVNULL, stderr=DEVNULL)
        assert self.km is not None
        # Its sockets block: with one kernel to listen to, an event loop would only take time, more than the messages themselves.
        self.kc = BlockingKernelClient(**self.km.get_connection_info(session=True), parent=self.km, context=_context())
        self.kc.start_channels(stdin=False, hb=False)
        self.kc.allow_stdin = False
        await self._greet()

    async def _greet(self) -> None:
        """Wait until the kernel answers and its outputs arrive."""
        assert self.kc is not None
        end = monotonic() + self.startup_timeout
        while monotonic() < end:
            asked = await ensure_async(self.kc.kernel_info())
            answer = await self._answer(asked, min(end, monotonic() + 5))
            if answer is not None and await self._heard(asked):
                self.nb.metadata["language_info"] = answer["content"]["language_info"]
                return
            await self.see_kernel_alive()
        raise RuntimeError(f"the kernel did not answer within {self.startup_timeout} s")

    async def _answer(self, asked: str, end: float) -> dict[str, Any] | None:
        assert self.kc is not None
        while (left := end - monotonic()) > 0:
            try:
                message = next_message(self.kc, self.kc.shell_channel, min(left, _ALIVE_SECONDS))
            except Empty:
                await self.see_kernel_alive()
                continue
            if message["parent_header"].get("msg_id") == asked:
                return message
        return None

    async def _heard(self, asked: str) -> bool:
        """Tell whether the kernel's message that it is idle arrives: the channel of outputs takes a moment to open."""
        assert self.kc is not None
        try:
            while True:
                message = next_message(self.kc, self.kc.iopub_channel, 0.1)
                state = message["content"].get("execution_state")
                if message["parent_header"].get("msg_id") == asked and state == "idle":
                    return True
        except Empty:
            return False

    async def _stop_kernel(self) -> None:
        if self.km is not None:
            await self.end_kernel()
        if self._own_folder is not None:
            self._own_folder.cleanup()
            self._own_folder = None

    def create_kernel_manager(self) -> KernelManager:
        """Create the manager of a kernel in the sandbox, or of one outside if that was asked for."""
        modules = modules_for("\n".join(cell.source for cell in self.nb.cells if cell.cell_type == "code"))
        if isolation(self.limits.isolated, modules) is Isolation.NONE:
            return self._unprotected()
        self.kernel_manager_class = SandboxKernelManager
        manager = super().create_kernel_manager()
        assert isinstance(manager, SandboxKernelManager)
        # Nobody but the two can reach the sockets, and code in the kernel could sign as well.
        manager.session.key = b""
        sandbox = manager.sandbox(modules)
        limits = self.limits
        sandbox.memory, sandbox.processes, sandbox.disk = limits.memory_bytes, limits.processes, limits.disk_bytes
        sandbox.variables = _VARIABLES
        return manager

    def _unprotected(self) -> KernelManager:
        """Return the manager of an ordinary kernel that talks over sockets in a private folder, not over TCP ports."""
        manager = super().create_kernel_manager()
        specification = manager.kernel_spec
        if sys.platform == "linux" and specification is not None and is_ours(specification):
            specification.argv = list(cold_start("{connection_file}"))
        if os.name == "posix":
            self._own_folder = tempfile.TemporaryDirectory(prefix="kernel-", dir=folder_for_sockets())
            manager.transport = "ipc"
            manager.ip = str(Path(self._own_folder.name, "k"))
        return manager

    def _address(self, name: str) -> tuple[Path, str]:
        """Return where a socket for the kernel goes, and under which path the kernel finds it."""
        assert self.km is not None
        folder = Path(self.km.ip).parent
        inside = SOCKETS if isinstance(self.km, SandboxKernelManager) else str(folder)
        return folder / name, f"{inside}/{name}"

    def _kernel_process(self) -> int | None:
        """Return the process id of the kernel, if it is one of this machine."""
        return getattr(getattr(self.km, "provisioner", None), "pid", None)

    def _reason(self) -> str:
        """Return why the sandbox ended the kernel, as a clause; "" if it did not."""
        return str(getattr(getattr(self.km, "provisioner", None), "reason", ""))

    async def async_execute_cell(
        self, cell: NotebookNode, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> NotebookNode:
        """Run a cell: what nbclient does, without its hooks and tasks, where times need not be recorded."""
        if self.record_timing:
            return await super().async_execute_cell(cell, cell_index, execution_count, store_history)
        self._running, cell.outputs, self.clear_before_next_output = cell_index, [], False
        asked = ask(self.kc, cell.source, store_history=store_history)
        self.code_cells_executed += 1
        reply = await self.wait_for_cell(asked, cell, self.seconds_to_wait(cell))
        cell.execution_count = execution_count or reply["content"].get("execution_count")
        self.on_cell_executed(cell=cell, cell_index=cell_index, execute_reply=reply)
        return cell

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add an output to those of a cell; nbclient's way for all but text that is just added."""
        hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        plain = not (hooked or display_id or self.clear_before_next_output)
        output = plain_output(msg["msg_type"], msg["content"]) if plain else None
        if output is None:
            return super().output(outs, msg, display_id, cell_index)
        outs.append(output)
        return output

    def on_cell_begun(self, cell_index: int) -> None:
        """Keep which cell is run; what it shows is read together with the reply."""
        self._running = cell_index

    async def wait_for_cell(self, msg_id: str, cell: NotebookNode, seconds: float | None) -> dict[str, Any]:
        """Wait until a cell has run and all that it shows is there; return the kernel's reply.

        It takes the place of three tasks of nbclient's. Raises DeadKernelError, also for a kernel that falls silent half way,
        Interrupted, and CellTimeoutError if one that had to be interrupted goes on.
        """
        try:
            return await self._reply(msg_id, cell, seconds)
        except KeyboardInterrupt:
            raise Interrupted from None

    async def _reply(self, msg_id: str, cell: NotebookNode, timeout: float | None) -> dict[str, Any]:
        messages, substitute = KernelMessages(self, msg_id, cell, self._running), None
        deadline = inf if timeout is None else monotonic() + timeout
        while not (messages.reply or messages.idle or substitute):
            if not messages.hear(min(_ALIVE_SECONDS, deadline - monotonic())):
                await self._see_alive(messages)
            if timeout is not None and monotonic() >= deadline:
                substitute = await self.on_timeout(timeout, cell)
                timeout = self.seconds_to_wait(cell)
                deadline = inf if timeout is None else monotonic() + timeout
        return await self._rest(messages, substitute, cell)

    async def _rest(
        self, messages: KernelMessages, substitute: dict[str, Any] | None, cell: NotebookNode
    ) -> dict[str, Any]:
        """Wait for both, the reply and the message that the kernel is idle, when there is one of them or a substitute for a reply."""
        since = silence = Silence(self._kernel_process())
        while not (messages.reply and messages.idle):
            if messages.hear(_ALIVE_SECONDS):
                silence = Silence(self._kernel_process())
            else:
                await self._see_alive(messages)
            if silence.seconds() >= self.iopub_timeout or since.seconds() >= _MOST_TIMEOUTS * self.iopub_timeout:
                break
        reply = messages.reply or substitute
        if reply and (messages.idle or not self.raise_on_iopub_timeout):
            return reply
        if substitute:
            raise CellTimeoutError.error_from_timeout_and_cell("the kernel is not idle", self.iopub_timeout, cell)
        raise DeadKernelError("the kernel sends nothing more")

    async def _see_alive(self, messages: KernelMessages) -> None:
        """Raise DeadKernelError if the kernel has ended, unless something that it sent before is still to be read."""
        try:
            await self.see_kernel_alive()
        except DeadKernelError:
            if not messages.hear(_LAST_WORDS_SECONDS):
                raise

    async def see_kernel_alive(self) -> None:
        """Raise DeadKernelError if the kernel has ended; its owner knows that, and no connection is used."""
        assert self.km is not None
        if not await ensure_async(self.km.is_alive()):
            raise DeadKernelError("Kernel died")
