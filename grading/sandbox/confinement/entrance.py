"""How the fork server gets into its jail: out of every namespace that it shares with others, and under a user who is nobody."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from grading.sandbox.confinement import jail, linux

_ALL = linux.NEW_MOUNTS | linux.NEW_HOST_NAME | linux.NEW_IPC | linux.NEW_USERS | linux.NEW_PIDS | linux.NEW_NETWORK
IDS = 65536
# What tells a fork server, in place of an order, not to end while it is idle.
STAY = b"stay"


@dataclass(frozen=True)
class Options:
    """exchange: the folder shared with the grader. data: a folder of data sets, or None. modules: what to import.

    hidden: folders that are empty wherever kernels would see them.
    first_id: the first of the user ids, outside, that the kernels of a fork server run by root get; None for an ordinary user.
    idle_seconds: after this many seconds without a kernel the fork server ends, unless it is told to stay.
    """

    exchange: str
    data: str | None
    hidden: tuple[str, ...]
    modules: tuple[str, ...]
    first_id: int | None
    idle_seconds: float


def enter_jail(options: Options) -> None:
    """Leave all namespaces but that of process ids, which a fork leaves, and make the jail the root."""
    view = jail.learners_view(options.data, options.hidden)
    user, group = os.getuid(), os.getgid()
    if options.first_id is None:
        linux.unshare(_ALL)
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(line)
        jail.build(view, options.exchange, user, group)
    else:
        mapped = _mapper(options.first_id)
        # As root itself, so that an environment below /root can be shown, too.
        linux.unshare(linux.NEW_MOUNTS)
        jail.build(view, options.exchange, 1, 1)
        linux.unshare(_ALL)
        mapped()
        os.setgroups([])
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)


def _mapper(first_id: int) -> Any:
    """Start a process that stays outside; return what makes it map this one's users to ids that belong to nobody."""
    asked, ask = os.pipe()
    answered, answer = os.pipe()
    process = os.getpid()
    helper = os.fork()
    if helper == 0:
        try:
            os.close(ask)  # or it would wait for itself, for ever, when the other process is killed
            if os.read(asked, 1):
                for name in ("uid_map", "gid_map"):
                    with open(f"/proc/{process}/{name}", "w") as file:
                        file.write(f"0 {first_id} {IDS}")
                os.write(answer, b"1")
        finally:
            os._exit(0)
    os.close(answer)

    def mapped() -> None:
        os.write(ask, b"1")
        done = os.read(answered, 1)
        os.waitpid(helper, 0)
        if done != b"1":
            raise OSError(f"the user ids from {first_id} on cannot be used here")
        for descriptor in (asked, ask, answered):
            os.close(descriptor)

    return mapped


def forbid_users() -> None:
    """Allow no further user namespaces within this one; a kernel without this setting has the filter of system calls."""
    try:
        with open("/proc/sys/user/max_user_namespaces", "w") as file:
            file.write("0")
    except OSError:
        pass
