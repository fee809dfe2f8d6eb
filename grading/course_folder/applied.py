"""What of `course.toml` is in force: the points that source/ has, and what the files there were when they were written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grading.errors import CourseError

PLACE = Path(".grading", "course.json")


@dataclass(frozen=True)
class Applied:
    """What the last `update-course` has made. points: by exercise, where not the package's. sources: digests by lesson."""

    points: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def read_applied(folder: Path) -> Applied:
    """Return what is in force in a course's folder; nothing if nothing was made yet. Raises CourseError."""
    path = folder / PLACE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Applied({str(k): float(v) for k, v in data["points"].items()}, dict(data["sources"]))
    except FileNotFoundError:
        return Applied()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CourseError(f"{path} is damaged; delete it and run `mlp-course update-course`") from None


def write_applied(folder: Path, applied: Applied) -> None:
    """Keep what is in force, whole or not at all."""
    path = folder / PLACE
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(asdict(applied), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(draft, path)
