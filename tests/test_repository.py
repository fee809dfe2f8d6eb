"""What the hosting site and its visitors read agrees with the project: workflows, forms, citation, documents."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import grading
from grading.__main__ import command_names
from scripts.links_within import dead_within

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ADDRESS = PROJECT["project"]["urls"]["Repository"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
PATTERNS = ("*.md", ".github/*.md", "docs/*.md", "benchmarks/**/*.md", "tests/golden/*.md")
DOCUMENTS = sorted(path for pattern in PATTERNS for path in ROOT.glob(pattern))
# Written for the hosting site, and therefore full of addresses.
FOR_THE_SITE = [
    *(path for path in ROOT.glob(".github/**/*") if path.is_file()),
    *(ROOT / name for name in ("CITATION.cff", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md")),
]


def named(paths: list[Path]) -> Any:
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.relative_to(ROOT).as_posix())


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_citation_says_what_the_package_says() -> None:
    citation = read(ROOT / "CITATION.cff")
    project = PROJECT["project"]
    assert citation["version"] == grading.__version__
    assert citation["abstract"] == f"{project['description']}."
    assert citation["license"] == project["license"]
    assert citation["keywords"] == project["keywords"]
    assert citation["repository-code"] == ADDRESS
    (author,) = citation["authors"]
    assert author.keys() == {"name"}
    assert author["name"] in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert f"# {citation['title']}\n" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_ci_tries_every_python_that_the_package_names() -> None:
    label = "Programming Language :: Python :: "
    versions = [line.removeprefix(label) for line in PROJECT["project"]["classifiers"] if line.startswith(label)]
    assert read(ROOT / ".github/workflows/ci.yml")["jobs"]["linux"]["strategy"]["matrix"]["python"] == versions


def test_a_workflow_may_read_and_what_publishes_may_do_that_alone() -> None:
    rights = {}
    for path in WORKFLOWS:
        workflow = read(path)
        assert workflow["permissions"] == {"contents": "read"}
        assert "pull_request_target" not in workflow[True]  # `on`, which YAML 1.1 takes for a truth
        rights |= {name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job}
    assert rights == {"publish": {"id-token": "write"}, "release": {"contents": "write"}}


@named(WORKFLOWS)
def test_actions_are_used_by_their_major_version_and_commands_are_safe_from_names(path: Path) -> None:
    for job in read(path)["jobs"].values():
        for step in [job, *job.get("steps", ())]:
            if not step.get("uses", "./").startswith("./"):
                assert re.fullmatch(r"[\w-]+/[\w-]+@(release/)?v\d+", step["uses"])
            # A branch may be called $(rm -rf .): names come to a shell as variables.
            assert "${{" not in step.get("run", "")


def test_a_hook_before_a_commit_is_a_part_of_make_check_and_downloads_nothing() -> None:
    (repository,) = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    recipes = re.findall(r"^(?:check|lint):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    commands = re.findall(r"\$\(BIN\)/(.+?)(?: \.)?$", "".join(recipes), re.MULTILINE)
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].removeprefix(".venv/bin/") in commands


# tests/golden/messages.md shows verdicts, where "make a new tensor" is not a command.
@named([*(path for path in DOCUMENTS if path.name != "messages.md"), *WORKFLOWS, *FORMS])
def test_targets_and_commands_that_are_named_are_there(path: Path) -> None:
    code = "\n".join(re.findall(r"```.*?```|`[^`]*`|run: [^\n]*", path.read_text(encoding="utf-8"), re.DOTALL))
    targets = re.findall(r"(?<![\w/.-])make\s+([a-z][a-z-]*)", code)
    assert set(targets) <= set(re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"python -m grading ([a-z][a-z-]*)", code)) <= set(command_names())


@named([*DOCUMENTS, *sorted(ROOT.glob("lessons/*.py"))])
def test_a_link_within_the_repository_leads_somewhere(path: Path) -> None:
    assert [*dead_within(path)] == []


def test_the_sections_that_a_class_can_skip_are_in_their_lessons() -> None:
    rows = re.findall(
        r"^\| (0\d-[\w-]+) \|.*\| ([^|]+) \|$", (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8"), re.M
    )
    assert [lesson for lesson, _ in rows] == sorted(path.stem for path in (ROOT / "lessons").glob("*.py"))
    for lesson, skipped in rows:
        master = (ROOT / "lessons" / f"{lesson}.py").read_text(encoding="utf-8")
        headings = re.findall(r"^# ##+ (?:\d+ · )?(.+)$", master, re.MULTILINE)
        named = re.findall(r"\*([^*]+)\*", skipped)
        assert named
        assert [title for title in named if not any(heading.startswith(title) for heading in headings)] == []


@named(FOR_THE_SITE)
def test_addresses_are_those_of_this_repository_and_nobody_is_made_up(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [link for link in re.findall(r"https://github\.com/[^\s)\"]+", text) if not link.startswith(ADDRESS)] == []
    assert re.findall(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", text) == []


@named(FORMS)
def test_a_form_asks_for_something_and_each_field_says_what(path: Path) -> None:
    fields = [field for field in read(path)["body"] if field["type"] != "markdown"]
    assert any(field.get("validations", {}).get("required") for field in fields)
    assert all(field["attributes"]["label"] for field in fields)
    assert len({field["id"] for field in fields}) == len(fields)


def test_the_form_for_lessons_offers_every_lesson() -> None:
    (form,) = (read(path) for path in FORMS if path.stem.endswith("-lesson"))
    (lesson,) = (field for field in form["body"] if field.get("id") == "lesson")
    lessons = sorted(path.stem for path in (ROOT / "lessons").glob("*.py"))
    assert lesson["attributes"]["options"] == [*lessons, "Another page"]


def test_the_changelog_has_the_form_that_it_names() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## .+$", text, re.MULTILINE)[0] == "## [Unreleased]"
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        kinds = re.findall(r"^### (.+)$", section, re.MULTILINE)
        order = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
        assert kinds == [kind for kind in order if kind in kinds]
        assert not re.search(r"^### .+\n+(?=#|\Z)", section, re.MULTILINE), "a heading with nothing below it"
