"""Submissions that send, hold or return as much as they can, so that a process that reads them takes the machine's memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hostile.case import ALL, Case, Notebook
from tests.hostile.lesson import RIGHT

_MANY = 64_000_000
# One character beyond the others makes Python keep each in four bytes.
_WIDE = "\N{SNAKE}"


def _stored(part: Callable[[], Any]) -> Callable[[Notebook], Notebook]:
    """Return what puts something into the outputs of the first cell."""

    def change(notebook: Notebook) -> Notebook:
        notebook["cells"][0] = {**notebook["cells"][0], "outputs": [part()]}
        return notebook

    return change


def _with_cell(kind: str, source: Callable[[], str]) -> Callable[[Notebook], Notebook]:
    def change(notebook: Notebook) -> Notebook:
        cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source()}
        notebook["cells"].append({**cell, "outputs": [], "execution_count": None} if kind == "code" else cell)
        return notebook

    return change


def _escaped(notebook: Notebook) -> bytes:
    """Write a long text as escapes of JSON."""
    notebook["metadata"]["odd"] = "@"
    return json.dumps(notebook).encode().replace(b'"@"', b'"' + b"\\ud83d\\udc0d" * (_MANY // 12) + b'"')


def _files_beside(folder: Path, outside: Path) -> None:
    for number in range(40):
        (folder / f"data-{number}.txt").write_bytes(b"x" * 10_000_000)


def _wide_text() -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": "x" * _MANY + _WIDE}


_SENDS = "import torch\ndef sigmoid(X):\n    return {}"

FLOODS: tuple[Case, ...] = (
    Case(
        "flood-wide-output",
        "64 MB of stored output in wide characters",
        change=_stored(_wide_text),
        told=None,
        slow=True,
    ),
    Case("flood-escapes", "64 MB of escapes", change=_escaped, told=None, slow=True, at_most=True, points=ALL),
    Case(
        "flood-source",
        "a cell of 60 MB",
        change=_with_cell("code", lambda: "x = '" + "y" * 60_000_000 + "'"),
        told=None,
        slow=True,
        at_most=True,
        points=ALL,
    ),
    Case(
        "flood-wide-source",
        "a cell of 20 MB in wide characters",
        change=_with_cell("code", lambda: f"# {_WIDE}" + "y" * 20_000_000),
        told=None,
        slow=True,
        at_most=True,
        points=ALL,
    ),
    Case(
        "flood-markdown",
        "a Markdown cell of 60 MB",
        change=_with_cell("markdown", lambda: "y " * 30_000_000),
        told=None,
        at_most=True,
        points=ALL,
    ),
    Case(
        "flood-cells",
        "1,900 cells of 12 kB",
        change=lambda notebook: {
            **notebook,
            "cells": [
                *notebook["cells"],
                *({"cell_type": "markdown", "metadata": {}, "source": "ab" * 6_000} for _ in range(1900)),
            ],
        },
        told=None,
        slow=True,
        at_most=True,
        points=ALL,
    ),
    Case(
        "flood-beside",
        "400 MB of files beside the notebook",
        beside=_files_beside,
        told=None,
        slow=True,
        at_most=True,
        points=ALL,
    ),
    Case("flood-reply", "returns 120 MB from every call", _SENDS.format("torch.zeros(30_000_000)"), told=None),
    Case(
        "flood-replies",
        "returns 30 MB in 64 pieces",
        _SENDS.format("[torch.zeros(120_000)] * 64"),
        told=None,
        slow=True,
    ),
    Case(
        "flood-view",
        "returns one number as a table of a billion",
        _SENDS.format("X.new_zeros(1).expand(10**9)"),
        told=None,
        at_most=True,  # to look at a billion numbers takes the time that it has
    ),
    Case("flood-text-reply", "returns a text of 100 MB", _SENDS.format("'x' * 10**8"), told=None, slow=True),
    Case("flood-structure", "returns a million lists", _SENDS.format("[[] for _ in range(10**6)]"), told=None),
    Case(
        "flood-errors",
        "a long error from every call, with a long name and a long chain",
        "def sigmoid(X):\n    error = ValueError('x' * 10**7)\n    for _ in range(50):\n        error.__cause__ = ValueError('y' * 10**6)\n"
        "    raise error",
        told=None,
        slow=True,
    ),
    Case(
        "flood-small-messages",
        "100,000 small outputs",
        RIGHT["sigmoid"],
        first="for n in range(100_000):\n    display(n)",
        points=ALL,
        told=None,
        slow=True,
    ),
    Case(
        "flood-lines",
        "an output of two million lines",
        RIGHT["sigmoid"],
        first="print('\\n' * 2_000_000)",
        points=ALL,
        told=None,
        slow=True,
    ),
    Case(
        "flood-mimes",
        "an output in ten thousand forms",
        RIGHT["sigmoid"],
        first="display({f'text/x-{n}': 'x' * 500 for n in range(10_000)}, raw=True)",
        points=ALL,
        told=None,
        slow=True,
    ),
    Case(
        "forgotten-memory",
        "shared memory that it has told the system to forget, until there is no more",
        """
import mmap
hoard = []
while True:
    hoard.append(mmap.mmap(-1, 1 << 28))
    hoard[-1].write(bytes(1 << 28))
    hoard[-1].madvise(mmap.MADV_DONTNEED)
""",
        told=None,
        needs_sandbox=True,
        slow=True,
    ),
    Case(
        "spinning-sessions",
        "200 processes that compute for ever, each in a session of its own and on every processor",
        """
import os
for _ in range(200):
    try:
        if os.fork() == 0:
            os.setsid()
            os.sched_setaffinity(0, range(os.cpu_count()))
            while True:
                pass
    except OSError:
        break
"""
        + "\ndef sigmoid(X):\n    return X",
        at_most=True,
        told=None,
        needs_sandbox=True,
        slow=True,
    ),
)
