"""A class whose files and cells hold characters that are not text, or that command a terminal, under both commands."""

import json
from pathlib import Path
from typing import Any

import pytest
from nbformat import from_dict
from rich.console import Console

from grading.engine.assignment import generate_assignment
from grading.engine.classroom import Plan, grade_class
from grading.engine.course import Course, open_course
from grading.engine.feedback.safe_html import SafeOutputs
from grading.engine.gradebook.results import read_results
from grading.report.page import page
from grading.report.summary import summarize
from grading.report.terminal import show
from tests.engine import tiny
from tests.engine.execution.test_characters import commands
from tests.engine.fake import FakePool
from tests.engine.stock.test_stock_tools import nbgrader, scores


def odd_notebook(root: Path) -> dict[str, Any]:
    """Return a right notebook with odd text wherever a file can hold some."""
    notebook = tiny.answered(
        root, {**tiny.RIGHT, "double": "def double(x):\n    # \udcc3 \ud800 \0 \x1b \u202e\n    return 2 * x"}
    )
    pasted = {"\udcc3.png": {"image/png": "iVBORw0KGgo="}}
    odd = [
        {**tiny.cell("markdown", "![](attachment:\udcc3.png) \ud800 \0 \x1b[2J"), "attachments": pasted},
        tiny.cell("code", "odd = '\ud800'"),
    ]
    notebook["cells"][1:1] = [{**one, "id": f"\ud800{number}"} for number, one in enumerate(odd)]
    notebook["metadata"]["\udcc3"] = {"\ud800": ["\udcc3"]}
    notebook["metadata"]["kernelspec"] = {"name": "\x1b[2J", "display_name": "\ud800", "language": "python"}
    notebook["cells"][0]["metadata"]["tags"] = ["\ud800"]
    notebook["cells"][3]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "\ud800"}]
    return notebook


ENDS = "quit()", "print('\\udcc3')", "raise ValueError('\\ud800')", "exit", "import os\nos._exit(0)"


def write_odd_class(root: Path) -> Course:
    of_the_course = open_course(Path(__file__).parents[2]).config.Autograde.sanitize_preprocessors
    sanitized = f"c.Autograde.sanitize_preprocessors = {of_the_course!r}\n"
    course = open_course(tiny.write_course(root, tiny.ENGINE_CONFIG + sanitized))
    generate_assignment(course, tiny.LESSON)
    tiny.hand_in(root, "s01", odd_notebook(root))
    ends = tiny.answered(root, tiny.RIGHT)
    for number, source in enumerate(ENDS):
        ends["cells"].insert(1 + 2 * number, {**tiny.cell("code", source), "id": f"own-{number}"})
    tiny.hand_in(root, "s02", ends)
    says = "def half(x):\n    raise type('\\x1b[2J\\u202e', (Exception,), {})('\\ud800\\x9b')"
    tiny.hand_in(root, "s03", tiny.answered(root, {**tiny.RIGHT, "half": says}))
    return course


def test_stock_nbgrader_grades_odd_submissions_with_our_configuration(tmp_path: Path) -> None:
    root = tmp_path / "course"
    write_odd_class(root)
    said = nbgrader(root, "autograde", tiny.LESSON)
    assert scores(root) == {"s01": 6.0, "s02": 6.0, "s03": 5.0}
    assert commands(said) == set()
    assert "cell 2: the kernel was told to end in this cell" in said


def test_our_command_grades_odd_submissions_and_the_report_shows_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "course"
    course = write_odd_class(root)
    told = {graded.student: graded.problems for graded in grade_class(course, tiny.LESSON, Plan(jobs=1))}
    assert scores(root) == {"s01": 6.0, "s02": 6.0, "s03": 5.0}
    assert {problem.kind for problem in told["s01"]} == {"broken-text", "other-kernel", "dropped-attachment"}
    assert [problem.kind for problem in told["s02"]] == ["kernel-died"] * 3
    assert told["s03"] == ()
    summary = summarize(tiny.LESSON, read_results(course, tiny.LESSON))
    show(summary, Console())
    said = capsys.readouterr().out + page(summary)
    said.encode()
    assert commands(said) == set() and "\x1b" not in said
    assert "\u241b[2J\ufffd: \ufffd\ufffd" in said


def test_what_stock_nbgrader_wrote_without_our_engine_commands_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "course"
    course = write_odd_class(root)
    grade_class(course, tiny.LESSON, Plan(pool=FakePool))
    path = course.folder("autograded", "s03", tiny.LESSON) / f"{tiny.LESSON}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["outputs"] = [{"output_type": "error", "ename": "\x1b[2J\x9b", "evalue": "\ud800", "traceback": []}]
    path.write_text(json.dumps(notebook))
    summary = summarize(tiny.LESSON, read_results(course, tiny.LESSON))
    show(summary, Console())
    said = capsys.readouterr().out + page(summary)
    said.encode()
    assert commands(said) == set() and "\x1b" not in said
    assert "\u241b[2J\ufffd: \ufffd" in said


@pytest.mark.parametrize("kind", ["code", "markdown", "raw"])
def test_text_that_turns_around_does_so_on_no_page(kind: str) -> None:
    cell = from_dict(tiny.cell(kind, "a = 1  # \u202e1 = a\x1b[2J\u2066"))  # type: ignore[no-untyped-call]
    shown, _ = SafeOutputs().preprocess_cell(cell, {}, 0)
    assert shown.source == "a = 1  # \ufffd1 = a\u241b[2J\ufffd"
