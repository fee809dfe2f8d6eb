"""A release is made of what the repository says of it, and of nothing that disagrees."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import grading
from scripts import release

ROOT = Path(__file__).parent.parent

CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-24

### Fixed

- A fault.

## [1.1.0] - 2026-11-11

- What was before.

[Unreleased]: https://example.org/compare/v1.2.0...main
[1.2.0]: https://example.org/tag/v1.2.0
[1.1.0]: https://example.org/tag/v1.1.0
"""
CITATION = 'cff-version: 1.2.0\nversion: 1.2.0\ndate-released: "2026-12-24"\n'


def test_what_fits_is_no_problem() -> None:
    assert [*release.problems("v1.2.0", "1.2.0", CHANGELOG, CITATION)] == []


@pytest.mark.parametrize("tag", ["v1.2.1", "1.2.0", "v1.2.0-rc1", "v1.2", "V1.2.0", "v01.2.0", "v1.2.0 ", "", "latest"])
def test_a_tag_that_is_not_the_version_is_a_problem(tag: str) -> None:
    (found,) = release.problems(tag, "1.2.0", CHANGELOG, CITATION)
    assert found.startswith("grading/__init__.py: the version is 1.2.0, whose tag is v1.2.0, not ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## [1.2.0]", "## [1.2.1]", "the line '## [1.2.0] - YYYY-MM-DD' is missing"),
        ("## [1.2.0]", "### [1.2.0]", "the line '## [1.2.0] - YYYY-MM-DD' is missing"),
        (" - 2026-12-24", "", "the line '## [1.2.0] - YYYY-MM-DD' is missing"),
        (" - 2026-12-24", " - 24 December", "the line '## [1.2.0] - YYYY-MM-DD' is missing"),
        ("### Fixed\n\n- A fault.\n", "", "nothing stands under [1.2.0]"),
        ("[Unreleased]\n", "[Unreleased]\n\n- Not yet.\n", "something stands under [Unreleased]"),
        ("[1.2.0]: ", "[1.2]: ", "at its end, the address of [1.2.0] is missing or does not end in /v1.2.0"),
        ("tag/v1.2.0", "tag/v1.1.0", "at its end, the address of [1.2.0] is missing or does not end in /v1.2.0"),
        (
            "v1.2.0...main",
            "v1.1.0...main",
            "at its end, the address of [Unreleased] is missing or does not end in /v1.2.0",
        ),
    ],
)
def test_a_changelog_that_is_not_ready_is_a_problem(old: str, new: str, said: str) -> None:
    assert old in CHANGELOG
    found = [*release.problems("v1.2.0", "1.2.0", CHANGELOG.replace(old, new), CITATION)]
    assert f"CHANGELOG.md: {said}" in found[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\nversion: 1.2.0", "\nversion: 1.1.0", "the version is 1.1.0, not 1.2.0"),
        ("\nversion: 1.2.0", "", "the version is None, not 1.2.0"),
        ('"2026-12-24"', '"2026-12-23"', "date-released is 2026-12-23, in CHANGELOG.md it is 2026-12-24"),
        ('"2026-12-24"', "2026-12-23", "date-released is 2026-12-23, in CHANGELOG.md it is 2026-12-24"),
        ('date-released: "2026-12-24"\n', "", "date-released is None, in CHANGELOG.md it is 2026-12-24"),
    ],
)
def test_a_citation_of_something_else_is_a_problem(old: str, new: str, said: str) -> None:
    assert old in CITATION
    assert [*release.problems("v1.2.0", "1.2.0", CHANGELOG, CITATION.replace(old, new))] == [f"CITATION.cff: {said}"]


def test_a_section_ends_where_the_next_begins() -> None:
    found = release.sections(CHANGELOG)
    assert [*found] == ["Unreleased", "1.2.0", "1.1.0"]
    assert found["1.2.0"] == release.Section("1.2.0", "2026-12-24", "### Fixed\n\n- A fault.")
    assert found["1.1.0"].text == "- What was before."


def test_links_of_the_notes_lead_to_the_files_of_the_version() -> None:
    text = "- [A](docs/a.md#b), [c](https://example.org/c), [d](SECURITY.md)."
    found = release.notes(release.Section("1.2.0", "2026-12-24", text), "https://github.com/who/what")
    there = "https://github.com/who/what/blob/v1.2.0"
    assert found == f"- [A]({there}/docs/a.md#b), [c](https://example.org/c), [d]({there}/SECURITY.md).\n"


def test_a_tag_that_does_not_fit_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release.main(tmp_path / "dist", "v0.0.0") == 1
    assert "not v0.0.0" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


def test_the_zip_holds_every_lesson_and_both_licences_and_comes_out_the_same(tmp_path: Path) -> None:
    assert release.main(tmp_path / "a") == release.main(tmp_path / "b") == 0
    name = f"mlp-course-notebooks-{grading.__version__}"
    archive = tmp_path / "a" / f"{name}.zip"
    lessons = [f"{name}/{path.stem}.ipynb" for path in sorted((ROOT / "lessons").glob("*.py"))]
    assert zipfile.ZipFile(archive).namelist() == [*lessons, f"{name}/LICENSE", f"{name}/LICENSE-TEXT"]
    assert archive.read_bytes() == (tmp_path / "b" / archive.name).read_bytes()
    assert [path.name for path in (tmp_path / "a").iterdir()] == [archive.name]
