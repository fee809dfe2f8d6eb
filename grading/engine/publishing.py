"""Putting finished folders into `autograded` so that a reader never sees half of one, nor one that a crash cut short."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.errors import CourseError

# What the system says of a disk, and what to do then.
_OF_THE_DISK = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room",
    errno.EROFS: "mount it for writing",
    errno.EIO: "see whether it is broken",
}


class DiskFull(CourseError):
    """Nothing more can be written to the disk."""


def stopped_by_the_disk(error: BaseException) -> None:
    """Raise DiskFull if this error says that the disk takes nothing more, which is not the fault of any submission."""
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        what = f"nothing can be written: {error.strerror}; what was graded before is kept"
        raise DiskFull(f"{what}, {_OF_THE_DISK[error.errno]} and run it again") from error


def write_partial(target: Path, files: Mapping[str, bytes], notebooks: Mapping[str, NotebookNode]) -> None:
    """Write everything that belongs into a folder into a hidden one beside it."""
    partial = _partial(target)
    discard(target)
    partial.mkdir(parents=True)
    for name, content in files.items():
        (partial / name).parent.mkdir(parents=True, exist_ok=True)
        (partial / name).write_bytes(content)
    for name, notebook in notebooks.items():
        write_notebook(partial / f"{name}.ipynb", notebook)


def write_notebook(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook so that it is there after a power failure, too: the journal will say so."""
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n"  # type: ignore[no-untyped-call]
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def publish(target: Path, permissions: int) -> None:
    """Put the folder that was written before in its place; an older one is kept until then."""
    partial, old = _partial(target), _old(target)
    for path in partial.rglob("*"):
        if path.is_file():
            path.chmod(permissions)
    _remove(old)
    if target.exists():
        os.replace(target, old)
    os.replace(partial, target)
    _remove(old)


def read_published(target: Path, name: str) -> bytes | None:
    """Return what a file of a published folder holds, also while the folder is being replaced; None if it is not there."""
    for folder in (target, _old(target), target):
        try:
            return (folder / name).read_bytes()
        except FileNotFoundError:
            if folder.is_dir():
                return None
    return None


def discard(target: Path) -> None:
    """Remove what was written and not published."""
    _remove(_partial(target))


def _remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:  # stock nbgrader has copied folders that are nested hundreds deep
        found = [folder]
        for parent in found:
            found += [Path(entry.path) for entry in os.scandir(parent) if entry.is_dir(follow_symlinks=False)]
        for parent in reversed(found):
            shutil.rmtree(parent, ignore_errors=True)


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.new")


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")
