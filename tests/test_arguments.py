"""Options that several commands have are declared once, and so are called and explained alike."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from grading.__main__ import command_names, main

PACKAGE = Path(__file__).parent.parent / "grading"


def declared() -> list[tuple[str, ...]]:
    """Return the words and the help of every argument that a command declares."""
    files = [PACKAGE / "arguments.py", PACKAGE / "build" / "command_line.py", *(PACKAGE / "commands").glob("*.py")]
    calls = [
        node
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_argument"
    ]
    return [
        (*(ast.unparse(word) for word in call.args), *(ast.unparse(k.value) for k in call.keywords if k.arg == "help"))
        for call in calls
    ]


def test_an_argument_of_several_commands_is_declared_once() -> None:
    found = Counter(declared())
    assert len(found) > 20
    assert [one for one, count in found.items() if count > 1] == []


def test_the_folder_of_a_course_is_an_option_of_all_commands_by_one_declaration() -> None:
    assert [one[0] for one in declared()].count("'--course'") == 1


@pytest.mark.parametrize("command", command_names())
def test_the_help_of_every_command_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert f"    python -m grading {command}" in said or f"    mlp-course {command} " in said


@pytest.mark.parametrize(
    "command", ["autograde", "report", "feedback", "grades", "roster", "new-course", "update-course"]
)
def test_commands_for_a_class_have_a_result_for_other_programs(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "--json" in capsys.readouterr().out
