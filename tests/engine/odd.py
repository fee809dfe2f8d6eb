"""Folders that nobody expects a student to hand in."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

NOBODY = 65534


def nest(folder: Path, levels: int, name: str = "d") -> None:
    """Nest folders in a folder, with a file in the last one; paths may become longer than the system takes."""
    parent = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=parent)
        child = os.open(name, os.O_RDONLY, dir_fd=parent)
        os.close(parent)
        parent = child
    os.close(os.open("end.txt", os.O_CREAT | os.O_WRONLY, dir_fd=parent))
    os.close(parent)


def remove(folder: Path) -> None:
    """Remove a folder, however deep: what pytest removes with ends at a thousand levels."""
    subprocess.run(["rm", "-rf", "--", str(folder)], check=True)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Let the system forbid what it forbids to ordinary users, also where tests run as root; the whole path must be open to them."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def unprivileged(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a function that is called without privileges."""

    def called(*arguments: _P.args, **named: _P.kwargs) -> _R:
        with without_privileges():
            return function(*arguments, **named)

    return called
