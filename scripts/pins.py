"""Print the installed versions of what pyproject.toml names, as constraints for pip.

Only of those: the packages that they need in turn differ from one Python to the next (some refuse the Python 3.11.2 of
Debian 12), and pip finds ones that fit.
"""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEADING = """\
# The versions that the course is developed and tested with, and that `make` installs. Made by `make pins`.
# torch and torchvision are a pair: change both together. A CPU build of this torch satisfies the pin, too."""


def main() -> None:
    """Print one line per requirement, sorted by name."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    names = {canonicalize_name(Requirement(line).name) for line in lines} - {project["name"]}
    print(HEADING)
    for name in sorted(names):
        public_version = version(name).partition("+")[0]
        print(f"{name}=={public_version}")


if __name__ == "__main__":
    main()
