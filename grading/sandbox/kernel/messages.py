"""What the grader asks of a kernel beyond running a cell: to leave out what nobody reads, and to answer the judge."""

from __future__ import annotations

import ast

# A key in the metadata of a request: only outputs and the end of a cell are of interest, not that it begins or what it was.
OUTPUTS_ONLY = "mlp_course_brief"

_BEGIN = "__import__('importlib').import_module('grading.probe.serve').serve(globals(), "


def statement_to_answer(name: str, method: str, address: str) -> str:
    """Return the statement that makes a kernel answer the judge's calls; see `grading.probe.serve.serve`.

    A kernel of ours does not run it, but does what it says, whatever a notebook has bound these names to.
    """
    return f"{_BEGIN}{name!r}, {method!r}, {address!r})"


def asked_to_answer(code: str) -> tuple[str, str, str] | None:
    """Return the name, the method and the address of such a statement; None for any other code."""
    if not code.startswith(_BEGIN):
        return None
    try:
        words = ast.literal_eval(f"({code[len(_BEGIN) :]}")
    except (SyntaxError, ValueError):
        return None
    if type(words) is not tuple or len(words) != 3 or not all(type(word) is str for word in words):
        return None
    return words
