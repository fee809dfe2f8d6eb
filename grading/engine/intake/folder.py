"""Reading a folder that a stranger has filled: within bounds, following no link and waiting for no pipe, whatever is there.

Nothing here recurs: how deep folders are nested is the stranger's choice, and Python's own walk ends at a thousand.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from grading.engine.problems import Problem, one_line

# Far more than anybody hands in on purpose, and no work for a machine.
MOST_ENTRIES = 100_000
_MOST_LEVELS = 32
# Names below the folder, in bytes: they have to fit below other folders, too, and a path may have 4,096.
_LONGEST_NAME = 1000

# The flags that a platform has: no link is followed and no pipe waited for.
_READ_ONLY = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    _READ_ONLY |= getattr(os, _flag, 0)


class Found(NamedTuple):
    """An entry below the folder that is not itself a folder: its name relative to the folder, with slashes, and whether it is a link."""

    name: str
    is_link: bool


def is_notebook(name: str) -> bool:
    """Tell whether a file is a notebook at the top of its folder."""
    return PurePosixPath(name).suffix.lower() == ".ipynb" and "/" not in name


def walk(
    folder: Path, problems: list[Problem], ignored: Container[str] = (), first: Sequence[str] = ()
) -> Iterator[Found]:
    """Yield everything below a folder but folders: what is in a folder before what is in its subfolders, notebooks first.

    ignored: names that are passed over with all that is below them. first: names that come first of all, and are found
    however many there are. What is not looked at is reported. Raises OSError if the folder itself cannot be read.
    """
    left = MOST_ENTRIES
    waiting = [""]
    while waiting:
        parent = waiting.pop()
        try:
            files, folders, seen = _listed(folder, parent, left, ignored)
        except OSError as error:
            if not parent:
                raise
            sentence = f"the folder '{one_line(parent)}' {why_not(error)}; what is in it was dropped"
            problems.append(Problem("unreadable", sentence))
            continue
        left -= seen
        if not parent:
            files = _in_front(folder, files, first, complete=left >= 0)
        yield from (found for found in files if _is_short(found.name, problems))
        waiting += [name for name in reversed(folders) if _is_near(name, problems)]
        if left < 0:
            problems.append(Problem("too-many-files", f"more than {MOST_ENTRIES} files; the rest was not looked at"))
            return


def _in_front(folder: Path, files: list[Found], first: Sequence[str], complete: bool) -> list[Found]:
    """Put what is called `first` first; look for it where the list is not complete."""
    if not complete:
        there = {found.name for found in files}
        files = [found for name in first if name not in there and (found := _found(folder, name))] + files
    return sorted(files, key=lambda found: found.name not in first)


def _found(folder: Path, name: str) -> Found | None:
    try:
        mode = os.lstat(folder / name).st_mode
    except OSError:
        return None
    return None if stat.S_ISDIR(mode) else Found(name, stat.S_ISLNK(mode))


def _listed(folder: Path, parent: str, most: int, ignored: Container[str]) -> tuple[list[Found], list[str], int]:
    """Return what is in one folder: files and links, folders, and how many there are in all, counted up to one more than most."""
    files, folders = [], []
    with os.scandir(folder / parent) as entries:
        seen = list(islice(entries, most + 1))
    for entry in seen:
        if entry.name in ignored:
            continue
        name = f"{parent}/{entry.name}" if parent else entry.name
        if entry.is_dir(follow_symlinks=False):
            folders.append(name)
        else:
            files.append(Found(name, entry.is_symlink()))
    return sorted(files, key=lambda found: (not is_notebook(found.name), found.name)), sorted(folders), len(seen)


def _is_near(folder: str, problems: list[Problem]) -> bool:
    if folder.count("/") < _MOST_LEVELS:
        return True
    sentence = f"folders are nested more than {_MOST_LEVELS} deep in '{one_line(folder)}'; what is below was dropped"
    problems.append(Problem("too-deep", sentence))
    return False


def _is_short(name: str, problems: list[Problem]) -> bool:
    if len(os.fsencode(name)) <= _LONGEST_NAME:
        return True
    problems.append(Problem("long-name", f"'{one_line(name)}' has too long a name and was dropped"))
    return False


def read(folder: Path, name: str, most: int, problems: list[Problem]) -> bytes | None:
    """Read a regular file of at most `most` bytes; or report why not, and return None."""
    shown, notebook = one_line(name), is_notebook(name)
    try:
        if not stat.S_ISREG(os.lstat(folder / name).st_mode):  # to open a device can do something
            problems.append(Problem("special-file", f"'{shown}' is not a regular file and was dropped"))
            return None
        with os.fdopen(os.open(folder / name, _READ_ONLY), "rb") as file:
            status = os.fstat(file.fileno())
            return file.read(most) if _may_be_read(status, shown, notebook, most, problems) else None
    except OSError as error:
        problems.append(Problem("unreadable", f"'{shown}' {why_not(error)}", graded=not notebook))
        return None


def _may_be_read(status: os.stat_result, shown: str, notebook: bool, most: int, problems: list[Problem]) -> bool:
    if not stat.S_ISREG(status.st_mode):
        problems.append(Problem("special-file", f"'{shown}' is not a regular file and was dropped"))
        return False
    if status.st_nlink > 1:
        # It may be the solution under another name. A notebook is read all the same: copies by links are common.
        what = "was graded all the same" if notebook else "was dropped"
        problems.append(Problem("hard-link", f"'{shown}' is a hard link to another file and {what}"))
        if not notebook:
            return False
    if status.st_size > most:
        kind = "the notebook" if notebook else "the file"
        sentence = f"{kind} '{shown}' has {status.st_size // 1_000_000} MB, more than is read"
        problems.append(Problem("too-big", sentence, graded=not notebook))
        return False
    return True


def why_not(error: OSError) -> str:
    """Say in a clause why something cannot be read."""
    if isinstance(error, FileNotFoundError):
        return "was removed while it was read"
    return f"cannot be read: {error.strerror or error}"
