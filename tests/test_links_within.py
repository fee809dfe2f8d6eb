"""A link to a file or a heading of the repository is found in whatever form, and one that leads nowhere is told from others."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.links_within import anchors, dead_within


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "outside.md").write_text("", encoding="utf-8")
    root = tmp_path / "repository"
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "other.md").write_text(
        '# Other\n## What `make` does, and [why](x.md)\n## Twice\n## Twice\n```\n## Code\n```\n<a id="mark"></a>\n',
        encoding="utf-8",
    )
    (root / "a name.md").write_text("", encoding="utf-8")
    (root / "code.py").write_text("a = 1\nb = 2\n", encoding="utf-8")
    return root


LEADS_SOMEWHERE = [
    "[a](docs/other.md)",
    "[a](docs)",
    "[a](/docs/other.md)",
    "[a](./docs/other.md#other)",
    "[a](docs/other.md#what-make-does-and-why)",
    "[a](docs/other.md#twice-1)",
    "[a](docs/other.md#mark)",
    "[a](#here)",
    "[a](a%20name.md)",
    '[a](docs/other.md "a title")',
    "[a](code.py#L2) [b](code.py#L1-L2)",
    "![a](docs/other.md)",
    "[a]: docs/other.md",
    '<a href="docs/other.md">a</a>',
    "[a](https://a.org/nowhere.md)",
    "[a](https://github.com/mlp-course/mlp-course/blob/main/docs/other.md)",
    "[a](mailto:a@b)",
    "`[a](nowhere.md)`",
    "```\n[a](nowhere.md)\n```",
    "[^1]: a note",
]
LEADS_NOWHERE = [
    "[a](nowhere.md)",
    "[a](docs/nowhere.md)",
    "[a](../outside.md)",
    "[a](/nowhere.md)",
    "[a](docs/other.md#nothing)",
    "[a](docs/other.md#twice-2)",
    "[a](docs/other.md#code)",
    "[a](#there)",
    "[a](code.py#L3)",
    "[a](code.py#here)",
    "![a](nowhere.png)",
    "[a]: nowhere.md",
    '<img src="nowhere.png">',
    "[a](https://github.com/mlp-course/mlp-course/blob/main/nowhere.md)",
]


@pytest.mark.parametrize("text", LEADS_SOMEWHERE)
def test_a_link_that_leads_somewhere_is_left_alone(repository: Path, text: str) -> None:
    page = repository / "page.md"
    page.write_text(f"# Here\n\n{text}\n", encoding="utf-8")
    assert [*dead_within(page, repository)] == []


@pytest.mark.parametrize("text", LEADS_NOWHERE)
def test_a_link_that_leads_nowhere_is_found_with_its_line(repository: Path, text: str) -> None:
    page = repository / "page.md"
    page.write_text(f"# Here\n\n```\nx\n```\n{text}\n", encoding="utf-8")
    assert [number for number, _ in dead_within(page, repository)] == [6]


def test_in_a_lesson_prose_is_read_and_formulas_and_code_are_not(repository: Path) -> None:
    lesson = repository / "lesson.py"
    lesson.write_text(
        '# %% [markdown]\n# $E[w](x)$ and\n# $$\n# E[w](y)\n# $$\n# [a](nowhere.md)\n\n# %%\nsteps["a"](x)\n',
        encoding="utf-8",
    )
    assert [*dead_within(lesson, repository)] == [(6, "nowhere.md")]


def test_headings_become_anchors_as_on_the_hosting_site() -> None:
    text = "# What is `f(x)`? A *test*\n## B & C\n## Größe ##\n## a_b-c\n"
    assert anchors(text) == {"what-is-fx-a-test", "b--c", "größe", "a_b-c"}
