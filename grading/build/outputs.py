"""Outputs of executed notebooks: without what differs from run to run or names this machine; and their faults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grading.build.diagnostic import Diagnostic
from grading.build.nodes import label, node
from grading.cells import verdict_in
from grading.data.bundled import ORIGIN as SAMPLE
from grading.outcome import Outcome

_WIDGET_MIMES = ("application/vnd.jupyter.widget-view+json",)
_SCRUBS = (
    # IPython runs a cell from a file whose name carries the process id, and names it in warnings.
    (re.compile(r"[^\s\"'<>]*ipykernel_\d+/\d+\.py"), "cell"),
    (re.compile(r"[^\s\"'<>]*/(?:site|dist)-packages/"), ""),
    (re.compile(r"\bat 0x[0-9a-fA-F]{6,}"), "at 0x0"),
    # Matplotlib writes the time of drawing into an SVG.
    (re.compile(r"<dc:date>[^<]*</dc:date>"), "<dc:date></dc:date>"),
)
# In base64 a chance match would break the picture, and looking for one takes minutes.
_PICTURE = re.compile(r"(data:image/[a-z+]+;base64,[^\s'\"<>]*)")


def normalise(notebook: NotebookNode, homes: Iterable[Path]) -> NotebookNode:
    """Return the notebook without time stamps, widget state, addresses and paths of this machine.

    homes: folders whose paths are cut from the outputs, such as the folder in which the notebook ran.
    """
    result = node(notebook)
    result.metadata.pop("widgets", None)
    paths = sorted({str(home) for home in homes if len(home.parts) > 1}, key=len, reverse=True)
    for cell in result.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [_clean(output, paths) for output in _merged(cell.outputs) if not _is_widget(output)]
    return result


def solution_diagnostics(notebook: NotebookNode, path: str) -> list[Diagnostic]:
    """Return what shows that a solved notebook was not executed, or not without faults."""
    found: list[Diagnostic] = []
    executed = 0
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        executed += 1
        place = label(number, cell)
        if cell.get("execution_count") is None:
            found.append(Diagnostic(path, "was not executed", cell=place))
        elif cell.execution_count != executed:
            message = f"execution count {cell.execution_count} where {executed} comes; run from top to bottom"
            found.append(Diagnostic(path, message, cell=place))
        may_raise = "raises-exception" in cell.metadata.get("tags", ())
        found.extend(Diagnostic(path, message, cell=place) for message in _faults(cell.get("outputs", []), may_raise))
    if _asks_for_all_images(notebook) and SAMPLE in _printed(notebook):
        message = f"shows the {SAMPLE}; run `python -m grading data download`, then make build with all 70,000"
        found.append(Diagnostic(path, message))
    return found


def _asks_for_all_images(notebook: NotebookNode) -> bool:
    """Return whether a cell calls `fashion_mnist()` without naming a source, as a learner does who takes what there is."""
    return any("fashion_mnist()" in cell.source for cell in notebook.cells if cell.cell_type == "code")


def _printed(notebook: NotebookNode) -> str:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.get("outputs", [])]
    return "\n".join(output.text for output in outputs if output.output_type == "stream")


def _faults(outputs: Iterable[Any], may_raise: bool) -> Iterator[str]:
    """Yield what the outputs of one cell complain about: errors, words on stderr, verdicts that are not a pass."""
    for output in outputs:
        if output.output_type == "error" and not may_raise:
            yield f"raised {output.ename}: {_first_line(output.evalue)}"
        elif output.output_type == "stream" and output.name == "stderr":
            yield f"wrote to stderr: {_first_line(output.text)}"
        verdict = verdict_in(output)
        if verdict is not None and verdict.get("outcome") != Outcome.PASSED:
            yield f"the model answer to {verdict.get('exercise')} is not right: {verdict.get('outcome')}"


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:200]


def _is_widget(output: Any) -> bool:
    return any(mime in output.get("data", {}) for mime in _WIDGET_MIMES)


def _merged(outputs: Iterable[Any]) -> list[Any]:
    """Join neighbouring pieces of one stream: where a kernel cuts them depends on timing."""
    merged: list[Any] = []
    for output in outputs:
        joins = merged and output.output_type == "stream" == merged[-1].output_type and output.name == merged[-1].name
        if joins:
            merged[-1].text += output.text
        else:
            merged.append(node(output))
    return merged


def _clean(output: Any, paths: list[str]) -> Any:
    if output.output_type == "stream":
        output.text = _scrub(output.text, paths)
    elif output.output_type == "error":
        output.traceback = [_scrub(line, paths) for line in output.traceback]
        output.evalue = _scrub(output.evalue, paths)
    for mime, value in output.get("data", {}).items():
        # Only text is touched, and no picture in it.
        if isinstance(value, str) and (mime.startswith("text/") or mime == "image/svg+xml"):
            parts = _PICTURE.split(value)
            output.data[mime] = "".join(part if _PICTURE.match(part) else _scrub(part, paths) for part in parts)
    return output


def _scrub(text: str, paths: list[str]) -> str:
    for path in paths:
        text = re.sub(rf"{re.escape(path)}(?=/|\\|\b|$)/?", "", text)
    for pattern, replacement in _SCRUBS:
        text = pattern.sub(replacement, text)
    return text
