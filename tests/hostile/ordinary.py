"""Running a command as an ordinary user, also where tests run as root, and under a Python in root's own folder."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.engine.odd import NOBODY

# In a mount namespace of its own: in place of a folder that only root may enter, an empty one with Python's folder in it.
_OPENED = """
set -e
mount --bind "$2" /mnt
mount -t tmpfs -o mode=755 none "$1"
mkdir -p "$2"
mount --bind /mnt "$2"
shift 2
exec "$@"
"""
_AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def as_ordinary_user(command: Sequence[str], root: Path) -> list[str]:
    """Return a command that runs another one as a user without privileges, who owns everything below a folder."""
    if os.geteuid() != 0:
        return list(command)
    _give(root)
    return [*_opening(), *_AS_NOBODY, *command]


@cache
def why_not_ordinary() -> str:
    """Say in a clause why no command can run as an ordinary user here; "" if one can."""
    if os.geteuid() != 0:
        return ""
    if missing := [name for name in ("setpriv", "unshare") if not shutil.which(name)]:
        return f"{missing[0]} is not there to give up the rights of root"
    done = subprocess.run(
        [*_opening(), *_AS_NOBODY, sys.executable, "-c", "import nbgrader, grading"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    return "".join(done.stderr.splitlines()[-1:]) if done.returncode else ""


def _opening() -> list[str]:
    python = Path(sys.base_prefix).resolve()
    closed = [folder for folder in reversed(python.parents) if not folder.stat().st_mode & stat.S_IXOTH]
    return ["unshare", "--mount", "sh", "-c", _OPENED, "sh", str(closed[0]), str(python)] if closed else []


def _give(root: Path) -> None:
    """Give everything below a temporary folder to the user, but for what is called `of-root`."""
    for folder in (root, *root.parents):
        if folder.is_relative_to(tempfile.gettempdir()):
            folder.chmod(folder.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
    for path in (root, *root.rglob("*")):
        if path.name != "of-root":
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
