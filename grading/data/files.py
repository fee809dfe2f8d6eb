"""The four files of Fashion-MNIST: what they must be, and reading and writing them safely.

They are kept unpacked in `ROOT/FashionMNIST/raw`, where torchvision and d2l look for them. torchvision takes a
truncated file for a good one and fails later; so here every read compares size and sum. That costs a tenth of a second
for all four, too little to keep its result anywhere.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grading.errors import CourseError

Contents = Mapping[str, bytes]


class DataUnavailable(CourseError):
    """The data that was asked for is not available; the message says where it was looked for, why it failed, and what to do."""


@dataclass(frozen=True)
class DataFile:
    """One file of the data set, described as it is unpacked: `size` in bytes, `md5` in hexadecimal digits."""

    name: str
    size: int
    md5: str


@dataclass(frozen=True)
class Missing:
    """Data that a place does not have, and why, as a clause."""

    reason: str


# Sums of the unpacked files: archives of the same bytes differ in their headers from one mirror to the next.
FILES = (
    DataFile("train-images-idx3-ubyte", 47_040_016, "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
    DataFile("train-labels-idx1-ubyte", 60_008, "9018921c3c673c538a1fc5bad174d6f9"),
    DataFile("t10k-images-idx3-ubyte", 7_840_016, "8181f5470baa50b63fa0f6fddb340f0a"),
    DataFile("t10k-labels-idx1-ubyte", 10_008, "15d484375f8d13e6eb1aabb0c3f46965"),
)

# The folder, below a root, in which torchvision and d2l keep the set.
WHOLE_SET = "FashionMNIST"
# Where Debian's and Ubuntu's package dataset-fashion-mnist puts the files, packed.
SYSTEM_PACKAGE = Path("/usr/share/datasets/fashion-mnist")


def default_root() -> Path:
    """Return the folder of the learner's cache: `$MLP_COURSE_DATA`, or `mlp-course` in the user's cache folder."""
    if chosen := os.environ.get("MLP_COURSE_DATA"):
        return with_home(chosen)
    return with_home(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "mlp-course"


def with_home(path: str | Path) -> Path:
    """Return a path with the user's home folder in place of `~`; where a user has none, as in some containers, a temporary one."""
    expanded = Path(os.path.expanduser(path))
    return Path(tempfile.gettempdir(), *expanded.parts[1:]) if expanded.parts[:1] == ("~",) else expanded


def raw_folder(root: Path) -> Path:
    """Return the folder below `root` in which torchvision, d2l and this course keep the unpacked files."""
    return root / WHOLE_SET / "raw"


def places_of_the_whole_set(root: Path) -> tuple[Path, ...]:
    """Return the folders in which `fashion_mnist` looks for the whole set, with `root` as its cache; they need not be there."""
    return raw_folder(root), raw_folder(Path("../data")), SYSTEM_PACKAGE


def fault(content: bytes, file: DataFile) -> str:
    """Say in a clause why `content` is not `file`; nothing if it is."""
    if len(content) != file.size:
        return f"{file.name} has {len(content):,} bytes instead of {file.size:,}"
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != file.md5:
        return f"{file.name} has the right size, but it is not the file of Fashion-MNIST (its md5 sum differs)"
    return ""


def read_unpacked(folder: Path, files: Sequence[DataFile] = FILES) -> Contents | Missing:
    """Read and check the unpacked files in `folder`."""
    return _read(folder, files, suffix="")


def read_packed(folder: Path, files: Sequence[DataFile] = FILES) -> Contents | Missing:
    """Read, unpack and check the files in `folder` that are packed with gzip."""
    return _read(folder, files, suffix=".gz")


def _read(folder: Path, files: Sequence[DataFile], suffix: str) -> Contents | Missing:
    contents = {}
    for file in files:
        path = folder / f"{file.name}{suffix}"
        try:
            content = path.read_bytes()
            contents[file.name] = gzip.decompress(content) if suffix else content
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return Missing(f"there is no {path}")
        except (OSError, EOFError, zlib.error) as error:
            return Missing(f"{path} cannot be read: {error}")
        if reason := fault(contents[file.name], file):
            return Missing(f"{reason}, in {folder}")
    return contents


def write_unpacked(folder: Path, contents: Contents) -> None:
    """Write files into `folder`, each of them whole or not at all, whatever interrupts it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            os.chmod(temporary, 0o644)  # mkstemp's file is for its owner only; a cache may be shared
            os.replace(temporary, folder / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
