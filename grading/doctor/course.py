"""The course itself: its data, its version, its address, and whether another package has its name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import grading
from grading.doctor.apart import ROOT, Reply
from grading.doctor.finding import Finding, remark, well, wrong
from grading.doctor.libraries import pip_install
from grading.doctor.requirements import COURSE

# The address that stands in pyproject.toml until the course is published.
PLACEHOLDER = "mlp-course/mlp-course"
_SECONDS = 5
_SOURCES = frozenset({"auto", "cache", "system", "download", "sample"})
_FETCH = "python -m grading data download"


def data(reply: Reply, source: str = "") -> Finding:
    """Say which Fashion-MNIST a lesson would take. source: what $MLP_COURSE_DATA_SOURCE says."""
    if reply.fault:
        return remark("data", f"not known ({reply.fault})", _FETCH)
    wanted, places = source or "auto", reply.value["found"]
    found = dict(reversed(places))  # the first of a name counts
    if wanted not in _SOURCES:
        return wrong("data", f"MLP_COURSE_DATA_SOURCE names no source: {wanted!r}", "unset MLP_COURSE_DATA_SOURCE")
    if wanted == "sample" or (wanted == "auto" and not found):
        if not reply.value["sample"]:
            return wrong("data", "the bundled sample is missing from the package", "install the course again")
        if wanted == "sample":
            return well("data", "the bundled sample of 6,000 images, as MLP_COURSE_DATA_SOURCE says")
    if reply.value["damaged"] and not found:
        return remark("data", f"the whole set is here and damaged: {reply.value['damaged'][0]}", _FETCH)
    if wanted in ("cache", "system"):
        if wanted in found:
            return well("data", f"all 70,000 images, in {found[wanted]}")
        return wrong("data", f"MLP_COURSE_DATA_SOURCE says {wanted}, which has no images", f"unset it, or {_FETCH}")
    if wanted == "download":
        return remark("data", "fetched from the internet each time, as MLP_COURSE_DATA_SOURCE says", _FETCH)
    if not found:
        text = "the sample of 6,000 images; all 70,000 (30 MB) where there is a network when a lesson asks"
        return remark("data", text, f"{_FETCH} fetches them now")
    return well("data", f"all 70,000 images, in {places[0][1]}")


def version(root: Path = ROOT) -> Finding:
    """Say which version of the course runs, and whether it is a release or a branch that may change."""
    number = grading.__version__
    newest = "take a release, so that it stays as it is while you learn"
    if (root / ".git").exists():
        # Other errors than git's own are those of a machine without git, and of a git that hangs.
        tag = _git(root, "describe", "--tags", "--exact-match", "HEAD")
        if re.fullmatch(r"v\d.*", tag):
            return well("course", f"{number}, the release {tag}, in {root}")
        branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
        named = f"the branch {branch}" if branch not in ("", "HEAD") else "a commit that is not a release"
        return remark("course", f"{number}, {named}, in {root}", f"git checkout v{number}: {newest}")
    revision = _installed_from()
    if revision and not re.fullmatch(r"v\d.*", revision):
        return remark("course", f"{number}, installed from {revision} of the repository", newest)
    return well("course", f"{number}, in {root}")


def address(root: Path = ROOT) -> Finding:
    """Say whether the repository's address is a real one."""
    found = _address(root)
    if not found:
        return remark("address", "the repository's address is not known", "install the course as the README says")
    if found.lower() == PLACEHOLDER:
        text = f"{found} stands for the repository until it is published: badges and Colab's set-up lead nowhere"
        return remark("address", text, "work from this copy; who publishes it sets `repository` in pyproject.toml")
    return well("address", found)


def namesake(folder: Path | None = None, root: Path = ROOT) -> Finding:
    """Say whether another package or file called `grading` would be imported in place of the course's."""
    ours = root / "grading"
    here = folder if folder is not None else Path(os.path.abspath(os.curdir))
    for path in (here / "grading", here / "grading.py"):
        # A folder without an __init__.py comes after every package of that name.
        if (path.is_file() or (path / "__init__.py").is_file()) and not _same(path, ours):
            return wrong("name", f"{path} would be imported in place of the course", "rename it, or work elsewhere")
    for entry in sys.path[1:]:
        place = Path(entry or here, "grading")
        if _same(place, ours):
            break
        if (place / "__init__.py").is_file():
            return wrong("name", f"{place} would be imported in place of the course", "rename or remove it")
    others = sorted(set(_distributions()) - {COURSE})
    if others:
        text = f"{others[0]} has a package called grading, too"
        line = pip_install(f"--force-reinstall --no-deps {COURSE}")
        return wrong(
            "name", text, f"{line.replace(' install ', ' uninstall ').split(' --')[0]} {others[0]}, then {line}"
        )
    return well("name", f"grading is the course's, in {ours}")


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _distributions() -> list[str]:
    """Return the distributions that have put a package `grading` anywhere on the path."""
    found = []
    for each in metadata.distributions():
        try:
            # As text: to make a path of each file of each distribution takes seconds.
            files = each.read_text("RECORD") or each.read_text("installed-files.txt") or ""
            if "\ngrading/" in f"\n{files}":
                found.append(str(each.metadata["Name"]).lower().replace("_", "-"))
        except Exception:  # metadata that cannot be read, whatever importlib makes of it
            continue
    return found


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, timeout=_SECONDS, check=False, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _installed_from() -> str:
    """Return which branch, tag or commit pip was asked for; "" where the course came as a package or from a folder."""
    try:
        told = json.loads(metadata.distribution(COURSE).read_text("direct_url.json") or "{}")
        source = told.get("vcs_info", {})
        return str(source.get("requested_revision") or source.get("commit_id") or "")
    except Exception:  # as above
        return ""


def _address(root: Path) -> str:
    try:
        text = (root / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        text = ""
    match = re.search(r'^\[tool\.grading\]\s*\nrepository = "([^"]+)"', text, re.MULTILINE)
    if match:
        return match[1]
    try:
        urls = metadata.metadata(COURSE).get_all("Project-URL") or []
    except Exception:  # as above
        return ""
    addresses = (line.partition(", ")[2] for line in urls if line.lower().startswith("repository,"))
    return next((address.partition("//")[2].partition("/")[2].strip("/") for address in addresses), "")
