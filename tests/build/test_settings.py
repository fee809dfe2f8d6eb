from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from grading.build.diagnostic import BuildError
from grading.build.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]


def test_without_settings_the_defaults_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert read_settings(tmp_path) == Settings()


def test_the_repository_is_one_setting(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.grading]\nrepository = 'a/b'\nanother = 3\n")
    settings = read_settings(tmp_path)
    assert settings.requirement == "git+https://github.com/a/b.git@main"
    assert settings.colab_address("n.ipynb") == "https://colab.research.google.com/github/a/b/blob/main/n.ipynb"


def test_the_course_itself_has_the_setting() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["grading"]
    assert read_settings(ROOT).repository == table["repository"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tool.grading", "pyproject.toml cannot be read"),
        ("[tool.grading]\nrepository = 3\n", "repository is 3; it must be a string"),
        ("[tool.grading]\nrepository = 'a'\n", "write it as owner/name"),
    ],
)
def test_a_wrong_setting_is_said(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(BuildError, match=words):
        read_settings(tmp_path)
