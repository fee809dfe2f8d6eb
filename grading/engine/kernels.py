"""The kernel that a notebook runs in: started in the sandbox, watched, and ended. A mixin for `nbclient.NotebookClient`."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from pathlib import Path
from queue import Empty
from subprocess import DEVNULL
from time import monotonic
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient.client import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbclient.util import ensure_async

from grading.engine.limits import DEFAULT_LIMITS, Limits
from grading.notebook import CHECKS_VARIABLE
from grading.sandbox.available import Isolation, isolation
from grading.sandbox.jail import SOCKETS
from grading.sandbox.preload import modules_for
from grading.sandbox.provisioner import SandboxKernelManager
from grading.sandbox.warm import ONE_THREAD

_VARIABLES = {
    **ONE_THREAD,
    "NBGRADER_EXECUTION": "autograde",
    CHECKS_VARIABLE: "outside",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_ALIVE_SECONDS = 0.1


def _undated(message: bytes) -> Any:
    """Read a part of a message without its date, which nobody looks at and which takes longer to read than all the rest."""
    found = json.loads(message)
    if isinstance(found, dict):
        found.pop("date", None)
    return found


class IsolatedKernel(NotebookClient):
    """A notebook client whose kernel is started and ended as the limits say."""

    limits: Limits = DEFAULT_LIMITS
    _kernel_starts: int
    _own_folder: tempfile.TemporaryDirectory[str] | None = None

    async def _start_kernel(self, folder: str) -> None:
        """Start a kernel that finds copies of what is in `folder`. Raises SandboxUnavailable, RuntimeError or OSError."""
        self._kernel_starts += 1
        self.create_kernel_manager()
        # What a kernel says to its terminal concerns nobody; what cells print comes as messages.
        environment = {**os.environ, **_VARIABLES}
        await self.async_start_new_kernel(cwd=folder, env=environment, stdout=DEVNULL, stderr=DEVNULL)
        assert self.km is not None
        self.kc = self.km.client()
        if not self.record_timing:
            self.kc.session.unpack = _undated
        self.kc.start_channels(stdin=False, hb=False)
        self.kc.allow_stdin = False
        await self._greet()

    async def _greet(self) -> None:
        """Wait until the kernel answers and what it shows is heard."""
        assert self.kc is not None
        end = monotonic() + self.startup_timeout
        while monotonic() < end:
            asked = await ensure_async(self.kc.kernel_info())
            with_output = asyncio.ensure_future(self._heard(asked))
            answer = await self._answer(asked, min(end, monotonic() + 5))
            if answer is not None and await with_output:
                self.nb.metadata["language_info"] = answer["content"]["language_info"]
                return
            with_output.cancel()
            await self._async_check_alive()
        raise RuntimeError(f"the kernel did not answer within {self.startup_timeout} s")

    async def _answer(self, asked: str, end: float) -> dict[str, Any] | None:
        assert self.kc is not None
        while (left := end - monotonic()) > 0:
            try:
                message = await ensure_async(self.kc.shell_channel.get_msg(timeout=min(left, _ALIVE_SECONDS)))
            except Empty:
                await self._async_check_alive()
                continue
            if message["parent_header"].get("msg_id") == asked:
                return dict(message)
        return None

    async def _heard(self, asked: str) -> bool:
        """Tell whether the kernel's word that it is idle again arrives: the channel of outputs takes a moment to open."""
        assert self.kc is not None
        try:
            while True:
                message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=0.1))
                state = message["content"].get("execution_state")
                if message["parent_header"].get("msg_id") == asked and state == "idle":
                    return True
        except Empty:
            return False

    async def _stop_kernel(self) -> None:
        if self.km is not None:
            self.shutdown_kernel = "immediate"
            await self._async_cleanup_kernel()
            self.kc = self.km = None
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
        sandbox = manager.sandbox(modules)
        limits = self.limits
        sandbox.memory, sandbox.processes, sandbox.disk = limits.memory_bytes, limits.processes, limits.disk_bytes
        sandbox.variables = _VARIABLES
        return manager

    def _unprotected(self) -> KernelManager:
        """Return the manager of an ordinary kernel that talks over sockets in a private folder, not over TCP ports."""
        manager = super().create_kernel_manager()
        if os.name == "posix":
            self._own_folder = tempfile.TemporaryDirectory(prefix="kernel-")
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

    async def _async_poll_kernel_alive(self) -> None:
        while True:
            await asyncio.sleep(_ALIVE_SECONDS)
            try:
                await self._async_check_alive()
            except DeadKernelError:
                assert self.task_poll_for_reply is not None
                self.task_poll_for_reply.cancel()
                return
