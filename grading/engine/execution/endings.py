"""Which cell ended a kernel, and how to say so.

A kernel tells with each reply whether it was asked to end, and how much is left running in it (`grading.sandbox.kernel.ending`).
That is only its word: it decides which cell is named and what is run again, never what an answer is worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from grading.sandbox.kernel.ending import ASKED, BESIDE, EARLIER, HERE, RUNNING, WITHIN


class End(Enum):
    """How a cell ended that did not just run: the error that it shows, the kind of the problem, and a sentence."""

    TIME = ("TimeLimit", "time-limit", "did not end in time: an endless loop, or too slow")
    WAITED = ("TimeLimit", "time-limit", "did not end in time: it waited, and computed little or nothing")
    DIED = ("KernelDied", "kernel-died", "the kernel died in this cell")
    TOLD = ("KernelDied", "kernel-died", "the kernel was told to end in this cell, by `quit`, `exit` or the like")
    LATER = ("KernelDied", "kernel-died", "what this cell had left running ended the kernel later")
    AGAIN = ("KernelDied", "kernel-died", "the kernel died when this cell was run again")
    NOT_RUN = ("NotRun", "", "")

    @property
    def error(self) -> str:
        """The name of the error."""
        return self.value[0]

    @property
    def kind(self) -> str:
        """The kind of the problem that is reported to the instructor."""
        return self.value[1]

    @property
    def sentence(self) -> str:
        """What happened, as the end of a line about the cell."""
        return self.value[2]


@dataclass
class Leftovers:
    """The cells that have left something running in a kernel, by their index, in the order in which they ran.

    What they have left may end the kernel in the middle of a later cell that has nothing to do with it.
    """

    cells: list[int] = field(default_factory=list)
    _running: int = 0

    def note(self, index: int, reply: Mapping[str, Any]) -> None:
        """Take note of what is running when a cell has been replied to."""
        running = reply.get("metadata", {}).get(RUNNING)
        running = running if type(running) is int else 0
        if not running:
            self.cells.clear()
        elif running > self._running and index not in self.cells:
            self.cells.append(index)
        self._running = running


def who_told(reply: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    """Return who told the kernel to end, by the reply to a cell, and in which functions of the notebook.

    The former is HERE, BESIDE, EARLIER, or "" for nobody.
    """
    said = reply.get("metadata", {})
    if said.get(ASKED) in (HERE, BESIDE, EARLIER):
        within = said.get(WITHIN)
        return said[ASKED], frozenset(name for name in within if type(name) is str) if type(
            within
        ) is list else frozenset()
    # Another kernel says only that somebody called `quit` or `exit`.
    payload = reply["content"].get("payload")
    wishes = [one for one in payload if isinstance(one, dict)] if isinstance(payload, list) else []
    asks = any(one.get("source") == "ask_exit" and not one.get("keepkernel") for one in wishes)
    return HERE if asks else "", frozenset()
