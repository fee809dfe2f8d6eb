"""Kernels in the sandbox for everything that speaks Jupyter: two kernel provisioners, and a kernel manager that uses no other."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from traitlets import Dict, Integer, List, Unicode

from grading.adapters.jupyter_client import KernelConnectionInfo, KernelManager, LocalProvisioner
from grading.sandbox.confinement import bubblewrap, jail, system_calls
from grading.sandbox.confinement.bounds import DEFAULT_BOUNDS, Bounds
from grading.sandbox.forkserver.addresses import folder_for_sockets
from grading.sandbox.forkserver.available import Isolation, isolation
from grading.sandbox.forkserver.client import ForkServerClient, SandboxFailed, client_for
from grading.sandbox.forkserver.environment import ONE_THREAD
from grading.sandbox.forkserver.handle import ForkedKernel
from grading.sandbox.kernel.launch import cold_start, is_ours

# All that a kernel finds in its environment; nothing of the grader's.
ENVIRONMENT = {
    **ONE_THREAD,
    "HOME": jail.HOME,
    "USER": "learner",
    "LOGNAME": "learner",
    "TMPDIR": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MLP_COURSE_DATA": jail.DATA,
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


# A kernel has five sockets and a file of some hundred bytes, and a check one more.
_MOST_SOCKETS, _MOST_BYTES = 12, 4096


class ConfinedProvisioner(LocalProvisioner):
    """What the two provisioners share: the bounds, and a folder with the kernel's sockets and files."""

    memory = Integer(DEFAULT_BOUNDS.memory, help="Bytes of memory that a kernel and all it starts may use.").tag(
        config=True
    )
    processes = Integer(DEFAULT_BOUNDS.processes, help="How many processes and threads a kernel may start.").tag(
        config=True
    )
    disk = Integer(DEFAULT_BOUNDS.disk, help="Bytes of files that a kernel may write.").tag(config=True)
    modules = List(Unicode(), help="What is worth importing once for this kernel and for others.").tag(config=True)
    variables = Dict(help="Variables for the kernel's environment.").tag(config=True)

    folder: Path

    def new_folder(self) -> Path:
        """Return a new folder with `sockets` and `files` in it."""
        raise NotImplementedError

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Put the kernel's sockets into a folder that the sandbox shows to it."""
        self.folder = self.new_folder()
        manager: Any = self.parent
        manager.transport = "ipc"
        manager.ip = str(self.folder / "sockets" / "k")
        return await super().pre_launch(**kwargs)

    @property
    def bounds(self) -> Bounds:
        """What the kernel may use."""
        return Bounds(self.memory, self.processes, self.disk)

    @property
    def connection(self) -> dict[str, Any]:
        """What stands in the connection file as the kernel is to read it."""
        plain = {
            name: value.decode() if isinstance(value, bytes) else value for name, value in self.connection_info.items()
        }
        return {**plain, "ip": f"{jail.SOCKETS}/k"}

    @property
    def environment(self) -> dict[str, str]:
        """All variables of the kernel."""
        return {"PATH": os.environ.get("PATH", os.defpath), **ENVIRONMENT, **self.variables}

    def words(self, command: list[str], connection_file: str) -> tuple[str, ...]:
        """Return the command that starts the kernel, with another path of the connection file."""
        manager: Any = self.parent
        return tuple(word.replace(manager.connection_file, connection_file) for word in command)

    def copy_files(self, source: Path) -> None:
        """Copy the regular files below the working folder, as many as fit; what is a link is left out."""
        room = self.disk // 2
        for parent, folders, names in os.walk(source):
            folders[:] = [name for name in folders if not Path(parent, name).is_symlink()]
            target = self.folder / "files" / Path(parent).relative_to(source)
            target.mkdir(parents=True, exist_ok=True)
            for name in names:
                information = os.lstat(Path(parent, name))
                if stat.S_ISREG(information.st_mode) and information.st_size <= room:
                    room -= information.st_size
                    shutil.copyfile(Path(parent, name), target / name, follow_symlinks=False)

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        while self.process is not None and await self.poll() is None:
            await asyncio.sleep(0.002)
        self.process = None
        return 0

    @property
    def reason(self) -> str:
        """Why the sandbox ended the kernel; "" if it did not, or cannot tell."""
        return self.process.reason if isinstance(self.process, ForkedKernel) else ""

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what is left of the kernel."""
        shutil.rmtree(self.folder, ignore_errors=True)
        await super().cleanup(restart=restart)


class SandboxProvisioner(ConfinedProvisioner):
    """Starts a kernel as a confined fork of the fork server; one of another kind than this Python's is started cold."""

    fork_server: ForkServerClient

    def new_folder(self) -> Path:
        """Return a folder that the fork server sees, too."""
        self.fork_server = client_for(self.modules)
        return self.fork_server.folder()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, with copies of the files of its working folder. Raises RuntimeError."""
        if kwargs.get("cwd"):
            await asyncio.to_thread(self.copy_files, Path(kwargs["cwd"]))
        command = () if is_ours(self.kernel_spec) else self.words(cmd, "{connection_file}")
        order = (self.folder, self.connection, self.environment, self.bounds, command)
        try:
            process = await asyncio.to_thread(self.fork_server.start, *order)
        except SandboxFailed as error:
            raise RuntimeError(str(error)) from error
        self.process: Any = process
        self.pid = self.pgid = process.pid
        return self.connection_info


class BubblewrapProvisioner(ConfinedProvisioner):
    """Starts a kernel cold, by bubblewrap.

    Its folder of sockets, which it has to fill itself, is on the grader's disk: one that holds anything else ends the kernel.
    """

    _misused = False

    def new_folder(self) -> Path:
        """Return a folder of this kernel's own."""
        folder = Path(tempfile.mkdtemp(prefix="sandbox-", dir=folder_for_sockets()))
        for name in ("sockets", "files"):
            (folder / name).mkdir()
        return folder

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel, with copies of the files of its working folder."""
        if kwargs.get("cwd"):
            await asyncio.to_thread(self.copy_files, Path(kwargs["cwd"]))
        (self.folder / "sockets" / "connection.json").write_text(json.dumps(self.connection))
        # No signal reaches a process inside by its number.
        self.kernel_spec.interrupt_mode = "message"
        connection_file = f"{jail.SOCKETS}/connection.json"
        words = cold_start(connection_file) if is_ours(self.kernel_spec) else self.words(cmd, connection_file)
        kwargs = {**kwargs, "cwd": None, "preexec_fn": bubblewrap.limiter(self.bounds)}
        with _filter_file(self.folder / "filter") as filtered:
            wrapped = bubblewrap.command(self.folder, self.bounds, self.environment, words, filtered)
            passed = () if filtered is None else (filtered,)
            return await super().launch_kernel(wrapped, pass_fds=passed, **kwargs)

    async def poll(self) -> int | None:
        """Return None while the kernel runs."""
        if not self._misused and await asyncio.to_thread(_holds_more_than_sockets, self.folder / "sockets"):
            self._misused = True
            await self.kill()
        return await super().poll()

    @property
    def reason(self) -> str:
        """Why the sandbox ended the kernel; "" if it did not."""
        return "it wrote files into the folder of its sockets" if self._misused else ""


@contextmanager
def _filter_file(path: Path) -> Iterator[int | None]:
    """Open a file with the filter of system calls; None where there is none for this machine."""
    steps = system_calls.program()
    if not steps:
        yield None
        return
    path.write_bytes(steps)
    with path.open("rb") as file:
        yield file.fileno()


def _holds_more_than_sockets(folder: Path) -> bool:
    """Tell whether a folder has more in it, or larger things, than the sockets of a kernel and the file with their names."""
    found = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found += 1
            if found > _MOST_SOCKETS or entry.is_dir(follow_symlinks=False):
                return True
            if entry.stat(follow_symlinks=False).st_size > _MOST_BYTES:
                return True
    return False


class SandboxKernelManager(KernelManager):
    """Manages one kernel in the sandbox."""

    def sandbox(self, modules: Sequence[str] = ()) -> ConfinedProvisioner:
        """Return the provisioner of the next kernel, made if there is none yet. Raises SandboxUnavailable.

        modules: what is worth importing once for this kernel and for others.
        """
        if self.provisioner is None:
            kinds = {Isolation.NAMESPACES: SandboxProvisioner, Isolation.BUBBLEWRAP: BubblewrapProvisioner}
            make = kinds[isolation(modules=modules)]
            self.provisioner = make(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            self.provisioner.modules = list(modules)
        assert isinstance(self.provisioner, ConfinedProvisioner)
        return self.provisioner

    def before_start(self) -> None:
        """See that it is a provisioner of ours that starts the kernel."""
        self.sandbox()
