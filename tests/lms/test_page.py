"""docs/lms.md tells what is so: its names of files are read, its options are there, its words for the status are ours."""

import argparse
import re
from importlib import import_module
from pathlib import Path

import pytest

from grading.engine.gradebook.standings import Status
from grading.lms.downloads import read_path

PAGE = (Path(__file__).parents[2] / "docs" / "lms.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"`python -m grading ([^`]+)`", PAGE)))


@pytest.mark.parametrize("system", ["Canvas", "Moodle", "Brightspace"])
def test_the_name_that_the_page_shows_is_read(system: str) -> None:
    names = re.findall(rf"^\| {system} \|.*\| `([^`]+\.ipynb)` \|$", PAGE, re.M)
    found = [read_path(name.split("/")) for name in names]
    assert [each and each.system for each in found] == [system]


def test_the_page_names_each_status() -> None:
    assert re.findall(r"^\| `([a-z ]+)` \|", PAGE, re.M) == [str(status) for status in Status]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_of_the_page_is_understood(words: str) -> None:
    name, *rest = re.sub(r'"([^"]*)"', lambda found: found[1].replace(" ", "_"), words).split()
    module = import_module(f"grading.commands.{name}")
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    assert parser.parse_args(rest)


def test_the_plugins_that_the_page_names_are_there() -> None:
    found = set(re.findall(r"(grading\.lms\.\w+)\.(\w+)", PAGE))
    assert len(found) == 3
    assert [name for module, name in found if not hasattr(import_module(module), name)] == []
