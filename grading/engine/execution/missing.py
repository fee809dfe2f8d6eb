"""Why there is no answer: what its cell says, seen from outside."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Sequence

from nbformat import NotebookNode

from grading.cells import grade_id_of, statements_in
from grading.engine.execution.ban_check import defines
from grading.engine.problems import one_line
from grading.engine.python_versions import newer

# What Python adds to a syntax error; the name of the file means nothing to the author of the cell.
_FILE_OF_A_CELL = re.compile(r"\([^()]*, (line \d+)\)$")
_DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)
_MAGIC = re.compile(r"\s*(%%\w+)")
# Cell magics that run the cell as Python where the notebook finds what it defines.
_RUN_AS_PYTHON = frozenset({"%%time", "%%capture", "%%prun"})
# Errors of syntax that no version of Python is without.
_NEVER_PYTHON = ("invalid non-printable character", "invalid character", "source code string cannot contain null bytes")
_ASKS = frozenset({"StdinNotImplementedError", "EOFError"})


def why_missing(
    name: str, earlier: Sequence[NotebookNode], written_with: str, graded_with: str, place: str = ""
) -> str:
    """Return why the last cell that was to define an answer did not, as the end of a sentence; "" if there is no such cell.

    written_with, graded_with: versions of Python, "" for one that is not known. place: the grade id of the cell that is for it.
    """
    reason = next((_of_content(cell, name) for cell in earlier if place and grade_id_of(cell) == place), "")
    for cell in earlier:
        if cell.cell_type == "code" and defines(_visible(cell.source), name):
            found = _of_magic(cell.source) or _of_error(cell, written_with, graded_with)
            reason = found or _of_characters(cell.source) or reason
    return reason


def _of_content(cell: NotebookNode, name: str) -> str:
    """Say what stands where an answer was to be, if that is something else."""
    if cell.cell_type != "code":
        return f"its cell is a {one_line(cell.cell_type, 20)} cell, which nobody runs. Make it a code cell again"
    if not cell.source.strip() or defines(_visible(cell.source), name):
        return ""
    if all(not line.strip() or line.lstrip().startswith("#") for line in cell.source.splitlines()):
        return "its cell holds nothing but comments"
    others = [one for node in statements_in(cell.source) for one in _names_bound(node)] or _DEFINED.findall(cell.source)
    return f"its cell defines `{one_line(others[-1], 40)}` instead" if others else ""


def _names_bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _visible(source: str) -> str:
    """Return a source without the characters that nobody sees."""
    return "".join(one for one in source if unicodedata.category(one) != "Cf")


def _of_magic(source: str) -> str:
    found = _MAGIC.match(source)
    if found is None or found[1] in _RUN_AS_PYTHON:
        return ""
    return f"its cell begins with `{one_line(found[1], 40)}`, so it does not run as Python here. Delete that line"


def _of_error(cell: NotebookNode, written: str, graded: str) -> str:
    errors = [one for one in cell.get("outputs", ()) if one.output_type == "error"]
    if not errors:
        return ""
    name, message = str(errors[0].get("ename", "Error")), str(errors[0].get("evalue", ""))
    if name in _ASKS:
        return "its cell asks for input, and there is nobody to answer"
    message = _FILE_OF_A_CELL.sub(r"(\1)", message)
    reason = f"its cell ended with {one_line(f'{name}: {message}', 120).rstrip('.: ')}"
    if name == "SyntaxError" and not message.startswith(_NEVER_PYTHON) and newer(written, graded):
        reason += (
            f". The notebook was written with Python {written} and is graded with {'.'.join(graded.split('.')[:2])}"
        )
    return reason


def _of_characters(source: str) -> str:
    """Name an invisible character that keeps a cell from being Python, or from defining what it seems to."""
    found = next((one for one in source if unicodedata.category(one) == "Cf"), None)
    if found is None:
        return ""
    return f"its cell holds the invisible character U+{ord(found):04X} ({unicodedata.name(found, 'no name').lower()})"
