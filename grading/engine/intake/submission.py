"""Finding what a student handed in: the notebook under whatever name, and the files beside it. No link is followed."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from grading.engine.course import folders_like
from grading.engine.intake.allowed_files import not_kept
from grading.engine.intake.archives import is_archive, unpacked
from grading.engine.intake.folder import Found, is_notebook, read, walk, why_not
from grading.engine.intake.matching import match
from grading.engine.intake.notebook_file import read_notebook
from grading.engine.intake.template import Template
from grading.engine.intake.timestamp import timestamp_problems
from grading.engine.limits import Limits
from grading.engine.problems import Problem, one_line

# What programs leave behind everywhere; nobody handed it in on purpose.
_IGNORED = frozenset({".ipynb_checkpoints", "__pycache__", ".git", "feedback", ".DS_Store"})

# A module of the student's own under one of these names would be imported in place of the real one.
_TAKEN_MODULES = sys.stdlib_module_names | set(
    "sitecustomize usercustomize IPython ipykernel jupyter_client jupyter_core zmq traitlets tornado comm nbformat nbgrader "
    "nbclient grading torch torchvision numpy matplotlib matplotlib_inline pandas scipy PIL d2l torchviz torchinfo graphviz "
    "networkx requests tqdm sympy mpmath jinja2 markupsafe psutil typing_extensions dateutil pytz six cycler pyparsing".split()
)

_MOST_FILES = 1000
_MOST_FOLDERS = 10


@dataclass(frozen=True)
class Submission:
    """One student's lesson: raw notebooks by the name of the template that they answer, other files, problems.

    readable: False if the system does not let us see what was handed in, or by whom, so that nothing can be recorded.
    """

    student: str
    notebooks: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    readable: bool = True


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
    if _is_no_text(student):
        sentence = "the student's folder has a name that is not UTF-8, which no gradebook can hold; rename it"
        return Submission(student, problems=(Problem("student-name", sentence, graded=False),), readable=False)
    own = [f"{name}.ipynb" for name in templates]
    elsewhere = _in_folders_like(folder, student, limits)
    try:
        contents = {} if elsewhere and not os.path.lexists(folder) else _contents(folder, own, limits, problems)
    except OSError as error:
        sentence = f"the folder {why_not(error)}; nothing was graded"
        return Submission(student, problems=(Problem("unreadable", sentence, graded=False),), readable=False)
    inside = {**elsewhere, **({} if _all_there(contents, own) else unpacked(contents, limits))}
    matched = match({**contents, **inside}, templates, limits, problems)
    notebooks = {name: {**contents, **inside}[file] for name, file in matched.items()}
    files = _beside(contents, inside, matched.values())
    unseen = any(problem.kind == "unreadable" and not problem.graded for problem in problems)
    readable = not unseen or notebooks.keys() == templates.keys()
    return Submission(student, notebooks, files, tuple(problems), readable)


def _in_folders_like(folder: Path, student: str, limits: Limits) -> dict[str, bytes]:
    """Return what lies in a student's folders of nearly the lesson's name, as ../FOLDER/NAME; what cannot be read is not there."""
    found: dict[str, bytes] = {}
    # In a course with another structure, a student's folder lies beside those of other students.
    for name in folders_like(folder.parent, folder.name)[:_MOST_FOLDERS] if folder.parent.name == student else ():
        with suppress(OSError):
            contents = _contents(folder.parent / name, [], limits, [])
            found |= {f"../{name}/{file}": content for file, content in contents.items()}
    return found


def _all_there(contents: Mapping[str, bytes], own: Sequence[str]) -> bool:
    return all(name in contents and not is_archive(contents[name]) for name in own)


def _beside(contents: Mapping[str, bytes], inside: Mapping[str, bytes], used: Collection[str]) -> dict[str, bytes]:
    """Return the files beside the notebooks; where a notebook is in a folder or an archive, what lies there lies beside it."""
    archives = {name.split("/")[0] for name in used if name in inside}
    taken = {*used, *archives}
    files = {name: content for name, content in contents.items() if not is_notebook(name) and name not in taken}
    for parent in {PurePosixPath(name).parent.as_posix() for name in used} - {"."}:
        for name, content in {**contents, **inside}.items():
            below = name.removeprefix(f"{parent}/")
            if below == name or name in taken or is_notebook(below) or _replaces_a_module(below):
                continue
            if below not in files and not _is_in_the_way(below, files.keys()):
                files.pop(name, None)
                files[below] = content
    return files


def _is_no_text(name: str) -> bool:
    """Tell whether a folder's name has bytes in it that are not text, which Python keeps as lone surrogates."""
    return any("\ud800" <= character <= "\udfff" for character in name)


def _contents(folder: Path, own: Sequence[str], limits: Limits, problems: list[Problem]) -> dict[str, bytes]:
    """Return the files of a folder by name; all but the lesson's `own` notebooks have to share the room for one.

    Raises OSError if the folder cannot be read.
    """
    contents: dict[str, bytes] = {}
    room = {True: limits.file_bytes, False: limits.file_bytes}
    for name in _candidates(folder, own, problems):
        notebook = is_notebook(name)
        content = read(folder, name, limits.file_bytes if name in own else room[notebook], problems)
        if content is not None:
            contents[name] = content
            room[notebook] -= 0 if name in own else len(content)
    return contents


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
        problems.append(Problem("in-the-way", f"'{one_line(name)}' takes the place of a file of the lesson; dropped"))
    files = {name: content for name, content in submission.files.items() if name not in in_the_way}
    problems.extend(timestamp_problems(files))
    problems.extend(not_kept(files.keys() - lesson_files))
    return CleanSubmission(submission.student, notebooks, files, tuple(problems))


def _is_in_the_way(name: str, own: Set[str]) -> bool:
    """Tell whether a file needs a folder where the lesson has a file, or the other way round."""
    parents = {parent.as_posix() for parent in PurePosixPath(name).parents}
    return bool(parents & own) or any(other.startswith(f"{name}/") for other in own)


def _candidates(folder: Path, first: Sequence[str], problems: list[Problem]) -> Iterator[str]:
    """Yield the names of the files below a folder that may be read; report what is left out."""
    if folder.is_symlink():
        problems.append(Problem("symbolic-link", "the submission itself is a symbolic link; dropped", graded=False))
        return
    for number, found in enumerate(_handed_in(folder, first, problems)):
        shown = one_line(found.name)
        if number >= _MOST_FILES:
            problems.append(
                Problem("too-many-files", f"more than {_MOST_FILES} files; '{shown}' and the rest were not read")
            )
            return
        if found.is_link:
            problems.append(Problem("symbolic-link", f"'{shown}' is a symbolic link and was dropped"))
        elif any(part.startswith(".") for part in found.name.split("/")):
            problems.append(Problem("hidden-file", f"'{shown}' is a hidden file and was dropped"))
        elif _replaces_a_module(found.name):
            problems.append(Problem("module-name", f"'{shown}' would be imported in place of a library; dropped"))
        else:
            yield found.name


def _handed_in(folder: Path, first: Sequence[str], problems: list[Problem]) -> Iterator[Found]:
    """Yield what is in a folder, without what programs leave behind."""
    for found in walk(folder, problems, _IGNORED, first):
        name = PurePosixPath(found.name).name
        if not name.endswith(".pyc") and not name.startswith("._"):
            yield found


def _replaces_a_module(name: str) -> bool:
    top = name.split("/")[0].split(".")[0]
    return top in _TAKEN_MODULES and PurePosixPath(name).suffix in (".py", ".so", ".pyd")
