"""The TODOs as they are handed out, which the package keeps so that `reset` can bring one back: installed, it comes without lessons."""

from __future__ import annotations

import json
from collections.abc import Sequence

from grading.build import markers
from grading.build.diagnostic import Diagnostic
from grading.build.differences import text_drift
from grading.build.master import Master, Role

PATH = "grading/catalogue/todos.json"


def todos_text(masters: Sequence[Master]) -> str:
    """Return the file's text: the source of each TODO by its exercise, lesson by lesson, without the answer."""
    todos = {
        master.name: {
            cell.exercise: markers.with_stub(cell.source, markers.CODE_STUB) for cell in master.with_role(Role.TODO)
        }
        for master in masters
    }
    return json.dumps(todos, indent=2, ensure_ascii=False) + "\n"


def todos_drift(text: str, wanted: str) -> list[Diagnostic]:
    """Return the first line of the file that is not what the lessons give."""
    return text_drift(PATH, "a TODO is not as the lesson hands it out", wanted, text)
