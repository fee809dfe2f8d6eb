"""The outputs of executed cells: how large they may be, what they say, and how nbgrader will score them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode, from_dict

# The same as in grading.judging.verdict, which would bring torch with it; a test compares them.
VERDICT_MIME = "application/vnd.mlp-course.verdict+json"


def error_output(name: str, sentence: str) -> NotebookNode:
    """Return an error as a cell's output, shown as one line; nbgrader gives a graded cell with it no points."""
    line = f"{name}: {sentence}"
    data = {"output_type": "error", "ename": name, "evalue": sentence, "traceback": [line]}
    output: NotebookNode = from_dict(data)  # type: ignore[no-untyped-call]  # nbformat has no annotation here
    return output


def plain_output(kind: str, content: Mapping[str, Any]) -> NotebookNode | None:
    """Return the output that a message holds; None for anything but text, which is to be held against nbformat's schema.

    To do that for every line of text takes longer than all else that happens to it.
    """
    if kind == "stream":
        parts = {name: content.get(name) for name in ("name", "text")}
        plain = parts["name"] in ("stdout", "stderr") and type(parts["text"]) is str
    elif kind == "error":
        parts = {name: content.get(name) for name in ("ename", "evalue", "traceback")}
        trace = parts["traceback"]
        plain = type(trace) is list and all(type(text) is str for text in (parts["ename"], parts["evalue"], *trace))
    elif kind in ("display_data", "execute_result"):
        parts = {name: content.get(name) for name in ("data", "metadata")}
        data = parts["data"]
        plain = parts["metadata"] == {} and type(data) is dict and all(map(_is_text, data.items()))
        if kind == "execute_result":
            parts["execution_count"] = content.get("execution_count")
            plain = plain and type(parts["execution_count"]) is int and parts["execution_count"] >= 0
    else:
        return None
    if not plain:
        return None
    output: NotebookNode = from_dict({"output_type": kind, **parts})  # type: ignore[no-untyped-call]
    return output


def _is_text(item: tuple[str, Any]) -> bool:
    return not item[0].endswith("json") and type(item[1]) is str


def keep_points_in_spite_of_warnings(cell: NotebookNode) -> None:
    """Move what a check cell wrote to standard error over to standard output.

    nbgrader gives 0 points for any text on stderr, so that a library's warning (or tqdm's bar) would fail right code.
    What an exercise is worth is said by the verdict or by an exception, never by a stream.
    """
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            output.name = "stdout"


def is_graded_code(cell: NotebookNode) -> bool:
    """Tell whether a cell is one whose outputs nbgrader turns into points."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(nbgrader.get("grade")) and not nbgrader.get("solution")


def name_of(cell: NotebookNode, index: int) -> str:
    """Return what to call a cell in a sentence."""
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f"cell '{grade_id}'" if grade_id else f"cell {index + 1}"


def failed_check(cell: Mapping[str, Any]) -> bool:
    """Tell whether the last verdict of a cell says that the check itself failed: a fault of the course, not of the answer."""
    verdicts = list(verdict_data(cell))
    return bool(verdicts) and verdicts[-1].get("outcome") == "error in the check"


def drop_verdicts(cell: NotebookNode) -> None:
    """Take the verdicts out of what a submission's own process showed: only the judge outside gives any."""
    for output in cell.outputs:
        output.get("data", {}).pop(VERDICT_MIME, None)


def verdict_data(cell: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the verdicts that a cell's outputs carry, as plain data, in order."""
    for output in cell.get("outputs", ()):
        found = output.get("data", {}).get(VERDICT_MIME)
        if isinstance(found, dict):
            yield dict(found)
