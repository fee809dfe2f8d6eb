"""Matplotlib's list of fonts, which it makes when it is imported for the first time, from every font file there is.

A jail is always new, and the list would be made anew in each. The grader's own list saves that, without the fonts that are
nowhere to be seen in a jail.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

_PATTERN = "fontlist-v*.json"
# Beside fonts of Matplotlib's own, whose paths are relative, those of the system are there in a jail.
_SYSTEM = "/usr/"


def lists_of_fonts() -> dict[str, str]:
    """Return the lists that this user has, by the names of their files, each of them for one version of Matplotlib."""
    found = {}
    for path in _files(_cache()):
        with suppress(OSError, ValueError, KeyError, TypeError):
            fonts = json.loads(path.read_text(encoding="utf-8"))
            for kind in ("afmlist", "ttflist"):
                fonts[kind] = [font for font in fonts[kind] if _is_seen(font["fname"])]
            found[path.name] = json.dumps(fonts)
    return found


def _files(cache: Path) -> list[Path]:
    try:
        return [cache / name for name in sorted(os.listdir(cache)) if fnmatchcase(name, _PATTERN)]
    except OSError:  # there is none, or it is somebody else's
        return []


def _is_seen(file: str) -> bool:
    return not os.path.isabs(file) or os.path.realpath(file).startswith(_SYSTEM)


def _cache() -> Path:
    own = os.environ.get("MPLCONFIGDIR")
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(own) if own else Path(caches, "matplotlib")
