"""What a freshly forked kernel gives up before anything of a submission runs in it.

It gets a file system of its own (the jail, and a few bounded folders to write into), its own processes, no network, no other
process's memory, no rights and a bound on everything that it can use up.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal

from grading.sandbox.confinement import jail, linux, system_calls
from grading.sandbox.confinement.bounds import Bounds

_INODES = 20_000
# The system counts the processes of a user. Where all kernels have the grader's own, this is room for several kernels, so that one that
# starts as many as it can takes nothing from others before the fork server, which counts those of each kernel, ends it.
_KERNELS_OF_A_USER = 16


def shut_in(name: str, user: int, bounds: Bounds) -> None:
    """Confine this process, a fork of the fork server of one thread, to a sandbox of its own.

    name: its folder in the exchange, with `sockets` and `files`. user: the id, valid in the parent's namespace, that it gets.
    """
    os.setsid()
    linux.unshare(linux.NEW_MOUNTS | linux.NEW_IPC | linux.NEW_NETWORK)
    _mount_own_folders(f"{jail.EXCHANGE}/{name}", user, bounds)
    _bound(bounds, 1 if os.getuid() == 0 else _KERNELS_OF_A_USER)
    linux.bound_rights()
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        linux.allow_inspection_by_owner()  # the fork server still has to find its mounts
    linux.forgo_rights()
    system_calls.install()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(jail.WORK)


def _mount_own_folders(exchange: str, user: int, bounds: Bounds) -> None:
    plain = linux.NO_SETUID | linux.NO_DEVICES
    linux.mount("proc", "/proc", "proc", plain | linux.NO_EXECUTION)
    # IPython runs `!command` at a terminal; these are the kernel's own and no one else's. Only such commands fail without.
    with contextlib.suppress(OSError):
        linux.mount(
            "devpts", "/dev/pts", "devpts", linux.NO_SETUID | linux.NO_EXECUTION, "ptmxmode=0666,mode=0600,max=64"
        )
    size = f"size={bounds.disk},nr_inodes={_INODES},mode=0755"
    linux.mount("tmpfs", jail.HOME, "tmpfs", plain, size)
    for folder, mode in (("work", 0o700), (".tmp", 0o700), (".shm", 0o700)):
        os.mkdir(f"{jail.HOME}/{folder}", mode)
    shutil.copytree(f"{exchange}/files", jail.WORK, dirs_exist_ok=True)
    for parent, folders, files in os.walk(jail.HOME):
        for found in (parent, *(os.path.join(parent, entry) for entry in (*folders, *files))):
            os.chown(found, user, -1, follow_symlinks=False)
    _take_along("/tmp", f"{jail.HOME}/.tmp")
    linux.bind(f"{jail.HOME}/.tmp", "/tmp")
    linux.bind(f"{jail.HOME}/.shm", "/dev/shm")
    os.chown(f"{exchange}/sockets", user, -1)
    linux.bind(f"{exchange}/sockets", jail.SOCKETS)
    linux.mount("tmpfs", jail.EXCHANGE, "tmpfs", plain | linux.READ_ONLY, "mode=0755,size=4k")


def _take_along(folder: str, target: str) -> None:
    """Show in an own folder what the jail shows in the one whose place it takes: an interpreter or a clone that is there."""
    for entry in jail.places_below(folder):
        os.mkdir(f"{target}/{entry}", 0o755)
        linux.bind(f"{folder}/{entry}", f"{target}/{entry}")
        linux.restrict(f"{target}/{entry}", linux.READ_ONLY | linux.NO_SETUID | linux.NO_DEVICES)


def _bound(bounds: Bounds, kernels: int) -> None:
    """Set the limits of this process and all it starts; kernels: how many may have this one's user."""
    limits = {
        resource.RLIMIT_DATA: bounds.memory,
        resource.RLIMIT_NPROC: kernels * bounds.processes,
        resource.RLIMIT_NOFILE: bounds.open_files,
        resource.RLIMIT_FSIZE: bounds.disk,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for limit, value in limits.items():
        _, most = resource.getrlimit(limit)
        wanted = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(limit, (wanted, wanted))


def close_descriptors(keep: set[int]) -> None:
    """Close every open file but these and the standard streams, which go nowhere."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    for entry in os.listdir("/proc/self/fd"):
        if int(entry) not in keep | {0, 1, 2}:
            with contextlib.suppress(OSError):
                os.close(int(entry))


def seal_sockets(process: int) -> None:
    """Make a kernel's folder of sockets read-only, from the fork server, once its sockets are there."""
    mounts = os.open(f"/proc/{process}/ns/mnt", os.O_RDONLY)
    own = os.open("/proc/self/ns/mnt", os.O_RDONLY)
    try:
        linux.enter(mounts, linux.NEW_MOUNTS)
        try:
            linux.restrict(jail.SOCKETS, linux.READ_ONLY | linux.NO_SETUID | linux.NO_DEVICES | linux.NO_EXECUTION)
        finally:
            linux.enter(own, linux.NEW_MOUNTS)
            os.chdir("/")
    finally:
        os.close(mounts)
        os.close(own)
