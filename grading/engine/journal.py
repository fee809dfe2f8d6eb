"""What has been done, one line of JSON for each finished submission: nothing is graded twice, and a run can resume.

Lines are only added. The last line about a student counts; a line cut off by a crash is as good as none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.engine.problems import Problem, problem_from_dict


@dataclass(frozen=True)
class Entry:
    """One finished submission: what it was (`fingerprint`), what was wrong, how long its cells took, in seconds."""

    student: str
    fingerprint: str
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0


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
        yield Entry(str(data["student"]), str(data["fingerprint"]), problems, float(data["seconds"]))
    except (ValueError, KeyError, TypeError):
        return


def append(path: Path, entry: Entry) -> None:
    """Add an entry so that it survives a crash of the machine."""
    data: dict[str, Any] = {
        "student": entry.student,
        "fingerprint": entry.fingerprint,
        "seconds": round(entry.seconds, 3),
        "problems": [problem.to_dict() for problem in entry.problems],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as journal:
        # A line that an earlier crash cut off must not swallow this one.
        start = b"\n" if journal.tell() and not _ends_a_line(path) else b""
        journal.write(start + json.dumps(data).encode() + b"\n")
        journal.flush()
        os.fsync(journal.fileno())


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as journal:
        journal.seek(-1, os.SEEK_END)
        return journal.read(1) == b"\n"


def fingerprint(files: Mapping[str, bytes], *context: str) -> str:
    """Return a digest of named contents and of everything else that decides their grades."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{len(name)}:{name}:{len(files[name])}:".encode(errors="surrogateescape"))
        digest.update(files[name])
    for text in context:
        digest.update(f"|{len(text)}:{text}".encode())
    return digest.hexdigest()


def digest_of_files(paths: Iterable[Path]) -> str:
    """Return a digest of the contents of files on disk."""
    return fingerprint({str(number): path.read_bytes() for number, path in enumerate(sorted(paths))})
