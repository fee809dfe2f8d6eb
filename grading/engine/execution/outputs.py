"""The outputs of executed cells, as nbgrader will score them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode, from_dict

# Of an error that a kernel reports and does not show; what it shows has its room.
_MOST_CHARACTERS = 2000


def error_output(name: str, sentence: str) -> NotebookNode:
    """Return an error as a cell's output, shown as one line; nbgrader gives a graded cell with it no points."""
    line = f"{name}: {sentence}"
    data = {"output_type": "error", "ename": name, "evalue": sentence, "traceback": [line]}
    output: NotebookNode = from_dict(data)  # type: ignore[no-untyped-call]  # nbformat has no annotation here
    return output


def reported_error(reply: Mapping[str, Any]) -> NotebookNode:
    """Return the error that a kernel reports in the content of its reply and has not shown."""
    name, sentence = (str(reply.get(part, ""))[:_MOST_CHARACTERS] for part in ("ename", "evalue"))
    return error_output(name or "Error", sentence)


def plain_output(kind: str, content: Mapping[str, Any]) -> NotebookNode | None:
    """Return the output that a message holds; None for anything but text, which is to be held against nbformat's schema.

    Doing that for every line of text takes longer than everything else that is done with it.
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
