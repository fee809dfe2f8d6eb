"""In which order a verdict is read, and how much of it at first: what to do before the facts, and the rest folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 8
PRINTED = "Your answer printed:"


@dataclass(frozen=True)
class Layout:
    """The lines of a verdict.

    title: what happened. advice: what to do, may be "". shown: facts and what else is read at first. folded: what is read on demand.
    end: what stands last, may be "".
    """

    title: str
    advice: str
    shown: tuple[str, ...]
    folded: tuple[str, ...]
    end: str

    def text(self) -> list[str]:
        """Return at most MOST_LINES plain lines, which say how much is left out."""
        more = [f"… and {len(self.folded)} more"] if self.folded else []
        return [line for line in (self.title, self.advice, *self.shown, *more, self.end) if line]


def lay_out(title: str, advice: str, body: Sequence[str], end: str) -> Layout:
    """Fold what is left of the body where there is no room for more."""
    room = MOST_LINES - sum(map(bool, (title, advice, end)))
    kept = list(body) if len(body) <= room else list(body[: room - 1])
    if len(kept) < len(body) and kept[-1] == PRINTED:
        kept.pop()  # a heading stays with what is below it
    return Layout(title, advice, tuple(kept), tuple(body[len(kept) :]), end)
