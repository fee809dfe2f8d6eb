"""The course as Colab gets it: our wheel on a server of this machine, and notebooks whose set-up cell installs from there."""

from __future__ import annotations

import http.server
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.build.diagnostic import Diagnostic
from grading.build.master import Role, parse_master
from grading.cells import SOLUTION, grade_id

ROOT = Path(__file__).resolve().parents[2]
LESSONS = tuple(sorted(path.stem for path in (ROOT / "lessons").glob("[0-9]*.py")))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the files of a folder on loopback; gives the address of the folder."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def build_wheel(folder: Path) -> str:
    """Build our wheel into the folder; return its file name."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel.name


def render(course: Path, package: str) -> None:
    """Build notebooks/ of all lessons in the folder `course`, with `package` as what the set-up cell installs."""
    shutil.copytree(ROOT / "lessons", course / "lessons", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "README.md", course)
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    here, count = re.subn(r"(?m)^\[tool\.grading\]$", f'[tool.grading]\npackage = "{package}"', settings)
    assert count == 1, "pyproject.toml has no table [tool.grading]"
    (course / "pyproject.toml").write_text(here, encoding="utf-8")
    command = [sys.executable, "-m", "grading", "build", "--no-execute", "--course", str(course)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    # A lesson that cannot be built has no notebook, which its own tests notice; the others go on.
    print(done.stderr, end="")


def learner_notebook(course: Path, lesson: str) -> NotebookNode:
    """Return a built notebook as a learner opens it."""
    path = course / "notebooks" / f"{lesson}.ipynb"
    assert path.is_file(), f"{lesson} could not be built: python -m grading lint {lesson} says why"
    return nbformat.read(path, as_version=4)


def with_answers(notebook: NotebookNode, lesson: str) -> NotebookNode:
    """Return the notebook with the answers of the master in its TODO cells."""
    path = ROOT / "lessons" / f"{lesson}.py"
    master = parse_master(lesson, path.name, path.read_bytes())
    assert not isinstance(master, Diagnostic), master
    answers = {grade_id(cell.exercise): SOLUTION.taken_down(cell.source) for cell in master.with_role(Role.TODO)}
    unused = dict(answers)
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = unused.pop(cell.id)
    assert not unused, f"no cell for {', '.join(unused)}"
    return notebook
