"""Finding what a student handed in: the notebook under whatever name, and the files beside it. No link is followed."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from grading.engine.intake import grade_ids, read_notebook
from grading.engine.kept import not_kept
from grading.engine.limits import Limits
from grading.engine.problems import Problem, one_line
from grading.engine.template import Template

# What programs leave behind everywhere; nobody handed it in on purpose.
_IGNORED = frozenset({".ipynb_checkpoints", "__pycache__", ".git", "feedback", ".DS_Store"})

# A module of the student's own under one of these names would be imported in place of the real one.
_TAKEN_MODULES = sys.stdlib_module_names | set(
    "sitecustomize usercustomize IPython ipykernel jupyter_client jupyter_core zmq traitlets tornado comm nbformat nbgrader "
    "nbclient grading torch torchvision numpy matplotlib matplotlib_inline pandas scipy PIL d2l torchviz torchinfo graphviz "
    "networkx requests tqdm sympy mpmath jinja2 markupsafe psutil typing_extensions dateutil pytz six cycler pyparsing".split()
)

_MOST_FILES = 1000

# The flags that a platform has: no link is followed and no pipe waited for.
_READ_ONLY = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    _READ_ONLY |= getattr(os, _flag, 0)


@dataclass(frozen=True)
class Submission:
    """One student's lesson: raw notebooks by the name of the template that they answer, other files, problems."""

    student: str
    notebooks: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class CleanSubmission:
    """A submission that is ready to run: clean notebooks by name; those that cannot be graded are left out."""

    student: str
    notebooks: dict[str, Any]
    files: dict[str, bytes]
    problems: tuple[Problem, ...]


def find_submission(folder: Path, student: str, templates: Mapping[str, Template], limits: Limits) -> Submission:
    """Read a student's folder for one lesson; nothing in it is trusted, and too much of it is not read."""
    problems: list[Problem] = []
    contents: dict[str, bytes] = {}
    room = limits.file_bytes
    for name, path in _candidates(folder, problems):
        is_notebook = _is_notebook(name)
        content = _read(name, path, limits.file_bytes if is_notebook else room, problems)
        if content is None:
            continue
        contents[name] = content
        room -= 0 if is_notebook else len(content)
    notebooks = _match(contents, templates, limits, problems)
    files = {name: content for name, content in contents.items() if not _is_notebook(name)}
    return Submission(student, notebooks, files, tuple(problems))


def clean(
    submission: Submission, templates: Mapping[str, Template], lesson_files: Set[str], limits: Limits
) -> CleanSubmission:
    """Turn every notebook of a submission into its clean form, and drop files that are in the way of the lesson's own."""
    problems = list(submission.problems)
    notebooks = {}
    for name, content in submission.notebooks.items():
        intake = read_notebook(content, templates[name], limits)
        problems.extend(intake.problems)
        if intake.notebook is not None:
            notebooks[name] = intake.notebook
    own = {f"{name}.ipynb" for name in templates} | lesson_files
    in_the_way = {name for name in submission.files if _is_in_the_way(name, own)}
    for name in sorted(in_the_way):
        problems.append(Problem("in-the-way", f"'{one_line(name)}' has the place of a file of the lesson; dropped"))
    files = {name: content for name, content in submission.files.items() if name not in in_the_way}
    problems.extend(not_kept(files.keys() - lesson_files))
    return CleanSubmission(submission.student, notebooks, files, tuple(problems))


def _is_in_the_way(name: str, own: Set[str]) -> bool:
    """Tell whether a file needs a folder where the lesson has a file, or the other way round."""
    parents = {parent.as_posix() for parent in PurePosixPath(name).parents}
    return bool(parents & own) or any(other.startswith(f"{name}/") for other in own)


def _candidates(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, Path]]:
    """Yield the files below a folder that may be read, with their relative names; report what is left out."""
    if folder.is_symlink():
        problems.append(Problem("symbolic-link", "the submission itself is a symbolic link; dropped", graded=False))
        return
    for number, (name, path, is_link) in enumerate(_walk(folder, problems)):
        shown = one_line(name)
        if number >= _MOST_FILES:
            problems.append(
                Problem("too-many-files", f"more than {_MOST_FILES} files; '{shown}' and the rest were not read")
            )
            return
        if is_link:
            problems.append(Problem("symbolic-link", f"'{shown}' is a symbolic link and was dropped"))
        elif any(part.startswith(".") for part in name.split("/")):
            problems.append(Problem("hidden-file", f"'{shown}' is a hidden file and was dropped"))
        elif _replaces_a_module(name):
            problems.append(Problem("module-name", f"'{shown}' would be imported in place of a library; dropped"))
        else:
            yield name, path


def _walk(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, Path, bool]]:
    """Yield relative name, path and "is a link" of everything that is not a folder, notebooks first."""

    def unreadable(error: OSError) -> None:
        if error.errno != errno.ENOENT:
            problems.append(Problem("unreadable", f"a folder cannot be read: {error.strerror}", graded=False))

    for parent, directories, names in os.walk(folder, onerror=unreadable, followlinks=False):
        links = {name for name in [*directories, *names] if os.path.islink(os.path.join(parent, name))}
        directories[:] = sorted(found for found in directories if found not in _IGNORED and found not in links)
        for name in sorted({*names, *links} - _IGNORED, key=lambda name: (not _is_notebook(name), name)):
            if not name.endswith(".pyc") and not name.startswith("._"):
                path = Path(parent, name)
                yield path.relative_to(folder).as_posix(), path, name in links


def _replaces_a_module(name: str) -> bool:
    top = name.split("/")[0].split(".")[0]
    return top in _TAKEN_MODULES and PurePosixPath(name).suffix in (".py", ".so", ".pyd")


def _read(name: str, path: Path, most: int, problems: list[Problem]) -> bytes | None:
    """Read a regular file of at most so many bytes, without following a link or waiting for a pipe; or report it."""
    shown, graded = one_line(name), not _is_notebook(name)
    try:
        handle = os.open(path, _READ_ONLY)
    except OSError as error:
        problems.append(Problem("unreadable", f"'{shown}' cannot be read: {error.strerror}", graded=False))
        return None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            problems.append(Problem("special-file", f"'{shown}' is not a regular file and was dropped"))
            return None
        if status.st_nlink > 1:
            # It may be the solution under another name. A notebook is read all the same: copies by links are common.
            what = "was graded all the same" if _is_notebook(name) else "was dropped"
            problems.append(Problem("hard-link", f"'{shown}' is a hard link to another file and {what}"))
            if not _is_notebook(name):
                return None
        if status.st_size > most:
            kind = "the file" if graded else "the notebook"
            sentence = f"{kind} '{shown}' has {status.st_size // 1_000_000} MB, more than is read"
            problems.append(Problem("too-big", sentence, graded=graded))
            return None
        return file.read(most)


def _is_notebook(name: str) -> bool:
    return PurePosixPath(name).suffix == ".ipynb" and "/" not in name


def _match(
    contents: dict[str, bytes], templates: Mapping[str, Template], limits: Limits, problems: list[Problem]
) -> dict[str, bytes]:
    """Give each template its notebook; one under another name is recognized by the graded cells it holds."""
    submitted = {PurePosixPath(name).stem: content for name, content in contents.items() if _is_notebook(name)}
    matched = {name: submitted.pop(name) for name in templates if name in submitted}
    too_big = any(problem.kind == "too-big" and not problem.graded for problem in problems)
    for name, template in templates.items():
        if name in matched:
            continue
        known = template.by_id.keys()
        likely = [o for o, content in submitted.items() if 2 * len(grade_ids(content, limits) & known) > len(known)]
        if len(likely) == 1:
            sentence = f"no '{name}.ipynb'; '{one_line(likely[0])}.ipynb' holds its cells and was graded instead"
            problems.append(Problem("renamed", sentence))
            matched[name] = submitted.pop(likely[0])
        elif not too_big:
            several = f"; {len(likely)} other files hold its cells" if likely else ""
            problems.append(Problem("missing-notebook", f"no '{name}.ipynb' was handed in{several}", graded=False))
    for other in submitted:
        problems.append(Problem("extra-notebook", f"'{one_line(other)}.ipynb' is not part of the lesson; not run"))
    return matched
