"""The client of the fork server: starts it and orders kernels from it, in the grader's processes."""

from __future__ import annotations

import atexit
import json
import os
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grading.errors import CourseError
from grading.sandbox.confinement import jail
from grading.sandbox.confinement.bounds import Bounds
from grading.sandbox.confinement.entrance import STAY
from grading.sandbox.forkserver.addresses import folder_for_sockets
from grading.sandbox.forkserver.environment import data_folder, first_id, servers_environment
from grading.sandbox.forkserver.fonts import lists_of_fonts
from grading.sandbox.forkserver.handle import ForkedKernel
from grading.sandbox.forkserver.preload import ALWAYS

# After this many kernels a new fork server takes over, so that nothing adds up.
MOST_KERNELS = 500
_START_SECONDS = 600.0
_SECONDS_TO_END = 2.0
# An unused fork server ends, so that a server that graded something once does not keep it; a new one is started in time.
IDLE_SECONDS = 600.0
_FOLDER = "mlp-course-sandbox-"
_CREDENTIALS = struct.Struct("iII")


class SandboxFailed(CourseError):
    """A sandbox could not be started on this machine."""


@dataclass
class ForkServerClient:
    """Where kernels are ordered from a fork server: all that another process needs, too, to have its kernels forked by it.

    exchange: the folder through which kernels and graders exchange sockets and files. first_id: as in
    `grading.sandbox.confinement.entrance.Options`. control: the socket that takes orders; it may be copied to worker processes.
    """

    exchange: Path
    first_id: int | None
    control: socket.socket

    def wait(self, stage: str = "ready") -> None:
        """Wait for nothing: its owner knows that it can be confined, and an order waits for its imports."""

    def folder(self) -> Path:
        """Return a new folder for one kernel, with `sockets` and `files` in it."""
        folder = self.exchange / secrets.token_hex(8)
        for name in ("sockets", "files"):
            (folder / name).mkdir(parents=True)
        return folder

    def start(
        self,
        folder: Path,
        connection: Mapping[str, Any],
        environment: Mapping[str, str],
        bounds: Bounds,
        command: Sequence[str] = (),
    ) -> ForkedKernel:
        """Start a kernel that finds the files of `folder` in its working folder. Raises SandboxFailed.

        It runs on the cores that the calling thread may run on.
        command: what starts another kernel than Python's in place of a fork; see `grading.sandbox.kernel.launch`.
        """
        self.wait()
        for path in (folder, *folder.rglob("*")):
            self._own(path)
        order = {
            "name": folder.name,
            "connection": dict(connection),
            "environment": dict(environment),
            "bounds": asdict(bounds),
            "command": list(command),
            "cores": sorted(os.sched_getaffinity(0)),
        }
        life, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        life.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with theirs:
            socket.send_fds(self.control, [json.dumps(order).encode()], [theirs.fileno()])
        kernel = _started(life)
        self._keep(kernel)
        return kernel

    def _keep(self, kernel: ForkedKernel) -> None:
        """Take note of a kernel; the owner of the fork server does."""

    def _own(self, path: Path) -> None:
        if self.first_id is not None:
            os.chown(path, self.first_id, self.first_id, follow_symlinks=False)


class ForkServer(ForkServerClient):
    """A running fork server, kept by this process; it ends when every copy of its control is closed, or by itself when it is idle."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        self.count = 0
        self.kernels: list[ForkedKernel] = []
        self.modules = tuple(dict.fromkeys((*ALWAYS, *modules)))
        _remove_abandoned()
        exchange = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=folder_for_sockets())).resolve()
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(exchange, first_id(), control)
        fonts = exchange / Path(jail.FONTS).name
        fonts.mkdir()
        for name, text in lists_of_fonts().items():
            (fonts / name).write_text(text, encoding="utf-8")
        for path in (exchange, fonts, *fonts.iterdir()):
            self._own(path)
        options = {
            "exchange": str(self.exchange),
            "data": data_folder(),
            "hidden": jail.copies_of_the_whole_set(),
            "modules": self.modules,
            "first_id": self.first_id,
            "idle_seconds": IDLE_SECONDS,
        }
        with theirs:
            # The interpreter's own settings only: nothing of the grader's environment is for students to read.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grading.sandbox.forkserver.server", str(theirs.fileno()), json.dumps(options)],
                pass_fds=(theirs.fileno(),),
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the grader, which then ends this one, too
                env=servers_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._reached = ""

    @property
    def client(self) -> ForkServerClient:
        """What a worker process gets."""
        return ForkServerClient(self.exchange, self.first_id, self.control)

    def stay(self) -> None:
        """Make it stay while there is nothing to do."""
        self.control.send(STAY)

    def wait(self, stage: str = "ready") -> None:
        """Wait until the server is "jailed", or "ready": until it has imported everything. Raises SandboxFailed."""
        while self._reached not in (stage, "ready"):
            self.control.settimeout(_START_SECONDS)
            try:
                message = self.control.recv(1 << 16)
            except OSError:
                message = b""
            finally:
                # Whether it waits is a setting of the socket, not of this copy of it.
                self.control.settimeout(None)
            answer = json.loads(message) if message else {"error": "it ended, or did not answer in time"}
            if "error" in answer:
                self.close()
                raise SandboxFailed(f"the sandbox cannot be started: {answer['error']}")
            self._reached = "ready" if "ready" in answer else "jailed"

    def _is_ready(self) -> bool:
        """Tell whether it has imported everything, without waiting."""
        with suppress(OSError):
            while self._reached != "ready" and (message := self.control.recv(1 << 16, socket.MSG_DONTWAIT)):
                self._reached = "ready" if "ready" in json.loads(message) else self._reached
        return self._reached == "ready"

    def _keep(self, kernel: ForkedKernel) -> None:
        self.count += 1
        self.kernels = [other for other in self.kernels if other.returncode is None] + [kernel]

    def close(self) -> None:
        """End the server with all of its kernels, also those of other processes."""
        if not self._is_ready():
            self.process.kill()  # it would go on importing
        self.control.close()
        try:
            # It hears that nobody is left, and with its end the system knows what its kernels have used.
            self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.exchange, ignore_errors=True)


def _started(life: socket.socket) -> ForkedKernel:
    """Wait until a kernel reports that it is ready, with its process id as this process knows it."""
    life.settimeout(_START_SECONDS)
    process = None
    while True:
        try:
            message, ancillary, _, _ = life.recvmsg(1 << 16, socket.CMSG_SPACE(_CREDENTIALS.size))
        except OSError:
            message, ancillary = b"", []
        news = json.loads(message) if message else {"ended": -1, "reason": "the fork server ended"}
        if news == {}:
            process = next(
                _CREDENTIALS.unpack(data)[0] for _, kind, data in ancillary if kind == socket.SCM_CREDENTIALS
            )
        elif "ended" in news:
            life.close()
            raise SandboxFailed(f"a kernel cannot be started in the sandbox: {news['reason']}")
        elif process is not None:
            life.setblocking(False)
            return ForkedKernel(process, life)


def _remove_abandoned() -> None:
    """Remove the folders of graders that were killed."""
    for folder in Path(folder_for_sockets()).glob(f"{_FOLDER}*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdigit() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


_lock = threading.Lock()
_current: ForkServer | None = None
# Fork servers that were replaced while kernels of theirs were still running.
_former: list[ForkServer] = []


def fork_server(modules: Sequence[str] = ()) -> ForkServer:
    """Return this process's fork server, which has imported these modules or is about to.

    A new one takes over if there is none, if modules are missing, or if the old one has done its share.
    """
    global _current
    with _lock:
        old = _current
        if (
            old is not None
            and old.process.poll() is None
            and old.count < MOST_KERNELS
            and set(modules) <= set(old.modules)
        ):
            return old
        if old is not None:
            _former.append(old)
            modules = (*old.modules, *modules)
        for former in _former[:]:
            if all(kernel.returncode is not None for kernel in former.kernels):
                former.close()
                _former.remove(former)
        _current = ForkServer(modules)
        return _current


def take_fork_server(modules: Sequence[str] = ()) -> ForkServer:
    """Return this process's fork server, as `fork_server` does, for good: it stays until the caller closes it."""
    global _current
    server = fork_server(modules)
    with _lock:
        _current = None
    server.stay()
    return server


# The client of a fork server that another process keeps for this one, a worker.
_lent: ForkServerClient | None = None


def use(client: ForkServerClient) -> None:
    """Order this process's kernels from a fork server that another process keeps."""
    global _lent
    _lent = client


def client_for(modules: Sequence[str] = ()) -> ForkServerClient:
    """Return where this process orders kernels: where it was told to, or from its own fork server; see `fork_server`."""
    return _lent or fork_server(modules)


@atexit.register
def end_fork_server() -> None:
    """End this process's fork server, if there is one."""
    global _current
    for server in (*_former, _current):
        if server is not None:
            server.close()
    _former.clear()
    _current = None
