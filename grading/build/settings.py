"""The settings of the build: the table `[tool.grading]` in `pyproject.toml`.

[tool.grading]
repository = "owner/name"    # on GitHub; the Colab badges and the package that Colab installs follow from it
branch = "main"              # the branch that Colab opens
package = "git+https://..."  # what Colab installs, if not the repository itself: a wheel, an address, a requirement
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from grading.build.diagnostic import BuildError

_ADDRESS = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_WORD = re.compile(r"[^\s\"'$;&|<>`]+")


@dataclass(frozen=True)
class Settings:
    """Where the course lives, for people who open a notebook elsewhere."""

    repository: str = "mlp-course/mlp-course"
    branch: str = "main"
    package: str = ""

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.repository):
            raise BuildError(f"[tool.grading] repository is {self.repository!r}; write it as owner/name")
        for name, value in (("branch", self.branch), ("package", self.package or "-")):
            if not _WORD.fullmatch(value):
                raise BuildError(f"[tool.grading] {name} is {value!r}; it must be one word without quotes")

    @property
    def requirement(self) -> str:
        """What pip installs on Colab to get the package `grading`."""
        return self.package or f"git+https://github.com/{self.repository}.git@{self.branch}"

    def colab_address(self, notebook: str) -> str:
        """Return the address that opens a notebook of the repository in Colab."""
        return f"https://colab.research.google.com/github/{self.repository}/blob/{self.branch}/{notebook}"


def read_settings(root: Path) -> Settings:
    """Read the settings of the course in `root`; what is not set keeps its default."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return Settings()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("grading", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BuildError(f"pyproject.toml cannot be read: {error}") from error
    known = set(Settings.__dataclass_fields__)
    for name, value in table.items():
        if name in known and not isinstance(value, str):
            raise BuildError(f"[tool.grading] {name} is {value!r}; it must be a string")
    return Settings(**{name: value for name, value in table.items() if name in known})
