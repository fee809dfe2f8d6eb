"""The answers of the lessons, which a learner's package keeps so that `solution` can show them, and a class's leaves out."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence

from grading.build.diagnostic import Diagnostic
from grading.build.differences import text_drift
from grading.build.master import Master, Role
from grading.cells import SOLUTION, Place

PATH = "grading/solutions/models.json"


def models_text(masters: Sequence[Master]) -> str:
    """Return the file's text: what stands in the solution region of each TODO, by its exercise, lesson by lesson."""
    models = {
        master.name: {cell.exercise: _answer(cell.source) for cell in master.with_role(Role.TODO)} for master in masters
    }
    return json.dumps(models, indent=2, ensure_ascii=False) + "\n"


def models_drift(text: str, wanted: str) -> list[Diagnostic]:
    """Return the first line of the file that is not what the lessons give."""
    return text_drift(PATH, "a solution is not as the lesson has it", wanted, text)


def _answer(source: str) -> str:
    lines = (line for line, place in SOLUTION.places(source) if place is Place.INSIDE)
    return textwrap.dedent("\n".join(lines)).strip("\n")
