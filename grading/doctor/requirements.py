"""Versions, and what the course and torchvision require of others, read without any library that could be broken.

>>> fits("2.13.0+cpu", ">=2.6,<3")
True
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from itertools import zip_longest
from pathlib import Path

COURSE = "mlp-course"
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*\(?([^;()]*)\)?\s*(?:;(.*))?$")
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>)\s*([\w.*+!-]+)")
_CONDITION = re.compile(r"""python_version\s*(<=|>=|==|<|>)\s*['"]([\d.]+)['"]""")


def installed(name: str) -> str:
    """Return the version of an installed distribution; "" if there is none, or if its metadata cannot be read."""
    try:
        return metadata.version(name) or ""
    except Exception:
        # A folder without METADATA, a file of other bytes: importlib raises whatever it stumbles upon.
        return ""


def requirements(of: str) -> dict[str, str]:
    """Return what a distribution requires: from a name in lower case to clauses such as ">=2.6,<3". Extras are left out."""
    try:
        lines = metadata.requires(of) or []
    except Exception:  # as above
        lines = []
    return read(lines)


def of_the_course(root: Path) -> dict[str, str]:
    """Return what the course requires, from its metadata, or from pyproject.toml where it runs from a clone."""
    found = requirements(COURSE)
    if found or sys.version_info < (3, 11):
        return found
    import tomllib

    try:
        return read(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"])
    except (OSError, KeyError, ValueError):
        return {}


def read(lines: list[str]) -> dict[str, str]:
    """Read requirement strings; those of extras, of another Python, and those that cannot be read are left out."""
    found = {}
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match and _holds_here(match[3] or ""):
            found[match[1].lower().replace("_", "-")] = match[2].strip()
    return found


def _holds_here(marker: str) -> bool:
    if "extra" in marker:
        return False
    conditions = _CONDITION.findall(marker)
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return all(fits(here, f"{sign}{version}") for sign, version in conditions)


def release(version: str) -> tuple[int, ...]:
    """Return the numbers at the start of a version: (2, 6, 0) of "2.6.0a0+git"; () if there are none."""
    match = re.match(r"\d+(\.\d+)*", version.strip().lstrip("v"))
    return tuple(map(int, match[0].split("."))) if match else ()


def fits(version: str, clauses: str) -> bool:
    """Tell whether a version is as required. Only the numbers count: 2.6.0+cpu is 2.6.0, and so is a build before it."""
    return all(_fits(release(version), sign, wanted) for sign, wanted in _CLAUSE.findall(clauses))


def _fits(version: tuple[int, ...], sign: str, wanted: str) -> bool:
    bound = release(wanted)
    if wanted.endswith("*"):
        same = version[: len(bound)] == bound
        return same if sign == "==" else not same if sign == "!=" else True
    pairs = list(zip_longest(version, bound, fillvalue=0))
    here, there = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if sign == "~=":
        return here >= there and version[: len(bound) - 1] == bound[:-1]
    return {
        "==": here == there,
        "===": here == there,
        "!=": here != there,
        "<": here < there,
        "<=": here <= there,
        ">": here > there,
        ">=": here >= there,
    }[sign]
