"""How much the cells of a notebook may show, and what is left out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from grading.cells import is_graded_code, name_of
from grading.engine.execution.outputs import error_output
from grading.engine.limits import LEAST_OUTPUT_BYTES
from grading.engine.problems import Problem

# A message costs something even when it is empty; this bounds floods of tiny ones.
_MESSAGE_OVERHEAD = 200


class OutputBudget:
    """The output that a notebook may still show; one cell gets half of it at most."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._named: dict[str, int] = {}
        self.next_cell()

    def next_cell(self) -> None:
        """Begin with another cell."""
        self._cell = max(self._left // 2, LEAST_OUTPUT_BYTES)
        self._dropped = 0
        self._refused: list[str] = []

    def admit(self, message: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return an output, shortened if it is much text; None if it is left out.

        places: where outputs that have a name are shown already, by name, as nbclient keeps it.
        """
        content, text = message["content"], message["msg_type"] == "stream"
        if message["fault"]:
            self.refuse(message["fault"])
            return None
        if message["too_large"]:
            self._dropped += message["size"]
            return None
        if text and type(content["text"]) is not str:
            raise TypeError("a stream of something else than text")
        name = (content.get("transient") or {}).get("display_id")
        size = total = _MESSAGE_OVERHEAD + message["size"]
        if name:
            # It takes the place of what has been shown under this name, wherever that was.
            total *= sum(map(len, places.get(name, {}).values())) + int(message["msg_type"] != "update_display_data")
            size = max(total - self._named.get(name, 0), _MESSAGE_OVERHEAD)
        if size > self._cell:
            self._dropped += size
            if not text or self._cell < LEAST_OUTPUT_BYTES:
                return None
            content = {**content, "text": content["text"][: self._cell // 2] + "\n… more output was dropped\n"}
            size = _MESSAGE_OVERHEAD + len(content["text"])
            self._dropped -= size
        self._cell -= size
        self._left = max(self._left - size, 0)
        if name:
            self._named[name] = total
        return {**message, "content": content}

    def refuse(self, why: str) -> None:
        """Leave out an output whatever its size; why: the end of a sentence about the cell."""
        if why not in self._refused:
            self._refused.append(why)

    def account(self, cell: NotebookNode, index: int) -> Iterator[Problem]:
        """Yield what was left out of a cell's output; one whose output gives points gives none without all of it."""
        if self._dropped:
            kilobytes = (self._dropped + 999) // 1000
            sentence = f"{name_of(cell, index)} produced {kilobytes} kB of output too much; dropped"
            yield Problem("output-limit", sentence)
        for why in self._refused:
            yield Problem("dropped-output", f"{name_of(cell, index)} {why}; dropped")
        if is_graded_code(cell) and (self._dropped or self._refused):
            why = "this cell produced too much output" if self._dropped else f"this cell {self._refused[0]}"
            cell.outputs.append(error_output("OutputLimit", why))
