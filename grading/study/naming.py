"""How a question is named: spelt freely, and what is told of a name that no question has."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from grading.study.panel import Panel

_LONGEST_NAME = 60


def spelt(name: Any) -> str:
    """Return a name as questions are called; "" for what is not text."""
    return name[:_LONGEST_NAME].strip().lower().replace("_", "-").replace(" ", "-") if isinstance(name, str) else ""


def unknown(function: str, name: Any, names: Sequence[str]) -> Panel:
    """Say that no question of this function has such a name, and which names are near it."""
    if not isinstance(name, str):
        first = names[0] if names else "name"
        return Panel(
            f"{function} takes the name of the question first, as text.", (f'Such as {function}("{first}", ...).',)
        )
    near = get_close_matches(spelt(name), names, n=3, cutoff=0.4)
    line = f"Did you mean {' or '.join(near)}?" if near else "The cell as it was handed out has the right name."
    return Panel(f"There is no question {name[:_LONGEST_NAME]!r}.", (line,))
