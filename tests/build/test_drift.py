from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grading.build.course import Masters, verify, verify_whole
from grading.build.drift import notebook_drift
from grading.build.nodes import to_text

Reopen = Callable[[Path], Masters]
LEARNER = "notebooks/02-tiny.ipynb"
SOURCE = "source/02-tiny/02-tiny.ipynb"
RELEASE = "release/02-tiny/02-tiny.ipynb"
SOLUTION = "solutions/02-tiny.ipynb"


def differences(masters: Masters) -> list[str]:
    return [str(diagnostic) for diagnostic in (*verify(masters, masters.sound), *verify_whole(masters))]


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the content of a notebook and write it the way the build does."""
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def cell(content: dict[str, Any], identity: str) -> dict[str, Any]:
    found: dict[str, Any] = next(entry for entry in content["cells"] if entry["id"] == identity)
    return found


def test_what_was_just_built_does_not_differ(built: Path, reopen: Reopen) -> None:
    assert differences(reopen(built)) == []


def test_verify_writes_nothing(built: Path, reopen: Reopen) -> None:
    (built / LEARNER).write_text("{}")
    (built / SOLUTION).unlink()
    before = {path: (path.stat().st_mtime_ns, path.is_dir() or path.read_bytes()) for path in built.rglob("*")}
    assert differences(reopen(built))
    after = {path: (path.stat().st_mtime_ns, path.is_dir() or path.read_bytes()) for path in built.rglob("*")}
    assert after == before


@pytest.mark.parametrize("path", [LEARNER, SOURCE, RELEASE, SOLUTION])
def test_a_line_that_was_edited_is_shown_with_file_cell_and_line(built: Path, reopen: Reopen, path: str) -> None:
    lines = (built / path).read_text(encoding="utf-8").split('"def double(x):\\n"', 1)
    assert len(lines) == 2
    (built / path).write_text('"def twice(x):\\n"'.join(lines), encoding="utf-8")
    number = 5 if path == LEARNER else 4
    assert differences(reopen(built)) == [
        f"{path}: cell {number} (double): line 1 differs; run make build\n"
        "  expected  def double(x):\n"
        "  actual    def twice(x):"
    ]


@pytest.mark.parametrize(
    ("path", "change", "expected"),
    [
        (
            RELEASE,
            lambda content: cell(content, "check-double")["metadata"]["nbgrader"].update(points=9),
            "release/02-tiny/02-tiny.ipynb: cell 5 (check-double): metadata.nbgrader.points differs; run make build\n"
            "  expected  1.5\n  actual    9",
        ),
        (
            SOURCE,
            lambda content: content["cells"].pop(),
            "source/02-tiny/02-tiny.ipynb: cell 10 (why-two): the cell is missing; run make build",
        ),
        (
            LEARNER,
            lambda content: content["cells"].append({**content["cells"][0], "id": "extra"}),
            "notebooks/02-tiny.ipynb: cell 15 (extra): a cell that the master does not have; run make build",
        ),
        (
            LEARNER,
            lambda content: content["metadata"]["language_info"].update(version="3.11.9"),
            "notebooks/02-tiny.ipynb: metadata.language_info.version differs; run make build\n"
            '  expected  (nothing)\n  actual    "3.11.9"',
        ),
        (
            LEARNER,
            lambda content: cell(content, "double").update(execution_count=4),
            "notebooks/02-tiny.ipynb: cell 5 (double): execution_count differs; run make build\n"
            "  expected  null\n  actual    4",
        ),
        (
            LEARNER,
            lambda content: cell(content, "double").update(id="another"),
            "notebooks/02-tiny.ipynb: cell 5 (double): id differs; run make build\n"
            '  expected  "double"\n  actual    "another"',
        ),
        (
            SOLUTION,
            lambda content: cell(content, "double").update(execution_count=None),
            "solutions/02-tiny.ipynb: cell 4 (double): was not executed",
        ),
        (
            SOLUTION,
            lambda content: cell(content, "double")["outputs"].append(
                {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": []}
            ),
            "solutions/02-tiny.ipynb: cell 4 (double): raised NameError: x",
        ),
    ],
)
def test_each_difference_is_named(
    built: Path, reopen: Reopen, path: str, change: Callable[[dict[str, Any]], None], expected: str
) -> None:
    edit(built / path, change)
    assert differences(reopen(built)) == [expected]


def test_outputs_of_solutions_may_differ(built: Path, reopen: Reopen) -> None:
    edit(built / SOLUTION, lambda content: cell(content, "check-double").update(outputs=[]))
    assert differences(reopen(built)) == []


@pytest.mark.parametrize("path", [LEARNER, SOLUTION])
def test_the_same_cells_in_other_bytes_differ(built: Path, reopen: Reopen, path: str) -> None:
    content = json.loads((built / path).read_text(encoding="utf-8"))
    (built / path).write_text(json.dumps(content, indent=2), encoding="utf-8")
    (found,) = differences(reopen(built))
    assert found.startswith(f"{path}:2: the same cells in other bytes; run make build\n  expected  ' \"cells\": ['")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not a notebook"),
        (b"\xff", "is not a notebook"),
        (b"[]", "is not a notebook"),
        (b"{}", "is not a notebook"),
        (b'{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "is not a notebook"),
        (b'{"cells": [{}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "is not a notebook"),
        (b"[" * 100_000, "is not a notebook"),
        (None, "is missing; run make build"),
    ],
)
@pytest.mark.parametrize("path", [LEARNER, SOLUTION])
def test_a_file_that_is_no_notebook_is_one_line(
    built: Path, reopen: Reopen, path: str, data: bytes | None, words: str
) -> None:
    (built / path).unlink()
    if data is not None:
        (built / path).write_bytes(data)
    (found,) = differences(reopen(built))
    assert found.startswith(f"{path}: ")
    assert words in found
    assert "\n" not in found


@pytest.mark.parametrize(
    "path", ["notebooks/09-gone.ipynb", "source/02-tiny/key.py", "release/02-tiny/data.csv", "solutions/old/a.ipynb"]
)
def test_a_file_that_no_master_gives_is_named(built: Path, reopen: Reopen, path: str) -> None:
    (built / path).parent.mkdir(exist_ok=True)
    (built / path).write_text("{}")
    assert differences(reopen(built)) == [f"{path}: no master gives this file; delete it"]


def test_a_picture_of_a_learner_and_checkpoints_are_left_alone(built: Path, reopen: Reopen) -> None:
    (built / "notebooks" / "mine.png").write_bytes(b"")
    (built / "source" / "02-tiny" / ".ipynb_checkpoints").mkdir()
    (built / "source" / "02-tiny" / ".ipynb_checkpoints" / "a.ipynb").write_text("{}")
    assert differences(reopen(built)) == []


def test_the_table_of_points_is_compared(built: Path, reopen: Reopen) -> None:
    readme = built / "README.md"
    readme.write_text(readme.read_text().replace("| 6.5 |", "| 7 |"))
    assert differences(reopen(built)) == [
        "README.md:6: the points table is not what the lessons add up to; run make build\n"
        "  expected  | [02-tiny](notebooks/02-tiny.ipynb) | `double`, `Slope.at`, `why-two` (written) | 30 minutes | 6.5 |\n"
        "  actual    | [02-tiny](notebooks/02-tiny.ipynb) | `double`, `Slope.at`, `why-two` (written) | 30 minutes | 7 |"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Nothing\n", "README.md: the line '<!-- points:begin -->' must occur once, not 0 times"),
        ("<!-- points:begin -->\n", "README.md: the line '<!-- points:end -->' must occur once, not 0 times"),
        ("<!-- points:end -->\n<!-- points:begin -->\n", "README.md: '<!-- points:end -->' stands before"),
        (None, "README.md: is missing"),
    ],
)
def test_a_readme_without_room_for_the_table_is_named(
    built: Path, reopen: Reopen, text: str | None, message: str
) -> None:
    (built / "README.md").unlink()
    if text is not None:
        (built / "README.md").write_text(text)
    (found,) = differences(reopen(built))
    assert found.startswith(message)


def test_equal_bytes_do_not_differ_and_longer_ones_do() -> None:
    text = to_text_of_nothing()
    assert notebook_drift("a.ipynb", text, text.encode()) == []
    (found,) = notebook_drift("a.ipynb", text, (text + "\n").encode())
    assert found.facts == (("expected", "'(nothing)'"), ("actual", "''"))


def to_text_of_nothing() -> str:
    from grading.build.nodes import node

    return to_text(node({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
