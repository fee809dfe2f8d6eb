"""What can be known of Colab without its versions: the set-up cell names all that Colab lacks."""

from __future__ import annotations

import configparser
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grading import exercises
from grading.build.declared import of_lesson
from grading.build.diagnostic import Diagnostic
from grading.build.master import parse_master
from grading.build.render import learner_notebook
from grading.build.settings import Settings
from tests.colab.course import LESSONS, ROOT
from tests.colab.environment import VERSIONS
from tests.colab.pip_settings import as_file, local_paths, parse

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]


def pins(words: list[str]) -> dict[str, str]:
    """Return the versions by name among words such as "d2l==1.0.3"."""
    found = [word.split("==") for word in words if "==" in word and not word.startswith("#")]
    return {canonicalize_name(name): version for name, version in found}


def set_up_cell(lesson: str) -> str:
    path = ROOT / "lessons" / f"{lesson}.py"
    master = parse_master(lesson, path.name, path.read_bytes())
    assert not isinstance(master, Diagnostic), master
    notebook = learner_notebook(master, of_lesson(exercises(), lesson), Settings())
    return str(next(cell.source for cell in notebook.cells if cell.cell_type == "code"))


@pytest.mark.parametrize("requirement", NEEDED, ids=lambda requirement: str(requirement.name))
def test_colab_has_what_a_learner_needs_or_the_set_up_cell_installs_it(requirement: Requirement) -> None:
    colab = pins(VERSIONS.read_text(encoding="utf-8").split())
    installed = pins(set_up_cell(LESSONS[0]).split())
    name = canonicalize_name(requirement.name)
    assert (name in colab) != (name in installed), f"{name} must be Colab's or the set-up cell's"
    assert requirement.specifier.contains({**colab, **installed}[name])


SAID = """\
:env:.find-links='/variable'
:env:.config-file='/etc/pip.conf'
global.find-links='/file'
global.extra-index-url='https://one.invalid/simple\\nfile:///two/simple'
install.no-compile='yes'
"""


def test_what_pip_says_of_its_settings_becomes_a_file_with_the_same_settings() -> None:
    settings = parse(SAID)
    assert settings == {
        "global": {"find-links": "/variable", "extra-index-url": "https://one.invalid/simple\nfile:///two/simple"},
        "install": {"no-compile": "yes"},
    }
    read = configparser.RawConfigParser()
    read.read_string(as_file(settings))
    assert {section: dict(read[section]) for section in read.sections()} == settings


def test_files_and_folders_that_the_settings_name_are_found(tmp_path: Path) -> None:
    (tmp_path / "simple").mkdir()
    index = (tmp_path / "simple").as_uri()
    settings = {
        "global": {"cert": sys.executable, "extra-index-url": f"https://one.invalid {index}", "proxy": "/not/there"}
    }
    assert local_paths(settings) == tuple(sorted([Path(sys.executable), tmp_path]))
