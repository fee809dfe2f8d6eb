"""Where a committed notebook is not what its master gives: file, cell, first differing line."""

from __future__ import annotations

import json
from typing import Any

from nbformat import NotebookNode

from grading.build.diagnostic import Diagnostic
from grading.build.differences import first_difference
from grading.build.nodes import from_text, label, to_text, without_outputs
from grading.build.outputs import solution_diagnostics

ADVICE = "run make build"
_MOST_LETTERS = 160


def notebook_drift(path: str, expected: str, actual: bytes | None) -> list[Diagnostic]:
    """Compare the bytes of a notebook with what they should be."""
    if actual is None:
        return [Diagnostic(path, f"is missing; {ADVICE}")]
    if actual == expected.encode("utf-8"):
        return []
    found = _read(path, actual)
    if isinstance(found, Diagnostic):
        return [found]
    wanted = from_text(expected)
    return [_cell_difference(path, wanted, found) or _byte_difference(path, expected, actual)]


def solution_drift(path: str, expected: NotebookNode, actual: bytes | None) -> list[Diagnostic]:
    """Compare a solved notebook with its master, outputs aside, and ask whether it was executed without faults."""
    if actual is None:
        return [Diagnostic(path, f"is missing; {ADVICE}")]
    found = _read(path, actual)
    if isinstance(found, Diagnostic):
        return [found]
    if actual != to_text(found).encode("utf-8"):
        return [_byte_difference(path, to_text(found), actual)]
    bare = without_outputs(found)
    if to_text(bare) != to_text(expected):
        wanted = without_outputs(expected)
        return [
            _cell_difference(path, wanted, bare) or _byte_difference(path, to_text(expected), to_text(bare).encode())
        ]
    return solution_diagnostics(found, path)


def _read(path: str, data: bytes) -> NotebookNode | Diagnostic:
    """Read a notebook, or say in one line why it is not one."""
    try:
        return from_text(data.decode("utf-8"))
    except ValueError as error:
        return Diagnostic(path, f"is not a notebook ({str(error).splitlines()[0]}); {ADVICE}")


def _cell_difference(path: str, wanted: NotebookNode, found: NotebookNode) -> Diagnostic | None:
    """Return the first difference that a reader would call one: a cell, a line of a source, an entry of metadata."""
    for number in range(max(len(wanted.cells), len(found.cells))):
        if number >= len(found.cells):
            return Diagnostic(path, f"the cell is missing; {ADVICE}", cell=label(number + 1, wanted.cells[number]))
        if number >= len(wanted.cells):
            return Diagnostic(
                path, f"a cell that the master does not have; {ADVICE}", cell=label(number + 1, found.cells[number])
            )
        left, right = wanted.cells[number], found.cells[number]
        pair = first_difference(left.source, right.source)
        if pair:
            line, expected, actual = pair
            facts = (("expected", _short(expected)), ("actual", _short(actual)))
            return Diagnostic(path, f"line {line} differs; {ADVICE}", cell=label(number + 1, left), facts=facts)
        difference = _entry_difference(path, left, right, label(number + 1, left))
        if difference:
            return difference
    return _entry_difference(path, _rest(wanted), _rest(found), "")


def _entry_difference(path: str, wanted: Any, found: Any, cell: str) -> Diagnostic | None:
    left, right = dict(_flat(wanted)), dict(_flat(found))
    for name in sorted({*left, *right}):
        if left.get(name, "(nothing)") != right.get(name, "(nothing)"):
            facts = (
                ("expected", _short(left.get(name, "(nothing)"))),
                ("actual", _short(right.get(name, "(nothing)"))),
            )
            return Diagnostic(path, f"{name} differs; {ADVICE}", cell=cell, facts=facts)
    return None


def _byte_difference(path: str, expected: str, actual: bytes) -> Diagnostic:
    """The same notebook in other bytes: indentation, order of keys, line ends."""
    pair = first_difference(expected, actual.decode("utf-8"))
    line, left, right = pair or (0, "", "")
    facts = (("expected", _short(repr(left))), ("actual", _short(repr(right))))
    return Diagnostic(path, f"the same cells in other bytes; {ADVICE}", line, facts=facts)


def _flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Return nested entries as pairs of a dotted name and JSON."""
    if isinstance(value, dict) and value:
        return [pair for key, entry in value.items() for pair in _flat(entry, f"{name}.{key}" if name else key)]
    return [(name, json.dumps(value, ensure_ascii=False))]


def _rest(notebook: NotebookNode) -> dict[str, Any]:
    return {key: value for key, value in notebook.items() if key != "cells"}


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"
