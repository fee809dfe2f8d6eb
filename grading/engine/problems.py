"""What can be wrong with a submitted file: values, not exceptions, so that one bad file never stops a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that was wrong with a submission, for the instructor.

    kind: a slug, such as "not-json".
    sentence: one line of plain text.
    graded: True if the notebook was graded all the same.
    worth_telling: False for a repair that is nobody's fault, such as a kernel with another name.
    """

    kind: str
    sentence: str
    graded: bool = True
    worth_telling: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as plain data."""
        return asdict(self)


def problem_from_dict(data: dict[str, Any]) -> Problem:
    """Build a problem from what `to_dict` gave."""
    return Problem(str(data["kind"]), str(data["sentence"]), bool(data["graded"]), bool(data["worth_telling"]))


def one_line(text: str, most: int = 80) -> str:
    """Return text from elsewhere (a file name, a kernel's name) as one short printable line."""
    line = "".join(character if character.isprintable() else "?" for character in text)
    return line if len(line) <= most else line[: most - 1] + "…"


def told(problems: Sequence[Problem]) -> str:
    """Return one sentence about all the problems of a submission that are worth telling; "" if there is none."""
    by_kind: dict[str, list[str]] = {}
    for problem in problems:
        if problem.worth_telling:
            by_kind.setdefault(problem.kind, []).append(problem.sentence)
    more = {kind: f" (and {len(found) - 1} more like it)" for kind, found in by_kind.items() if len(found) > 1}
    return "; ".join(found[0] + more.get(kind, "") for kind, found in by_kind.items())
