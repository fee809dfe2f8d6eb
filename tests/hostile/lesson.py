"""The lesson that the hostile class hands in: three functions with the course's own checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.engine.tiny import cell, notebook

LESSON = "00-hostile"

# Exercises of the catalogue with what they are worth there.
POINTS = {"relu": 1.0, "sigmoid": 1.5, "relu_grad": 1.0}

SETUP = "import torch\nfrom grading import check"
RIGHT = {
    "relu": "def relu(X):\n    return torch.where(X > 0, X, 0)",
    "sigmoid": (
        "def sigmoid(X):\n    E = torch.exp(-X.abs())\n    return torch.where(X >= 0, 1 / (1 + E), E / (1 + E))"
    ),
    "relu_grad": "def relu_grad(X):\n    return (X > 0).to(X.dtype)",
}
WRONG = "def sigmoid(X):\n    return X"
# Of the solution's own lines this one is looked for wherever it must not be.
SOLUTION_TOKEN = "the-solution-of-nobody-else"


def source_notebook() -> dict[str, Any]:
    """Return the instructor's version."""
    cells = [cell("code", SETUP, grade=False, grade_id="setup", locked=True, solution=False)]
    for name, points in POINTS.items():
        header, body = RIGHT[name].split("\n", 1)
        source = f"{header}\n    ### BEGIN SOLUTION\n    # {SOLUTION_TOKEN}\n{body}\n    ### END SOLUTION"
        cells.append(cell("code", source, grade=False, grade_id=name, locked=False, solution=True))
        checks = f"check({name})\n### BEGIN HIDDEN TESTS\ncheck({name}, hidden=True)\n### END HIDDEN TESTS"
        graded = {"grade": True, "grade_id": f"check-{name}", "locked": True, "solution": False, "points": points}
        cells.append(cell("code", checks, **graded))
    return notebook(cells)


def write_course(root: Path, config: str) -> None:
    """Write the course's source and settings into an empty folder."""
    target = root / "source" / LESSON / f"{LESSON}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(source_notebook()), encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")


def filled(released: Mapping[str, Any], answers: Mapping[str, str]) -> dict[str, Any]:
    """Return the released notebook with answers under their grade ids in place; released stays as it is."""
    copy: dict[str, Any] = json.loads(json.dumps(released))
    for found in copy["cells"]:
        grade_id = found["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            found["source"] = answers[grade_id]
    return copy
