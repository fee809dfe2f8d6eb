"""The second way to confine a kernel, where a system lets only bubblewrap make namespaces: the same view, but a cold start."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from grading.sandbox.confinement import jail
from grading.sandbox.confinement.bounds import BOUNDS_OF_A_TRIAL, Bounds

_FILES = "/sandbox/files"
# Writable folders are in memory; the files of the submission are copied into one of them first.
_COPY_AND_START = f'cp -r {_FILES}/. {jail.WORK}/ && cd {jail.WORK} && exec "$@"'


def command(
    folder: Path, bounds: Bounds, environment: Mapping[str, str], words: Sequence[str], filtered: int | None = None
) -> list[str]:
    """Return the command that runs another one in the sandbox.

    folder: holds `sockets`, which the command may write to, and `files`, which it finds in its working folder.
    filtered: a descriptor, which the process inherits, of a file with the filter of system calls.
    """
    view = jail.learners_view(hidden=jail.copies_of_the_whole_set())
    empty = folder / "empty"
    empty.touch()
    options = ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
    options += ["--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--clearenv", "--proc", "/proc", "--dev", "/dev"]
    shown = [pair for pair in view.shown if not pair[0].startswith("/dev/")]
    inner = [pair for pair in shown if any(pair[0].startswith(covered) for covered in view.covered)]
    for writable in (jail.HOME, "/tmp", "/dev/shm"):
        options += ["--size", str(bounds.disk), "--tmpfs", writable]
    for path, source in shown:
        options += ["--ro-bind", source, path] if (path, source) not in inner else []
    for covered in view.covered:
        options += ["--tmpfs", covered]
    for path, source in inner:
        options += ["--ro-bind", source, path]
    for path in view.empty:
        options += ["--ro-bind", str(empty), path]
    for covered in view.covered:
        options += ["--remount-ro", covered]
    for path, target in view.links:
        options += ["--symlink", target, path]
    options += [
        "--dir",
        jail.WORK,
        "--bind",
        str(folder / "sockets"),
        jail.SOCKETS,
        "--ro-bind",
        str(folder / "files"),
        _FILES,
    ]
    for name, value in environment.items():
        options += ["--setenv", name, value]
    options += ["--seccomp", str(filtered)] if filtered is not None else []
    return ["bwrap", *options, "--remount-ro", "/", "sh", "-c", _COPY_AND_START, "sh", *words]


def limiter(bounds: Bounds) -> Callable[[], None]:
    """Return what a new process calls to bind itself and all it starts; each of them gets this memory for itself."""
    import resource  # not on every system

    def limit() -> None:
        values = {
            resource.RLIMIT_DATA: bounds.memory,
            resource.RLIMIT_NPROC: bounds.processes,
            resource.RLIMIT_NOFILE: bounds.open_files,
            resource.RLIMIT_FSIZE: bounds.disk,
            resource.RLIMIT_CORE: 0,
        }
        for which, value in values.items():
            _, most = resource.getrlimit(which)
            wanted = value if most == resource.RLIM_INFINITY else min(value, most)
            resource.setrlimit(which, (wanted, wanted))

    return limit


def why_not(folder: Path) -> str:
    """Say in a clause why bubblewrap cannot be used here; "" if it can. `folder` is as for `command`."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed"
    words = command(folder, BOUNDS_OF_A_TRIAL, {"PATH": "/usr/bin:/bin"}, ["true"])
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else f"bubblewrap fails: {done.stderr.strip()[-200:]}"
