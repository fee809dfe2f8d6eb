"""Whether the result of a student is really there: everything that the journal says was written, and a person may have removed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path


def is_published(folder: Path, notebooks: Collection[str], files: Collection[str] = ()) -> bool:
    """Tell whether a folder of `autograded` holds these notebooks, each of them whole, and these files."""
    if not folder.is_dir() or not all((folder / name).is_file() for name in files):
        return False
    return all(_is_whole(folder / f"{name}.ipynb") for name in notebooks)


def _is_whole(notebook: Path) -> bool:
    try:
        content = notebook.read_bytes().strip()
    except OSError:
        return False
    return content.startswith(b"{") and content.endswith(b"}")
