"""Prepare what a release holds beside the packages; `make dist` calls this.

    python scripts/release.py FOLDER           write the notebooks into FOLDER, as one zip
    python scripts/release.py FOLDER v1.2.3    first prove that the repository is ready for that tag; write the notes, too

Whatever does not fit the tag is printed, one line each, with the file to fix; then nothing is written and the status is 1.
"""

from __future__ import annotations

import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from grading import __version__

ROOT = Path(__file__).resolve().parent.parent
LICENCES = ("LICENSE", "LICENSE-TEXT")
# The addresses that headings lead to, at the end of the file: they belong to no section.
_ADDRESS = re.compile(r"^\[(?P<name>[^\]]+)\]: (?P<address>\S+)$", re.MULTILINE)
_HEADING = re.compile(r"^## \[(?P<name>[^\]]+)\](?: - (?P<date>\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """What the changelog says of one version; `date` is empty where none is given."""

    name: str
    date: str
    text: str


def sections(changelog: str) -> dict[str, Section]:
    """Return the sections of a changelog in the form of Keep a Changelog, by version."""
    headings = [*_HEADING.finditer(changelog)]
    ends = [*(each.start() for each in headings[1:]), len(changelog)]
    return {
        each["name"]: Section(each["name"], each["date"] or "", _ADDRESS.sub("", changelog[each.end() : end]).strip())
        for each, end in zip(headings, ends, strict=True)
    }


def problems(tag: str, version: str, changelog: str, citation: str) -> Iterator[str]:
    """Say what does not fit a tag: the version of the package, the changelog, CITATION.cff."""
    if tag != f"v{version}":
        yield f"grading/__init__.py: the version is {version}, whose tag is v{version}, not {tag}"
    there = sections(changelog)
    section = there.get(version)
    if section is None or not section.date:
        yield f"CHANGELOG.md: the line '## [{version}] - YYYY-MM-DD' is missing"
    elif not section.text:
        yield f"CHANGELOG.md: nothing stands under [{version}]"
    addresses = {found["name"]: found["address"] for found in _ADDRESS.finditer(changelog)}
    for name, end in {"Unreleased": f"/v{version}...main", version: f"/v{version}"}.items():
        if not addresses.get(name, "").endswith(end):
            yield f"CHANGELOG.md: at its end, the address of [{name}] is missing or does not end in {end}"
    if there.get("Unreleased", Section("Unreleased", "", "")).text:
        yield "CHANGELOG.md: something stands under [Unreleased]; it belongs to this version"
    cited = yaml.safe_load(citation)
    if str(cited.get("version")) != version:
        yield f"CITATION.cff: the version is {cited.get('version')}, not {version}"
    if section is not None and str(cited.get("date-released")) != section.date:
        yield f"CITATION.cff: date-released is {cited.get('date-released')}, in CHANGELOG.md it is {section.date}"


def notes(section: Section, repository: str) -> str:
    """Return what the release's page says: the section, with links that lead from there to the files of that version."""
    return re.sub(r"\]\((?![a-z]+:|#)", f"]({repository}/blob/v{section.name}/", section.text) + "\n"


def zip_notebooks(root: Path, target: Path) -> None:
    """Write the lessons for self-study and their licences into a zip, in a folder of its own; the same bytes each time."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [*sorted((root / "notebooks").glob("*.ipynb")), *(root / name for name in LICENCES)]:
            entry = zipfile.ZipInfo(f"{target.stem}/{path.name}")
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())


def main(folder: Path, tag: str | None = None) -> int:
    """Write the files of a release into the folder, or say what is wrong; return the exit status."""
    changelog, citation = ((ROOT / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "CITATION.cff"))
    found = [] if tag is None else [*problems(tag, __version__, changelog, citation)]
    if found:
        print(*found, sep="\n", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    zip_notebooks(ROOT, folder / f"mlp-course-notebooks-{__version__}.zip")
    if tag is not None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        text = notes(sections(changelog)[__version__], project["urls"]["Repository"])
        (folder / "notes.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python scripts/release.py FOLDER [TAG]")
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
