"""The fork server: a process that has imported what notebooks import, and forks a confined kernel for each order.

Run by the client as `python -m grading.sandbox.forkserver.server SOCKET OPTIONS`. It goes into its jail before it imports anything,
so there is nothing of the grader's in its memory or within its reach. It has one thread and computes nothing: what it has is
shared with all of its kernels until they write to it. Orders may come from several processes, each with a copy of the same
socket; a kernel ends when the process that ordered it does.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from select import POLLIN, poll
from typing import Any

from grading.sandbox.confinement import confine, jail, linux
from grading.sandbox.confinement.bounds import BOUNDS_OF_A_TRIAL, Bounds
from grading.sandbox.confinement.entrance import IDS, STAY, Options, enter_jail, forbid_users
from grading.sandbox.forkserver import usage
from grading.sandbox.kernel.launch import prepare
from grading.units import MEBIBYTE

# A kernel lives for seconds: garbage collection as often as Python does it takes a twentieth of them.
GARBAGE = (5000, 10, 10)
_TICK = 100  # milliseconds between two looks at what the kernels use
_MESSAGE = MEBIBYTE


def main(descriptor: int, options: Options) -> None:
    """Enter the jail, import, and serve orders from the socket until its other end is closed."""
    control = socket.socket(fileno=descriptor)
    try:
        enter_jail(options)
        child = os.fork()
        if child:
            control.close()
            os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
        linux.die_with_parent(signal.SIGKILL)
        linux.mount("proc", "/proc", "proc", linux.NO_SETUID | linux.NO_DEVICES | linux.NO_EXECUTION)
        forbid_users()
        jail.close()
        server = Server(control, options)
        server.try_out()
        control.send(b'{"jailed": true}')
        shutil.copytree(jail.FONTS, jail.MATPLOTLIB)
        gc.disable()  # garbage collection takes an eighth of the time of importing
        failed = import_all(options.modules)
        prepare_kernels()
        unpack_images()
        # A collector that visits what was imported would write to it, and a kernel would no longer share it; the little garbage
        # among it is not worth a look at everything.
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        gc.enable()
        if len(os.listdir("/proc/self/task")) != 1:
            raise RuntimeError("an import has started a thread; a process with threads cannot be forked safely")
    except BaseException as error:
        control.send(
            json.dumps({"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}).encode()
        )
        os._exit(1)
    control.send(json.dumps({"ready": True, "missing": failed}).encode())
    server.serve()


def import_all(modules: tuple[str, ...]) -> list[str]:
    """Import what notebooks are likely to import; return what is not installed here."""
    from importlib import import_module

    failed = []
    for name in modules:
        try:
            import_module(name)
        except ImportError:
            failed.append(name)
    return failed


def prepare_kernels() -> None:
    """Do once what every Python kernel would do at its start; where only other kernels are started, IPython need not be there."""
    with contextlib.suppress(ImportError):
        from grading.sandbox.kernel.application import made_early

        made_early()


def unpack_images() -> None:
    """Unpack the course's images for all who will ask for them, if their lesson imports what reads them."""
    if "grading.data.bundled" in sys.modules:
        from grading.data.bundled import load_sample

        load_sample()


@dataclass
class _Kernel:
    process: int
    descriptor: int
    life: socket.socket
    bounds: Bounds
    sealing: int | None
    reason: str = ""
    deserted: bool = False


class Server:
    """Starts kernels, watches what they use, and tells over the socket of each how it fares."""

    def __init__(self, control: socket.socket, options: Options) -> None:
        self.control = control
        self.options = options
        self.kernels: dict[int, _Kernel] = {}
        self.own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY)
        self.own_memory = 0
        self.count = 0
        # Milliseconds without a kernel after which it ends; None: never.
        self.patience: float | None = 1000 * options.idle_seconds

    def try_out(self) -> None:
        """Confine a process that does nothing, to learn early whether that works here. Raises OSError."""
        name = "try-out"
        for folder in ("files", "sockets"):
            os.makedirs(f"{jail.EXCHANGE}/{name}/{folder}")
        told, tell = os.pipe()
        process = self._fork()
        if process == 0:
            try:
                confine.shut_in(name, self._user(), BOUNDS_OF_A_TRIAL)
            except BaseException as error:
                os.write(tell, f"{type(error).__name__}: {error}".encode()[:1000])
            finally:
                os._exit(0)
        os.close(tell)
        said = os.read(told, 1000)
        os.close(told)
        os.waitpid(process, 0)
        if said:
            raise OSError(said.decode(errors="replace"))

    def _fork(self) -> int:
        """Fork into new process ids: the child is the first process there, and with it all others end."""
        linux.unshare(linux.NEW_PIDS)
        try:
            process = os.fork()
        except OSError:
            linux.enter(self.own_pids, linux.NEW_PIDS)
            raise
        if process:
            linux.enter(self.own_pids, linux.NEW_PIDS)
        return process

    def _user(self) -> int:
        return os.getuid() if self.options.first_id is None else 1 + self.count % (IDS - 2)

    def serve(self) -> None:
        """Serve until all graders have hung up; with this process all of its kernels end."""
        self.own_memory = usage.memory("self")
        while True:
            events = poll()
            events.register(self.control, POLLIN)
            for kernel in self.kernels.values():
                events.register(kernel.descriptor, POLLIN)
                if not kernel.deserted:
                    events.register(kernel.life, 0)  # hears only that the other end is closed
                if kernel.sealing is not None:
                    events.register(kernel.sealing, POLLIN)
            ready = {descriptor for descriptor, _ in events.poll(_TICK if self.kernels else self.patience)}
            if not ready and not self.kernels:
                os._exit(0)
            for kernel in list(self.kernels.values()):
                if not kernel.deserted and kernel.life.fileno() in ready:
                    kernel.deserted = True
                    os.kill(kernel.process, signal.SIGKILL)
                if kernel.sealing in ready:
                    self._seal(kernel)
                if kernel.descriptor in ready:
                    self._bury(kernel)
            if self.control.fileno() in ready:
                self._take_order()
            self._watch()

    def _take_order(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self.control, _MESSAGE, 1)
        if not message:
            os._exit(0)
        if message == STAY:
            self.patience = None
            return
        self._start(json.loads(message), socket.socket(fileno=descriptors[0]))

    def _start(self, order: Mapping[str, Any], life: socket.socket) -> None:
        self.count += 1
        bounds = Bounds.from_dict(order["bounds"])
        sealing, sealed = os.pipe()
        process = self._fork()
        if process == 0:
            self._become_kernel(order, bounds, life, sealed)
        os.close(sealed)
        self.kernels[process] = _Kernel(process, os.pidfd_open(process), life, bounds, sealing)

    def _become_kernel(self, order: Mapping[str, Any], bounds: Bounds, life: socket.socket, sealed: int) -> None:
        """Be the kernel, in the fork; never returns."""
        try:
            with contextlib.suppress(OSError):  # the system may have taken some away meanwhile
                os.sched_setaffinity(0, order["cores"])
            confine.close_descriptors({life.fileno(), sealed})
            confine.shut_in(order["name"], self._user(), bounds)
            start = prepare(order["connection"], order["environment"], order["command"])
            life.send(b"{}")  # the other end learns this process's id from it
            life.close()
            os.write(sealed, b"open" if order["command"] else b"seal")
            os.close(sealed)
            start()
        except BaseException:
            with contextlib.suppress(OSError):
                os.write(sealed, traceback.format_exc().encode()[-4000:])
        finally:
            os._exit(1)

    def _seal(self, kernel: _Kernel) -> None:
        """Answer that a kernel is ready, or why it could not start."""
        assert kernel.sealing is not None
        said = os.read(kernel.sealing, _MESSAGE)
        os.close(kernel.sealing)
        kernel.sealing = None
        if said in (b"seal", b"open"):
            if said == b"seal":
                confine.seal_sockets(kernel.process)
            self._tell(kernel, {"ready": True})
        else:
            kernel.reason = said.decode(errors="replace")

    def _bury(self, kernel: _Kernel) -> None:
        _, status = os.waitpid(kernel.process, 0)
        self._tell(kernel, {"ended": os.waitstatus_to_exitcode(status), "reason": kernel.reason})
        os.close(kernel.descriptor)
        kernel.life.close()
        if kernel.sealing is not None:
            os.close(kernel.sealing)
        del self.kernels[kernel.process]

    def _tell(self, kernel: _Kernel, message: Mapping[str, Any]) -> None:
        with contextlib.suppress(OSError):
            kernel.life.send(json.dumps(message).encode())

    def _watch(self) -> None:
        """End the kernels that use, with everything they started, more than they may."""
        if not self.kernels:
            return
        children = usage.children()
        for kernel in self.kernels.values():
            # Whatever it starts stays below it: it is the first of its process ids, and orphans become its own.
            processes = [str(kernel.process)]
            for process in processes:
                processes += children.get(process, ())
            memory = sum(max(usage.memory(process) - self.own_memory, 0) for process in processes)
            # What several processes share was counted for each of them; to count it once takes longer.
            if memory > kernel.bounds.memory and usage.together(processes) > kernel.bounds.memory:
                kernel.reason = f"it used more than {kernel.bounds.memory / 2**30:.1f} GiB of memory"
            elif sum(map(usage.threads, processes)) > kernel.bounds.processes:
                kernel.reason = f"it started more than {kernel.bounds.processes} processes"
            else:
                continue
            os.kill(kernel.process, signal.SIGKILL)


if __name__ == "__main__":
    given = json.loads(sys.argv[2])
    main(int(sys.argv[1]), Options(**{**given, **{name: tuple(given[name]) for name in ("modules", "hidden")}}))
