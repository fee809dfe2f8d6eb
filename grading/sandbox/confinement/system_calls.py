"""The system calls that a kernel of the sandbox may not make: none of them is needed, and many a hole was in one of them.

The namespaces already keep them from doing harm; this is a second wall. A forbidden call fails as if it were not permitted.
"""

from __future__ import annotations

import errno
import platform
import struct

from grading.sandbox.confinement import linux

_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_NEW_USERS = 0x1000_0000

# Numbers by machine (x86_64, aarch64); None where there is no such call.
_FORBIDDEN: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "vhangup": (153, 58),
    # Memory that no bound counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "iopl": (172, None),
    "ioperm": (173, None),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
# The highest number that was looked at (mseal). What has been added since, such as `open_tree_attr`, is as if it were not there.
_HIGHEST = 462
_SOCKET = {"x86_64": 41, "aarch64": 198}
# Sockets of virtual machines belong to no network namespace.
_VIRTUAL_MACHINES = 40
# Changes nothing and reports success: a kernel stays on the processors of its worker, and its neighbours keep theirs.
_AFFINITY = {"x86_64": 203, "aarch64": 122}

_LOAD, _EQUAL, _ANY_BIT, _RETURN, _AT_LEAST = 0x20, 0x15, 0x45, 0x06, 0x35
_ALLOW, _FAIL = 0x7FFF_0000, 0x0005_0000


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)


def program() -> bytes:
    """Return the filter for this machine: eight bytes a step, b"" on a machine whose numbers are not known."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        return b""
    column = list(_ARCHITECTURES).index(machine)
    numbers = sorted(number for row in _FORBIDDEN.values() if (number := row[column]) is not None)
    steps = [
        _step(_LOAD, 4),
        _step(_EQUAL, _ARCHITECTURES[machine], 1, 0),
        _step(_RETURN, _FAIL | errno.EPERM),  # another set of numbers, such as 32-bit calls
        _step(_LOAD, 0),
    ]
    if machine == "x86_64":
        steps += [_step(_AT_LEAST, 0x4000_0000, 0, 1), _step(_RETURN, _FAIL | errno.EPERM)]  # x32
    steps += [_step(_AT_LEAST, _HIGHEST + 1, 0, 1), _step(_RETURN, _FAIL | errno.ENOSYS)]
    # The arguments of clone3 lie in memory, where a filter cannot look: without it the C library uses clone.
    steps += [_step(_EQUAL, _CLONE3, 0, 1), _step(_RETURN, _FAIL | errno.ENOSYS)]
    for number in numbers:
        steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _FAIL | errno.EPERM)]
    steps += [_step(_EQUAL, _AFFINITY[machine], 0, 1), _step(_RETURN, _FAIL)]
    # With its first argument, which takes the place of the number.
    steps += [
        _step(_EQUAL, _CLONE[machine], 0, 4),
        _step(_LOAD, 16),
        _step(_ANY_BIT, _NEW_USERS, 0, 1),
        _step(_RETURN, _FAIL | errno.EPERM),
        _step(_RETURN, _ALLOW),
        _step(_EQUAL, _SOCKET[machine], 0, 3),
        _step(_LOAD, 16),
        _step(_EQUAL, _VIRTUAL_MACHINES, 0, 1),
        _step(_RETURN, _FAIL | errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join(steps)


def install() -> None:
    """Forbid the calls to this process, its threads to come and its children, for good."""
    filter_ = program()
    if filter_:
        linux.filter_system_calls(filter_)
