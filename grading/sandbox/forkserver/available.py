"""Which kind of isolation works on this machine; it is tried, not guessed, and only once."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from enum import Enum
from functools import cache
from pathlib import Path

from grading.sandbox.confinement import bubblewrap
from grading.sandbox.forkserver.client import SandboxFailed, client_for, fork_server
from grading.sandbox.forkserver.preload import code_in, modules_for

UNSAFE_VARIABLE = "MLP_COURSE_UNSAFE_NO_SANDBOX"
_NO_LINUX = "it is not Linux"
# What was found out about namespaces, once it was tried.
_reasons: list[str] = []


class Isolation(Enum):
    """How kernels are kept from everything else."""

    NAMESPACES = "kernel namespaces"
    BUBBLEWRAP = "bubblewrap"
    NONE = "none"


class SandboxUnavailable(SandboxFailed, RuntimeError):
    """Nothing on this machine can isolate a submission, and nobody has said to go on without."""


def isolation(wanted: bool = True, modules: Sequence[str] = ()) -> Isolation:
    """Return the isolation for kernels: NONE only if it is not wanted, or `$MLP_COURSE_UNSAFE_NO_SANDBOX` is set.

    modules: what the fork server, if it has to be started for this, imports at once. Raises SandboxUnavailable, whose message
    says what to do.
    """
    if not _is_wanted(wanted):
        return Isolation.NONE
    without = why_no_namespaces(tuple(modules))
    if not without:
        return Isolation.NAMESPACES
    neither = why_no_bubblewrap()
    if not neither:
        return Isolation.BUBBLEWRAP
    advice = "Grade on Linux" if without == _NO_LINUX else "Install bubblewrap, or allow user namespaces"
    raise SandboxUnavailable(
        f"submissions cannot be isolated on this machine ({'; '.join(dict.fromkeys((without, neither)))}). {advice}; or pass "
        "--unsafe-no-sandbox: then every submission runs with your own rights and can read and change all of your files"
    )


def _is_wanted(wanted: bool) -> bool:
    return wanted and not os.environ.get(UNSAFE_VARIABLE)


def may_use_namespaces(wanted: bool = True) -> bool:
    """Tell whether `isolation` would try the kernel's own means first."""
    return _is_wanted(wanted) and sys.platform.startswith("linux")


def start_early(folder: Path, isolated: bool = True) -> tuple[str, ...]:
    """Have what the notebooks of a folder import be imported from now on, in the fork server; return which modules these are.

    To be called before anything else: it is what the first submission waits for.
    """
    modules = modules_for(code_in(folder)) if may_use_namespaces(isolated) else ()
    if modules:
        fork_server(modules)
    return modules


def why_no_namespaces(modules: Sequence[str] = ()) -> str:
    """Say in a clause why kernels cannot be confined with the Linux kernel's own means; "" if they can."""
    if not sys.platform.startswith("linux"):
        return _NO_LINUX
    if _reasons:
        return _reasons[0]
    try:
        client_for(modules).wait("jailed")
    except (SandboxFailed, OSError) as error:
        _reasons.append(str(error))
    else:
        _reasons.append("")
    return _reasons[0]


@cache
def why_no_bubblewrap() -> str:
    """Say in a clause why kernels cannot be confined by bubblewrap; "" if they can."""
    if not sys.platform.startswith("linux"):
        return _NO_LINUX
    with tempfile.TemporaryDirectory(prefix="sandbox-") as name:
        for part in ("sockets", "files"):
            Path(name, part).mkdir()
        return bubblewrap.why_not(Path(name))
