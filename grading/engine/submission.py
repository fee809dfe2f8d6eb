"""Finding what a student handed in: the notebook under whatever name, and the files beside it. No link is followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from grading.engine.intake import grade_ids, read_notebook
from grading.engine.limits import Limits
from grading.engine.problems import Problem, one_line
from grading.engine.template import Template

_IGNORED = frozenset({".ipynb_checkpoints", "__pycache__", ".git", "feedback"})


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


def find_submission(folder: Path, student: str, templates: dict[str, Template], limits: Limits) -> Submission:
    """Read a student's folder for one lesson; nothing in it is trusted, and too much of it is not read."""
    problems: list[Problem] = []
    contents: dict[str, bytes] = {}
    room = limits.file_bytes
    for name, path, size in _regular_files(folder, problems):
        most = limits.file_bytes if _is_notebook(name) else room
        if size > most:
            kind = "the file" if not _is_notebook(name) else "the notebook"
            sentence = f"{kind} '{one_line(name)}' has {size // 1_000_000} MB, more than is read"
            problems.append(Problem("too-big", sentence, graded=not _is_notebook(name)))
            continue
        try:
            contents[name] = path.read_bytes()
        except OSError as error:
            problems.append(Problem("unreadable", f"'{one_line(name)}' cannot be read: {error.strerror}", graded=False))
            continue
        room -= 0 if _is_notebook(name) else size
    notebooks = _match(contents, templates, limits, problems)
    files = {name: content for name, content in contents.items() if not _is_notebook(name)}
    return Submission(student, notebooks, files, tuple(problems))


def clean(submission: Submission, templates: dict[str, Template], limits: Limits) -> CleanSubmission:
    """Turn every notebook of a submission into its clean form."""
    problems = list(submission.problems)
    notebooks = {}
    for name, content in submission.notebooks.items():
        intake = read_notebook(content, templates[name], limits)
        problems.extend(intake.problems)
        if intake.notebook is not None:
            notebooks[name] = intake.notebook
    return CleanSubmission(submission.student, notebooks, submission.files, tuple(problems))


def _regular_files(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, Path, int]]:
    """Yield the regular files below a folder with their relative names and sizes; report what is left out."""
    if folder.is_symlink():
        problems.append(Problem("symbolic-link", "the submission itself is a symbolic link; dropped", graded=False))
        return
    for parent, directories, names in os.walk(folder, followlinks=False):
        for name in [*directories, *names]:
            path = Path(parent, name)
            if path.is_symlink():
                where = one_line(path.relative_to(folder).as_posix())
                problems.append(Problem("symbolic-link", f"'{where}' is a symbolic link and was dropped"))
        directories[:] = sorted(d for d in directories if d not in _IGNORED and not Path(parent, d).is_symlink())
        for name in sorted(names):
            path = Path(parent, name)
            if not path.is_symlink() and path.is_file() and not name.endswith(".pyc"):
                yield path.relative_to(folder).as_posix(), path, path.stat().st_size


def _is_notebook(name: str) -> bool:
    return PurePosixPath(name).suffix == ".ipynb" and "/" not in name


def _match(
    contents: dict[str, bytes], templates: dict[str, Template], limits: Limits, problems: list[Problem]
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
