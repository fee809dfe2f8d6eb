"""The Linux system calls of namespaces, mounts and rights, which Python has no names for; each raises OSError where it fails."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from functools import cache

NEW_MOUNTS = 0x0002_0000
NEW_HOST_NAME = 0x0400_0000
NEW_IPC = 0x0800_0000
NEW_USERS = 0x1000_0000
NEW_PIDS = 0x2000_0000
NEW_NETWORK = 0x4000_0000

READ_ONLY, NO_SETUID, NO_DEVICES, NO_EXECUTION = 1, 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_DETACH = 2

_DEATH_SIGNAL, _DUMPABLE, _DROP_BOUND, _NO_NEW_RIGHTS, _AMBIENT, _CLEAR_ALL = 1, 4, 24, 38, 47, 4
_LAST_RIGHT = 63
_RIGHTS_VERSION = 0x2008_0522

# System calls without a function in the C library, by machine.
_NUMBERS = {
    "x86_64": {"pivot_root": 155, "mount_setattr": 442, "capset": 126},
    "aarch64": {"pivot_root": 41, "mount_setattr": 442, "capset": 91},
}


@cache
def _c() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def number_of(name: str) -> int:
    """Return the number of a system call on this machine. Raises OSError where it is not known."""
    try:
        return _NUMBERS[platform.machine()][name]
    except KeyError:
        raise OSError(f"the system calls of {platform.machine()} machines are not known") from None


def _call(name: str, result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def _raw(name: str, *arguments: object) -> None:
    _call(name, int(_c().syscall(number_of(name), *arguments)))


def unshare(flags: int) -> None:
    """Leave namespaces that are shared with others for new ones; new process ids are for children only."""
    _call("unshare", _c().unshare(flags))


def enter(descriptor: int, kind: int) -> None:
    """Enter the namespace of an open file in /proc/…/ns."""
    _call("setns", _c().setns(descriptor, kind))


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """Mount a new file system."""
    arguments = (source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _call(f"mount {kind} on {target}", _c().mount(*arguments))


def bind(source: str, target: str) -> None:
    """Show a file or a folder, and what is mounted below it, at another place as well."""
    flags = ctypes.c_ulong(_BIND | _RECURSIVE)
    _call(f"bind {source} to {target}", _c().mount(source.encode(), target.encode(), None, flags, None))


def make_private() -> None:
    """Keep what is mounted from now on from everyone else."""
    _call("mount private", _c().mount(None, b"/", None, ctypes.c_ulong(_PRIVATE | _RECURSIVE), None))


def restrict(target: str, attributes: int, *, below: bool = True) -> None:
    """Make a mount, and the ones below it, read-only or without devices, programs of other users, or programs."""
    setting = struct.pack("QQQQ", attributes, 0, 0, 0)
    flags = 0x8000 if below else 0
    _raw("mount_setattr", -100, target.encode(), flags, setting, len(setting))


def pivot(root: str, old: str) -> None:
    """Make one mounted folder the root; the old root appears at another."""
    _raw("pivot_root", root.encode(), old.encode())


def unmount(target: str) -> None:
    """Take away a mount, as soon as nobody uses it any more."""
    _call(f"unmount {target}", _c().umount2(target.encode(), _DETACH))


def die_with_parent(signal_number: int) -> None:
    """Get this signal when the parent ends; changing user clears it."""
    _call("prctl", _c().prctl(_DEATH_SIGNAL, signal_number, 0, 0, 0))


def allow_inspection_by_owner() -> None:
    """Let the process's own user read its files in /proc again, after a change of user."""
    _call("prctl", _c().prctl(_DUMPABLE, 1, 0, 0, 0))


def bound_rights() -> None:
    """Keep every capability from programs that are started later; while this process still has the right to."""
    for right in range(_LAST_RIGHT + 1):
        if _c().prctl(_DROP_BOUND, right, 0, 0, 0) != 0:
            break


def forgo_rights() -> None:
    """Give up every capability for good. For a process of one thread."""
    _c().prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    _raw("capset", struct.pack("Ii", _RIGHTS_VERSION, 0), struct.pack("IIIIII", 0, 0, 0, 0, 0, 0))
    _call("prctl", _c().prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0))


def filter_system_calls(program: bytes) -> None:
    """Install a seccomp filter, a program of eight bytes a step, for good."""
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_ = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    _call("prctl", _c().prctl(22, 2, filter_, 0, 0))
