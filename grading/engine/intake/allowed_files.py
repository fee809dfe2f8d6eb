"""Which files of a submission are kept beside its graded notebook: only kinds that no browser runs.

formgrader serves what is in `autograded/` as pages of its own, with the instructor's rights. A page among the files
could therefore change every grade. The kernel gets all files, whatever their kind; the others are still in `submitted/`.
"""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import PurePosixPath

from grading.engine.problems import Problem, one_line

_NOTEBOOKS = frozenset({".ipynb"})
_TEXT = frozenset({".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".log", ".yaml", ".yml", ".toml", ".py"})
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"})
_ARRAYS = frozenset({".npy", ".npz", ".pt", ".pth"})
KEPT_KINDS = _NOTEBOOKS | _TEXT | _PICTURES | _ARRAYS

# nbgrader and Jupyter run what has such a name, in the folder where they are started.
_SETTINGS = re.compile(r".*_config\.(py|json)", re.IGNORECASE)


def is_kept(name: str) -> bool:
    """Tell whether a file of a submission, by its relative name, may be put beside the graded notebook."""
    path = PurePosixPath(name)
    return path.suffix.lower() in KEPT_KINDS and not _SETTINGS.fullmatch(path.name)


def not_kept(names: Set[str]) -> list[Problem]:
    """Return one problem for each of a submission's files that is not kept."""
    where = "was there when the notebook ran, but is not kept beside it; see the folder that was handed in"
    return [Problem("not-kept", f"'{one_line(name)}' {where}") for name in sorted(names) if not is_kept(name)]
