"""Where progress is kept: outside of the lessons, so that a lesson can be deleted, copied or handed in without it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "MLP_COURSE_PROGRESS"
NAME = "progress.jsonl"
_OFF = frozenset({"off", "no", "0", "false", "none"})
_DRIVE = Path("/content/drive/MyDrive")


def files() -> tuple[Path, ...]:
    """Return the files of this learner, the one to write into first; none if it is switched off.

    `$MLP_COURSE_PROGRESS` names a file or a folder, or says "off". Without it, the file is in the user's folder for data, as
    operating systems have it, and on Colab in Drive while Drive is mounted. What was written before it was mounted counts, too.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() in _OFF:
        return ()
    if named:
        path = Path(os.path.abspath(os.path.expanduser(named)))
        return (path / NAME if path.is_dir() or named.endswith(("/", os.sep)) else path,)
    own = _data_folder() / "mlp-course" / NAME
    return (_DRIVE / "mlp-course" / NAME, own) if on_colab() and _DRIVE.is_dir() else (own,)


def on_colab() -> bool:
    """Tell whether this is a machine of Google Colab, which is deleted after use."""
    return "COLAB_RELEASE_TAG" in os.environ or "google.colab" in sys.modules


def described() -> str:
    """Say in a sentence where progress is kept."""
    places = files()
    if not places:
        return f"Nothing is kept, because {VARIABLE} says so."
    if os.environ.get(VARIABLE, "").strip() or not on_colab():
        return f"Kept in {places[0]}, for you alone; progress.forget() deletes it."
    if len(places) > 1:
        return "Kept in your Google Drive, mlp-course/progress.jsonl; progress.forget() deletes it."
    return "Kept on this machine of Colab, which is deleted after use. Mount Google Drive to keep it."


def _data_folder() -> Path:
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local"))
    if sys.platform == "darwin":
        return Path(home, "Library", "Application Support")
    return Path(os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share"))
