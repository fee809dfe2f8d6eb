"""The settings of this machine's pip, for a pip that sees another file system or another environment."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LINE = re.compile(r"(?P<section>[^.]+)\.(?P<key>[\w-]+)=(?P<value>['\"].*)")
# pip's name for what it takes from its environment variables, which win over its files.
_ENVIRONMENT = ":env:"


def pip_settings() -> dict[str, dict[str, str]]:
    """Return what pip's files and environment variables say here, by section and key."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    said = subprocess.run([*pip, "config", "list"], check=True, capture_output=True, text=True).stdout
    return parse(said)


def parse(said: str) -> dict[str, dict[str, str]]:
    """Return the settings that `pip config list` has printed; environment variables replace the section global."""
    files: dict[str, dict[str, str]] = {"global": {}}
    variables = {}
    for match in filter(None, map(_LINE.fullmatch, said.splitlines())):
        value = str(ast.literal_eval(match["value"]))
        if match["section"] == _ENVIRONMENT:
            variables[match["key"]] = value
        else:
            files.setdefault(match["section"], {})[match["key"]] = value
    files["global"] |= variables
    # It names the files that have just been read.
    files["global"].pop("config-file", None)
    return files


def as_file(settings: dict[str, dict[str, str]]) -> str:
    """Return the settings as the text of a pip.conf; a value of several lines goes on with an indent."""
    lines = []
    for section, values in settings.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = " + "\n    ".join(value.splitlines()) for key, value in values.items()]
    return "\n".join(lines) + "\n"


def local_paths(settings: dict[str, dict[str, str]]) -> tuple[Path, ...]:
    """Return the files and folders of this machine that the settings name, those that exist."""
    words = {word for values in settings.values() for value in values.values() for word in value.split()}
    named = {Path(word) for word in words if word.startswith("/")}
    # An index in a folder, file:///a/simple, commonly links to its neighbours.
    indexes = {Path(unquote(urlsplit(word).path)).parent for word in words if word.startswith("file:///")}
    return tuple(sorted(path for path in named | indexes if path.exists()))
