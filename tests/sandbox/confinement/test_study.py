"""In a kernel of the sandbox, where a class is graded, predictions, explanations and progress are silent and leave nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grading.engine.limits import Limits
from grading.engine.workers.worker import Job, run
from grading.study.place import VARIABLE
from tests.engine import tiny

CELLS = (
    "from grading import explain, predict, progress",
    "predict('slope-by-t', 3)",
    "predict('slope-by-t', ...)",
    "predict('no such question')",
    'explain(\'no-bias-needed\', """Because a constant changes no slope.""")',
    "explain('no-bias-needed', ...)",
    "explain('no such question')",
    "progress('03-backpropagation')",
    "progress()",
    "progress.forget()",
    "from grading import drill, find_input, parsons, review",
    "drill('relu')",
    "drill('relu', 3)",
    "drill.check(len)",
    "find_input('relu', 3, 1.0)",
    "parsons('backward', 'a b')",
    "review()",
)


def test_while_a_class_is_graded_nothing_is_asked_shown_or_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "progress.jsonl"))
    notebook = tiny.notebook([tiny.cell("code", source) for source in CELLS])
    result = run(Job(json.dumps(notebook).encode(), limits=Limits(seconds=120)))
    assert result.problems == () and not result.failure, result
    assert [cell["outputs"] for cell in json.loads(result.notebook)["cells"]] == [[]] * len(CELLS)
    assert [*tmp_path.iterdir()] == []


def test_words_with_a_missing_quote_hurt_their_own_cell_only() -> None:
    sources = (
        "from grading import explain",
        'explain(\'no-bias-needed\', """It\'s \U0001f600\\n"no end""',
        "print('after')",
    )
    notebook = tiny.notebook([tiny.cell("code", source) for source in sources])
    result = run(Job(json.dumps(notebook).encode(), limits=Limits(seconds=120)))
    _, broken, after = (cell["outputs"] for cell in json.loads(result.notebook)["cells"])
    assert not result.failure and [one["ename"] for one in broken] == ["SyntaxError"]
    assert [one["text"] for one in after] == ["after\n"]
