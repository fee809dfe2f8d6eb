"""What every wrong answer is told, in tests/golden/messages.md: `python -m tests.corpus.messages` writes it, the tests read it."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from itertools import groupby

from tqdm.auto import tqdm

from grading import exercise, exercises, judge
from tests.corpus.entries import Entry, entries
from tests.corpus.run import ROOT

PAGE = ROOT / "tests" / "golden" / "messages.md"
SEED = 0
_TITLE = """\
# What wrong answers are told

Every wrong answer of the corpus, written ones and known mistakes, and the exact text that its author reads. `make judge-messages`
writes this page; the tests compare every verdict with it, so that a change of words is seen before a learner sees it. Only what
Python or PyTorch say themselves, after `error`, and the last digits of numbers may differ from one machine to another.

In a notebook the same verdict is shown as a card.
"""
_ENTRY = re.compile(r"^### ([^\n]+)\n\n```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)")


def told(entry: Entry) -> str:
    """Return what the judge says to an answer, without the line of the file that it stands in."""
    return settled(str(judge(exercise(entry.exercise), entry.function, "cpu", SEED)))


def settled(text: str) -> str:
    """Return a verdict's text without what changes when the corpus is edited."""
    return re.sub(r"^(  (?:in|called in) +line )\d+", r"\1…", text, flags=re.MULTILINE)


def alike(text: str, other: str) -> bool:
    """Tell whether two verdicts say the same, on two machines: the same words, and numbers that are nearly equal."""
    # A training takes another course where sums are rounded in another order.
    close = 0.05 if text.startswith("build_mlp") else 1e-3
    words, numbers = _parts(text)
    other_words, other_numbers = _parts(other)
    return words == other_words and all(
        math.isclose(one, another, rel_tol=close, abs_tol=1e-6)
        for one, another in zip(numbers, other_numbers, strict=True)
    )


def _parts(text: str) -> tuple[list[str], list[float]]:
    parts = _NUMBER.split("\n".join(line for line in text.splitlines() if not line.startswith("  error ")))
    return parts[::2], [float(part) for part in parts[1::2]]


def page(only: Sequence[str] = ()) -> str:
    """Judge every wrong answer and return the page; `only` these exercises, if some are named, and the rest as it stands."""
    wrong = [entry for entry in entries() if not entry.right]
    order = [one.name for one in exercises()]
    wrong.sort(key=lambda entry: order.index(entry.exercise))
    before = read() if only else {}
    parts = [_TITLE]
    for name, group in groupby(tqdm(wrong, unit="answer", file=sys.stderr), key=lambda entry: entry.exercise):
        parts.append(f"## {name}\n")
        for entry in group:
            known = before.get(str(entry)) if name not in only else None
            parts.append(f"### {entry}\n\n```text\n{told(entry) if known is None else known}\n```\n")
    return "\n".join(parts)


def read() -> dict[str, str]:
    """Return the texts of the page by the answer's name."""
    return dict(_ENTRY.findall(PAGE.read_text()))


if __name__ == "__main__":
    PAGE.write_text(page(sys.argv[1:]))
