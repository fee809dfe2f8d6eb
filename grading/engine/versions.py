"""Which grader it is: a submission is graded again when something has changed that can change its grade."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

import grading
from grading.engine.digests import digest_of_files, fingerprint

# Everything of this package decides, and whatever is added to it, but what makes lessons, and what shows what was found.
_DECIDE_NOTHING = (
    "__main__.py",
    "arguments.py",
    "build",
    "commands",
    "course_folder",
    "demo",
    "report",
    "engine/feedback",
    "engine/feedback_page.py",
    "engine/safe_html.py",
    "engine/stock/formgrader.py",
    "engine/gradebook/results.py",
)
_LIBRARIES = ("torch", "torchvision", "numpy", "d2l", "nbgrader", "nbconvert", "nbclient", "ipykernel", "ipython")


@cache
def grader_version() -> str:
    """Return a digest of everything of this package, its main libraries and Python that can change a grade."""
    root = Path(grading.__file__).parent
    libraries = [_version(name) for name in _LIBRARIES]
    return fingerprint({}, digest_of_files(root, files_that_decide(root)), platform.python_version(), *libraries)


def files_that_decide(root: Path) -> Iterator[Path]:
    """Yield the files of the package, in this folder, that can change a grade: modules and data."""
    for path in root.rglob("*"):
        name = path.relative_to(root)
        if "__pycache__" not in name.parts and not _decides_nothing(PurePosixPath(name.as_posix())) and path.is_file():
            yield path


def _decides_nothing(name: PurePosixPath) -> bool:
    return any(name.is_relative_to(other) for other in _DECIDE_NOTHING)


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
