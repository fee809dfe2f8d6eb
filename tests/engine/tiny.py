"""A course with one tiny lesson whose checks are plain asserts, and submissions to it; nothing in it needs torch."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LESSON = "00-tiny"

ENGINE_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "tiny"
c.Autograde.autograde_preprocessors = [
    "grading.engine.stock.preprocessors.SandboxedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "grading.engine.stock.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
"""
STOCK_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "tiny"\n'

# Answers by grade id; what a submission does not name stays as it was handed out.
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "half": "def half(x):\n    return x / 2",
    "share": "def share(x):\n    return x",
    "written": "Because it is so.",
}


def cell(kind: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    metadata = {"nbgrader": {"schema_version": 3, "task": False, **nbgrader}} if nbgrader else {}
    found: dict[str, Any] = {"cell_type": kind, "metadata": metadata, "source": source}
    if kind == "code":
        found.update(execution_count=None, outputs=[])
    return found


def todo(name: str, answer: str) -> dict[str, Any]:
    source = f"def {name}(x):\n    ### BEGIN SOLUTION\n    {answer}\n    ### END SOLUTION"
    return cell("code", source, grade=False, grade_id=name, locked=False, solution=True)


def check(name: str, points: float, shown: str, hidden: str) -> dict[str, Any]:
    source = f"{shown}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    return cell("code", source, grade=True, grade_id=f"check-{name}", locked=True, solution=False, points=points)


def notebook(cells: list[dict[str, Any]], **metadata: Any) -> dict[str, Any]:
    spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    for number, found in enumerate(cells):
        found.setdefault("id", f"tiny-{number}")
    return {"cells": cells, "metadata": {"kernelspec": spec, **metadata}, "nbformat": 4, "nbformat_minor": 5}


def source_notebook() -> dict[str, Any]:
    written = cell("markdown", "Why?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION",
                   grade=True, grade_id="written", locked=False, solution=True, points=1.0)  # fmt: skip
    return notebook(
        [
            cell("markdown", "# A tiny lesson"),
            cell("code", "import math"),
            todo("double", "return 2 * x"),
            check("double", 2.0, "assert double(2) == 4", "assert double(3) == 6"),
            todo("half", "return x / 2"),
            check("half", 1.0, "assert half(4) == 2", "assert half(1) == 0.5"),
            todo("share", "return x"),
            check("share", 3.0, "assert share(1) is not None", "share(3.0)"),
            written,
        ]
    )


def write_course(root: Path, config: str = ENGINE_CONFIG) -> Path:
    """Write a course with the tiny lesson's source into an empty folder."""
    target = root / "source" / LESSON / f"{LESSON}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(source_notebook()), encoding="utf-8")
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    return root


def released(root: Path) -> dict[str, Any]:
    text = (root / "release" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def answered(root: Path, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return the released notebook with the given cells filled in."""
    filled = released(root)
    for found in filled["cells"]:
        grade_id = found["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            found["source"] = answers[grade_id]
    return filled


def hand_in(root: Path, student: str, content: dict[str, Any] | bytes, name: str = f"{LESSON}.ipynb") -> Path:
    """Put a file into a student's submission."""
    target = root / "submitted" / student / LESSON / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return target
