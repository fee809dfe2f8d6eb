"""What has been done, one line of JSON for each finished submission: nothing is graded twice, and a run can resume.

Lines are only added. The last line about a student counts; a line cut off by a crash is as good as none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.engine.problems import Problem, problem_from_dict


@dataclass(frozen=True)
class Entry:
    """One finished submission: what it was (`fingerprint`), what was wrong, how long its cells took, in seconds.

    seeds: by notebook, what the inputs of its checks were drawn from; the same seeds give the same verdicts.
    """

    student: str
    fingerprint: str
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    seeds: Mapping[str, int] = field(default_factory=dict)


def read_journal(path: Path) -> dict[str, Entry]:
    """Return the latest entry of every student; the empty dictionary if there is no journal."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        return {entry.student: entry for line in lines for entry in _entries(line)}


def _entries(line: str) -> Iterator[Entry]:
    try:
        data = json.loads(line)
        problems = tuple(problem_from_dict(problem) for problem in data["problems"])
        seeds = {str(name): int(seed) for name, seed in data.get("seeds", {}).items()}
        yield Entry(str(data["student"]), str(data["fingerprint"]), problems, float(data["seconds"]), seeds)
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def append(path: Path, *entries: Entry) -> None:
    """Add entries so that they survive a crash of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as journal:
        # A line that an earlier crash cut off must not swallow this one.
        start = b"\n" if journal.tell() and not _ends_a_line(path) else b""
        journal.write(start + b"".join(_line(entry) for entry in entries))
        journal.flush()
        os.fsync(journal.fileno())


def _line(entry: Entry) -> bytes:
    data: dict[str, Any] = {
        "student": entry.student,
        "fingerprint": entry.fingerprint,
        "seconds": round(entry.seconds, 3),
        "problems": [problem.to_dict() for problem in entry.problems],
        "seeds": dict(entry.seeds),
    }
    return json.dumps(data).encode() + b"\n"


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as journal:
        journal.seek(-1, os.SEEK_END)
        return journal.read(1) == b"\n"
